using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Asks for a quantity with its unit, may be left empty, and asks back where the unit looks wrong. Commits on Enter and when it loses the focus.</summary>
public sealed partial class AskedInput
{
    private readonly string _errorId = "error-" + Guid.NewGuid().ToString("N");
    private string? _shown;
    private string _text = "";
    private QuantityReading _reading;

    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>The value as it is typed; empty where there is none.</summary>
    [Parameter, EditorRequired] public required string Text { get; set; }

    /// <summary>Stands in the empty field.</summary>
    [Parameter] public string Placeholder { get; set; } = "";

    /// <summary>Reads what was typed.</summary>
    [Parameter, EditorRequired] public required Func<string, QuantityReading> Read { get; set; }

    /// <summary>Hears only of values that were taken; null when the field was emptied.</summary>
    [Parameter] public EventCallback<double?> ValueChanged { get; set; }

    /// <summary>Below the field: a slider.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    protected override void OnParametersSet()
    {
        // A render for another reason must not wipe what is being typed.
        if (_shown == Text)
            return;
        (_shown, _text, _reading) = (Text, Text, default);
    }

    private Task CommitAsync(ChangeEventArgs change) => TakeAsync((string?)change.Value ?? "");

    private Task TakeAsync(string text)
    {
        _text = text;
        if (text.Trim().Length == 0)
        {
            (_reading, _shown) = (default, null);
            return ValueChanged.InvokeAsync(null);
        }

        _reading = Read(text);
        if (_reading.Problem is not null)
            return Task.CompletedTask;
        // The parent hands it back as it is written here; where the value is the same as before it would not.
        _shown = null;
        return ValueChanged.InvokeAsync(_reading.Value);
    }
}
