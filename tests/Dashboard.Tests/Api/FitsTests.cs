using System.Net;
using System.Text.Json;
using ScalingDashboard.Dashboard.Fit;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>Saved fits over HTTP.</summary>
public sealed class FitsTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.Temporary.ImportAsync("a/sweep");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_list_is_newest_first_and_has_no_draws()
    {
        await SaveAsync();
        await SaveAsync("why not");

        var (status, json) = await _server.GetAsync("/api/v1/projects/a%2Fsweep/fits");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["f2", "f1"], json.EnumerateArray().Select(fit => fit.GetProperty("id").GetString()));
        Assert.Equal([2, 1], json.EnumerateArray().Select(fit => fit.GetProperty("version").GetInt32()));
        Assert.Equal("why not", json[0].GetProperty("note").GetString());
        Assert.Equal(JsonValueKind.Null, json[1].GetProperty("note").ValueKind);
        Assert.Equal(0.34, json[0].GetProperty("fit").GetProperty("parameters")[1].GetProperty("value").GetDouble());
        Assert.False(json[0].GetProperty("fit").TryGetProperty("draws", out _));
    }

    [Fact]
    public async Task One_fit_is_whole_and_also_there_when_deleted()
    {
        await SaveAsync();
        await _server.Temporary.Store.DeleteFitAsync("f1");

        var (status, json) = await _server.GetAsync("/api/v1/fits/f1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("a/sweep", "x", "?project=a"), (json.GetProperty("project").GetString(), json.GetProperty("name").GetString(), json.GetProperty("state").GetString()));
        Assert.Equal(JsonValueKind.String, json.GetProperty("deleted").ValueKind);
        Assert.Equal(0.341, json.GetProperty("fit").GetProperty("draws")[0][1].GetDouble());
        Assert.Equal("aa", json.GetProperty("fit").GetProperty("provenance").GetProperty("input_sha256").GetString());
        Assert.Equal(0, (await _server.GetAsync("/api/v1/projects/a%2Fsweep/fits")).Json.GetArrayLength());
    }

    [Theory]
    [InlineData("/api/v1/projects/gone/fits", "There is no project 'gone' in the store. Projects: a/sweep.")]
    [InlineData("/api/v1/fits/f9", "There is no saved fit with this id.")]
    [InlineData("/api/v1/fits/%27%3B--", "There is no saved fit with this id.")]
    public async Task What_is_not_there_is_said_in_words(string path, string words)
    {
        var (status, json) = await _server.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.StartsWith(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/projects/a%2Fsweep/fits")]
    [InlineData("/api/v1/fits/f2")]
    public async Task A_damaged_one_is_named(string path)
    {
        await SaveAsync();
        await _server.Temporary.Store.SaveFitAsync("a/sweep", Document().ToNewFit("x", null, "") with { Report = "{" });

        var (status, json) = await _server.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.StartsWith("The saved fit “x”, version 2, is damaged", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_describes_them()
    {
        var (_, json) = await _server.GetAsync("/openapi/v1.json");

        Assert.True(json.GetProperty("paths").TryGetProperty("/api/v1/projects/{project}/fits", out _));
        Assert.True(json.GetProperty("paths").TryGetProperty("/api/v1/fits/{id}", out _));
        var document = json.GetProperty("components").GetProperty("schemas").GetProperty("SavedFitDocument").GetProperty("properties");
        foreach (var name in (string[])["parameters", "exponents", "run_ids", "draws", "provenance"])
            Assert.True(document.TryGetProperty(name, out _), name);
    }

    private async Task SaveAsync(string? note = null) => await _server.Temporary.Store.SaveFitAsync("a/sweep", Document().ToNewFit("x", note, "?project=a"));
}
