using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>A button that loads a sample and goes to where it is shown best; nothing where the sample is missing.</summary>
public sealed partial class LoadSample
{
    private bool _loading;
    private string? _failure;

    /// <summary>The sample.</summary>
    [Parameter, EditorRequired] public required Sample Sample { get; set; }

    /// <summary>Drawn as what to do next.</summary>
    [Parameter] public bool Primary { get; set; }

    /// <summary>Where to go then; null for the sample's own page.</summary>
    [Parameter] public string? Href { get; set; }

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }

    private async Task LoadAsync()
    {
        // A second click may be on its way before the button is drawn disabled.
        if (_loading)
            return;
        (_loading, _failure) = (true, null);
        try
        {
            await Sample.LoadAsync(Store, CancellationToken.None);
            _loading = false;
            Navigation.NavigateTo(Href ?? PageUrls.OfProject(Sample.Page, Sample.Project));
        }
        catch (Exception exception) when (exception is StoreException or IngestException)
        {
            (_failure, _loading) = (exception.Message, false);
        }
    }
}
