using System.Net;
using System.Text.Json;

namespace ScalingDashboard.Dashboard.Tests.Api;

public sealed class RunsTests : IAsyncLifetime
{
    private const string Path = "/api/v1/projects/p%2Fq/runs";
    private const string Sweep = "run,parameters,tokens,loss,lr,seed\na1,1e8,2e9,3.5,1e-3,1\na2,1e8,2e9,3.3,1e-3,2\nb1,1e8,2e9,2.9,3e-4,1\nc1,8e8,2e9,3.1,3e-4,1\n";

    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.Temporary.ImportAsync("p/q", Sweep);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Without_parameters_the_answer_is_what_it_always_was()
    {
        var (status, json) = await _server.GetAsync(Path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["a1", "a2", "b1", "c1"], Names(json));
        Assert.Equal(
            ["id", "name", "parameters", "non_embedding_parameters", "tokens", "flops", "loss", "budget", "family", "points", "tags", "flags", "exclusion_reason", "config", "file_name", "sha256", "line", "imported"],
            json[0].EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData("?filter=lr%3D3e-4", "b1, c1")]
    [InlineData("?sort=loss", "b1, c1, a2, a1")]
    [InlineData("?sort=min(loss)&descending=1&limit=2&offset=1", "a2, c1")]
    [InlineData("?sort=at(2B%20tokens,%20loss)", "b1, c1, a2, a1")]
    [InlineData("?sort=config(seed)&descending=true&limit=1", "a2")]
    [InlineData("?offset=9", "")]
    [InlineData("?limit=0", "")]
    public async Task Runs_are_filtered_sorted_and_cut(string query, string expected)
    {
        using var response = await _server.Client.GetAsync(new Uri(Path + query, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(query.StartsWith("?filter", StringComparison.Ordinal) ? "2" : "4", response.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(expected, string.Join(", ", Names(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement)));
    }

    [Fact]
    public async Task Columns_come_with_the_runs()
    {
        var (_, json) = await _server.GetAsync(Path + "?column=max(loss)&column=config(lr)&column=last(acc)&limit=1");

        Assert.Equal("{\"max(loss)\":3.5,\"config(lr)\":\"1e-3\",\"last(acc)\":null}", JsonSerializer.Serialize(json[0].GetProperty("values")));
    }

    [Fact]
    public async Task Groups_have_n_mean_deviation_and_error()
    {
        var (_, json) = await _server.GetAsync(Path + "?group=all-but-seed&sort=loss&by=deviation");

        Assert.Equal([2, 1, 1], json.EnumerateArray().Select(group => group.GetProperty("runs").GetInt32()));
        var first = json[0];
        Assert.Equal("1e-3", first.GetProperty("keys").GetProperty("config(lr)").GetString());
        Assert.Equal("seed", first.GetProperty("taken_as_seed")[0].GetString());
        var loss = first.GetProperty("values").GetProperty("loss");
        Assert.Equal((2, 3.4), (loss.GetProperty("n").GetInt32(), loss.GetProperty("mean").GetDouble()));
        Assert.Equal(0.1, loss.GetProperty("standard_error").GetDouble(), 12);
        Assert.Equal(JsonValueKind.Null, json[1].GetProperty("values").GetProperty("loss").GetProperty("std").ValueKind);
        var (_, byRate) = await _server.GetAsync(Path + "?group=config(lr)&column=parameters&sort=count&limit=1&offset=1");
        Assert.Equal((2, 4.5e8), (byRate[0].GetProperty("runs").GetInt32(), byRate[0].GetProperty("values").GetProperty("parameters").GetProperty("mean").GetDouble()));
    }

    [Fact]
    public async Task Archived_runs_come_when_asked_for_with_note_and_day()
    {
        var id = (await _server.Temporary.Store.RunsAsync("p/q"))[0].Id;
        await _server.Temporary.Store.ArchiveAsync([id]);
        await _server.Temporary.Store.SetNotesAsync([new(id, "old")]);

        var (_, json) = await _server.GetAsync(Path);
        Assert.Equal(["a2", "b1", "c1"], Names(json));
        (_, json) = await _server.GetAsync(Path + "?archived=1&limit=1");
        Assert.Equal(("a1", "old", JsonValueKind.String), (json[0].GetProperty("name").GetString(), json[0].GetProperty("note").GetString(), json[0].GetProperty("archived").ValueKind));
    }

    [Theory]
    [InlineData("?sort=speed", "sort: 'speed' is not a column")]
    [InlineData("?column=mean(loss)", "column: 'mean(loss)' is not a column")]
    [InlineData("?group=lr", "group: 'lr' is not a column")]
    [InlineData("?filter=speed%3E3", "filter: No run has a column “speed”.")]
    [InlineData("?by=median", "by: 'median' is not one of mean, deviation, error, count.")]
    [InlineData("?limit=-1", "-1 is below 0")]
    public async Task What_cannot_be_answered_is_said(string query, string words)
    {
        var (status, json) = await _server.GetAsync(Path + query);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_project_is_not_found() => Assert.Equal(HttpStatusCode.NotFound, (await _server.GetAsync("/api/v1/projects/gone/runs?limit=1")).Status);

    private static IEnumerable<string?> Names(JsonElement json) => json.EnumerateArray().Select(run => run.GetProperty("name").GetString());
}
