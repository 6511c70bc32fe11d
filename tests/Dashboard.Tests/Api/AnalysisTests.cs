using System.Net;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Api;

public sealed class AnalysisTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        var csv = new StringBuilder("run,budget,parameters,tokens,loss\n");
        foreach (var row in IsoFlop.SampleAnalysis.Rows())
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"{row.Run},{row.Budget:R},{row.Parameters:R},{row.Tokens:R},{row.Loss:R}\n");
        await _server.PostAsync("/api/v1/projects/sweep/import?name=sweep.csv", csv.ToString());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Fit_answers_with_the_document_of_the_command()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/sweep/fit?method=vpnls&bootstrap=20&at=1e22,1e23");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("converged", json.GetProperty("status").GetString());
        Assert.Equal("vpnls", json.GetProperty("method").GetString());
        Assert.Equal(IsoFlop.SampleAnalysis.Truth.Alpha, json.GetProperty("parameters").GetProperty("alpha").GetDouble(), 0.05);
        Assert.Equal(2, json.GetProperty("predictions").GetArrayLength());
        Assert.Equal(20, json.GetProperty("bootstrap").GetProperty("draws").GetInt32());
    }

    [Fact]
    public async Task Isoflop_answers_by_approach_and_filter()
    {
        var (status, json) = await _server.GetAsync("/api/v1/projects/sweep/isoflop?approach=3&bootstrap=0");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, json.GetProperty("approach").GetInt32());
        Assert.Equal(3, json.GetProperty("budgets").GetArrayLength());
        (_, json) = await _server.GetAsync("/api/v1/projects/sweep/isoflop?where=budget%3D1e20&bootstrap=0");
        Assert.Equal(1e20, Assert.Single(json.GetProperty("budgets").EnumerateArray()).GetProperty("flops").GetDouble());
    }

    [Theory]
    [InlineData("/api/v1/projects/none/fit", HttpStatusCode.NotFound, "Projects: sweep")]
    [InlineData("/api/v1/projects/none/isoflop", HttpStatusCode.NotFound, "Projects: sweep")]
    [InlineData("/api/v1/projects/none/runs", HttpStatusCode.NotFound, "Projects: sweep")]
    [InlineData("/api/v1/projects/sweep/fit?method=magic", HttpStatusCode.UnprocessableEntity, "magic")]
    [InlineData("/api/v1/projects/sweep/fit?at=lots", HttpStatusCode.UnprocessableEntity, "lots")]
    [InlineData("/api/v1/projects/sweep/fit?bootstrap=99999999", HttpStatusCode.UnprocessableEntity, "draws")]
    [InlineData("/api/v1/projects/sweep/fit?where=nonsense%3D1", HttpStatusCode.UnprocessableEntity, "nonsense")]
    [InlineData("/api/v1/projects/sweep/isoflop?approach=4", HttpStatusCode.UnprocessableEntity, "1, 2 or 3")]
    [InlineData("/api/v1/projects/sweep/isoflop?approach=1", HttpStatusCode.UnprocessableEntity, "training curves")]
    public async Task Wishes_that_cannot_be_met_are_refused_with_words(string path, HttpStatusCode expected, string words)
    {
        var (status, json) = await _server.GetAsync(path);
        Assert.Equal(expected, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
