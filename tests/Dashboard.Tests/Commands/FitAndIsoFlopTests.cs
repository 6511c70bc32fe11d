using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.Golden;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>fit and isoflop, from a file and from the store.</summary>
public sealed class FitAndIsoFlopTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("huber")]
    [InlineData("vpnls")]
    public async Task Fit_finds_the_law_behind_a_simulated_sweep(string method)
    {
        var report = (await CommandFolder.RunAsync("fit", "--input", await SweepAsync(noise: "0"), "--method", method, "--bootstrap", "0", "--json")).Json();
        Assert.Equal("converged", report.GetProperty("status").GetString());
        Assert.Equal(method, report.GetProperty("method").GetString());
        Assert.Equal(40, report.GetProperty("points").GetInt32());
        Assert.Equal(0.347813, report.GetProperty("parameters").GetProperty("alpha").GetDouble(), 1e-3);
        Assert.Equal(0.365854, report.GetProperty("parameters").GetProperty("beta").GetDouble(), 1e-3);
        Assert.Equal(5.76e23, Assert.Single(report.GetProperty("predictions").EnumerateArray()).GetProperty("flops").GetDouble());
    }

    // Seven published models, all at about 20 tokens per parameter.
    [SkippableFact]
    public async Task Cerebras_GPT_is_imported_and_fitted_by_compute_alone_because_N_and_D_cannot_be_separated()
    {
        Skip.If(SharedFolder.Path is null, SharedFolder.Absent);
        var file = Path.Combine(SharedFolder.Path!, "data", "cerebras-gpt", "cerebras_gpt.csv");
        var imported = (await CommandFolder.RunAsync("import", file, "--project", "c", "--store", _folder.Store, "--map", "loss=pile_test_loss,run=model", "--json")).Json();
        Assert.Equal(7, imported.GetProperty("runs").GetArrayLength());

        string[] fit = ["fit", "--project", "c", "--store", _folder.Store, "--bootstrap", "100", "--json"];
        var both = (await CommandFolder.RunAsync(fit)).Json();
        Assert.Equal("not_identifiable", both.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, both.GetProperty("intervals").GetProperty("a").ValueKind);
        Assert.Matches("N and D cannot be separated: .*; a law of compute alone can be fitted to such runs", both.GetProperty("warnings")[0].GetString());

        // Seven models show no floor: with an offset the fit says so, without one it converges.
        var offset = (await CommandFolder.RunAsync([.. fit, "--law", "compute"])).Json();
        Assert.Equal("at_bound", offset.GetProperty("status").GetString());
        Assert.InRange(offset.GetProperty("parameters").GetProperty("E").GetDouble(), 0, 1e-6);
        var compute = (await CommandFolder.RunAsync([.. fit, "--law", "power"])).Json();
        Assert.Equal("converged", compute.GetProperty("status").GetString());
        var loss = Assert.Single(compute.GetProperty("predictions").EnumerateArray());
        Assert.InRange(loss.GetProperty("loss").GetDouble(), 1, 1.575);
        Assert.True(loss.GetProperty("intervals").GetProperty("loss").GetProperty("low80").GetDouble() < loss.GetProperty("loss").GetDouble());
    }

    [Fact]
    public async Task A_law_of_formats_is_fitted_to_runs_that_name_theirs()
    {
        var law = ScalingDashboard.Numerics.Laws.LawForms.Find("granularity")!.With(1.8, 480, 2100, 0.35, 0.37, 0.1582, 0.0745, 0.2186, 0.7779);
        var rows = from parameters in new[] { 41e6, 85e6, 180e6, 400e6, 900e6 }
                   from tokens in new[] { 5e9, 15e9, 40e9, 110e9 }
                   from grouped in new[] { 1.0, 16, 128, 4096 }
                   let loss = law.Predict(new(parameters, tokens, double.NaN) { GroupSize = grouped })
                   select string.Create(CultureInfo.InvariantCulture, $"{parameters:0} {tokens:0} {grouped},{parameters:R},{tokens:R},{loss:R},{(grouped > 1 ? grouped.ToString(CultureInfo.InvariantCulture) : "")}");
        string[] lines = [.. rows];
        var file = _folder.Write("groups.csv", "run,parameters,tokens,loss,group_size\n" + string.Join('\n', lines) + "\n");
        var report = (await CommandFolder.RunAsync("fit", "--input", file, "--law", "granularity", "--method", "log-squared", "--bootstrap", "0", "--json")).Json();
        Assert.Equal("converged", report.GetProperty("status").GetString());
        Assert.Equal(0.7779, report.GetProperty("parameters").GetProperty("gamma_G").GetDouble(), 1e-3);

        var one = _folder.Write("one.csv", "run,parameters,tokens,loss,group_size\n" + string.Join('\n', lines.Where(line => line.EndsWith(',') || line.EndsWith(",128", StringComparison.Ordinal))) + "\n");
        var told = (await CommandFolder.RunAsync("fit", "--input", one, "--law", "granularity", "--bootstrap", "0")).Output;
        Assert.Contains("quantised runs come in one group size: γ_G cannot be told from k", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_shows_estimate_interval_and_prediction()
    {
        var sweep = await SweepAsync();
        var fit = await CommandFolder.RunAsync("fit", "--input", sweep, "--bootstrap", "50");
        Assert.StartsWith("Chinchilla law, huber, 40 points: converged", fit.Output, StringComparison.Ordinal);
        Assert.Contains("At 5.76e23 FLOP:", fit.Output, StringComparison.Ordinal);
        Assert.Equal(10, fit.Output.Split("80 %:").Length - 1);
        Assert.Contains("no interval", (await CommandFolder.RunAsync("fit", "--input", sweep, "--bootstrap", "0")).Output, StringComparison.Ordinal);

        var isoflop = await CommandFolder.RunAsync("isoflop", "--input", sweep, "--bootstrap", "50", "--at", "1e22");
        Assert.StartsWith("Approach 2: converged", isoflop.Output, StringComparison.Ordinal);
        Assert.Contains("At 1e22 FLOP:", isoflop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("5.76e23", isoflop.Output, StringComparison.Ordinal);
        Assert.Equal("", isoflop.Error);
    }

    [Theory]
    [InlineData("bca", "100")]
    [InlineData("profile", "0")]
    [InlineData("delta", "0")]
    public async Task Intervals_are_made_as_asked(string kind, string draws)
    {
        var sweep = await SweepAsync();
        string[] args = ["fit", "--input", sweep, "--method", "log-squared", "--bootstrap", draws, "--json"];
        var percentile = (await CommandFolder.RunAsync(args)).Json();
        var report = (await CommandFolder.RunAsync([.. args, "--interval", kind])).Json();
        Assert.Equal(kind, report.GetProperty("provenance").GetProperty("options").GetProperty("interval").GetString());
        Assert.Equal(percentile.GetProperty("parameters").GetProperty("alpha").GetDouble(), report.GetProperty("parameters").GetProperty("alpha").GetDouble());
        Assert.NotEqual(percentile.GetProperty("intervals").GetProperty("alpha").ToString(), report.GetProperty("intervals").GetProperty("alpha").ToString());
        var interval = report.GetProperty("predictions")[0].GetProperty("intervals").GetProperty("parameters");
        Assert.True(interval.GetProperty("low95").GetDouble() < interval.GetProperty("high80").GetDouble());
        Assert.Equal(2, (await CommandFolder.RunAsync([.. args, "--interval", "wald"])).Exit);
    }

    [Fact]
    public async Task Holding_out_budgets_fits_the_others_and_reports_the_error_on_each()
    {
        var sweep = await SweepAsync();
        var report = (await CommandFolder.RunAsync("fit", "--input", sweep, "--holdout-budgets", "2", "--bootstrap", "20", "--json")).Json();
        var holdout = report.GetProperty("holdout");
        Assert.Equal(2, holdout.GetProperty("budgets").GetInt32());
        Assert.Equal(40, report.GetProperty("points").GetInt32() + holdout.GetProperty("points").GetInt32());
        Assert.InRange(holdout.GetProperty("are").GetDouble(), 1e-5, 0.05);
        Assert.Equal(2, holdout.GetProperty("per_budget").GetArrayLength());
        var largest = holdout.GetProperty("per_budget")[1];
        Assert.True(Math.Abs(largest.GetProperty("signed").GetDouble()) <= largest.GetProperty("are").GetDouble());
        Assert.True(largest.GetProperty("intervals").GetProperty("are").GetProperty("low80").GetDouble() > 0);

        Assert.False((await CommandFolder.RunAsync("fit", "--input", sweep, "--bootstrap", "0", "--json")).Json().TryGetProperty("holdout", out _));
        var text = (await CommandFolder.RunAsync("fit", "--input", sweep, "--holdout-budgets", "2", "--bootstrap", "20")).Output;
        Assert.Contains("Fitted without the largest 2 budgets (16 runs)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_call_prints_the_same_twice()
    {
        var sweep = await SweepAsync();
        string[] args = ["fit", "--input", sweep, "--bootstrap", "40", "--seed", "5", "--json"];
        var first = await CommandFolder.RunAsync(args);
        Assert.Equal(first.Output, (await CommandFolder.RunAsync(args)).Output);
        args[6] = "6";
        Assert.NotEqual(first.Output, (await CommandFolder.RunAsync(args)).Output);
    }

    [Fact]
    public async Task Where_keeps_the_rows_that_match()
    {
        var sweep = await SweepAsync();
        Assert.Equal(8, (await CommandFolder.RunAsync("fit", "--input", sweep, "--where", "budget=1E+20", "--bootstrap", "0", "--json")).Json().GetProperty("points").GetInt32());
        var json = (await CommandFolder.RunAsync("isoflop", "--input", sweep, "--where", "budget=1e20", "--bootstrap", "0", "--json")).Json();
        Assert.Equal(1e20, Assert.Single(json.GetProperty("budgets").EnumerateArray()).GetProperty("flops").GetDouble());
        (await CommandFolder.RunAsync("fit", "--input", sweep, "--where", "budget=1e20", "--where", "budget=1e21")).IsRefused(2, "no usable row", "budget=1e20 and budget=1e21");
    }

    [Fact]
    public async Task Map_names_the_columns()
    {
        var sweep = await SweepAsync();
        var renamed = _folder.Write("renamed.csv", (await File.ReadAllTextAsync(sweep)).Replace("parameters,tokens,flops,step,loss", "size,seen,work,step,ppl", StringComparison.Ordinal));
        (await CommandFolder.RunAsync("fit", "--input", renamed)).IsRefused(2, "renamed.csv");
        var mapped = (await CommandFolder.RunAsync("fit", "--input", renamed, "--map", "parameters=size,tokens=seen", "--map", "flops=work,loss=ppl", "--bootstrap", "0", "--json")).Json();
        Assert.Equal(
            (await CommandFolder.RunAsync("fit", "--input", sweep, "--bootstrap", "0", "--json")).Json().GetProperty("parameters").GetRawText(),
            mapped.GetProperty("parameters").GetRawText());
    }

    [Fact]
    public async Task At_takes_several_budgets_as_people_write_them()
    {
        var sweep = await SweepAsync();
        var report = (await CommandFolder.RunAsync("isoflop", "--input", sweep, "--at", "1e22, 5.76e23 FLOP", "--at", "1e24", "--bootstrap", "0", "--json")).Json();
        Assert.Equal([1e22, 5.76e23, 1e24], report.GetProperty("predictions").EnumerateArray().Select(at => at.GetProperty("flops").GetDouble()));
    }

    [Theory]
    [InlineData("fit", "--method", "huber", "parameters,objective,exponents,bootstrap,intervals,predictions,warnings,points,status")]
    [InlineData("fit", "--method", "vpnls", "parameters,objective,exponents,bootstrap,intervals,predictions,warnings,points,status")]
    [InlineData("isoflop", "--approach", "2", "budgets,exponents,intervals,predictions,warnings,status")]
    [InlineData("isoflop", "--approach", "3", "budgets,exponents,intervals,predictions,warnings,status")]
    public async Task A_table_of_one_row_a_run_says_the_same_from_the_store(string command, string option, string value, string keys)
    {
        var sweep = await SweepAsync();
        await ImportAsync(sweep);
        string[] rest = [option, value, "--bootstrap", "40", "--seed", "2", "--json"];
        var fromFile = (await CommandFolder.RunAsync([command, "--input", sweep, .. rest])).Json();
        var fromStore = (await CommandFolder.RunAsync([command, "--project", "sweep", "--store", _folder.Store, .. rest])).Json();
        foreach (var key in keys.Split(','))
            Assert.Equal(fromFile.GetProperty(key).GetRawText(), fromStore.GetProperty(key).GetRawText());
        Assert.Equal(fromFile.GetProperty("provenance").GetProperty("options").GetRawText(), fromStore.GetProperty("provenance").GetProperty("options").GetRawText());
    }

    [Fact]
    public async Task Of_a_project_the_last_checkpoints_count_and_all_of_them_for_approach_1()
    {
        var curves = await SweepAsync(checkpoints: "10");
        await ImportAsync(curves);
        var fit = (await CommandFolder.RunAsync("fit", "--project", "sweep", "--store", _folder.Store, "--bootstrap", "0", "--json")).Json();
        var ends = (await CommandFolder.RunAsync("fit", "--input", await SweepAsync(), "--bootstrap", "0", "--json")).Json();
        Assert.Equal(ends.GetProperty("parameters").GetRawText(), fit.GetProperty("parameters").GetRawText());

        string[] envelope = ["isoflop", "--approach", "1", "--bootstrap", "0", "--json"];
        var fromFile = (await CommandFolder.RunAsync([.. envelope, "--input", curves])).Json().GetProperty("exponents");
        var fromStore = (await CommandFolder.RunAsync([.. envelope, "--project", "sweep", "--store", _folder.Store])).Json().GetProperty("exponents");
        Assert.Equal(fromFile.GetProperty("a").GetDouble(), fromStore.GetProperty("a").GetDouble(), 1e-9);
        Assert.InRange(fromStore.GetProperty("a").GetDouble(), 0.45, 0.57);
    }

    [Fact]
    public async Task A_filter_on_a_project_knows_its_columns()
    {
        await ImportAsync(await SweepAsync());
        string[] fit = ["fit", "--project", "sweep", "--store", _folder.Store, "--bootstrap", "0", "--json"];
        Assert.Equal(8, (await CommandFolder.RunAsync([.. fit, "--where", "budget=1e20"])).Json().GetProperty("points").GetInt32());
        (await CommandFolder.RunAsync([.. fit, "--where", "colour=red"])).IsRefused(2, "colour", "budget");
        (await CommandFolder.RunAsync("fit", "--project", "other", "--store", _folder.Store)).IsRefused(2, "no project 'other'", "sweep");
    }

    [Fact]
    public async Task Within_keeps_approach_2_to_sizes_near_the_best_run()
    {
        string[] isoflop = ["isoflop", "--input", await SweepAsync(noise: "0"), "--bootstrap", "0", "--json"];
        var all = (await CommandFolder.RunAsync(isoflop)).Json();
        var near = (await CommandFolder.RunAsync([.. isoflop, "--within", "2.5"])).Json();
        foreach (var (budget, wide) in near.GetProperty("budgets").EnumerateArray().Zip(all.GetProperty("budgets").EnumerateArray()))
            Assert.InRange(budget.GetProperty("points").GetInt32(), 3, wide.GetProperty("points").GetInt32() - 1);
        Assert.Equal("2.5", near.GetProperty("provenance").GetProperty("options").GetProperty("within").GetString());
        Assert.False(all.GetProperty("provenance").GetProperty("options").TryGetProperty("within", out _));
        (await CommandFolder.RunAsync([.. isoflop, "--within", "1"])).IsRefused(2, "--within", "above 1");
    }

    [Fact]
    public async Task Provenance_names_file_and_options()
    {
        var sweep = await SweepAsync();
        var provenance = (await CommandFolder.RunAsync("isoflop", "--input", sweep, "--tolerance", "0.3", "--bootstrap", "0", "--json")).Json().GetProperty("provenance");
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(sweep)));
        Assert.Equal(sha256, provenance.GetProperty("input_sha256").GetString());
        Assert.Equal("0.3", provenance.GetProperty("options").GetProperty("budget_tolerance").GetString());
        Assert.Equal("2", provenance.GetProperty("options").GetProperty("approach").GetString());
        Assert.Equal(JsonValueKind.String, provenance.GetProperty("version").ValueKind);
    }

    private async Task<string> SweepAsync(string noise = "0.004", string checkpoints = "1")
    {
        var file = _folder.At($"sweep-{noise}-{checkpoints}.csv");
        var outcome = await CommandFolder.RunAsync(
            "simulate", "--budgets", "1e19,3e19,1e20,3e20,1e21", "--range", "6", "--checkpoints", checkpoints, "--noise", noise, "--output", file);
        Assert.True(outcome.Exit == 0, outcome.Error);
        return file;
    }

    private async Task ImportAsync(string file) =>
        (await CommandFolder.RunAsync("import", file, "--project", "sweep", "--store", _folder.Store, "--json")).Json();
}
