using System.Globalization;
using System.Net;
using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.Growth;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>What growing saves, over HTTP.</summary>
public sealed class GrowthTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.Temporary.ImportAsync(GrownTable.Project, GrownTable.Jsonl());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_answer_is_that_of_the_command()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/grown/growth?operator=stack&size=50K&charge_small=true&bootstrap=20&seed=3");
        Assert.Equal(HttpStatusCode.OK, status);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        string[] args = ["growth", "--project", "grown", "--operator", "stack", "--size", "50K", "--charge-small", "--bootstrap", "20", "--seed", "3", "--store", _server.Temporary.DatabasePath, "--json"];
        Assert.Equal(0, await Dashboard.Commands.CommandLine.RunAsync(args, output, error));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(output.ToString()).RootElement, json), json.ToString());
    }

    [Fact]
    public async Task What_cannot_be_compared_is_said_in_words()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/grown/growth?operator=aki");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("No run was grown by 'aki'", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
