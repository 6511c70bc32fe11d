using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Components.Layout;

/// <summary>What stands around every page: navigation, project, theme, upload and share.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? _errors;
    private ElementReference _menuButton;
    private ElementReference _navigation;
    private bool _menuOpen;
    private bool _focusMenu;

    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required PageScript Page { get; init; }

    // With the page's own address, because a bare fragment is resolved against the base.
    private string SkipTarget => new Uri(Navigation.Uri).PathAndQuery + "#content";

    // The page of a run belongs to the runs.
    private string Here => new Uri(Navigation.Uri).AbsolutePath is var path && path == PageUrls.Run ? PageUrls.Runs : path;

    // The way to another page of the same project.
    private string Project => ViewQuery.Parse(new Uri(Navigation.Uri).Query).Text("project");

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Page.MarkInteractiveAsync();
        if (!_focusMenu)
            return;
        // Only now, rendered, can it take the focus.
        _focusMenu = false;
        await _navigation.FocusAsync();
    }

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        _menuOpen = false;
        _errors?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    private void ToggleMenu() => _menuOpen = _focusMenu = !_menuOpen;

    private void CloseMenu() => _menuOpen = false;

    private async Task CloseOnEscapeAsync(KeyboardEventArgs key)
    {
        if (key.Key != "Escape" || !_menuOpen)
            return;
        _menuOpen = false;
        await _menuButton.FocusAsync();
    }

    private void TryAgain() => _errors?.Recover();
}
