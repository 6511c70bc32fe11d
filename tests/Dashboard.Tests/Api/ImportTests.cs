using System.Net;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>Import, projects, runs and files over HTTP.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_dry_run_reads_and_stores_nothing()
    {
        var (status, json) = await _server.PostAsync("/api/v1/projects/p/import?name=sweep.csv&dry_run=1", TemporaryStore.Sweep);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("csv", json.GetProperty("format").GetString());
        Assert.Equal(["small", "large"], json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        var leftOut = json.GetProperty("left_out")[0];
        Assert.Equal(("sweep.csv", 3), (leftOut.GetProperty("file").GetString(), leftOut.GetProperty("line").GetInt32()));
        Assert.Empty(await _server.Temporary.Store.ProjectsAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(Path.GetDirectoryName(_server.Temporary.DatabasePath)!, "staging")));
    }

    [Fact]
    public async Task The_same_file_twice_adds_nothing()
    {
        await _server.PostAsync("/api/v1/projects/a%2Fb%20c/import?name=sweep.csv", TemporaryStore.Sweep);
        var (status, json) = await _server.PostAsync("/api/v1/projects/a%2Fb%20c/import?name=again.csv", TemporaryStore.Sweep);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["small", "large"], json.GetProperty("already_there").EnumerateArray().Select(name => name.GetString()));
        var project = Assert.Single(await _server.Temporary.Store.ProjectsAsync());
        Assert.Equal(("a/b c", 2), (project.Name, project.Runs));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("parameters,tokens\n1,2\n", "no column for loss")]
    [InlineData("parameters,tokens,loss\n", "no rows")]
    [InlineData("parameters,tokens,loss\n1,2,x\n", "no usable row")]
    [InlineData("PK\u0003\u0004zip", "zip archive")]
    [InlineData("[{}]", "JSON array")]
    public async Task A_bad_file_is_refused_with_words(string content, string words)
    {
        var (status, json) = await _server.PostAsync("/api/v1/projects/p/import?name=bad.csv", content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("bad.csv", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(await _server.Temporary.Store.ProjectsAsync());
    }

    [Theory]
    [InlineData("/api/v1/projects/%20/import?x", "project's name is empty")]
    [InlineData("/api/v1/projects/p/import?map=speed%3Dloss", "unknown quantity 'speed'")]
    [InlineData("/api/v1/projects/p/import?tokens_per_step=0", "tokens_per_step: 0 is not a number of tokens above zero")]
    [InlineData("/api/v1/projects/p/import?sequence_length=-1", "sequence_length: -1 is not a number of tokens above zero")]
    public async Task Bad_wishes_are_refused_with_words(string path, string words)
    {
        var (status, json) = await _server.PostAsync(path, TemporaryStore.Sweep);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_mapped()
    {
        var (status, json) = await _server.PostAsync("/api/v1/projects/p/import?map=loss%3Dvalid&map=tokens%3Dseen", "parameters,seen,valid\n1e8,2e9,3\n");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, json.GetProperty("runs")[0].GetProperty("final_loss").GetDouble());
    }

    [Fact]
    public async Task Projects_runs_and_the_original_file_come_back()
    {
        // Latin 1 and mixed line ends: kept as they are.
        var bytes = Encoding.Latin1.GetBytes("parameters,tokens,loss,who\r\n1e8,2e9,3,Zoë\n2e8,2e9,2.9,Zoë\n");
        using (var content = new ByteArrayContent(bytes))
        {
            content.Headers.Add("Content-Type", "text/csv");
            using var response = await _server.Client.PostAsync(new Uri("/api/v1/projects/p/import?name=zo%C3%AB.csv", UriKind.Relative), content);
            response.EnsureSuccessStatusCode();
        }

        var (_, projects) = await _server.GetAsync("/api/v1/projects");
        Assert.Equal(("p", 2), (projects[0].GetProperty("name").GetString(), projects[0].GetProperty("runs").GetInt32()));
        var (_, runs) = await _server.GetAsync("/api/v1/projects/p/runs");
        Assert.Equal(2e8, runs[1].GetProperty("parameters").GetDouble());
        Assert.Equal(1.2e18, runs[0].GetProperty("flops").GetDouble());
        Assert.True(runs[0].GetProperty("config").TryGetProperty("who", out _));

        using var file = await _server.Client.GetAsync(new Uri($"/api/v1/files/{runs[0].GetProperty("sha256").GetString()}", UriKind.Relative));
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("zoë.csv", file.Content.Headers.ContentDisposition?.FileNameStar);
    }

    [Theory]
    [InlineData("/api/v1/projects/none/runs", "no project 'none'")]
    [InlineData("/api/v1/files/0000000000000000000000000000000000000000000000000000000000000000", "No file")]
    [InlineData("/api/v1/files/..%2F..%2Fdashboard.db", "No file")]
    [InlineData("/api/v1/files/%7Bsha256%7D", "No file")]
    public async Task What_is_not_there_is_404_with_words(string path, string words)
    {
        var (status, json) = await _server.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_describes_what_there_is()
    {
        var (status, json) = await _server.GetAsync("/openapi/v1.json");

        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var path in (string[])["/api/v1/uploads", "/api/v1/projects/{project}/import", "/api/v1/projects", "/api/v1/projects/{project}/runs", "/api/v1/files/{sha256}"])
            Assert.True(json.GetProperty("paths").TryGetProperty(path, out _), path);
        var run = json.GetProperty("components").GetProperty("schemas").GetProperty("RunReport").GetProperty("properties");
        Assert.True(run.TryGetProperty("exclusion_reason", out _));
    }
}
