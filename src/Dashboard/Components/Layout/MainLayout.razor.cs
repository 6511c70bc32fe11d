using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace ScalingDashboard.Dashboard.Components.Layout;

/// <summary>What stands around every page: navigation, project, theme, upload and share.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _errors;
    private bool _menuOpen;

    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required PageScript Page { get; init; }

    // With the page's own address, because a bare fragment is resolved against the base.
    private string SkipTarget => new Uri(Navigation.Uri).PathAndQuery + "#content";

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Page.MarkInteractiveAsync();
    }

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        _menuOpen = false;
        _errors?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void ToggleMenu() => _menuOpen = !_menuOpen;

    private void CloseMenu() => _menuOpen = false;

    private void CloseOnEscape(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
            _menuOpen = false;
    }

    private void TryAgain() => _errors?.Recover();
}
