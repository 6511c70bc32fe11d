using System.Net;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Dashboard.Api;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>Tokens of projects, and runs that are appended to, over a real socket.</summary>
public sealed class LiveTests : IAsyncLifetime
{
    private const string Path = "/api/v1/projects/p/runs/base/append";

    private RunningServer _server = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _token = (await _server.Temporary.Store.CreateTokenAsync("p", "test")).Text;
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_shape_of_the_model_gives_the_parameters()
    {
        var (status, _) = await AppendAsync("{\"config\":{\"layers\":2,\"width\":8,\"vocab\":10}}\n{\"step\":1,\"loss\":4,\"tokens\":1e6}\n", "?offset=0");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2 * 768 + 160, Assert.Single(await _server.Temporary.Store.RunsAsync("p")).Parameters);
    }

    [Fact]
    public async Task A_run_grows_with_every_append()
    {
        var (status, first) = await AppendAsync("{\"config\":{\"params\":\"70M\"}}\n{\"step\":1,\"loss\":4,\"tokens\":1e6}\n", "?offset=0");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((61, 2, 1), (Number(first, "offset"), Number(first, "lines"), Number(first, "points")));
        var (_, second) = await AppendAsync("{\"step\":2,\"loss\":3,\"tokens\":2e6}", "?offset=61");
        Assert.Equal((94, 3, 2), (Number(second, "offset"), Number(second, "lines"), Number(second, "points")));

        var (_, runs) = await _server.GetAsync("/api/v1/projects/p/runs");
        var run = runs[0];
        Assert.Equal((first.GetProperty("id").GetString(), "base", 70e6, 2e6, 3.0, 2), (run.GetProperty("id").GetString(), run.GetProperty("name").GetString(), run.GetProperty("parameters").GetDouble(),
            run.GetProperty("tokens").GetDouble(), run.GetProperty("loss").GetDouble(), run.GetProperty("points").GetInt32()));
        using var file = await _server.Client.GetAsync(new Uri($"/api/v1/files/{run.GetProperty("sha256").GetString()}", UriKind.Relative));
        Assert.Equal("{\"config\":{\"params\":\"70M\"}}\n{\"step\":1,\"loss\":4,\"tokens\":1e6}\n{\"step\":2,\"loss\":3,\"tokens\":2e6}\n", await file.Content.ReadAsStringAsync());
        var (_, found) = await _server.SendAsync(HttpMethod.Get, Path, authorization: "Bearer " + _token);
        Assert.Equal(second.ToString(), found!.Value.ToString());
    }

    [Fact]
    public async Task A_retry_whose_answer_was_lost_adds_only_what_is_new()
    {
        await AppendAsync("{\"step\":1,\"loss\":4}\n", "?offset=0");
        foreach (var (body, lines) in (IEnumerable<(string, int)>)[("{\"step\":1,\"loss\":4}\n", 1), ("{\"step\":1,\"loss\":4}", 1), ("{\"step\":1,\"loss\":4}\n{\"step\":2,\"loss\":3}\n", 2), ("{\"step\":1,\"loss\":4}\n", 2)])
        {
            var (status, json) = await AppendAsync(body, "?offset=0");
            Assert.Equal((HttpStatusCode.OK, lines, lines * 20), (status, Number(json, "lines"), Number(json, "offset")));
        }

        Assert.Equal((2, 0), (await _server.Temporary.Store.RunsAsync("p"))[0] is var run ? (run.Points, run.Flags.Count) : default);
    }

    [Theory]
    [InlineData("{\"step\":9,\"loss\":4}\n", "?offset=0", "Other lines stand at offset 0")]
    [InlineData("{\"step\":1,\"loss\":4}\n", "?offset=7", "Other lines stand at offset 7")]
    [InlineData("{\"step\":2,\"loss\":4}\n", "?offset=21", "has 20 bytes, not 21")]
    [InlineData("{\"step\":2,\"loss\":4}\n", "?offset=-1", "has 20 bytes, not -1")]
    public async Task Lines_that_do_not_follow_are_refused_with_the_offset_to_go_on_from(string body, string query, string words)
    {
        await AppendAsync("{\"step\":1,\"loss\":4}\n", "?offset=0");
        var (status, json) = await AppendAsync(body, query);
        Assert.Equal((HttpStatusCode.Conflict, 20), (status, Number(json, "offset")));
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await _server.Temporary.Store.RunsAsync("p"))[0].Points);
    }

    [Fact]
    public async Task One_bad_line_and_nothing_of_the_request_is_stored()
    {
        var (status, json) = await AppendAsync("{\"step\":1,\"loss\":4}\n{\"step\":2,\"loss\":\"low\"}\n", "");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("base, line 2, column loss: '\"low\"' is not a number", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(await _server.Temporary.Store.ProjectsAsync());
    }

    [Fact]
    public async Task A_job_that_was_restarted_replaces_its_later_steps()
    {
        for (var step = 0; step < 40; step += 10)
            await AppendAsync($"{{\"step\":{step},\"loss\":{4 - step / 100.0}}}\n", "");
        await AppendAsync("{\"step\":20,\"loss\":3}\n{\"step\":30,\"loss\":2}\n", "");
        var run = (await _server.Temporary.Store.RunsAsync("p"))[0];
        Assert.Equal("restarted at step 20: from a restart's first step on the later values count, 2 earlier ones replaced", Assert.Single(run.Flags));
        var loss = await _server.Temporary.Store.SeriesAsync(run.Id, "loss");
        Assert.Equal([4, 3.9, 3, 2], loss!.Values);
    }

    [Fact]
    public async Task Too_much_at_once_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent(new byte[(16 << 20) + 1]) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _token);
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.Add("Content-Type", "application/x-ndjson");
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("16 MB", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_often_is_refused_and_another_token_is_not_kept_out()
    {
        var other = (await _server.Temporary.Store.CreateTokenAsync("p", "other")).Text;
        var statuses = new List<HttpStatusCode>();
        // Far more than are given back while they are sent.
        while (statuses.Count < 40 * ApiTokens.Burst && !statuses.Contains(HttpStatusCode.TooManyRequests))
            statuses.AddRange((await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _server.SendAsync(HttpMethod.Get, Path, authorization: "Bearer " + _token)))).Select(answer => answer.Status));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.True(statuses.Count(status => status == HttpStatusCode.OK) >= ApiTokens.Burst);
        Assert.Equal(HttpStatusCode.OK, (await _server.SendAsync(HttpMethod.Get, Path, authorization: "Bearer " + other)).Status);
    }

    [Fact]
    public async Task A_token_lets_write_into_its_project_and_nothing_else()
    {
        var (revoked, revokedText) = await _server.Temporary.Store.CreateTokenAsync("p", "revoked");
        await _server.Temporary.Store.RevokeTokenAsync(revoked.Id);
        const string Import = "/api/v1/projects/p/import?name=a.csv", Upload = "/api/v1/uploads/00112233445566778899aabbccddeeff?name=a&length=1";
        string[] bad = ["Bearer", "Bearer ", "Bearer nonsense", "Bearer {token}", "Bearer :token", "Bearer sd_t1_", $"Bearer sd_t1_{new string('A', 43)}", "bearer " + _token[..^1], $"Bearer {_token}A", "Bearer " + revokedText];
        var good = "Bearer " + _token;
        (string Method, string Path)[] wishes = [("POST", Path), ("GET", Path), ("POST", Import), ("GET", "/api/v1/projects/p/runs"), ("GET", "/api/v1/projects"), ("PUT", Upload)];
        (string Method, string Path, string? Authorization)[] unauthorized =
        [
            .. wishes.SelectMany(wish => bad.Select(header => (wish.Method, wish.Path, (string?)header))),
            // Only what is appended needs one; another scheme is none.
            ("POST", Path, null), ("GET", Path, null), ("POST", Path, "Basic dXNlcjpwYXNz"),
        ];
        (string Method, string Path, string? Authorization)[] forbidden =
        [
            ("POST", "/api/v1/projects/q/runs/base/append", good), ("GET", "/api/v1/projects/q/runs/base/append", good), ("POST", "/api/v1/projects/%7Bproject%7D/runs/%7Brun%7D/append", good),
            ("POST", "/api/v1/projects/q/import", good), ("POST", "/api/v1/projects/P/import", good), ("POST", "/api/v1/projects/p%2Fq/import", good), ("GET", "/api/v1/projects/q/runs", good), ("GET", "/api/v1/projects/:project/fit", good),
        ];
        (string Method, string Path, string? Authorization)[] allowed =
        [
            ("GET", "/api/v1/projects", "Basic dXNlcjpwYXNz"), ("GET", "/api/v1/projects", good), ("PUT", Upload, good), ("POST", Import, null), ("POST", Import, good), ("POST", Import.Replace("/p/", "/%20p%20/", StringComparison.Ordinal), good),
            ("POST", Path, "bearer   " + _token), ("GET", Path, good),
        ];

        // The same words for everything that is wrong with a token.
        await AnswersAsync(unauthorized, HttpStatusCode.Unauthorized, "This needs a token of the project that is good");
        await AnswersAsync(forbidden, HttpStatusCode.Forbidden, "This token is of another project.");
        Assert.Empty(await _server.Temporary.Store.ProjectsAsync());
        Assert.Empty(Directory.GetFiles(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_server.Temporary.DatabasePath)!, "staging")));
        await AnswersAsync(allowed, HttpStatusCode.OK, "");
    }

    private async Task AnswersAsync((string Method, string Path, string? Authorization)[] wishes, HttpStatusCode expected, string words)
    {
        foreach (var (method, path, authorization) in wishes)
        {
            var body = path.Contains("append", StringComparison.Ordinal) ? "{\"step\":1,\"loss\":4}\n" : TemporaryStore.Sweep;
            var (status, json) = await _server.SendAsync(new HttpMethod(method), path, method == "POST" ? Encoding.UTF8.GetBytes(body) : null, authorization, "text/csv");
            Assert.True(status == expected, $"{method} {path} with {authorization}: {status}");
            if (words.Length > 0)
                Assert.StartsWith(words, json!.Value.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_document_describes_the_ways_in()
    {
        var (_, json) = await _server.GetAsync("/openapi/v1.json");
        var paths = json.GetProperty("paths");
        Assert.Equal(["post", "get"], paths.GetProperty("/api/v1/projects/{project}/runs/{run}/append").EnumerateObject().Select(method => method.Name));
        Assert.Equal(["put", "get", "delete", "patch"], paths.GetProperty("/api/v1/uploads/{id}").EnumerateObject().Select(method => method.Name).OrderBy(name => Array.IndexOf(["put", "get", "delete", "patch"], name)));
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> AppendAsync(string body, string query)
    {
        var (status, json) = await _server.SendAsync(HttpMethod.Post, Path + query, Encoding.UTF8.GetBytes(body), "Bearer " + _token);
        return (status, json!.Value);
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
