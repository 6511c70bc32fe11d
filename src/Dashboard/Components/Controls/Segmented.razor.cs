using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>One of a few, side by side; a group of radio buttons to keyboard and screen reader.</summary>
public sealed partial class Segmented<TValue>
{
    private readonly string _name = "segmented-" + Guid.NewGuid().ToString("N");

    [Parameter, EditorRequired] public required string Label { get; set; }
    [Parameter, EditorRequired] public required IReadOnlyList<Choice<TValue>> Choices { get; set; }
    [Parameter, EditorRequired] public required TValue Value { get; set; }
    [Parameter] public EventCallback<TValue> ValueChanged { get; set; }
}

public sealed record Choice<TValue>(TValue Value, string Label);
