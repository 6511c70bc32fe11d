using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;

namespace ScalingDashboard.Dashboard.Components.Charts;

/// <summary>What the user zoomed to, in the data's own units; null where it stays as it is, and both null to see everything again.</summary>
public sealed record ChartZoom(AxisRange? X, AxisRange? Y);

/// <summary>Draws a <see cref="Figures.Figure"/> and offers it as PNG, SVG, CSV and JSON.</summary>
public sealed partial class Chart : IAsyncDisposable
{
    public const string ModulePath = "./js/chart.js";

    private ElementReference _plot;
    private Popover? _downloads;
    private ImageSize _size = ImageSize.Small;
    private Task<IJSObjectReference>? _module;
    private DotNetObjectReference<Chart>? _self;
    private (Figure Figure, int Height)? _drawn;
    private string? _failure;
    private bool _disposed;

    [Inject] public required IJSRuntime Browser { get; init; }
    [Inject] public required PageScript Page { get; init; }

    /// <summary>A new instance is drawn, the same one is not; the user's zoom is kept.</summary>
    [Parameter, EditorRequired] public required Figure Figure { get; set; }

    /// <summary>Pixels; on a phone at most 300.</summary>
    [Parameter] public int Height { get; set; } = 392;

    /// <summary>Hears the id of a clicked point.</summary>
    [Parameter] public EventCallback<string> OnPointClick { get; set; }

    /// <summary>Hears of a zoom by hand, of a figure with a source: what it is drawn in is the page's.</summary>
    [Parameter] public EventCallback<ChartZoom> OnZoom { get; set; }

    /// <summary>Hears over which x the mouse is, in the unit of the axis, of a figure with a source; null once it is gone.</summary>
    [Parameter] public EventCallback<double?> OnPointing { get; set; }

    private enum ImageSize { Small, Wide, PaperColumn }

    /// <summary>Called by chart.js.</summary>
    [JSInvokable]
    public Task PointClickedAsync(string id) => InvokeAsync(() => OnPointClick.InvokeAsync(id));

    /// <summary>Called by chart.js; null where an end was not touched, both null for a double click.</summary>
    [JSInvokable]
    public Task ZoomedAsync(double[]? x, double[]? y) => InvokeAsync(() => OnZoom.InvokeAsync(new ChartZoom(Range(x), Range(y))));

    /// <summary>Called by chart.js.</summary>
    [JSInvokable]
    public Task PointingAsync(double? x) => InvokeAsync(() => OnPointing.InvokeAsync(x));

    private static AxisRange? Range(double[]? ends) =>
        ends is [var low, var high] && double.IsFinite(low) && double.IsFinite(high) && low < high ? new AxisRange(low, high) : null;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_drawn is var (figure, height) && ReferenceEquals(figure, Figure) && height == Height)
            return;
        _drawn = (Figure, Height);
        _self ??= DotNetObjectReference.Create(this);
        try
        {
            var module = await ModuleAsync();
            if (_disposed)
                return;
            await module.InvokeVoidAsync("draw", _plot, PlotlySpec.From(Figure, Height), OnPointClick.HasDelegate || OnZoom.HasDelegate ? _self : null);
            if (_failure is null)
                return;
            _failure = null;
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            return;
        }
        catch (JSException exception)
        {
            _failure = FirstLine(exception);
        }

        StateHasChanged();
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        try
        {
            if (_module is not null)
            {
                var module = await _module;
                await module.InvokeVoidAsync("dispose", _plot);
                await module.DisposeAsync();
            }
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone and took the chart along.
        }
        catch (JSException) when (_failure is not null)
        {
            // The script never came, as the page said: there is nothing to take away.
        }

        _self?.Dispose();
    }

    private Task<IJSObjectReference> ModuleAsync() => _module ??= Browser.InvokeAsync<IJSObjectReference>("import", ModulePath).AsTask();

    private async Task SaveImageAsync(string format)
    {
        // 85 mm at the 96 pixels per inch of CSS; no title there, the paper has its own caption.
        var (width, height, zoom, title) = _size switch
        {
            ImageSize.Wide => (1400, 800, 1.6, PlotlySpec.Encode(Figure.Title)),
            ImageSize.PaperColumn => (321, 240, 1.0, null),
            _ => (900, 600, 1.3, PlotlySpec.Encode(Figure.Title)),
        };
        _downloads?.Close();
        try
        {
            await (await ModuleAsync()).InvokeVoidAsync("image", _plot, format, width, height, zoom, $"{Figure.Name}.{format}", title);
        }
        catch (JSException exception)
        {
            _failure = FirstLine(exception);
        }
    }

    // The rest is the stack of the script.
    private static string FirstLine(JSException exception) => exception.Message.Split('\n')[0].TrimEnd('.') + ".";

    private async Task SaveCsvAsync()
    {
        _downloads?.Close();
        await Page.SaveAsync(Figure.Name + ".csv", "text/csv", FigureExport.Csv(Figure));
    }

    private async Task SaveJsonAsync()
    {
        _downloads?.Close();
        await Page.SaveAsync(Figure.Name + ".json", "application/json", FigureExport.Json(Figure));
    }
}
