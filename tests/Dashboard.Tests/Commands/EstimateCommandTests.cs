using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Tests.Estimate;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>estimate, from a file and from the store, and the sample families.</summary>
public sealed class EstimateCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Families() => _folder.Write("families.csv", SampleStudy.Csv());

    [Fact]
    public async Task The_report_has_every_family_with_its_error_below_that_of_the_baselines()
    {
        var report = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--json")).Json();
        Assert.Equal(3, report.GetProperty("laws_fitted").GetInt32());
        Assert.Equal(["amber", "basalt", "cedar"], report.GetProperty("families").EnumerateArray().Select(family => family.GetProperty("name").GetString()));
        Assert.InRange(report.GetProperty("are").GetDouble(), 0, 0.02);
        Assert.True(report.GetProperty("baselines").GetProperty("best_loss").GetDouble() > report.GetProperty("are").GetDouble());
        Assert.Equal("amber-10B", report.GetProperty("families")[0].GetProperty("target").GetString());
        Assert.InRange(report.GetProperty("families")[0].GetProperty("parameters").GetProperty("alpha").GetDouble(), 0.25, 0.45);
    }

    [Fact]
    public async Task A_file_says_the_same_from_the_store()
    {
        var file = Families();
        await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store);
        string[] rest = ["--target", "basalt", "--all", "--json"];
        var fromFile = (await CommandFolder.RunAsync(["estimate", "--input", file, .. rest])).Json();
        var fromStore = (await CommandFolder.RunAsync(["estimate", "--project", "p", "--store", _folder.Store, .. rest])).Json();
        foreach (var key in new[] { "are", "baselines", "laws_fitted", "flops_spent", "families" })
            Assert.Equal(fromFile.GetProperty(key).GetRawText(), fromStore.GetProperty(key).GetRawText());
        Assert.Equal(100, fromStore.GetProperty("families")[0].GetProperty("plans").GetArrayLength());
    }

    [Fact]
    public async Task Options_choose_the_plan()
    {
        var plans = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--target", "amber", "--models", "3,4", "--share", "0.5,1", "--min-tokens", "20B", "--largest", "2B", "--json"))
            .Json().GetProperty("families")[0].GetProperty("plans").EnumerateArray().ToArray();
        Assert.Equal([(3, 0.5), (3, 1), (4, 0.5), (4, 1)], plans.Select(plan => (plan.GetProperty("models").GetInt32(), plan.GetProperty("share").GetDouble())));
        Assert.All(plans, plan => Assert.Equal(1584893192, plan.GetProperty("largest").GetDouble()));
        var borrowed = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--target", "amber", "--borrow", "basalt", "--json")).Json();
        Assert.Equal("basalt", borrowed.GetProperty("borrowed").GetProperty("family").GetString());
        Assert.Equal(borrowed.GetProperty("borrowed").GetProperty("alpha").GetDouble(), borrowed.GetProperty("families")[0].GetProperty("parameters").GetProperty("alpha").GetDouble());
        var (lent, own) = (borrowed.GetProperty("borrowed").GetProperty("intervals"), borrowed.GetProperty("families")[0].GetProperty("intervals"));
        Assert.True(lent.GetProperty("alpha").GetProperty("low80").GetDouble() < lent.GetProperty("alpha").GetProperty("high80").GetDouble());
        Assert.Equal(JsonValueKind.Null, own.GetProperty("alpha").ValueKind);
        Assert.Equal(JsonValueKind.Object, own.GetProperty("beta").ValueKind);
        var final = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--target", "amber", "--final-only", "--json")).Json();
        Assert.Equal(5, final.GetProperty("families")[0].GetProperty("points").GetInt32());
    }

    [Fact]
    public async Task Every_coefficient_has_its_interval()
    {
        var report = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--json")).Json();
        Assert.Equal("delta", report.GetProperty("provenance").GetProperty("options").GetProperty("interval").GetString());
        foreach (var family in report.GetProperty("families").EnumerateArray())
        {
            foreach (var parameter in family.GetProperty("parameters").EnumerateObject())
            {
                var interval = family.GetProperty("intervals").GetProperty(parameter.Name);
                Assert.InRange(parameter.Value.GetDouble(), interval.GetProperty("low80").GetDouble(), interval.GetProperty("high80").GetDouble());
                Assert.True(interval.GetProperty("low95").GetDouble() < interval.GetProperty("low80").GetDouble());
            }
        }

        var text = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--target", "amber", "--borrow", "basalt")).Output;
        Assert.Matches(@"alpha +[\d.]+ +80 %: [\d.]+ to [\d.]+ +borrowed from basalt", text);
        Assert.Matches(@"beta +[\d.]+ +80 %: [\d.]+ to [\d.]+", text);
    }

    [Fact]
    public async Task Text_names_errors_costs_and_the_law()
    {
        var text = (await CommandFolder.RunAsync("estimate", "--input", Families(), "--target", "cedar", "--all")).Output;
        Assert.Contains("L = ", text, StringComparison.Ordinal);
        Assert.Contains("80 % of the target's checkpoints: off by ", text, StringComparison.Ordinal);
        Assert.Contains("Best plans of cedar by cost, of 100:", text, StringComparison.Ordinal);
        Assert.Contains("100 laws fitted.", text, StringComparison.Ordinal);
        Assert.Contains("Check: Family cedar: encoder and decoder.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neither a family nor a run", "--target", "nobody")]
    [InlineData("'2' is not a share", "--share", "0.5,2")]
    [InlineData("'0' is not a count of models", "--models", "0")]
    [InlineData("'lots' is not a count", "--min-tokens", "lots")]
    [InlineData("exclude each other", "--final-only", "--tenths")]
    [InlineData("would lend to itself", "--borrow", "amber")]
    [InlineData("least squares on the loss, vpnls, not by huber", "--borrow", "basalt", "--method", "huber")]
    [InlineData("Lower the cut, say to 30B", "--min-tokens", "1T")]
    public async Task What_cannot_be_done_is_refused_with_words(string words, params string[] options) =>
        (await CommandFolder.RunAsync(["estimate", "--input", Families(), .. options])).IsRefused(2, words);

    [Fact]
    public async Task Every_objective_of_the_fitter_can_be_chosen_and_is_the_one_that_is_used()
    {
        var file = Families();
        var alpha = new Dictionary<string, double>();
        foreach (var method in FitRecipeOptions.Methods.Keys)
        {
            var report = (await CommandFolder.RunAsync("estimate", "--input", file, "--target", "amber", "--method", method, "--json")).Json();
            Assert.Equal(method, report.GetProperty("provenance").GetProperty("options").GetProperty("method").GetString());
            Assert.InRange(report.GetProperty("are").GetDouble(), 0, 0.02);
            alpha[method] = report.GetProperty("families")[0].GetProperty("parameters").GetProperty("alpha").GetDouble();
        }

        // Two ways to the same optimum; the others have their own.
        Assert.Equal(alpha["vpnls"], alpha["squared"], 1e-6);
        Assert.Equal(4, new[] { "vpnls", "log-squared", "huber", "absolute" }.Select(method => Math.Round(alpha[method], 6)).Distinct().Count());
    }

    [Fact]
    public async Task Columns_of_the_guides_collection_are_recognised_and_can_be_mapped()
    {
        var csv = SampleStudy.Csv("amber").Replace("run,family,arch,loss_kind,parameters,tokens,loss", "model_name,scaled_set,arch,loss_kind,num_params,tokens_seen,loss", StringComparison.Ordinal);
        var plain = (await CommandFolder.RunAsync("estimate", "--input", _folder.Write("guide.csv", csv), "--json")).Json();
        Assert.Equal("amber", plain.GetProperty("families")[0].GetProperty("name").GetString());
        var mapped = (await CommandFolder.RunAsync("estimate", "--input", _folder.At("guide.csv"), "--map", "run=model_name,family=scaled_set,parameters=num_params,tokens=tokens_seen", "--json")).Json();
        Assert.Equal(plain.GetProperty("families").GetRawText(), mapped.GetProperty("families").GetRawText());
    }

    [Fact]
    public async Task The_sample_families_are_what_their_readme_says_they_are()
    {
        var folder = Path.Combine(CommandFolder.Repository, "samples", "model-families");
        const string start = "dotnet run --project src/Dashboard -- ";
        var line = (await File.ReadAllLinesAsync(Path.Combine(folder, "README.md"))).Single(line => line.StartsWith(start + "simulate ", StringComparison.Ordinal));
        var args = line[start.Length..].Split(' ');
        Assert.Equal("samples/model-families/families.csv", args[^1]);
        args[^1] = _folder.At("families.csv");
        Assert.Equal(0, (await CommandFolder.RunAsync(args)).Exit);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "families.csv")), await File.ReadAllBytesAsync(args[^1]));

        var report = (await CommandFolder.RunAsync("estimate", "--input", args[^1], "--all", "--json")).Json();
        Assert.Equal(1080, report.GetProperty("laws_fitted").GetInt32());
        Assert.All(report.GetProperty("families").EnumerateArray(), family => Assert.InRange(family.GetProperty("are").GetDouble(), 0, 0.01));
    }

    [Theory]
    [InlineData("not of the form NAME:ARCH:LAW", "--family", "a:dec")]
    [InlineData("is there twice", "--family", "a:dec:epoch", "--family", "a:dec:epoch")]
    [InlineData("exclude each other", "--family", "a:dec:epoch", "--budgets", "1e20")]
    [InlineData("must be below", "--family", "a:dec:epoch", "--smallest", "1B", "--largest", "1B")]
    [InlineData("not at least 1000", "--family", "a:dec:epoch", "--tokens", "10")]
    [InlineData("between 2 and", "--family", "a:dec:epoch", "--checkpoints", "1")]
    public async Task Families_that_cannot_be_simulated_are_refused(string words, params string[] options) =>
        (await CommandFolder.RunAsync(["simulate", .. options])).IsRefused(2, words);
}
