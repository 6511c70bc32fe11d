using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>counting over runs, and over a table of optimal pairs.</summary>
public sealed class CountingCommandTests : IDisposable
{
    // C = 1e18, 1e20, 1e22 and N = 1e-1·C^0.5; the last row has no optimum.
    private const string Pairs = "set,work,best,sd\na,1e18,1e8,0.1\na,1e20,1e9,0.1\na,1e22,2e10,100\na,1e24,,0.1\nb,1e20,x,0.1\n";
    private static readonly string[] s_map = ["--map", "flops=work,parameters=best", "--map", "deviation=sd"];

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // hyperparameters, warm-up, decay and count of each step.
    [SkippableTheory]
    [InlineData(0, "base", "long", "kaplan", "kaplan")]
    [InlineData(1, "base", "long", "kaplan", "standard")]
    [InlineData(2, "base", "short", "kaplan", "standard")]
    [InlineData(3, "base", "short", "chinchilla", "standard")]
    [InlineData(4, "tuned", "short", "const", "standard")]
    public async Task Five_commands_walk_from_Kaplan_to_Chinchilla(int step, string hparams, string warmup, string decay, string count)
    {
        var file = Path.Combine(Path.GetDirectoryName(CommandFolder.Repository)!, "shared", "data", "porian", "optimal_pairs.csv");
        Skip.IfNot(File.Exists(file), "the reference data is not beside this clone");
        var weighted = (await CommandFolder.RunAsync(
            "counting", "--pairs", file, "--map", "flops=flops,parameters=n,deviation=n_star_std", "--where", "dataset=rw", "--where", "source=summary_df.pickle.xz",
            "--where", $"hparams={hparams}", "--where", $"warmup={warmup}", "--where", $"decay={decay}", "--where", $"param_count={count}", "--json")).Json().GetProperty("weighted");
        var published = PublishedWalk.Steps[step];
        Assert.Equal(published.ParameterExponent, weighted.GetProperty("a").GetDouble(), 0.003);
        Assert.True(weighted.GetProperty("interval").GetProperty("low95").GetDouble() < published.High95);
        Assert.True(weighted.GetProperty("interval").GetProperty("high95").GetDouble() > published.Low95);
    }

    [Fact]
    public async Task A_doubtful_pair_counts_less_and_one_without_an_optimum_is_left_out()
    {
        var file = _folder.Write("pairs.csv", Pairs);
        string[] command = ["counting", "--pairs", file, .. s_map, "--where", "set=a", "--bootstrap", "50"];
        var report = (await CommandFolder.RunAsync([.. command, "--json"])).Json();
        Assert.Equal(3, report.GetProperty("points").GetInt32());
        Assert.Equal(5, Assert.Single(report.GetProperty("excluded").EnumerateArray()).GetProperty("line").GetInt32());
        Assert.Equal(0.5, report.GetProperty("weighted").GetProperty("a").GetDouble(), 1e-5);
        Assert.Equal(Math.Log10(200) / 4, report.GetProperty("unweighted").GetProperty("a").GetDouble(), 1e-9);
        Assert.Equal("flops=work,parameters=best,deviation=sd", report.GetProperty("provenance").GetProperty("options").GetProperty("map").GetString());
        var text = (await CommandFolder.RunAsync(command)).Output;
        Assert.Equal(2, text.Split("80 %:").Length - 1);
        Assert.Contains("line 5 has no best", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_a_table_of_pairs_is_said_with_its_place()
    {
        var file = _folder.Write("pairs.csv", Pairs);
        (await CommandFolder.RunAsync("counting", "--pairs", file)).IsRefused(2, "pairs.csv, line 1", "no column 'flops'", "--map");
        (await CommandFolder.RunAsync(["counting", "--pairs", file, .. s_map])).IsRefused(2, "pairs.csv, line 6, column best", "'x' is not a number");
        (await CommandFolder.RunAsync(["counting", "--pairs", file, .. s_map, "--where", "set=c"])).IsRefused(2, "no pair where set=c");
        (await CommandFolder.RunAsync(["counting", "--pairs", file, .. s_map, "--where", "work=1e18"])).IsRefused(2, "one level of compute");
        (await CommandFolder.RunAsync("counting", "--pairs", file, "--map", "loss=best")).IsRefused(2, "--map", "'loss=best'");
        (await CommandFolder.RunAsync("counting", "--pairs", file, "--input", file)).IsRefused(2, "--pairs");
        (await CommandFolder.RunAsync("counting", "--pairs", _folder.Write("empty.csv", "flops,parameters,deviation\n"))).IsRefused(2, "empty.csv", "no pair");
        (await CommandFolder.RunAsync("counting", "--pairs", _folder.Write("short.csv", "flops,parameters,deviation\n1e18,1e8\n"))).IsRefused(2, "short.csv, line 2", "2 cells");
    }

    [Fact]
    public async Task Runs_are_counted_the_same_from_a_file_and_from_the_store()
    {
        var sweep = _folder.At("sweep.csv");
        await CommandFolder.RunAsync("simulate", "--budgets", "1e19,1e20,1e21", "--range", "6", "--checkpoints", "1", "--noise", "0.004", "--output", sweep);
        // Half of the parameters are embeddings.
        var lines = await File.ReadAllLinesAsync(sweep);
        var at = Array.IndexOf(lines[0].Split(','), "parameters");
        await File.WriteAllLinesAsync(sweep, lines.Select((line, i) => line + (i == 0 ? ",non_embedding_parameters" : $",{Half(line.Split(',')[at])}")));
        (await CommandFolder.RunAsync("import", sweep, "--project", "sweep", "--store", _folder.Store, "--json")).Json();

        string[] rest = ["--bootstrap", "20", "--seed", "2", "--json"];
        var fromFile = (await CommandFolder.RunAsync(["counting", "--input", sweep, .. rest])).Json();
        var fromStore = (await CommandFolder.RunAsync(["counting", "--project", "sweep", "--store", _folder.Store, .. rest])).Json();
        foreach (var key in new[] { "conventions", "conclusion", "warnings" })
            Assert.Equal(fromFile.GetProperty(key).GetRawText(), fromStore.GetProperty(key).GetRawText());

        var conventions = fromFile.GetProperty("conventions").EnumerateArray().ToDictionary(row => row.GetProperty("key").GetString()!);
        var counted = conventions.Values.Where(row => row.GetProperty("runs").GetInt32() > 0).ToArray();
        Assert.Equal(2, counted.Length);
        foreach (var row in counted)
        {
            Assert.Equal([2, 3], row.GetProperty("exponents").EnumerateArray().Select(approach => approach.GetProperty("approach").GetInt32()));
            // A constant share of embeddings moves sizes, not exponents.
            Assert.InRange(row.GetProperty("exponents")[0].GetProperty("a").GetDouble(), 0.45, 0.57);
            Assert.Equal(JsonValueKind.Object, row.GetProperty("exponents")[0].GetProperty("intervals").GetProperty("a").ValueKind);
        }

        var left = conventions.Values.First(row => row.GetProperty("runs").GetInt32() == 0);
        Assert.Equal(lines.Length - 1, left.GetProperty("left_out").GetInt32());
        Assert.Equal("too_few_points", left.GetProperty("status").GetString());
        var text = (await CommandFolder.RunAsync("counting", "--input", sweep, "--bootstrap", "20")).Output;
        Assert.Contains(fromFile.GetProperty("conclusion").GetString()!.Split(',')[0], text, StringComparison.Ordinal);
        Assert.Contains("runs left out: no", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_taken_apart_by_a_column_the_same_from_a_file_and_from_the_store()
    {
        var (sweep, other) = (_folder.At("sweep.csv"), _folder.At("other.csv"));
        await CommandFolder.RunAsync("simulate", "--budgets", "1e19,1e20,1e21", "--range", "4", "--checkpoints", "1", "--noise", "0.001", "--output", sweep);
        await CommandFolder.RunAsync("simulate", "--law", "E=1.7,A=480,B=700,alpha=0.42,beta=0.28", "--budgets", "1e19,1e20,1e21", "--range", "4", "--checkpoints", "1", "--noise", "0.001", "--output", other);
        var (first, second) = (await File.ReadAllLinesAsync(sweep), await File.ReadAllLinesAsync(other));
        var both = _folder.Write("both.csv", string.Join('\n', [first[0] + ",warmup", .. first[1..].Select(line => line + ",short"), .. second[1..].Select(line => line + ",long")]) + "\n");
        (await CommandFolder.RunAsync("import", both, "--project", "p", "--store", _folder.Store, "--json")).Json();

        string[] rest = ["--by", "warmup", "--bootstrap", "20"];
        var fromFile = (await CommandFolder.RunAsync(["counting", "--input", both, .. rest, "--json"])).Json();
        var fromStore = (await CommandFolder.RunAsync(["counting", "--project", "p", "--store", _folder.Store, .. rest, "--json"])).Json();
        Assert.Equal(fromFile.GetProperty("set_ups").GetRawText(), fromStore.GetProperty("set_ups").GetRawText());
        var setUps = fromFile.GetProperty("set_ups").EnumerateArray().ToArray();
        Assert.Equal(["short", "long"], setUps.Select(setUp => setUp.GetProperty("name").GetString()));
        Assert.InRange(setUps[0].GetProperty("near").GetProperty("a").GetDouble(), 0.48, 0.54);
        Assert.InRange(setUps[1].GetProperty("near").GetProperty("a").GetDouble(), 0.37, 0.43);
        Assert.Equal("warmup", fromFile.GetProperty("provenance").GetProperty("options").GetProperty("by").GetString());
        var text = (await CommandFolder.RunAsync(["counting", "--input", both, .. rest])).Output;
        Assert.Contains("the set-up moves it by 0.1", text, StringComparison.Ordinal);
        Assert.False((await CommandFolder.RunAsync("counting", "--input", both, "--bootstrap", "0", "--json")).Json().TryGetProperty("set_ups", out _));
        (await CommandFolder.RunAsync("counting", "--input", both, "--by", "decay")).IsRefused(2, "No run has a column 'decay'", "warmup");
    }

    private static string Half(string number) => (double.Parse(number, CultureInfo.InvariantCulture) / 2).ToString("R", CultureInfo.InvariantCulture);
}
