using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Curves;

public sealed class RunChoiceTests
{
    private static RunRow Row(int id, int points = 10, string? excluded = null, params (string, string)[] config) => new()
    {
        Id = RunIdOf(id), Project = "p", Name = FormattableString.Invariant($"run {id}"), Line = id, Parameters = 1e8, Tokens = 1e9, Flops = 6e17, Loss = 3, Points = points,
        Tags = [], Flags = [], Config = [.. config.Select(pair => new KeyValuePair<string, string>(pair.Item1, pair.Item2))], FileName = "f", Sha256 = "s", Imported = default, ExclusionReason = excluded,
    };

    private static string RunIdOf(int id) => FormattableString.Invariant($"r{id}");

    private static RunRow[] Rows(int count) => [.. Enumerable.Range(1, count).Select(i => Row(i))];

    private static RunChoice Choose(IReadOnlyList<RunRow> rows, CurvesState state) =>
        RunChoice.Of(rows, state, state.Filter.Length == 0 ? null : row => row.Name.Contains(state.Filter, StringComparison.Ordinal), []);

    [Fact]
    public void Unasked_the_last_twenty_added_are_shown_and_the_rule_is_said()
    {
        var choice = Choose(Rows(30), new CurvesState());
        Assert.Equal(Enumerable.Range(11, 20).Select(RunIdOf), choice.Shown.Select(row => row.Id));
        Assert.Equal("the last 20 added of 30 runs with curves", choice.Rule);
        Assert.Equal("5 runs with curves", Choose(Rows(5), new CurvesState()).Rule);
    }

    [Fact]
    public void A_filter_shows_all_that_pass_up_to_a_hundred()
    {
        Assert.Equal("30 runs that pass the filter", Choose(Rows(30), new CurvesState { Filter = "run" }).Rule);
        var many = Choose(Rows(120), new CurvesState { Filter = "run" });
        Assert.Equal((100, "r21"), (many.Shown.Count, many.Shown[0].Id));
        Assert.Equal("the last 100 added of 120 runs that pass the filter", many.Rule);
        Assert.Equal(120, many.Matching.Count);
    }

    [Fact]
    public void Named_runs_are_shown_whatever_the_filter_in_the_order_they_were_added()
    {
        var choice = Choose(Rows(30), new CurvesState { Runs = ["r7", "r3", "gone"], Filter = "run 2" });
        Assert.Equal(["r3", "r7"], choice.Shown.Select(row => row.Id));
        Assert.Equal("2 runs of 30 runs with curves, chosen one by one", choice.Rule);
        Assert.Contains(choice.Matching, row => row.Id == "r20");
    }

    [Fact]
    public void Runs_without_curves_or_left_out_of_fits_are_shown_only_by_name()
    {
        RunRow[] rows = [Row(1), Row(2, points: 1), Row(3, excluded: "spike")];
        var choice = Choose(rows, new CurvesState());
        Assert.Equal(["r1"], choice.Shown.Select(row => row.Id));
        Assert.Equal(["r1", "r3"], choice.Matching.Select(row => row.Id));
        Assert.Equal(["r1", "r3"], Choose(rows, new CurvesState { Runs = ["r1", "r3"] }).Shown.Select(row => row.Id));
    }

    [Fact]
    public void Runs_equal_in_all_but_the_seed_are_a_group()
    {
        RunRow[] rows = [Row(1, config: [("lr", "1e-3"), ("data_seed", "1")]), Row(2, config: [("lr", "1e-3"), ("data_seed", "2")]), Row(3, config: [("lr", "3e-4"), ("data_seed", "1")])];
        var groups = RunGroups.Of(rows, CurveGrouping.Seed, []);
        Assert.Equal([("r1", "lr 1e-3 (×2)", 2), ("r3", "lr 3e-4 (×1)", 1)], groups.Select(group => (group.Id, group.Name, group.Runs.Count)));
        Assert.True(RunGroups.HaveSeeds(rows));
    }

    [Fact]
    public void Without_a_seed_nobody_knows_what_is_a_repetition()
    {
        RunRow[] rows = [Row(1), Row(2), Row(3, config: [("seed", "1")])];
        Assert.Equal(3, RunGroups.Of(rows, CurveGrouping.Seed, []).Count);
        Assert.Equal(2, RunGroups.Of(rows[..2], CurveGrouping.Seed, []).Count);
        Assert.False(RunGroups.HaveSeeds(rows[..2]));
        Assert.Equal("run 1", RunGroups.Of(rows, CurveGrouping.Seed, [])[0].Name);
    }

    [Fact]
    public void Runs_are_grouped_by_the_columns_that_are_chosen()
    {
        RunRow[] rows = [Row(1, config: [("lr", "1e-3"), ("wd", "0")]), Row(2, config: [("lr", "1e-3"), ("wd", "0.1")]), Row(3, config: [("lr", "3e-4")])];
        Assert.Equal(["lr 1e-3 (×2)", "lr 3e-4 (×1)"], RunGroups.Of(rows, CurveGrouping.Columns, ["lr"]).Select(group => group.Name));
        Assert.Equal(["lr 1e-3, wd 0 (×1)", "lr 1e-3, wd 0.1 (×1)", "lr 3e-4, wd – (×1)"], RunGroups.Of(rows, CurveGrouping.Columns, ["lr", "wd"]).Select(group => group.Name));
        // No column, or one that no run has, puts nothing together.
        Assert.Equal(3, RunGroups.Of(rows, CurveGrouping.Columns, []).Count);
        Assert.Equal(3, RunGroups.Of(rows, CurveGrouping.Columns, ["nothing"]).Count);
        Assert.Equal(["run 1", "run 2", "run 3"], RunGroups.Of(rows, CurveGrouping.None, []).Select(group => group.Name));
    }
}
