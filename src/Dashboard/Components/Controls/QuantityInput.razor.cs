using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Asks for a number as people write it: 70B, 1.4T, 5.76e23. Commits on Enter and when it loses the focus.</summary>
public sealed partial class QuantityInput
{
    private readonly string _errorId = "error-" + Guid.NewGuid().ToString("N");
    private double? _shown;
    private string _text = "";
    private string? _error;
    private bool _initialized;

    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>Null shows an empty field.</summary>
    [Parameter, EditorRequired] public required double? Value { get; set; }

    /// <summary>Hears only of values that were understood; null when an optional field was emptied.</summary>
    [Parameter] public EventCallback<double?> ValueChanged { get; set; }

    /// <summary>Written after the number: "FLOP".</summary>
    [Parameter] public string? Unit { get; set; }

    /// <summary>Written as 5.76e23 rather than as 70B.</summary>
    [Parameter] public bool Scientific { get; set; }

    /// <summary>May be left empty.</summary>
    [Parameter] public bool Optional { get; set; }

    /// <summary>Smallest value that is taken.</summary>
    [Parameter] public double Minimum { get; set; } = double.Epsilon;

    [Parameter] public double Maximum { get; set; } = double.MaxValue;
    [Parameter] public bool Disabled { get; set; }

    protected override void OnParametersSet()
    {
        // A render for another reason must not wipe what is being typed.
        if (_initialized && _shown == Value)
            return;
        _initialized = true;
        Show(Value);
    }

    private async Task CommitAsync(ChangeEventArgs change)
    {
        _text = (string?)change.Value ?? "";
        if (_text.Trim().Length == 0 && Optional)
        {
            Show(null);
            await ValueChanged.InvokeAsync(null);
            return;
        }

        var number = Unit is not null && _text.TrimEnd().EndsWith(Unit, StringComparison.OrdinalIgnoreCase)
            ? _text.TrimEnd()[..^Unit.Length]
            : _text;
        if (!Quantity.TryParse(number, out var value))
        {
            _error = _text.Trim().Length == 0 ? $"Write a number, such as {Example}." : $"“{Shortened(_text)}” is not a number. Write it like {Example}.";
            return;
        }

        if (value < Minimum || value > Maximum)
        {
            _error = value < Minimum
                ? Minimum == double.Epsilon ? "Must be more than 0." : $"Must be at least {Format(Minimum)}."
                : $"Must be at most {Format(Maximum)}.";
            return;
        }

        Show(value);
        await ValueChanged.InvokeAsync(value);
    }

    private string Example => Scientific ? "5.76e23" : Maximum < 1e6 ? $"{Format(Minimum)} or {Format(Maximum)}" : "70B or 1.4T";

    private void Show(double? value)
    {
        _shown = value;
        _error = null;
        _text = value is { } number ? Format(number) + (Unit is null ? "" : " " + Unit) : "";
    }

    private string Format(double value) => Math.Abs(value) switch
    {
        _ when Scientific => Quantity.Scientific(value),
        // A seed or a tolerance is not rounded.
        0 or (>= 1e-3 and < 1e6) => value.ToString("0.######", CultureInfo.InvariantCulture),
        < 1e-3 => Quantity.Scientific(value),
        _ => Quantity.Count(value),
    };

    private static string Shortened(string text) => text.Length <= 40 ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, 40)}…");
}
