using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Draws nothing; tells the page around it that the project it shows has changed, so that it reads again.</summary>
public sealed class ProjectWatch : ComponentBase, IDisposable
{
    private IDisposable? _listening;
    private (string Project, string Stamp)? _shown;
    private bool _disposed;

    [Inject] public required ProjectChanges Changes { get; init; }

    /// <summary>Name of the project; empty for none.</summary>
    [Parameter, EditorRequired] public required string Project { get; set; }

    /// <summary>Stamp under which the page has read what it shows; null before it has.</summary>
    [Parameter, EditorRequired] public required string? Stamp { get; set; }

    /// <summary>Called at most once a second, in the page's own order of things.</summary>
    [Parameter, EditorRequired] public required EventCallback Changed { get; set; }

    protected override void OnParametersSet()
    {
        (string Project, string Stamp)? shown = Stamp is null || Project.Length == 0 ? null : (Project, Stamp);
        if (shown == _shown)
            return;
        _shown = shown;
        _listening?.Dispose();
        _listening = shown is { } one ? Changes.Listen(one.Project, one.Stamp, () => _ = TellAsync()) : null;
    }

    public void Dispose()
    {
        _disposed = true;
        _listening?.Dispose();
    }

    private async Task TellAsync()
    {
        try
        {
            await InvokeAsync(() => _disposed ? Task.CompletedTask : Changed.InvokeAsync());
        }
#pragma warning disable CA1031 // Handed on, to the error boundary of the layout.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await DispatchExceptionAsync(exception);
        }
    }
}
