namespace ScalingDashboard.Ingest.Tests;

public sealed class RowRuleTests
{
    [Theory]
    [InlineData("abc", "column tokens: 'abc' is not a number; write it like 7000000000, 7e9 or 7B")]
    [InlineData("\"1,234\"", "column tokens: '1,234' has a thousands separator; remove it (1234)")]
    [InlineData("\"1,234,567.5\"", "column tokens: '1,234,567.5' has a thousands separator; remove it (1234567.5)")]
    [InlineData("\"3,14\"", "column tokens: '3,14' has a decimal comma; write a point (3.14)")]
    [InlineData("NaN", "column tokens: 'NaN' is not a finite number")]
    [InlineData("-inf", "column tokens: '-inf' is not a finite number")]
    [InlineData("1.8e308", "column tokens: '1.8e308' is not a finite number")]
    [InlineData("0", "column tokens: '0' is not above zero")]
    [InlineData("-7B", "column tokens: '-7B' is not above zero")]
    [InlineData("0x10", "column tokens: '0x10' is not a number; write it like 7000000000, 7e9 or 7B")]
    [InlineData("None", "column tokens: 'None' is not a number; write it like 7000000000, 7e9 or 7B")]
    [InlineData("1e300", "parameters and tokens are out of range: 6·N·D or C/(6·N) is not a finite number above zero; check the units")]
    [InlineData("5,6", "has 4 cells where the header has 3")]
    [InlineData("\"1\"2", "text follows a closing quote; write a quote inside a quoted cell twice")]
    public async Task A_bad_row_is_left_out_with_its_reason(string tokens, string reason)
    {
        var table = await Reading.ReadAsync($"parameters,tokens,loss\n1e9,1e9,3\n1e10,{tokens},3\n1e9,2e9,2.9\n");
        var row = Assert.Single(table.LeftOut);
        Assert.Equal(("sweep.csv", 3, reason), (row.File, row.Line, row.Reason));
        Assert.Equal([2, 4], table.Observations.Select(one => one.Line));
        Assert.Equal(3, table.RowsRead);
    }

    [Fact]
    public async Task Parameters_loss_and_short_rows_are_checked_too()
    {
        var table = await Reading.ReadAsync("N,D,loss\n,1,1\n1,1,x\n1,1\n1,1,nan\n1,1,1\n");
        Assert.Equal(
            ["column N: is empty", "column loss: 'x' is not a number; write it like 7000000000, 7e9 or 7B", "has 2 cells where the header has 3", "column loss: 'nan' is not a finite number"],
            table.LeftOut.Select(row => row.Reason));
    }

    [Fact]
    public async Task Numbers_are_read_as_people_write_them()
    {
        var table = await Reading.ReadAsync("N,D,C,loss\n7B, 1.4T ,5.88e22 FLOP,2.0e0\n1e9,+2e9,.5e19,02.5\n");
        Assert.Equal([(7e9, 1.4e12, 5.88e22, 2.0), (1e9, 2e9, 5e18, 2.5)], table.Observations.Select(o => (o.Parameters, o.Tokens, o.Flops, o.Loss)));
    }

    [Fact]
    public async Task Missing_tokens_and_flops_are_inferred_row_by_row()
    {
        var table = await Reading.ReadAsync("N,D,C,loss\n1e9,2e9,,3\n1e9,,6e18,3\n1e9,2e9,1.3e19,3\n1e9, ,\"\",3\n");
        Assert.Equal([1.2e19, 6e18, 1.3e19], table.Observations.Select(o => o.Flops));
        Assert.Equal([2e9, 1e9, 2e9], table.Observations.Select(o => o.Tokens));
        Assert.Equal((1, 1), (table.InferredTokens, table.InferredFlops));
        Assert.Equal("has neither tokens nor flops (D and C empty); fill in one of them", Assert.Single(table.LeftOut).Reason);
        Assert.Equal(["flops inferred as 6·N·D"], table.Runs[0].Flags);
        Assert.Equal(["tokens inferred from flops"], table.Runs[1].Flags);
        Assert.Empty(table.Runs[2].Flags);
    }

    [Fact]
    public async Task A_table_without_flops_or_tokens_column_is_inferred_throughout()
    {
        var withoutFlops = await Reading.ReadAsync("N,D,loss\n1e9,2e9,3\n");
        Assert.Equal((0, 1, 1.2e19), (withoutFlops.InferredTokens, withoutFlops.InferredFlops, withoutFlops.Runs[0].Flops));
        Assert.Empty(withoutFlops.Runs[0].Flags);
        var withoutTokens = await Reading.ReadAsync("N,C,loss\n1e9,6e18,3\n");
        Assert.Equal((1, 0, 1e9), (withoutTokens.InferredTokens, withoutTokens.InferredFlops, withoutTokens.Runs[0].Tokens));
    }

    [Fact]
    public async Task Contradictions_are_flagged_and_the_runs_kept()
    {
        // 6ND = 6e18: flops off by 4.1, budget off by 4, 1.5 and 1.04.
        var table = await Reading.ReadAsync("""
            N,D,C,loss,budget
            1e9,1e9,2.46e19,3,6e18
            1e9,1e9,6e18,3,1.5e18
            1e9,1e9,1.7e19,3,9e18
            1e9,1e9,6e18,3,6.24e18
            1e9,1e9,6e18,3,
            """);
        Assert.Equal(["flops contradict 6·N·D by 4.1×"], table.Runs[0].Flags);
        Assert.Equal(["budget contradicts 6·N·D by 4×"], table.Runs[1].Flags);
        Assert.Empty(table.Runs[2].Flags);
        Assert.Empty(table.Runs[4].Flags);
        Assert.Null(table.Runs[4].Budget);
        Assert.Equal("the budget of 2 of 4 runs differs from 6·N·D by more than 5 % (at most 4×); budgets only group the runs.", Assert.Single(table.Warnings));
    }

    [Fact]
    public async Task A_bad_budget_is_missing_with_one_warning()
    {
        var table = await Reading.ReadAsync("N,D,loss,budget,step\n1e9,1e9,3,big,1\n1e9,1e9,3,-1,x\n1e9,1e9,3,6e18,3\n");
        Assert.Empty(table.LeftOut);
        Assert.Equal([null, null, 6e18], table.Observations.Select(o => o.Budget));
        Assert.Equal(
            [
                "column budget: 2 cells read as missing, first in line 2: 'big' is not a number; write it like 7000000000, 7e9 or 7B.",
                "column step: 1 cell read as missing, first in line 3: 'x' is not a number; write it like 7000000000, 7e9 or 7B.",
            ],
            table.Warnings);
    }

    [Fact]
    public async Task A_long_or_odd_value_is_shortened_in_the_reason()
    {
        var table = await Reading.ReadAsync($"N,D,loss\n1,1,1\n1,\"{new string('y', 500)}\",1\n1,\"a\nb\",1\n1,1,2\n");
        Assert.Equal($"column D: '{new string('y', 57)}…' is not a number; write it like 7000000000, 7e9 or 7B", table.LeftOut[0].Reason);
        Assert.Equal("column D: 'a b' is not a number; write it like 7000000000, 7e9 or 7B", table.LeftOut[1].Reason);
        Assert.Equal([3, 4], table.LeftOut.Select(row => row.Line));
        Assert.Equal([2, 6], table.Observations.Select(row => row.Line));
    }
}
