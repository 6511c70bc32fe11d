using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>The projects there are; without any, the three ways on.</summary>
public sealed partial class OverviewPage
{
    private IReadOnlyList<ProjectRow>? _projects;
    private string? _reach;
    private string? _problem;
    private bool _loading;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required Samples Samples { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }

    protected override async Task OnInitializedAsync()
    {
        _projects = await Store.ProjectsAsync();
        _reach = _projects.Max(project => project.LargestFlops) is { } largest ? $"(the largest spent {Quantity.Scientific(largest)} FLOP)." : null;
    }

    private async Task LoadAsync(Sample sample)
    {
        // A second click may be on its way before the button is drawn disabled.
        if (_loading)
            return;
        _loading = true;
        try
        {
            await sample.LoadAsync(Store, CancellationToken.None);
            Navigation.NavigateTo(PageUrls.OfProject(sample.Page, sample.Project));
        }
        catch (Exception exception) when (exception is StoreException or IngestException)
        {
            _problem = exception.Message;
            _loading = false;
        }
    }
}
