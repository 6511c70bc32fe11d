using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>The whole server on a free port, over a store of its own. Takes uploads of up to 64 KB.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    public const int UploadLimit = 64_000;

    private readonly WebApplication _app;

    private RunningServer(WebApplication app, TemporaryStore temporary)
    {
        (_app, Temporary) = (app, temporary);
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public TemporaryStore Temporary { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync()
    {
        var temporary = await TemporaryStore.OpenAsync();
        var options = new DashboardOptions { Urls = ["http://127.0.0.1:0"], StorePath = temporary.DatabasePath, UploadLimit = "64K" };
        var app = DashboardServer.Build(options, temporary.Store);
        await app.StartAsync();
        return new RunningServer(app, temporary);
    }

    /// <summary>Posts a file as a program would, and returns the status and the JSON of the answer.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Json)> PostAsync(
        string path, string body, string? contentType = "text/csv", string? origin = null, bool asPage = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (asPage)
            request.Headers.Add("X-Requested-With", "ScalingDashboard");
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, await JsonAsync(response));
    }

    public async Task<(HttpStatusCode Status, JsonElement Json)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await JsonAsync(response));
    }

    /// <summary>Sends a request as a program would, perhaps with a token, and returns the status and the JSON of the answer; null where it has none.</summary>
    public async Task<(HttpStatusCode Status, JsonElement? Json)> SendAsync(HttpMethod method, string path, byte[]? body = null, string? authorization = null, string contentType = "application/x-ndjson")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await Client.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadAsStringAsync()).Length == 0 ? null : await JsonAsync(response));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Temporary.DisposeAsync();
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}
