using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public sealed class RunTableTests
{
    private static readonly RunRow[] s_rows =
    [
        Rows.Row("run 10", parameters: 2e9, loss: 2.5) with { Budget = 1e20, Tags = ["b"] },
        Rows.Row("run 2", parameters: 1e9, loss: 3) with { ExclusionReason = "diverged", Points = 7 },
        Rows.Row("Run 1", parameters: 1e9, loss: 2) with { Budget = 6e18, Flags = ["x"], Tags = ["a"] },
    ];

    [Theory]
    [InlineData(RunColumn.Added, false, "run 10, run 2, Run 1")]
    [InlineData(RunColumn.Added, true, "Run 1, run 2, run 10")]
    [InlineData(RunColumn.Run, false, "Run 1, run 2, run 10")]
    [InlineData(RunColumn.Run, true, "run 10, run 2, Run 1")]
    [InlineData(RunColumn.Parameters, false, "run 2, Run 1, run 10")]
    [InlineData(RunColumn.Parameters, true, "run 10, run 2, Run 1")]
    [InlineData(RunColumn.Tokens, false, "run 10, run 2, Run 1")]
    [InlineData(RunColumn.Flops, false, "run 2, Run 1, run 10")]
    [InlineData(RunColumn.Loss, false, "Run 1, run 10, run 2")]
    [InlineData(RunColumn.Budget, false, "Run 1, run 10, run 2")]
    [InlineData(RunColumn.Budget, true, "run 10, Run 1, run 2")]
    [InlineData(RunColumn.Tags, false, "Run 1, run 10, run 2")]
    [InlineData(RunColumn.Flags, true, "Run 1, run 10, run 2")]
    [InlineData(RunColumn.Points, true, "run 2, run 10, Run 1")]
    [InlineData(RunColumn.Status, true, "run 2, run 10, Run 1")]
    public void Sorts_with_missing_values_last_and_equal_ones_as_added(RunColumn by, bool descending, string expected) =>
        Assert.Equal(expected, Names(RunTable.Arrange(s_rows, RunFilter.Parse(""), true, by, descending)));

    [Fact]
    public void Leaves_excluded_runs_out_when_asked() =>
        Assert.Equal("run 10, Run 1", Names(RunTable.Arrange(s_rows, RunFilter.Parse(""), false, RunColumn.Added, false)));

    [Theory]
    [InlineData("a2", "a10")]
    [InlineData("a02", "a10")]
    [InlineData("a", "a1")]
    [InlineData("9", "a")]
    [InlineData("a2b3", "a2b20")]
    [InlineData("7", "123456789012345678901234567890")]
    public void Numbers_in_names_count_as_numbers(string first, string second)
    {
        RunRow[] rows = [Rows.Row(second), Rows.Row(first)];

        Assert.Equal($"{first}, {second}", Names(RunTable.Arrange(rows, RunFilter.Parse(""), true, RunColumn.Run, false)));
    }

    private static string Names(IEnumerable<RunRow> rows) => string.Join(", ", rows.Select(row => row.Name));
}
