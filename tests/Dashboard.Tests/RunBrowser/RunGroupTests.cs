using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class RunGroupTests
{
    // Two configurations of three and two seeds, one of them without a loss; and one run alone.
    private static readonly RunRow[] s_rows =
    [
        Run("a1", 3.0, "1e-3", "1", "/out/a1"), Run("b1", 2.6, "3e-4", "1", "/out/b1"), Run("a2", 3.2, "1e-3", "2", "/out/a2"), Run("c", 2.0, "1e-4", "1", "/out/c"),
        Run("b2", 2.4, "3e-4", "2", "/out/b2"), Run("a3", 3.4, "1e-3", "3", "/out/a3") with { Tokens = 2.0001e10 }, Run("b3", null, "3e-4", "3", "/out/b3"),
    ];

    [Theory]
    [InlineData("seed", true)]
    [InlineData("SEED", true)]
    [InlineData("random_seed", true)]
    [InlineData("trainer.data_seed", true)]
    [InlineData("trainer/dataSeed", true)]
    [InlineData("manualSeed", true)]
    [InlineData("seed_everything", true)]
    [InlineData("dataseed", true)]
    [InlineData("seeded", false)]
    [InlineData("seedling_rate", false)]
    [InlineData("lr", false)]
    [InlineData("", false)]
    public void Settings_called_seed_are_seeds(string key, bool expected) => Assert.Equal(expected, SeedKeys.IsSeed(key));

    [Fact]
    public async Task Groups_by_a_setting_have_count_mean_deviation_and_error()
    {
        var shown = await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { Group = ["config(lr)"] });

        Assert.Equal(["1e-3", "3e-4", "1e-4"], shown.Groups!.Groups.Select(group => group.Label));
        Assert.Equal("a1, a2, a3, b1, b2, b3, c", Tables.Names(shown));
        var loss = shown.Values(RunColumn.Loss);
        var three = shown.Groups.Groups[0].Statistics(loss);
        Assert.Equal(3, three.Count);
        Assert.Equal(3.2, three.Mean, 12);
        Assert.Equal(0.2, three.Deviation, 12);
        Assert.Equal(0.2 / Math.Sqrt(3), three.Error, 12);
        // A run without a loss is no value, and one value has no deviation.
        Assert.Equal(2, shown.Groups.Groups[1].Statistics(loss).Count);
        Assert.Equal((1, 2.0, double.NaN), (shown.Groups.Groups[2].Statistics(loss).Count, shown.Groups.Groups[2].Statistics(loss).Mean, shown.Groups.Groups[2].Statistics(loss).Deviation));
    }

    [Theory]
    [InlineData("loss", GroupOrder.Mean, false, "1e-4, 3e-4, 1e-3")]
    [InlineData("loss", GroupOrder.Deviation, false, "3e-4, 1e-3, 1e-4")]
    [InlineData("loss", GroupOrder.Deviation, true, "1e-3, 3e-4, 1e-4")]
    [InlineData("loss", GroupOrder.Error, true, "1e-3, 3e-4, 1e-4")]
    [InlineData("loss", GroupOrder.Count, true, "1e-3, 3e-4, 1e-4")]
    [InlineData("count", GroupOrder.Mean, false, "1e-4, 1e-3, 3e-4")]
    [InlineData("config(lr)", GroupOrder.Mean, false, "1e-4, 3e-4, 1e-3")]
    [InlineData("run", GroupOrder.Mean, true, "1e-4, 3e-4, 1e-3")]
    [InlineData("added", GroupOrder.Mean, true, "1e-4, 3e-4, 1e-3")]
    public async Task Groups_are_sorted_by_any_of_these_with_missing_ones_last(string by, GroupOrder order, bool descending, string expected)
    {
        var shown = await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { Group = ["config(lr)"], Sort = RunColumn.Parse(by)!, Order = order, Descending = descending });

        Assert.Equal(expected, string.Join(", ", shown.Groups!.Groups.Select(group => group.Label)));
    }

    [Fact]
    public async Task All_but_the_seed_takes_every_setting_but_those_called_so()
    {
        var columns = Tables.Of([.. s_rows.Select(row => row with { Config = [.. row.Config.Where(pair => pair.Key != "output_dir")] })]);

        var shown = await Tables.ArrangeAsync(columns, new RunsState { Group = [RunsState.AllButSeed] });

        Assert.Equal(["trainer.seed"], shown.Groups!.Seeds);
        Assert.Equal(["a1, a2, a3", "b1, b2, b3", "c"], shown.Groups.Groups.Select(group => string.Join(", ", group.Rows.Select(row => columns.Table.Names[row]))));
        // Groups differ in the rate alone, so that is their name.
        Assert.Equal(["1e-3", "3e-4", "1e-4"], shown.Groups.Groups.Select(group => group.Label));
        Assert.Equal([new RunColumn.ConfigColumn("lr")], shown.Groups.Keys);
    }

    [Fact]
    public async Task Another_setting_can_be_taken_as_the_seed()
    {
        var columns = Tables.Of(s_rows);

        Assert.Equal(7, (await Tables.ArrangeAsync(columns, new RunsState { Group = [RunsState.AllButSeed] })).Groups!.Groups.Count);
        var shown = await Tables.ArrangeAsync(columns, new RunsState { Group = [RunsState.AllButSeed], Ignored = ["output_dir"] });
        Assert.Equal(3, shown.Groups!.Groups.Count);
        Assert.Equal(["trainer.seed", "output_dir"], shown.Groups.Seeds);
    }

    [Fact]
    public async Task Runs_of_another_size_family_budget_or_length_are_another_experiment()
    {
        var same = Rows.Row("a");
        var columns = Tables.Of([same, same with { Parameters = 2e9 }, same with { Family = "f" }, same with { Budget = 1e20 }, same with { Tokens = 2.1e10 }, same with { Tokens = 2.004e10 }, same with { Budget = 1e20, Tokens = 5e10 }]);

        var shown = await Tables.ArrangeAsync(columns, new RunsState { Group = [RunsState.AllButSeed] });

        Assert.Equal([2, 1, 1, 2, 1], shown.Groups!.Groups.Select(group => group.Rows.Length));
        Assert.Empty(shown.Groups.Seeds!);
    }

    [Fact]
    public async Task A_group_says_what_its_runs_have_in_common()
    {
        var columns = Tables.Of(s_rows);
        var shown = await Tables.ArrangeAsync(columns, new RunsState { Group = ["config(lr)"], Columns = ["parameters", "tokens", "config(trainer.seed)", "config(output_dir)"] });
        var group = shown.Groups!.Groups[0];

        Assert.Equal(["1B", "20B", "1–3", "3 values"], shown.State.ShownColumns.Select(column => group.Common(shown.Values(column))));
    }

    [Fact]
    public async Task Groups_open_into_their_runs()
    {
        var shown = await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { Group = ["config(lr)"] });

        var closed = new RunLineCollection(shown, new HashSet<int>());
        Assert.Equal((3, true), (closed.Count, closed.All(line => line.IsGroup)));
        var open = new RunLineCollection(shown, new HashSet<int> { shown.Groups!.Groups[1].First });
        Assert.Equal(["1e-3", "3e-4", "b1", "b2", "b3", "1e-4"], open.Select(line => line.IsGroup ? line.Group!.Label : shown.Columns.Table.Names[line.Row]));
        Assert.Equal(Enumerable.Range(0, 6), open.Select(line => line.Index));
        Assert.Equal([1, 4, 6], open[1].Rows);
        Assert.Equal(3, open.IndexOf(4));
    }

    [Fact]
    public async Task Without_runs_there_are_no_groups() =>
        Assert.Empty((await Tables.ArrangeAsync(Tables.Of(s_rows), new RunsState { Filter = "nobody", Group = [RunsState.AllButSeed] })).Groups!.Groups);

    private static RunRow Run(string name, double? loss, string rate, string seed, string folder) =>
        Rows.Row(name) with { Loss = loss, Config = [new("lr", rate), new("trainer.seed", seed), new("output_dir", folder), new("optimizer", "adamw")] };
}
