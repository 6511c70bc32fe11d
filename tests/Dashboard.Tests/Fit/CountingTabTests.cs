using System.Globalization;
using Bunit;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Fit;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class CountingTabTests : ComponentTest
{
    private static readonly IsoFlopOptions s_options = new() { Surface = new FitRecipeOptions { Bootstrap = 40 } };

    private IRenderedComponent<CountingTab> Tab(IReadOnlyList<RunRow> rows, Action<Architecture>? reshaped = null) => Render<CountingTab>(parameters =>
    {
        parameters.Add(tab => tab.Rows, rows).Add(tab => tab.Options, s_options);
        if (reshaped is not null)
            parameters.Add(tab => tab.ShapeChanged, reshaped);
    });

    [Fact]
    public void Exponents_of_every_count_stand_in_the_table()
    {
        var rows = Sweep(withColumns: true);
        var tab = Tab(rows);
        tab.WaitForAssertion(() => Assert.Contains("Runs used", tab.Markup, StringComparison.Ordinal));
        var expected = CountingRecipe.Run(rows, s_options);
        Assert.Contains(expected.Conclusion, tab.Markup, StringComparison.Ordinal);
        var lines = tab.FindAll("table")[0].QuerySelectorAll("tbody tr");
        Assert.Equal(expected.Rows.Count, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var surface = expected.Rows[i].Surface!;
            Assert.StartsWith(expected.Rows[i].Name, lines[i].QuerySelector("th")!.TextContent, StringComparison.Ordinal);
            var cells = lines[i].QuerySelectorAll("td");
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"{surface.Law.ParameterExponent:F3}{surface.ParameterExponent!.Low80:F3}–{surface.ParameterExponent.High80:F3}"),
                cells[2].TextContent);
            Assert.Equal(surface.Law.TokenExponent.ToString("F3", CultureInfo.InvariantCulture), cells[3].FirstChild!.TextContent);
            Assert.Equal("45 of 45", cells[4].TextContent);
        }

        Assert.Empty(tab.FindAll(".busy"));
        Assert.Empty(tab.FindAll("details"));
    }

    [Fact]
    public void What_runs_lack_is_named()
    {
        var tab = Tab(Sweep(withColumns: false));
        tab.WaitForElement("details");
        var cells = tab.FindAll("table")[0].QuerySelectorAll("tbody tr")[1].QuerySelectorAll("td");
        Assert.Equal(["–too few runs", "–", "–too few runs", "–", "0 of 45no layers and width"], cells.Select(cell => cell.TextContent));
        var lacking = tab.Find("details tbody tr");
        Assert.Contains("layers and width", lacking.TextContent, StringComparison.Ordinal);
        Assert.Contains("3e17 -4", lacking.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_runs_it_says_what_to_do_and_still_counts_a_model()
    {
        var tab = Tab([]);
        Assert.Contains("No runs to count. Choose a project, or loosen the filter.", tab.Markup, StringComparison.Ordinal);
        Assert.Contains("From Kaplan to Chinchilla", tab.Markup, StringComparison.Ordinal);
        Assert.Contains("6.74B</b> parameters with embeddings", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_walk_is_printed_with_its_intervals()
    {
        var lines = Tab([]).FindAll("table")[^1].QuerySelectorAll("tbody tr");
        Assert.Equal(PublishedWalk.Steps.Select(step => step.Change), lines.Select(line => line.QuerySelector("th")!.TextContent));
        Assert.Equal(["0.835", "0.824–0.846"], lines[0].QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.Equal(["0.497", "0.491–0.505"], lines[^1].QuerySelectorAll("td").Select(cell => cell.TextContent));
    }

    [Fact]
    public void Other_rows_are_counted_and_the_same_are_not_counted_again()
    {
        var rows = Sweep(withColumns: true);
        var tab = Tab(rows);
        tab.WaitForAssertion(() => Assert.Contains("Runs used", tab.Markup, StringComparison.Ordinal));
        tab.WaitForAssertion(() => Assert.Empty(tab.FindAll(".busy")));
        tab.Render(parameters => parameters.Add(component => component.Rows, [.. rows]));
        Assert.Empty(tab.FindAll(".busy"));
        tab.Render(parameters => parameters.Add(component => component.Rows, [.. rows.Take(30)]));
        tab.WaitForAssertion(() => Assert.Contains("30 of 30", tab.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_it_offers_to_go_on()
    {
        // So many draws that it is still at it.
        var tab = Render<CountingTab>(parameters => parameters
            .Add(component => component.Rows, Sweep(withColumns: true))
            .Add(component => component.Options, s_options with { Surface = new FitRecipeOptions { Bootstrap = 200_000 } }));
        tab.WaitForElement(".busy button");
        await tab.InvokeAsync(() => tab.Find(".busy button").Click());
        tab.WaitForAssertion(() => Assert.Contains("Stopped before every count was fitted.", tab.Markup, StringComparison.Ordinal));
        Assert.Empty(tab.FindAll(".busy"));
        tab.Render(parameters => parameters.Add(component => component.Options, s_options));
        tab.WaitForAssertion(() => Assert.Contains("45 of 45", tab.Markup, StringComparison.Ordinal));
        Assert.Empty(tab.FindAll(".notice"));
    }

    [Fact]
    public void A_model_is_counted_as_it_is_typed()
    {
        Architecture? reshaped = null;
        var tab = Tab([], shape => reshaped = shape);
        // GPT-3 175B: 96 layers of width 12,288, feed-forward 49,152, 96 heads of 128, 50,257 entries, sequences of 2,048.
        Type("Layers", "96");
        Type("Width", "12288");
        Type("Feed-forward width", "49152");
        Type("Heads", "96");
        Type("Key size", "");
        Type("Vocabulary", "50257");
        Type("Sequence, tokens", "2048");
        tab.FindAll("input[type=checkbox]")[1].Change(false);
        tab.FindAll("input[type=checkbox]")[0].Change(true);
        Assert.Equal(
            new Architecture { Layers = 96, Width = 12288, FeedForwardWidth = 49152, Heads = 96, Vocabulary = 50257, Sequence = 2048, TiedEmbeddings = true },
            reshaped);
        Assert.Contains("175B</b> parameters with embeddings, <b>174B</b> without: embeddings are 0.35 % of them.", tab.Markup, StringComparison.Ordinal);
        var lines = tab.FindAll("table")[0].QuerySelectorAll("tbody tr");
        Assert.Equal(CountingConvention.All.Select(convention => convention.FlopsPerToken(reshaped!) / (6 * reshaped!.Parameters)),
            lines.Select(line => double.Parse(line.QuerySelectorAll("td")[1].TextContent, CultureInfo.InvariantCulture)), (expected, shown) => Math.Abs(expected - shown) <= 0.0005);
        Assert.Equal("1.05e12", lines[0].QuerySelector("td")!.TextContent);

        Type("Layers", "none");
        Assert.Equal(96, reshaped!.Layers);
        Assert.Single(tab.FindAll(".architecture .error"));

        void Type(string label, string text) =>
            tab.FindAll(".architecture .field").Single(field => field.FirstChild!.TextContent.Trim() == label).QuerySelector("input")!.Change(text);
    }

    [Fact]
    public void The_page_may_give_another_model()
    {
        var tab = Tab([]);
        var shape = ArchitectureText.Read("12-768-3072-12-0-50257-1024-t");
        tab.Render(parameters => parameters.Add(component => component.Shape, shape));
        Assert.Contains("124M</b> parameters with embeddings", tab.Markup, StringComparison.Ordinal);
    }

    private static RunRow[] Sweep(bool withColumns)
    {
        var law = (ChinchillaLaw)PublishedLaws.Epoch.Law;
        return
        [
            .. from budget in new[] { 3e17, 1e18, 3e18, 1e19, 3e19 }
               from step in Enumerable.Range(-4, 9)
               let width = Math.Round(Math.Cbrt(law.Optimum(budget).Parameters * Math.Pow(8, step / 4.0) * 64 / 12))
               let parameters = 12 * width * width * width / 64 + 4000 * width
               let tokens = budget / (6 * parameters)
               select Rows.Row(string.Create(CultureInfo.InvariantCulture, $"{budget:0e0} {step}"), parameters, tokens, law.Loss(parameters, tokens)) with
               {
                   Budget = budget,
                   Config = withColumns
                       ? [Cell("layers", width / 64), Cell("width", width), Cell("heads", width / 64), Cell("vocab", 4000), Cell("seq_len", 256)]
                       : [],
               },
        ];

        static KeyValuePair<string, string> Cell(string name, double value) => new(name, value.ToString("R", CultureInfo.InvariantCulture));
    }
}
