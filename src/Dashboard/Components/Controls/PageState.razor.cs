using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>What stands in the way of an answer, and ways on.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Text">What it means and what was kept.</param>
/// <param name="Links">What to do.</param>
public sealed record PageProblem(string Title, string Text, IReadOnlyList<(string Text, string Href)> Links);

/// <summary>What a toast says and offers.</summary>
public sealed record ToastNotice(string Message, string ActionLabel, EventCallback Action);

/// <summary>How the work of a page stands: what failed, what is in the way, what is being computed, what was just done.</summary>
public sealed partial class PageState
{
    /// <summary>What could not be stored.</summary>
    [Parameter] public string? Failure { get; set; }
    [Parameter] public PageProblem? Problem { get; set; }
    [Parameter] public bool Busy { get; set; }

    /// <summary>What is being computed, for people.</summary>
    [Parameter] public string Doing { get; set; } = "Fitting, with bootstrap";

    /// <summary>Share done, 0 to 1; null where it is not known.</summary>
    [Parameter] public double? Progress { get; set; }
    [Parameter] public EventCallback OnCancel { get; set; }
    [Parameter] public ToastNotice? Toast { get; set; }
    [Parameter] public EventCallback OnToastClosed { get; set; }
}
