using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Takes files and pasted tables. The bytes go over HTTP, past the circuit, and wait on the server under their ids.</summary>
public sealed partial class UploadBox : IAsyncDisposable
{
    public const string ModulePath = "./js/upload.js";
    private const string Example = "run,parameters,tokens,loss\nbase-70M,70e6,1.4e9,3.92\nbase-160M,160e6,3.2e9,3.51";

    private ElementReference _box;
    private IJSObjectReference? _module;
    private DotNetObjectReference<UploadBox>? _self;
    private bool _disposed;

    [Inject] public required IJSRuntime Browser { get; init; }
    [Inject] public required DashboardOptions Options { get; init; }

    /// <summary>Hears the ids of what was uploaded, in the order of the files.</summary>
    [Parameter, EditorRequired] public required EventCallback<IReadOnlyList<string>> OnStaged { get; set; }

    /// <summary>A text is wanted, no results of runs.</summary>
    [Parameter] public bool ForText { get; set; }

    // Bytes come in giga, not in billions.
    private string Limit => Quantity.Count(Options.UploadLimitBytes) is var count && char.IsLetter(count[^1])
        ? $"{count[..^1]} {count[^1..].Replace('B', 'G')}B"
        : $"{count} bytes";

    /// <summary>Called by upload.js; the ids are as good as what anybody could send.</summary>
    [JSInvokable]
    public Task StagedAsync(string[] ids) => InvokeAsync(() => OnStaged.InvokeAsync([.. ids.Take(ImportState.MostStaged)]));

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _self = DotNetObjectReference.Create(this);
        try
        {
            _module = await Browser.InvokeAsync<IJSObjectReference>("import", ModulePath);
            if (!_disposed)
                await _module.InvokeVoidAsync("attach", _box, _self, Options.UploadLimitBytes, ImportState.MostStaged);
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser left meanwhile.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("detach");
                await _module.DisposeAsync();
            }
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone and took the box along.
        }

        _self?.Dispose();
    }
}
