using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace ScalingDashboard.Dashboard.Components.Layout;

/// <summary>Shows and copies the address of what is on the screen.</summary>
public sealed partial class ShareButton : IDisposable
{
    private string _address = "";
    private bool? _copied;

    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required PageScript Page { get; init; }

    private string Message => _copied switch
    {
        true => "Copied. Anyone who can open this dashboard sees the same chart.",
        false => "This browser does not let pages copy. Select the link and press Ctrl+C.",
        null => "Anyone who can open this dashboard sees the same chart.",
    };

    protected override void OnInitialized() => Navigation.LocationChanged += OnLocationChanged;

    public void Dispose() => Navigation.LocationChanged -= OnLocationChanged;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        Refresh();
        StateHasChanged();
    });

    private void Refresh()
    {
        _address = Navigation.Uri;
        _copied = null;
    }

    private async Task CopyAsync() => _copied = await Page.CopyAsync(_address);
}
