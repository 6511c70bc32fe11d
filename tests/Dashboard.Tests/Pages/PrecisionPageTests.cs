using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Precision;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class PrecisionPageTests : StoreTest, IAsyncLifetime
{
    protected override Samples Samples => Samples.Find(AppContext.BaseDirectory);

    private IRenderedComponent<PrecisionPage> Open(string query = "")
    {
        Services.AddSingleton<ProjectCache>();
        Services.AddSingleton<PrecisionService>();
        Services.AddSingleton(SamplePrecision.Landmarks);
        Address.NavigateTo(PageUrls.Precision + query);
        var page = Render<PrecisionPage>();
        Settled(page);
        return page;
    }

    private static void Settled(IRenderedComponent<PrecisionPage> page)
    {
        page.WaitForElement(".answer, .error-panel", TimeSpan.FromSeconds(60));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")), TimeSpan.FromSeconds(60));
    }

    private PlotlySpec Drawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).Last(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public void Without_any_project_published_constants_answer_and_say_so()
    {
        var page = Open();
        Assert.StartsWith("In 8 bits, 8B parameters count as 6.62B", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains("no interval is published", page.Find(".answer .ci").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Loss lost to the bits", "Effective parameters", "Equal loss"], page.FindAll("figcaption b").Select(title => title.TextContent));
        Assert.Equal(["Table", "Method", "Data"], page.FindAll("[role=tab]").Select(tab => tab.TextContent));
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal(9, page.FindAll(".precision-table tbody tr").Count);
    }

    [Fact]
    public async Task Dragging_the_bits_changes_sentence_chart_and_address()
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("[aria-label='Bits in training']").Input("2"));
        page.WaitForAssertion(() => Assert.StartsWith("In 4 bits, 8B parameters count as 1.53B", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/precision?w=4&a=4&kv=4", Address.Uri, StringComparison.Ordinal);
        Assert.Contains(Drawn("penalty-against-bits").Data, trace => trace.Name == "This model" && trace.X![0] == 4);
        // The fewest bits of the slider lie outside the law: told, not a number.
        await page.InvokeAsync(() => page.Find("[aria-label='Bits in training']").Input("0"));
        page.WaitForAssertion(() => Assert.Contains("activations at 3 bits lie outside the law", page.Find(".answer").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_question_and_the_size_are_choices_in_the_address()
    {
        var page = Open();
        await page.InvokeAsync(() => page.FindAll("fieldset input[type=radio]")[1].Change(true));
        page.WaitForAssertion(() => Assert.StartsWith("With size and data free, 7.0 bits", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("?view=budget", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("fieldset").Single(field => field.TextContent.Contains("Size of the model", StringComparison.Ordinal)).QuerySelectorAll("input")[1].Change(true));
        page.WaitForAssertion(() => Assert.StartsWith("For 8B parameters and 1e23 FLOP, 11.3 bits", page.Find(".answer").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_part_has_a_slider_of_its_own_where_asked_for()
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("aside .check input").Change(true));
        page.WaitForElement("[aria-label='Bits of the activations']");
        await page.InvokeAsync(() => page.Find("[aria-label='Bits of the activations']").Change("18"));
        page.WaitForAssertion(() => Assert.StartsWith("In weights 8, KV cache 8 bits, ", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("?a=16&apart=1", Address.Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sun", "In E4M3,")]
    [InlineData("ouyang", "Quantising 8B")]
    [InlineData("chen-w4a4", "Trained in W4A4")]
    public async Task Another_law_answers_its_own_questions(string law, string words)
    {
        var page = Open();
        await page.InvokeAsync(() => page.Find("[aria-label=Law]").Change(law));
        page.WaitForAssertion(() => Assert.StartsWith(words, page.Find(".answer").TextContent, StringComparison.Ordinal));
        foreach (var tab in (string[])["Method", "Data"])
            await page.InvokeAsync(() => page.FindAll("[role=tab]").First(button => button.TextContent == tab).Click());
    }

    [Fact]
    public async Task The_constants_behind_a_sweep_lie_within_the_intervals_that_the_page_shows()
    {
        await Temporary.ImportAsync("p", SamplePrecision.Csv());
        var page = Open("?project=p&draws=200");
        var truth = new Dictionary<string, double> { ["γ_w"] = 2.6745, ["n_w"] = 0.3037, ["γ_a"] = 2.2102, ["n_a"] = 1.4072, ["γ_kv"] = 0.9578, ["n_kv"] = 2.4185, ["γ_D"] = 0.5068, ["γ_N"] = 0.3439, ["γ_post"] = 0.5907 };
        var rows = page.FindAll(".fit-numbers tbody tr").ToDictionary(row => row.QuerySelector("th")!.FirstChild!.TextContent, row => row.QuerySelectorAll("td")[2].TextContent);
        var held = truth.Count(pair =>
        {
            double[] ends = [.. rows[pair.Key].Split('–').Select(end => double.Parse(end, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.True(ends[0] < ends[1]);
            return ends[0] <= pair.Value && pair.Value <= ends[1];
        });
        // Of nine intervals at 95 % fewer than six hold the truth less than once in a thousand times.
        Assert.InRange(held, 6, 9);
    }

    [Fact]
    public async Task Another_interval_and_what_a_draw_resamples_are_choices_in_the_address()
    {
        await Temporary.ImportAsync("p", SamplePrecision.Csv());
        var page = Open("?project=p&draws=40");
        var resampled = page.Find("select[aria-label='A draw resamples']");
        Assert.Equal("Models", resampled.GetAttribute("value"));
        // A model shares its noise with what was quantised from it.
        Assert.Equal(["Budgets", "Families", "Models"], resampled.QuerySelectorAll("option").Select(option => option.GetAttribute("value")));
        var before = page.Find(".fit-numbers").TextContent;
        await page.InvokeAsync(() => page.Find("select[aria-label='A draw resamples']").Change("Budgets"));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".fit-numbers").TextContent), TimeSpan.FromSeconds(60));
        Assert.EndsWith("&resample=budgets", Address.Uri, StringComparison.Ordinal);
        var drawn = page.Find(".fit-numbers").TextContent;
        await page.InvokeAsync(() => page.FindAll("aside select").Single(select => select.TextContent.Contains("Adjusted profile likelihood", StringComparison.Ordinal)).Change("AdjustedProfile"));
        page.WaitForAssertion(() => Assert.NotEqual(drawn, page.Find(".fit-numbers").TextContent), TimeSpan.FromSeconds(60));
        Assert.Contains("interval=adjustedprofile&resample=budgets", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_with_bits_are_fitted_and_answer()
    {
        await Temporary.ImportAsync("p", SamplePrecision.Csv());
        var page = Open("?project=p&draws=40");
        Assert.Contains("count as", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains("80 %: ", page.Find(".answer .ci").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Table", "Diagnostics", "Method", "Data"], page.FindAll("[role=tab]").Select(tab => tab.TextContent));
        Assert.Contains("R² 0.99", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Contains("γ_w", page.Find(".fit-numbers").TextContent, StringComparison.Ordinal);
        Assert.Contains(Drawn("effective-parameters").Data, trace => trace.Name == "Your runs, weights");
        // The published law beside, with the same runs laid over.
        await page.InvokeAsync(() => page.Find("[aria-label=Law]").Change("kumar"));
        page.WaitForAssertion(() => Assert.Contains("no interval is published", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains(Drawn("effective-parameters").Data, trace => trace.Name == "Your runs, weights");
    }

    [Fact]
    public async Task The_alternatives_are_compared_on_held_out_runs()
    {
        await Temporary.ImportAsync("p", SamplePrecision.Csv());
        var page = Open("?project=p&draws=0&tab=diagnostics");
        page.WaitForAssertion(() => Assert.Equal(7, page.FindAll(".diagnostics tbody tr").Count), TimeSpan.FromSeconds(60));
        Assert.Contains("/fit?project=p", page.Find(".diagnostics a").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_click_leaves_a_run_out_of_the_fit()
    {
        await Temporary.ImportAsync("p", SamplePrecision.Csv());
        var run = (await Temporary.Store.RunsAsync("p"))[3];
        var page = Open("?project=p&draws=0");
        await page.InvokeAsync(() => page.FindComponent<Components.Charts.Chart>().Instance.OnPointClick.InvokeAsync(run.Id));
        page.WaitForAssertion(() => Assert.Contains("without=" + run.Id, Address.Uri, StringComparison.Ordinal));
        Settled(page);
        Assert.Contains("excluded from this view", page.Find(".toast").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_without_bits_leave_the_answer_to_published_constants_and_say_why()
    {
        await Temporary.ImportAsync("plain", TemporaryStore.Sweep);
        var page = Open("?project=plain");
        Assert.Contains("no interval is published", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains("Published constants answer. These runs tell nothing about precision.", page.Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_for_a_fit_of_runs_without_bits_the_page_says_why_not_and_what_to_do()
    {
        await Temporary.ImportAsync("plain", TemporaryStore.Sweep);
        var page = Open("?project=plain&law=own");
        Assert.Contains("No law of precision can be fitted to these runs", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("/precision?project=plain&law=kumar", page.Find(".error-panel a").GetAttribute("href"));
        Assert.Empty(page.FindAll(".answer"));
    }

    [Fact]
    public async Task The_sample_is_loaded_and_fitted()
    {
        var page = Open("?tab=data&draws=0");
        await page.InvokeAsync(() => page.Find("[role=tabpanel] button").Click());
        page.WaitForAssertion(() => Assert.Contains("project=Sample%3A%20precision%20sweep", Address.Uri, StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        Settled(page);
        Assert.Equal(252, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    [Fact]
    public void A_project_that_is_gone_is_said() => Assert.Contains("No such project", Open("?project=gone").Find(".error-panel").TextContent, StringComparison.Ordinal);
}
