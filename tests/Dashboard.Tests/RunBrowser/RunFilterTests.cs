using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class RunFilterTests
{
    private static readonly RunRow[] s_rows =
    [
        Rows.Row("base-70M", 70e6, 1.4e9, 3.9) with { Budget = 6e18, Tags = ["keep"], Family = "Pythia", Config = [new("optimizer", "adamw"), new("lr", "3e-4")] },
        Rows.Row("base-1B", 1.017e9, 20e9, 2.8) with { Budget = 1e20, Flags = ["tokens inferred from flops"], Config = [new("optimizer", "lion"), new("lr", "0.001")] },
        Rows.Row("wide 6B", 6e9, 120e9, 2.2) with { ExclusionReason = "diverged", Tags = ["my tag"], Points = 40, Note = "Loss spike\nat the end" },
    ];

    private static readonly RunColumns s_columns = Tables.Of(s_rows, ("eval_loss", [4, double.NaN, 2.5]), ("acc", [0.1, 0.2, 0.3]));

    [Theory]
    [InlineData("", "base-70M, base-1B, wide 6B")]
    [InlineData("params>1B", "base-1B, wide 6B")]
    [InlineData("parameters >= 6e9", "wide 6B")]
    [InlineData("N<1B", "base-70M")]
    [InlineData("tokens ≤ 20B", "base-70M, base-1B")]
    [InlineData("flops>1e21", "wide 6B")]
    [InlineData("loss=2.5..3", "base-1B")]
    [InlineData("params=1.02B", "base-1B")]
    [InlineData("budget=6e18", "base-70M")]
    [InlineData("points>1", "wide 6B")]
    [InlineData("tag:keep", "base-70M")]
    [InlineData("tag:\"My tag\"", "wide 6B")]
    [InlineData("is:excluded", "wide 6B")]
    [InlineData("is:included is:flagged", "base-1B")]
    [InlineData("BASE", "base-70M, base-1B")]
    [InlineData("pythia", "base-70M")]
    [InlineData("adamw", "base-70M")]
    [InlineData("\"wide 6\"", "wide 6B")]
    [InlineData("optimizer=lion", "base-1B")]
    [InlineData("lr=3e-4", "base-70M")]
    [InlineData("lr=0.0003", "base-70M")]
    [InlineData("lr>5e-4", "base-1B")]
    [InlineData("family=Pythia", "base-70M")]
    [InlineData("params>1M loss<3 base", "base-1B")]
    [InlineData("params>", "base-70M, base-1B, wide 6B")]
    [InlineData("nobody", "")]
    [InlineData("lr=1e-4..5e-4", "base-70M")]
    [InlineData("note:SPIKE", "wide 6B")]
    [InlineData("note:\"spike\nat\"", "wide 6B")]
    [InlineData("note:nothing", "")]
    [InlineData("eval_loss<3", "wide 6B")]
    [InlineData("eval_loss>1", "base-70M, wide 6B")]
    [InlineData("last(eval_loss)<3", "wide 6B")]
    [InlineData("max(acc)>=1.2", "base-1B, wide 6B")]
    [InlineData("max(acc)=1.1..1.2 base", "base-70M, base-1B")]
    [InlineData("config(lr)>5e-4", "base-1B")]
    [InlineData("\"wide 6B\" points>1", "wide 6B")]
    public async Task Shows_what_passes_all_terms(string text, string expected)
    {
        var filter = await BindAsync(text);

        Assert.Empty(filter.Problems);
        Assert.Equal(expected, Names(filter));
    }

    [Theory]
    [InlineData("params>many base", "“many” is not a number to compare params with")]
    [InlineData("loss=2..x base", "“2..x” is not a number")]
    [InlineData("is:odd base", "“is:odd” is not known; write is:excluded, is:included or is:flagged.")]
    public async Task A_term_that_cannot_be_read_is_named_and_left_out(string text, string problem)
    {
        var filter = await BindAsync(text);

        Assert.Contains(problem, Assert.Single(filter.Problems), StringComparison.Ordinal);
        Assert.Equal("base-70M, base-1B", Names(filter));
    }

    [Theory]
    [InlineData("speed=3")]
    [InlineData("speed>3")]
    public async Task A_column_that_no_run_has_is_named(string text)
    {
        var filter = await BindAsync(text);

        Assert.Equal(["No run has a column “speed”."], filter.Problems);
        Assert.Equal("", Names(filter));
    }

    [Fact]
    public async Task A_metric_that_no_run_has_is_named() => Assert.Equal(["No run has a column “min(speed)”."], (await BindAsync("min(speed)<3")).Problems);

    [Fact]
    public async Task Any_text_can_be_read()
    {
        foreach (var text in (string[])["\"", "=", ">=<", "tag:", "is:", "note:", ":::", "a=\"", "\"\"", "params>\"1B", "🦔>3", "\0", "min()>3", "at(x, y)<3", "ema(2, acc)>1", "((=))"])
            Names(await BindAsync(text));
    }

    private static Task<BoundRunFilter> BindAsync(string text) => RunFilter.Parse(text).BindAsync(s_columns, Tables.NoReadings);

    private static string Names(BoundRunFilter filter) => string.Join(", ", Enumerable.Range(0, s_rows.Length).Where(filter.Matches).Select(row => s_rows[row].Name));
}
