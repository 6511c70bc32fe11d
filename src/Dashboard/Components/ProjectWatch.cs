using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components;

/// <summary>
/// Tells a page when its project has changed in the store, by whichever process: looks every two seconds while the page is visible, and at once when it
/// becomes so. Shows nothing.
/// </summary>
public sealed class ProjectWatch : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly string _id = "watch-" + Guid.NewGuid().ToString("N");

    private (string Project, string? Stamp)? _told;
    private bool _unreadable;
    private DotNetObjectReference<ProjectWatch>? _self;
    private ITimer? _timer;
    private bool _hidden;
    private bool _looking;
    private bool _disposed;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required string Project { get; set; }

    /// <summary>What the page shows of the project is as of this stamp; empty before it was read.</summary>
    [Parameter, EditorRequired] public required string Stamp { get; set; }

    /// <summary>The project has another stamp than the page.</summary>
    [Parameter] public EventCallback OnChange { get; set; }

    /// <summary>Called by page.js.</summary>
    [JSInvokable]
    public Task VisibilityAsync(bool hidden)
    {
        _hidden = hidden;
        return hidden ? Task.CompletedTask : InvokeAsync(LookSafelyAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_timer is not null)
            await _timer.DisposeAsync();
        if (_self is null)
            return;
        await Page.UnwatchAsync(_id);
        _self.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        _timer = Clock.CreateTimer(_ => InvokeAsync(LookSafelyAsync), null, s_interval, s_interval);
        await Page.WatchAsync(_id, _self);
    }

    private async Task LookSafelyAsync()
    {
        try
        {
            await LookAsync();
        }
#pragma warning disable CA1031 // Handed on, to the error boundary of the layout.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await DispatchExceptionAsync(exception);
        }
    }

    private async Task LookAsync()
    {
        if (_disposed || _hidden || _looking || Stamp.Length == 0)
            return;
        _looking = true;
        try
        {
            var stamp = await StampAsync();
            // Told once of each change, also of one that the page cannot show; and once of a store that cannot be read, for it to find out why.
            var changed = stamp is null ? !_unreadable : _unreadable || (stamp != Stamp && _told != (Project, stamp));
            if (_disposed || !changed)
                return;
            (_unreadable, _told) = (stamp is null, (Project, stamp));
            await OnChange.InvokeAsync();
        }
        finally
        {
            _looking = false;
        }
    }

    private async Task<string?> StampAsync()
    {
        try
        {
            return await Store.StampAsync(Project);
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
