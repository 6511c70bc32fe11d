using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>The strip of at most five key figures below the answer.</summary>
public sealed partial class KeyFigures
{
    [Parameter, EditorRequired] public required IReadOnlyList<KeyFigure> Items { get; set; }
}

/// <param name="Label">What it is: "Tokens per parameter".</param>
/// <param name="Value">With its unit: "1.97 nats".</param>
/// <param name="Interval">Interval or reach: "80 %: 1.95–1.99".</param>
/// <param name="Superscript">Small and raised after the label: the a of "N grows as Cᵃ".</param>
public sealed record KeyFigure(string Label, string Value, string Interval, string? Superscript = null);
