using System.Net;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>The planner over HTTP: the document of the command.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_plan_is_the_document_of_the_command()
    {
        var (status, json) = await _server.GetAsync("/api/v1/plan?flops=5.76e23&served_tokens=1T&law=epoch&accelerators=1024&accelerator=h200&format=fp8&utilization=0.3");
        Assert.Equal(HttpStatusCode.OK, status);
        var command = await Commands.CommandFolder.RunAsync(
            "plan", "--flops", "5.76e23", "--served-tokens", "1T", "--law", "epoch", "--accelerators", "1024", "--accelerator", "h200", "--format", "fp8", "--utilization", "0.3", "--json");
        Assert.Equal(command.Json().GetRawText(), json.GetRawText());
    }

    [Fact]
    public async Task Bits_and_an_own_accelerator_are_taken()
    {
        var (_, json) = await _server.GetAsync("/api/v1/plan?flops=1e22&bits=solve&law=epoch&own=My%20chip~memory:96~bf16:400&life_flops=1e23");
        var command = await Commands.CommandFolder.RunAsync("plan", "--flops", "1e22", "--bits", "solve", "--law", "epoch", "--own", "My chip~memory:96~bf16:400", "--life-flops", "1e23", "--json");
        Assert.Equal(command.Json().GetRawText(), json.GetRawText());
    }

    [Theory]
    [InlineData("?parameters=7&tokens=1T", "parameters: 7 parameters? Write 7B if that was meant.")]
    [InlineData("?law=x&flops=1e22", "law: 'x' is not one of")]
    [InlineData("?flops=1e22&fit=f7", "fit: there is no saved fit 'f7'.")]
    [InlineData("", "Not enough is given")]
    public async Task What_cannot_be_planned_is_said_in_words(string query, string words)
    {
        var (status, json) = await _server.GetAsync("/api/v1/plan" + query);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.StartsWith(words, json.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_fit_that_is_no_surface_is_refused()
    {
        await _server.Temporary.ImportAsync("sweep");
        await _server.Temporary.Store.SaveFitAsync("sweep", Document().ToNewFit("x", null, ""));
        var (status, json) = await _server.GetAsync("/api/v1/plan?flops=1e22&fit=f1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("knows no law “chinchilla” of 2 coefficients", json.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }
}
