using System.Net;
using Microsoft.AspNetCore.Builder;
using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests.Hosting;

public sealed class DashboardServerTests : IAsyncLifetime
{
    private static readonly HttpClient s_client = new();
    private TemporaryStore _temporary = null!;
    private WebApplication _app = null!;
    private Uri _address = new("http://127.0.0.1");

    public async Task InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        _app = DashboardServer.Build(new DashboardOptions { Urls = ["http://127.0.0.1:0"] }, _temporary.Store);
        await _app.StartAsync();
        _address = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _temporary.DisposeAsync();
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string accept = "text/html", string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        request.Headers.Add("Accept", accept);
        if (encoding is not null)
            request.Headers.Add("Accept-Encoding", encoding);
        return await s_client.SendAsync(request);
    }

    [Theory]
    [InlineData("/help")]
    [InlineData("/css/app.css")]
    [InlineData("/nowhere")]
    public async Task Every_response_carries_the_security_headers(string path)
    {
        using var response = await GetAsync(path);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Equal(
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'self'; base-uri 'self'; object-src 'none'",
            policy);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task The_shell_is_served_without_inline_scripts_or_foreign_hosts()
    {
        using var response = await GetAsync("/help");
        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Spend compute", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", html);
    }

    [Theory]
    [InlineData("/lib/plotly-cartesian.min.js", 1_000_000)]
    [InlineData("/lib/inter-latin-wght-normal.woff2", 20_000)]
    [InlineData("/_content/Radzen.Blazor/css/standard-base.css", 100_000)]
    public async Task Browser_libraries_are_served_whole(string path, int atLeast)
    {
        using var response = await GetAsync(path);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, atLeast, int.MaxValue);
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_to_people_and_stays_bare_for_programs()
    {
        using var page = await GetAsync("/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("Scaling Dashboard", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var data = await GetAsync("/nowhere", "application/json");
        Assert.Equal(HttpStatusCode.NotFound, data.StatusCode);
        Assert.Equal("", await data.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Static_text_is_compressed_and_revalidated_and_pages_are_not_compressed()
    {
        using var css = await GetAsync("/css/app.css", encoding: "br");
        Assert.Equal("br", css.Content.Headers.ContentEncoding.Single());
        Assert.True(css.Headers.CacheControl!.NoCache);
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, "/css/app.css"));
        again.Headers.IfNoneMatch.Add(css.Headers.ETag!);
        using var unchanged = await s_client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var page = await GetAsync("/help", encoding: "br");
        Assert.Empty(page.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Without_given_addresses_only_names_of_this_machine_are_answered()
    {
        await using var app = DashboardServer.Build(new DashboardOptions(), _temporary.Store);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("127.0.0.1", client.BaseAddress.Host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/css/app.css");
        request.Headers.Host = "evil.example";
        using var refused = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var answered = await client.GetAsync("/css/app.css");
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DashboardServer.RunAsync(new DashboardOptions { Urls = [_app.Urls.Single()], StorePath = _temporary.DatabasePath }, output, error);
        Assert.Equal(1, code);
        Assert.Contains(new Uri(_app.Urls.Single()).Port.ToString(System.Globalization.CultureInfo.InvariantCulture), error.ToString(), StringComparison.Ordinal);
    }
}
