using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.IsoFlop;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>The recipes over HTTP.</summary>
public sealed class AnalysisTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        var csv = new StringBuilder("run,budget,parameters,tokens,loss,subset,weight_bits\n");
        foreach (var row in SampleAnalysis.Rows(checkpoints: 4))
        {
            var isHot = row.Budget > 1e19;
            // Fewer bits cost a little, at the larger budgets only.
            var bits = isHot ? 3 + row.Line % 4 : 16;
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{row.Budget:R},{row.Parameters:R},{row.Tokens:R},{row.Loss * (1 + Math.Exp(-bits)):R},{(isHot ? "hot" : "cold")},{bits}\n");
        }

        await _server.Temporary.ImportAsync("a/sweep", csv.ToString());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("fit?bootstrap=20&seed=3&at=1e22,1e23", "fit --bootstrap 20 --seed 3 --at 1e22,1e23")]
    [InlineData("fit?bootstrap=0&method=vpnls&exponents=0.1..2&where=subset%3Dhot", "fit --bootstrap 0 --method vpnls --exponents 0.1..2 --where subset=hot")]
    [InlineData("fit?bootstrap=20&holdout_budgets=1", "fit --bootstrap 20 --holdout-budgets 1")]
    [InlineData("fit?bootstrap=0&checkpoints=true&irreducible=1.5..", "fit --bootstrap 0 --checkpoints --irreducible 1.5..")]
    [InlineData("counting?bootstrap=20&seed=2&by=subset", "counting --bootstrap 20 --seed 2 --by subset")]
    [InlineData("counting?bootstrap=0&where=subset%3Dhot", "counting --bootstrap 0 --where subset=hot")]
    [InlineData("isoflop?bootstrap=20", "isoflop --bootstrap 20")]
    [InlineData("isoflop?bootstrap=0&approach=3&method=vpnls&exponents=0.1..2&by_compute=true", "isoflop --bootstrap 0 --approach 3 --method vpnls --exponents 0.1..2 --by-compute")]
    [InlineData("isoflop?bootstrap=0&approach=1&smooth=3", "isoflop --bootstrap 0 --approach 1 --smooth 3")]
    [InlineData("fit?bootstrap=0&interval=profile", "fit --bootstrap 0 --interval profile")]
    [InlineData("isoflop?bootstrap=20&approach=3&tolerance=0.1&where=subset%3Dhot", "isoflop --bootstrap 20 --approach 3 --tolerance 0.1 --where subset=hot")]
    [InlineData("estimate?min_tokens=0&models=3&share=0.5,1&where=subset%3Dhot", "estimate --min-tokens 0 --models 3 --share 0.5,1 --where subset=hot")]
    [InlineData("estimate?min_tokens=0&all=true&final_only=true&method=huber", "estimate --min-tokens 0 --all --final-only --method huber")]
    [InlineData("precision?bootstrap=20&form=plain&alternatives=true&method=huber&at=1e22", "precision --bootstrap 20 --form plain --alternatives --method huber --at 1e22")]
    [InlineData("precision?bootstrap=20&optimum=true&flops=1e22&parameters=1B", "precision --bootstrap 20 --optimum --flops 1e22 --parameters 1B")]
    [InlineData("precision?bootstrap=0&parameters=1B&tokens=1T&weights=5&robust=0.5", "precision --bootstrap 0 --parameters 1B --tokens 1T --weights 5 --robust 0.5")]
    public async Task The_answer_is_that_of_the_command(string request, string command)
    {
        var (status, json) = await _server.GetAsync($"/api/v1/projects/a%2Fsweep/{request}");

        Assert.Equal(HttpStatusCode.OK, status);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        string[] args = [.. command.Split(' '), "--project", "a/sweep", "--store", _server.Temporary.DatabasePath, "--json"];
        Assert.Equal(0, await Dashboard.Commands.CommandLine.RunAsync(args, output, error));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(output.ToString()).RootElement, json), json.ToString());
    }

    [Theory]
    [InlineData("fit?method=mse", "not one of huber, vpnls")]
    [InlineData("fit?law=gadre", "not one of the laws chinchilla")]
    [InlineData("fit?resample=rows", "not points, budgets, families or models")]
    [InlineData("fit?interval=wald", "not one of percentile, bca")]
    [InlineData("fit?delta=0", "above zero")]
    [InlineData("fit?exponents=5", "'5' is not a range")]
    [InlineData("fit?at=lots", "'lots' is not a compute budget")]
    [InlineData("fit?bootstrap=1000000", "20000")]
    [InlineData("fit?holdout_budgets=-1", "between 0 and 1000")]
    [InlineData("fit?holdout_budgets=5", "needs at least 7 budgets")]
    [InlineData("fit?where=subset", "not of the form")]
    [InlineData("fit?where=speed%3D1", "No run has a column 'speed'")]
    [InlineData("fit?where=subset%3Dtepid", "0 usable rows")]
    [InlineData("fit?without=zzzz", "no run of the project has the id 'zzzz'")]
    [InlineData("fit?non_embedding=true", "0 usable rows")]
    [InlineData("fit?irreducible=2..1", "'2..1' is not a range")]
    [InlineData("counting?by=speed", "No run has a column 'speed'")]
    [InlineData("isoflop?approach=4", "use 1, 2 or 3")]
    [InlineData("isoflop?approach=3&method=absolute", "knows huber and vpnls")]
    [InlineData("isoflop?tolerance=-1", "between 0 and 100")]
    [InlineData("isoflop?smooth=-1", "between 0 and 10000")]
    [InlineData("estimate?share=2", "'2' is not a share")]
    [InlineData("estimate?target=gone", "neither a family nor a run")]
    [InlineData("estimate?final_only=true&tenths=true", "exclude each other")]
    [InlineData("precision?form=bare", "form: 'bare' is not offset or plain")]
    [InlineData("precision?where=subset%3Dcold", "These runs tell nothing about precision")]
    [InlineData("precision?parameters=7&tokens=1T", "Did you mean 7B")]
    [InlineData("precision?law=kumar", "a published law")]
    public async Task What_cannot_be_done_is_refused_with_words(string request, string words)
    {
        var (status, json) = await _server.GetAsync($"/api/v1/projects/a%2Fsweep/{request}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameters=8e9&tokens=1.5e13&weights=8&activations=8&kv=8&post=4", "--parameters 8e9 --tokens 1.5e13 --weights 8 --activations 8 --kv 8 --post 4")]
    [InlineData("optimum=true&flops=1e23&parameters=8B", "--optimum --flops 1e23 --parameters 8B")]
    [InlineData("optimum=true&flops=1e23&bits=8&form=plain", "--optimum --flops 1e23 --bits 8 --form plain")]
    [InlineData("law=sun&parameters=1B&tokens=1T&format=E4M3&group=32", "--law sun --parameters 1B --tokens 1T --format E4M3 --group 32")]
    public async Task Published_laws_of_precision_answer_without_a_project(string request, string command)
    {
        var (status, json) = await _server.GetAsync($"/api/v1/precision?{request}");

        Assert.Equal(HttpStatusCode.OK, status);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Equal(0, await Dashboard.Commands.CommandLine.RunAsync(["precision", .. command.Split(' '), "--json"], output, error));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(output.ToString()).RootElement, json), json.ToString());
    }

    [Theory]
    [InlineData("", "Say what to ask")]
    [InlineData("parameters=7&tokens=1T", "Did you mean 7B")]
    [InlineData("parameters=7B&tokens=1T&activations=3", "Activations at 3 bits lie outside the law")]
    [InlineData("parameters=7B&tokens=1T&weights=lots", "weights: 'lots' is no number of bits")]
    [InlineData("optimum=true&flops=0", "above zero")]
    [InlineData("parameters=7B&tokens=1T&flops=1e20", "belong to optimum")]
    public async Task What_no_law_of_precision_answers_is_refused_with_words(string request, string words)
    {
        var (status, json) = await _server.GetAsync($"/api/v1/precision?{request}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(words, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fit")]
    [InlineData("isoflop")]
    [InlineData("counting")]
    [InlineData("estimate")]
    [InlineData("precision")]
    [InlineData("runs")]
    public async Task An_unknown_project_is_not_found_and_the_others_are_named(string request)
    {
        var (status, json) = await _server.GetAsync($"/api/v1/projects/gone/{request}");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("There is no project 'gone' in the store. Projects: a/sweep.", json.GetProperty("error").GetString());
    }
}
