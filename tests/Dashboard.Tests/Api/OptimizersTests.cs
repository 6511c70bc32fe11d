using System.Globalization;
using System.Net;
using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.Optimizers;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>The comparison of optimizers over HTTP.</summary>
public sealed class OptimizersTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.Temporary.ImportAsync("race", RaceTable.Jsonl(seeds: 2));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_answer_is_that_of_the_command()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/race/optimizers?baseline=adamw&challenger=c-adamw&bootstrap=20&seed=3&where=parameters%3D20000");
        Assert.Equal(HttpStatusCode.OK, status);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        string[] args = ["optimizers", "--project", "race", "--baseline", "adamw", "--challenger", "c-adamw", "--bootstrap", "20", "--seed", "3", "--where", "parameters=20000", "--store", _server.Temporary.DatabasePath, "--json"];
        Assert.Equal(0, await Dashboard.Commands.CommandLine.RunAsync(args, output, error));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(output.ToString()).RootElement, json), json.ToString());
    }

    [Fact]
    public async Task What_cannot_be_compared_is_said_in_words()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/race/optimizers?challenger=soap");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("No run was trained with 'soap'", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
