using System.Globalization;
using System.Text;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Fit;
using ScalingDashboard.Dashboard.Tests.Golden;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class FitPageTests : ComponentTest, IAsyncLifetime
{
#pragma warning disable CA2213 // Disposed with the test, by xunit's own interface.
    private TemporaryStore _temporary = null!;
#pragma warning restore CA2213

    async Task IAsyncLifetime.InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        Services.AddSingleton(_temporary.Store);
        Services.AddSingleton<ProjectCache>();
        Services.AddSingleton<FitService>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        await _temporary.DisposeAsync();
    }

    private Task<ImportReceipt> ImportAsync(string project = "sweep", IReadOnlyList<Observation>? rows = null)
    {
        var csv = new StringBuilder("run,parameters,tokens,flops,loss,accuracy\n");
        foreach (var row in rows ?? SampleFit.Rows())
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{row.Parameters:R},{row.Tokens:R},{row.Flops:R},{row.Loss:R},{row.Config.Select(pair => pair.Value).FirstOrDefault()}\n");
        return _temporary.ImportAsync(project, csv.ToString());
    }

    private IRenderedComponent<FitPage> Open(string query)
    {
        Address.NavigateTo(PageUrls.Fit + query);
        var page = Render<FitPage>();
        Settled(page);
        return page;
    }

    private static void Settled(IRenderedComponent<FitPage> page)
    {
        page.WaitForElement(".answer, .error-panel, .empty-state", TimeSpan.FromSeconds(20));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")), TimeSpan.FromSeconds(20));
    }

    private PlotlySpec? LastDrawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).LastOrDefault(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public async Task Answers_in_a_sentence_with_charts_a_strip_and_a_table()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=40");
        Assert.Matches(@"^At 5.76e23 FLOP, this law trains [\d.]+B parameters on [\d.]+[BT] tokens for a loss of 1\.\d\d nats per token \(80 %: .*; 2\.8 decades beyond your largest run\)\.$", page.Find(".answer").TextContent);
        Assert.Equal(["Equal loss", "Loss against compute", "Fitted against measured"], page.FindAll("figcaption b").Select(title => title.TextContent));
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal(11, page.FindAll(".fit-numbers tbody tr").Count);
        Assert.Equal(["Table", "Diagnostics", "Counting", "Saved", "Method", "Data"], page.FindAll("[role=tab]").Select(tab => tab.TextContent));
    }

    [Fact]
    public async Task Law_method_and_target_change_the_address_and_the_answer()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        await page.InvokeAsync(() => page.Find("aside input[type=text]").Change("1e22"));
        page.WaitForAssertion(() => Assert.StartsWith("At 1e22 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.FindAll("aside select")[0].Change("compute"));
        page.WaitForAssertion(() => Assert.Contains("this law reaches a loss of", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, page.FindAll("figure").Count);
        await page.InvokeAsync(() => page.FindAll("aside select")[1].Change("LogSquared"));
        page.WaitForAssertion(() => Assert.EndsWith("/fit?project=sweep&c=1e22&law=compute&method=logsquared&draws=20", Address.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_law_of_a_metric_asks_for_its_column_and_answers_with_it()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20&law=task&method=squared");
        Assert.Contains("choose its column under Metric", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("/fit?project=sweep&method=squared&draws=20", page.Find(".error-panel a").GetAttribute("href"));
        await page.InvokeAsync(() => page.FindAll("aside select")[1].Change("accuracy"));
        page.WaitForAssertion(() => Assert.Contains("this law puts accuracy at 0.", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("metric=accuracy", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_separated_is_said_with_one_click_to_compute_alone()
    {
        await ImportAsync(rows: SampleFit.OneRatio());
        var page = Open("?project=sweep&draws=20");
        Assert.StartsWith("N and D cannot be separated by these runs", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".strip"));
        var way = page.Find(".spread a").GetAttribute("href")!;
        Assert.Equal("/fit?project=sweep&law=compute&draws=20", way);
        await page.InvokeAsync(() => Address.NavigateTo(way));
        page.WaitForAssertion(() => Assert.Contains("this law reaches a loss of", page.Find(".answer").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
    }

    // Seven published models, all at about 20 tokens per parameter.
    [SkippableFact]
    public async Task Cerebras_GPT_cannot_tell_N_from_D_and_is_fitted_by_compute_alone()
    {
        Skip.If(SharedFolder.Path is null, SharedFolder.Absent);
        var file = await File.ReadAllTextAsync(Path.Combine(SharedFolder.Path!, "data", "cerebras-gpt", "cerebras_gpt.csv"));
        var options = new LogImportOptions { Mapping = ColumnMapping.Parse(["loss=pile_test_loss,run=model"]) };
        await StagedImport.ImportAsync(_temporary.Store, "cerebras", await _temporary.StageAsync(file, "cerebras_gpt.csv"), options, default);
        var page = Open("?project=cerebras&draws=100");
        Assert.StartsWith("N and D cannot be separated by these runs", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains("one ratio of tokens to parameters", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".strip"));

        var way = page.FindAll("a.button").Single(link => link.TextContent == "Fit the loss against compute alone").GetAttribute("href")!;
        await page.InvokeAsync(() => Address.NavigateTo(way));
        page.WaitForAssertion(
            () => Assert.StartsWith("At 5.76e23 FLOP, this law reaches a loss of 1.33 nats per token", page.Find(".answer").TextContent, StringComparison.Ordinal),
            TimeSpan.FromSeconds(20));
        Assert.Matches(@"80 %: 1\.\d+.* decades beyond your largest run", page.Find(".answer").TextContent);
        Assert.Contains("E or one of its coefficients ended at zero", page.Find(".warnings, .warn").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clicked_point_leaves_the_view_comes_back_by_undo_and_is_kept_with_a_reason()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        var id = (await _temporary.Store.RunsAsync("sweep"))[0].Id;
        await page.InvokeAsync(() => page.FindComponents<Chart>()[2].Instance.PointClickedAsync(id));
        page.WaitForAssertion(() => Assert.Contains("excluded from this view", page.Find(".toast").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains(LastDrawn("iso-loss")?.Data ?? [], trace => trace.Name == "Excluded"));
        await page.InvokeAsync(() => page.Find(".toast button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
        Settled(page);

        await page.InvokeAsync(() => Address.NavigateTo($"/fit?project=sweep&draws=20&without={id}&tab=data"));
        page.WaitForElement(".keep input", TimeSpan.FromSeconds(20));
        await page.InvokeAsync(() => page.Find(".keep input").Input("loss spike"));
        await page.InvokeAsync(() => page.Find(".keep button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
        Assert.Equal("loss spike", (await _temporary.Store.FindRunsAsync([id]))[0].ExclusionReason);
    }

    [Fact]
    public async Task An_exclusion_without_a_reason_is_said_as_one_until_somebody_says_why()
    {
        await ImportAsync();
        var ids = (await _temporary.Store.RunsAsync("sweep")).Take(2).Select(run => run.Id).ToArray();
        var page = Open($"?project=sweep&draws=20&without={ids[0]}&without={ids[1]}&tab=diagnostics");
        page.WaitForAssertion(() => Assert.Equal(2, Excluded().Split("no reason recorded").Length - 1), TimeSpan.FromSeconds(20));
        Assert.Contains("missing", Row().ClassName, StringComparison.Ordinal);
        Assert.Contains("2 points excluded, 2 without a reason", page.Find("aside").TextContent, StringComparison.Ordinal);

        await OpenTabAsync("Data");
        page.WaitForElement(".keep input", TimeSpan.FromSeconds(20));
        await page.InvokeAsync(() => page.FindAll("input[placeholder='Say why']")[0].Change("loss spike"));
        page.WaitForAssertion(() => Assert.Contains("loss%20spike", Address.Uri, StringComparison.Ordinal));
        Assert.True(page.Find(".keep button").HasAttribute("disabled"));
        await page.InvokeAsync(() => page.FindAll("input[placeholder='Say why']")[1].Change("diverged"));
        page.WaitForAssertion(() => Assert.False(page.Find(".keep button").HasAttribute("disabled")));
        Settled(page);

        await OpenTabAsync("Diagnostics");
        page.WaitForAssertion(() => Assert.Contains("(loss spike)", Excluded(), StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.Empty(Row().ClassName ?? "");
        Assert.EndsWith("2 points excluded · edit", page.FindAll("aside button.link").Single(button => button.TextContent.Contains("excluded", StringComparison.Ordinal)).TextContent, StringComparison.Ordinal);

        await OpenTabAsync("Data");
        await page.InvokeAsync(() => page.Find(".keep button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
        Assert.Equal(["loss spike", "diverged"], (await _temporary.Store.FindRunsAsync(ids)).OrderBy(run => Array.IndexOf(ids, run.Id)).Select(run => run.ExclusionReason));

        AngleSharp.Dom.IElement Row() => page.FindAll(".checklist tr").Single(row => row.TextContent.StartsWith("Which runs were excluded", StringComparison.Ordinal));
        string Excluded() => Row().TextContent;
        Task OpenTabAsync(string tab) => page.InvokeAsync(() => page.FindAll("[role=tab]").Single(element => element.TextContent == tab).Click());
    }

    [Fact]
    public async Task A_fit_is_saved_laid_over_compared_and_computed_again()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20&tab=saved");
        await page.InvokeAsync(() => page.Find(".save-fit input").Input("baseline"));
        await page.InvokeAsync(() => page.Find(".save-fit").Submit());
        page.WaitForAssertion(() => Assert.Contains("Saved as baseline v1", page.Find("[role=tabpanel] .notice").TextContent, StringComparison.Ordinal));
        var saved = Assert.Single(await _temporary.Store.FitsAsync("sweep"));
        Assert.Equal("?project=sweep&draws=20", saved.State);

        await page.InvokeAsync(() => page.FindAll("aside select")[0].Change("tied"));
        page.WaitForAssertion(() => Assert.Contains("law=tied", Address.Uri, StringComparison.Ordinal));
        Settled(page);
        await page.InvokeAsync(() => page.Find(".saved-fits input[type=checkbox]").Change(true));
        page.WaitForAssertion(() => Assert.Contains(LastDrawn("fit-loss-against-compute")?.Data ?? [], trace => trace.Name == "baseline v1"));
        Assert.Contains($"fits={saved.Id}", Address.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal(["Quantity", "this view", "baseline v1"], page.FindAll(".fit-comparison thead th").Select(head => head.TextContent)));

        await page.InvokeAsync(() => page.FindAll(".saved-fits button").First(button => button.TextContent == "Recompute").Click());
        page.WaitForAssertion(() => Assert.Contains("Nothing changed: same runs, same options, same code, same numbers.", page.Find(".fit-drift").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.DoesNotContain("law=", Address.Uri, StringComparison.Ordinal);
        Assert.Contains($"again={saved.Id}", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_fit_that_is_gone_is_said()
    {
        await ImportAsync();
        Assert.Contains("1 saved fit named by this link is not in this store, or was deleted.", Open("?project=sweep&draws=20&fits=zzzz").Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_store_says_what_to_do() => Assert.Equal("/import", Open("").Find(".empty-state a").GetAttribute("href"));

    [Fact]
    public async Task Without_a_project_in_the_address_the_latest_one_opens_and_the_rest_of_the_address_stays()
    {
        await ImportAsync("latest");
        Open("?law=kaplan&draws=0");
        Assert.EndsWith("/fit?project=latest&law=kaplan&draws=0", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_projects_columns_and_empty_selections_are_explained()
    {
        await ImportAsync();
        Assert.Equal("/fit?project=sweep", Open("?project=gone").Find(".error-panel a").GetAttribute("href"));
        Assert.Contains("nonsense", Open("?project=sweep&where=nonsense%3D1").Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("No runs are left", Open("?project=sweep&where=accuracy%3D7").Find(".error-panel").TextContent, StringComparison.Ordinal);
        var few = Open("?project=sweep&draws=0&where=run%3D" + Uri.EscapeDataString(SampleFit.Rows()[0].Run));
        Assert.Contains("1 usable row cannot determine", few.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(few.FindAll("aside select"));
    }

    [Fact]
    public async Task What_the_diagnostics_draw_stands_in_the_address_and_comes_back()
    {
        // Four budgets: with fewer there is no roll-out.
        await ImportAsync(rows: DiagnosedSweep.Input().Observations);
        var page = Open("?project=sweep&draws=20&c=1e22&tab=diagnostics&residuals=n&follow=loss");
        page.WaitForAssertion(() => Assert.Equal("Parameters N", LastDrawn("fit-residuals")?.Layout.XAxis.Title.Text), TimeSpan.FromSeconds(20));
        page.WaitForAssertion(() => Assert.Equal("Loss at 1e22 FLOP, nats per token", LastDrawn("fit-roll-out")?.Layout.YAxis.Title.Text));
        var drawn = ChartModule.Invocations["draw"].Count;
        await page.InvokeAsync(() => page.FindAll(".diagnostics .segmented")[0].QuerySelectorAll("input")[3].Change(true));
        page.WaitForAssertion(() => Assert.EndsWith("&residuals=fitted&follow=loss&tab=diagnostics", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal("Fitted loss, nats per token", LastDrawn("fit-residuals")?.Layout.XAxis.Title.Text));
        // The charts above show what they showed.
        Assert.Equal(drawn + 1, ChartModule.Invocations["draw"].Count);
    }

    [Fact]
    public async Task The_tab_does_not_redraw_the_charts()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        page.WaitForAssertion(() => Assert.Equal(3, ChartModule.Invocations["draw"].Count));
        await page.InvokeAsync(() => page.FindAll("[role=tab]").First(tab => tab.TextContent == "Method").Click());
        page.WaitForAssertion(() => Assert.Contains("fit --project sweep --bootstrap 20 --at 5.76e23", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Converged", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Equal(3, ChartModule.Invocations["draw"].Count);
    }
}
