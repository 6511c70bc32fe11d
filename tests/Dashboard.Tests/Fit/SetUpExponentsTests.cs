using Bunit;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Fit;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class SetUpExponentsTests : ComponentTest
{
    private static readonly IsoFlopOptions s_options = new() { Surface = new FitRecipeOptions { Bootstrap = 30 } };

    // Every run twice, the longer warm-up a little worse where models are small.
    private static readonly Observation[] s_rows =
    [
        .. SampleFit.Rows().Select((row, i) => row with { Config = [new("warmup", "short"), new("note", $"{i}")] }),
        .. SampleFit.Rows().Select((row, i) => row with { Loss = row.Loss * (1 + 1e6 / row.Parameters), Config = [new("warmup", "long"), new("note", $"{i} again")] }),
    ];

    private IRenderedComponent<SetUpExponents> Show(IReadOnlyList<string> columns, IReadOnlyList<Observation>? rows = null, Action<IReadOnlyList<string>>? changed = null) =>
        Render<SetUpExponents>(parameters =>
        {
            parameters.Add(tab => tab.Rows, rows ?? s_rows).Add(tab => tab.Options, s_options).Add(tab => tab.Columns, columns);
            if (changed is not null)
                parameters.Add(tab => tab.ColumnsChanged, changed);
        });

    [Fact]
    public void Runs_are_taken_apart_by_the_columns_that_are_ticked()
    {
        var tab = Show(["warmup"]);
        tab.WaitForAssertion(() => Assert.NotEmpty(tab.FindAll("table")), TimeSpan.FromSeconds(20));
        var expected = SetUpRecipe.Run(s_rows, ["warmup"], s_options);
        Assert.Contains(expected.Conclusion, tab.Markup, StringComparison.Ordinal);
        var lines = tab.FindAll("tbody tr");
        Assert.Equal(["short", "long"], lines.Select(line => line.QuerySelector("th")!.TextContent));
        Assert.Equal(
            expected.Rows.Select(row => string.Concat(CountingTable.Exponents(row).Select(cell => cell.Value + cell.Interval)) + $"{row.Runs}"),
            lines.Select(line => string.Concat(line.QuerySelectorAll("td").Select(cell => cell.TextContent))));
        Assert.Matches(@"\d–0\.\d", lines[0].QuerySelector("td small")!.TextContent);
    }

    [Fact]
    public void Ticking_a_column_asks_the_page_for_it_and_nothing_is_fitted_without_one()
    {
        IReadOnlyList<string>? asked = null;
        var tab = Show([], changed: columns => asked = columns);
        Assert.Empty(tab.FindAll("table"));
        Assert.Equal(["warmup"], tab.FindAll("label").Select(label => label.TextContent));
        tab.Find("input").Change(true);
        Assert.Equal(["warmup"], asked);
    }

    [Fact]
    public void What_is_in_the_way_is_said()
    {
        var tab = Show(["decay"]);
        tab.WaitForAssertion(() => Assert.Contains("No run has a column 'decay'", tab.Find(".notice").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.Contains("No column of these runs has a few different values", Show([], [.. s_rows.Select(row => row with { Config = [] })]).Markup, StringComparison.Ordinal);
    }
}
