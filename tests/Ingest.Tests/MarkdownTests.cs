namespace ScalingDashboard.Ingest.Tests;

public sealed class MarkdownTests
{
    [Theory]
    [InlineData("| N | D | loss |\n|---|---:|:--|\n| 70M | 1.4B | 3.92 |\n| 160M | 3.2B | 3.51 |\n")]
    [InlineData("N | D | loss\n--- | --- | ---\n70M | 1.4B | 3.92\n160M | 3.2B | 3.51")]
    [InlineData("| **N** | `D` | loss |\r\n| :-: | - | - |\r\n| `70M` | 1.4B | **3.92** |\r\n| 160M | 3.2B | 3.51 |\r\n")]
    [InlineData("  | N | D | loss | \n  |:---|:---|:---| \n  | 70M | 1.4B | 3.92 | \n  | 160M | 3.2B | 3.51 | \n")]
    public async Task A_table_with_bars_is_a_sweep_table(string text)
    {
        var table = await Reading.ReadAsync(text);
        Assert.Equal("markdown", table.Format);
        Assert.Equal(["N", "D", "loss"], table.Columns.Select(column => column.Name));
        Assert.Equal([(70e6, 1.4e9, 3.92), (160e6, 3.2e9, 3.51)], table.Observations.Select(row => (row.Parameters, row.Tokens, row.Loss)));
        Assert.Equal([3, 4], table.Observations.Select(row => row.Line));
    }

    [Fact]
    public async Task Words_around_the_first_table_are_passed_over_and_lines_keep_their_numbers()
    {
        var table = await Reading.ReadAsync("# Results\n\nA run | of words.\n\n| run | N | D | loss |\n|-|-|-|-|\n| a \\| b | 1e9 | 2e10 | 3 |\n| c | 2e9 | bad | 2.9 |\n\nMore | words\n\n| N | D | loss |\n|-|-|-|\n| 1 | 1 | 1 |\n");
        var run = Assert.Single(table.Runs);
        Assert.Equal(("a | b", 7), (run.Name, run.Line));
        Assert.Equal(8, Assert.Single(table.LeftOut).Line);
    }

    [Fact]
    public async Task A_table_of_steps_may_be_Markdown_too()
    {
        var logged = await Logs.Logged.ReadAsync("pasted table", "| run | step | loss |\n|---|---|---|\n| a | 1 | 3 |\n| a | 2 | 2.5 |\n");
        Assert.Equal(["long"], logged.Formats);
        Assert.Equal([3, 2.5], Logs.Logged.Series(Assert.Single(logged.Runs), "loss").Values);
    }

    [Fact]
    public async Task Bars_without_a_line_of_dashes_are_no_table()
    {
        var table = await Reading.ReadAsync("run,N,D,loss\na|b,1e9,2e10,3\n---,2e9,2e10,2\n");
        Assert.Equal("csv", table.Format);
        Assert.Equal(2, table.Runs.Count);
    }
}
