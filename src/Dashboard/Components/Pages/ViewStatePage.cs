using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>
/// A page whose state is its URL. It is read when the page opens and on Back and Forward; <see cref="ChangeAsync"/> writes it.
/// After each the page computes what it shows in <see cref="OnStateChangedAsync"/>.
/// </summary>
public abstract class ViewStatePage<TState> : ComponentBase, IDisposable where TState : class, IViewState<TState>
{
    /// <summary>While dragging, browsers refuse more than about ten changes of the address a second.</summary>
    private static readonly TimeSpan s_replaceInterval = TimeSpan.FromMilliseconds(100);

    // Addresses written by this page whose notification has not come back yet, oldest first.
    private readonly List<string> _echoes = [];
    private string _path = "";
    private string? _written;
    private string? _waiting;
    private long _lastReplace;
    private ITimer? _timer;
    private CancellationTokenSource? _work;
    private bool _disposed;

    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }

    protected TState State { get; private set; } = TState.FromQuery(ViewQuery.Empty);

    /// <summary>Computes what the page shows for <see cref="State"/>. The token is cancelled by the next change and by leaving the page.</summary>
    protected virtual Task OnStateChangedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task OnInitializedAsync()
    {
        var address = new Uri(Navigation.Uri);
        _path = address.AbsolutePath;
        State = TState.FromQuery(ViewQuery.Parse(address.Query));
        _written = address.AbsoluteUri;
        Navigation.LocationChanged += OnLocationChanged;
        return WorkAsync();
    }

    /// <summary>Goes to another state of this page.</summary>
    /// <param name="next">The state.</param>
    /// <param name="replace">True while dragging: the address is replaced, at most ten times a second, instead of a new entry in the history.</param>
    protected Task ChangeAsync(TState next, bool replace = false)
    {
        State = next;
        var address = new Uri(new Uri(Navigation.BaseUri), PageUrls.For(_path, next)).AbsoluteUri;
        if (replace)
            ReplaceSoon(address);
        else
        {
            _waiting = null;
            Write(address, replace: false);
        }

        return WorkAsync();
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
            return;
        _disposed = true;
        Navigation.LocationChanged -= OnLocationChanged;
        _timer?.Dispose();
        _work?.Cancel();
        _work?.Dispose();
    }

    private async Task WorkAsync()
    {
        _work?.Cancel();
        _work?.Dispose();
        _work = new CancellationTokenSource();
        var cancellation = _work.Token;
        StateHasChanged();
        try
        {
            await OnStateChangedAsync(cancellation);
        }
        catch (Exception exception) when (cancellation.IsCancellationRequested && exception is OperationCanceledException or StoreException or AnalysisException or UnknownColumnException or UnknownProjectException)
        {
            // Overtaken by a later change, or the page is gone: what came of the question before is nobody's answer, an error neither.
            return;
        }

        StateHasChanged();
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change)
    {
        var echo = _echoes.IndexOf(change.Location);
        if (echo >= 0)
        {
            _echoes.RemoveRange(0, echo + 1);
            return;
        }

        var address = new Uri(change.Location);
        _echoes.Clear();
        _waiting = null;
        if (address.AbsolutePath != _path)
            return;
        // Back, Forward or a link to this page.
        _written = address.AbsoluteUri;
        State = TState.FromQuery(ViewQuery.Parse(address.Query));
        _ = InvokeAsync(async () =>
        {
            try
            {
                await WorkAsync();
            }
#pragma warning disable CA1031 // Handed on, to the error boundary of the layout.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                await DispatchExceptionAsync(exception);
            }
        });
    }

    private void ReplaceSoon(string address)
    {
        var sinceLast = Clock.GetElapsedTime(_lastReplace);
        if (_waiting is null && (_lastReplace == 0 || sinceLast >= s_replaceInterval))
        {
            Replace(address);
            return;
        }

        var alreadyTimed = _waiting is not null;
        _waiting = address;
        if (alreadyTimed)
            return;
        _timer?.Dispose();
        _timer = Clock.CreateTimer(_ => InvokeAsync(WriteWaiting), null, s_replaceInterval - sinceLast, Timeout.InfiniteTimeSpan);
    }

    private void WriteWaiting()
    {
        if (_disposed || _waiting is not { } address)
            return;
        _waiting = null;
        Replace(address);
    }

    private void Replace(string address)
    {
        _lastReplace = Clock.GetTimestamp();
        Write(address, replace: true);
    }

    private void Write(string address, bool replace)
    {
        if (address == _written)
            return;
        _written = address;
        _echoes.Add(address);
        Navigation.NavigateTo(address, new NavigationOptions { ReplaceHistoryEntry = replace });
    }
}
