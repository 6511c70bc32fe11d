using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>One line each: what is wrong, what it means, and a link to the evidence.</summary>
public sealed partial class Warnings
{
    [Parameter, EditorRequired] public required IReadOnlyList<PageWarning> Items { get; set; }
}

/// <param name="Text">What is wrong and what it means.</param>
/// <param name="LinkText">What the link says; "Show them" unless given.</param>
/// <param name="Href">Where the evidence is; null for none.</param>
public sealed record PageWarning(string Text, string? LinkText = null, string? Href = null);
