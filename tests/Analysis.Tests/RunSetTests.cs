using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class RunSetTests
{
    [Fact]
    public void Final_keeps_the_row_with_the_most_tokens_of_every_run_in_the_order_of_the_source()
    {
        var set = Rows(
        [
            Row("a", 1e9, 3e9, 3.0),
            Row("b", 2e9, 1e9, 3.5),
            Row("a", 1e9, 1e9, 3.4),
            Row("b", 2e9, 4e9, 2.9),
        ]);
        Assert.Equal([3.0, 2.9], set.Final().Observations.Select(row => row.Loss));
    }

    [Fact]
    public void Final_keeps_the_later_of_equals() =>
        Assert.Equal(2.8, Assert.Single(Rows([Row("a", 1e9, 1e9, 2.9), Row("a", 1e9, 1e9, 2.8)]).Final().Observations).Loss);

    [Fact]
    public void Final_tells_runs_of_one_name_apart_by_their_ids() =>
        Assert.Equal(2, Rows([Row("a", 1e9, 1e9, 2.9, runId: "1"), Row("a", 1e9, 2e9, 2.8, runId: "2")]).Final().Observations.Count);

    [Fact]
    public void Final_changes_nothing_where_every_row_is_a_run()
    {
        var set = Simulated();
        Assert.Same(set, set.Final());
        Assert.Equal(set.Observations, Simulated(checkpoints: 10).Final().Observations.Select((row, i) => row with { Line = i + 2 }));
    }
}
