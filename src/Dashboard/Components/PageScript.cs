using System.Text;
using Microsoft.JSInterop;

namespace ScalingDashboard.Dashboard.Components;

/// <summary>The few things of a page that only the browser can do; one per circuit, over <c>wwwroot/js/page.js</c>.</summary>
public sealed class PageScript(IJSRuntime browser) : IAsyncDisposable
{
    public const string ModulePath = "./js/page.js";

    private Task<IJSObjectReference>? _module;

    /// <summary>Marks the page as interactive (<c>data-interactive</c> on the html element): from now on a click is heard.</summary>
    public async Task MarkInteractiveAsync() => await (await ModuleAsync()).InvokeVoidAsync("markInteractive");

    /// <summary>Puts text on the clipboard.</summary>
    /// <returns>False where the browser refuses.</returns>
    public async Task<bool> CopyAsync(string text) => await (await ModuleAsync()).InvokeAsync<bool>("copy", text);

    /// <summary>Hands a text file to the user as a download.</summary>
    public async Task SaveAsync(string fileName, string mediaType, string content)
    {
        using var stream = new DotNetStreamReference(new MemoryStream(Encoding.UTF8.GetBytes(content)));
        await (await ModuleAsync()).InvokeVoidAsync("save", fileName, mediaType, stream);
    }

    public async ValueTask DisposeAsync()
    {
        if (_module is null)
            return;
        try
        {
            await (await _module).DisposeAsync();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone and took the module along.
        }
    }

    private Task<IJSObjectReference> ModuleAsync() => _module ??= browser.InvokeAsync<IJSObjectReference>("import", ModulePath).AsTask();
}
