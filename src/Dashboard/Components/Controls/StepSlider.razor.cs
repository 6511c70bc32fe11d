using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>A slider over given values; a value between two of them shows at the lower one.</summary>
public sealed partial class StepSlider
{
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>Ascending, at least one.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<double> Steps { get; set; }
    [Parameter, EditorRequired] public required double Value { get; set; }

    /// <summary>How a value is said to who cannot see the slider.</summary>
    [Parameter, EditorRequired] public required Func<double, string> Format { get; set; }

    /// <summary>Hears of every value while dragging.</summary>
    [Parameter] public EventCallback<double> OnDrag { get; set; }

    /// <summary>Hears of the value where the slider is let go.</summary>
    [Parameter] public EventCallback<double> OnCommit { get; set; }

    private int Position => Math.Max(0, Steps.Count(step => step <= Value) - 1);

    private Task MoveAsync(ChangeEventArgs change, EventCallback<double> hear) =>
        int.TryParse((string?)change.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < Steps.Count
            ? hear.InvokeAsync(Steps[position])
            : Task.CompletedTask;
}
