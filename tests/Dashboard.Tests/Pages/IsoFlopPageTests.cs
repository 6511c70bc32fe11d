using System.Globalization;
using System.Text;
using Bunit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class IsoFlopPageTests : ComponentTest, IAsyncLifetime
{
#pragma warning disable CA2213 // Disposed with the test, by xunit's own interface.
    private TemporaryStore _temporary = null!;
#pragma warning restore CA2213

    async Task IAsyncLifetime.InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        Services.AddSingleton(_temporary.Store);
        Services.AddSingleton<ProjectCache>();
        Services.AddSingleton<IsoFlopService>();
        Services.AddSingleton<IReadOnlyList<LandmarkModel>>([new("Chinchilla", 2022, 70e9, 1.4e12, "arXiv 2203.15556")]);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        await _temporary.DisposeAsync();
    }

    private Task<ImportReceipt> ImportAsync(string project = "sweep", int checkpoints = 1)
    {
        var csv = new StringBuilder("run,budget,parameters,tokens,flops,loss\n");
        foreach (var row in SampleAnalysis.Rows(checkpoints))
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{row.Budget:R},{row.Parameters:R},{row.Tokens:R},{row.Flops:R},{row.Loss:R}\n");
        return _temporary.ImportAsync(project, csv.ToString());
    }

    private IRenderedComponent<IsoFlopPage> Open(string query)
    {
        Address.NavigateTo(PageUrls.IsoFlop + query);
        var page = Render<IsoFlopPage>();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")), TimeSpan.FromSeconds(20));
        page.WaitForElement(".answer, .error-panel", TimeSpan.FromSeconds(20));
        return page;
    }

    private PlotlySpec? LastDrawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).LastOrDefault(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public async Task Answers_in_a_sentence_with_the_numbers_of_the_analysis()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=60");
        var answer = page.Find(".answer").TextContent;
        Assert.Matches(@"^At 5.76e23 FLOP, train \d[\d.]*B parameters on [\d.]+[BT] tokens for a loss of 1\.\d\d nats per token \(80 %: .*; by Approach 3; 2\.8 decades beyond your largest run\)\.$", answer);
        Assert.Equal(4, page.FindAll("figure").Count);
        Assert.Equal(5, page.FindAll(".strip .v").Count);
    }

    [Fact]
    public async Task A_new_target_changes_the_address_and_the_answer()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=60");
        await page.InvokeAsync(() => page.Find("aside input[type=text]").Change("1e22"));
        page.WaitForAssertion(() => Assert.StartsWith("At 1e22 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/isoflop?project=sweep&c=1e22&draws=60", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_in_the_target_says_so_and_changes_nothing()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=60");
        await page.InvokeAsync(() => page.Find("aside input[type=text]").Change("a lot"));
        Assert.Contains("a lot", page.Find("aside .error").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("At 5.76e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clicked_point_leaves_the_view_and_comes_back_by_undo()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        var id = (await _temporary.Store.RunsAsync("sweep"))[0].Id;
        await page.InvokeAsync(() => page.FindComponents<Components.Charts.Chart>()[0].Instance.PointClickedAsync(id));
        page.WaitForAssertion(() => Assert.Contains("excluded from this view", page.Find(".toast").TextContent, StringComparison.Ordinal));
        Assert.Contains($"without={id}", Address.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains(LastDrawn("loss-at-equal-compute")?.Data ?? [], trace => trace.Name == "Excluded"));
        Assert.Null((await _temporary.Store.RunsAsync("sweep"))[0].ExclusionReason);

        await page.InvokeAsync(() => page.Find(".toast button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kept_exclusions_are_stored_with_their_reason()
    {
        await ImportAsync();
        var id = (await _temporary.Store.RunsAsync("sweep"))[2].Id;
        var page = Open($"?project=sweep&draws=20&tab=data&without={id}");
        await page.InvokeAsync(() => page.Find(".keep input").Input("loss spike"));
        await page.InvokeAsync(() => page.Find(".keep button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
        Assert.Equal("loss spike", (await _temporary.Store.FindRunsAsync([id]))[0].ExclusionReason);
        page.WaitForAssertion(() => Assert.Contains("Excluded for everyone", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_project_in_the_address_the_latest_one_opens()
    {
        await ImportAsync("latest");
        Open("?draws=20");
        Assert.Contains("project=latest", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_store_shows_published_laws_and_landmark_models()
    {
        var page = Open("");
        Assert.Contains("published laws", page.Find(".answer").TextContent, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains(LastDrawn("compute-optimal-size")?.Data ?? [], trace => trace.Name == "Chinchilla"));
        Assert.Equal(2, page.FindAll("figure").Count);
    }

    [Fact]
    public async Task An_unknown_project_says_so_and_offers_the_others()
    {
        await ImportAsync();
        var page = Open("?project=gone");
        Assert.Contains("gone", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("/isoflop?project=sweep", page.Find(".error-panel a").GetAttribute("href"));
    }

    [Fact]
    public async Task A_filter_on_no_column_names_the_columns()
    {
        await ImportAsync();
        var page = Open("?project=sweep&where=nonsense%3D1");
        Assert.Contains("nonsense", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("budget", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filtering_everything_out_offers_the_way_back()
    {
        await ImportAsync();
        Assert.Contains("No runs are left", Open("?project=sweep&where=budget%3D7").Find(".error-panel").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_named_by_a_link_that_are_gone_are_named()
    {
        await ImportAsync();
        var run = (await _temporary.Store.RunsAsync("sweep"))[1];
        await _temporary.Store.DeleteAsync([run.Id]);
        var page = Open($"?project=sweep&draws=20&without={run.Id}&without=zzzz");
        Assert.Contains($"{run.Name}, excluded by this link, was deleted since. 1 run excluded by this link is not in this store.", page.Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_store_is_explained_and_the_page_stays()
    {
        await ImportAsync(checkpoints: 3);
        await using (var connection = new SqliteConnection($"Data Source={_temporary.DatabasePath}"))
        {
            await connection.OpenAsync();
            await using var damage = connection.CreateCommand();
            damage.CommandText = "UPDATE SeriesChunks SET Packed = x'00'";
            await damage.ExecuteNonQueryAsync();
        }

        var page = Open("?project=sweep&draws=20");
        Assert.Contains("is damaged", page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Equal("/isoflop?project=sweep&draws=20", page.Find(".error-panel a").GetAttribute("href"));
        // It is asked again, not taken for drawn.
        await _temporary.Store.DeleteAsync((await _temporary.Store.RunsAsync("sweep")).Select(run => run.Id));
        await ImportAsync(checkpoints: 3);
        await page.InvokeAsync(() => Address.NavigateTo("/isoflop?project=sweep&draws=20"));
        page.WaitForElement(".answer", TimeSpan.FromSeconds(20));
        Assert.Empty(page.FindAll(".error-panel"));
    }

    [Fact]
    public async Task Coming_back_from_the_published_laws_brings_every_chart_back()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        Assert.Equal(4, page.FindAll("figure").Count);
        await page.InvokeAsync(() => Address.NavigateTo("/isoflop?published=1"));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("figure").Count), TimeSpan.FromSeconds(20));
        Assert.Contains("published laws", page.Find(".answer").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => Address.NavigateTo("/isoflop?project=sweep&draws=20"));
        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("figure").Count), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_change_that_is_overtaken_leaves_no_trace()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        await page.InvokeAsync(() =>
        {
            Address.NavigateTo("/isoflop?project=sweep&c=1e22&draws=20000");
            Address.NavigateTo("/isoflop?project=gone&c=1e22");
            Address.NavigateTo("/isoflop?project=sweep&draws=20");
        });
        page.WaitForElement(".answer", TimeSpan.FromSeconds(20));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy, .error-panel")), TimeSpan.FromSeconds(20));
        Assert.StartsWith("At 5.76e23 FLOP", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll("figure").Count);
    }

    [Fact]
    public async Task Keeping_exclusions_leaves_the_reason_that_others_gave_meanwhile()
    {
        await ImportAsync();
        var ids = (await _temporary.Store.RunsAsync("sweep")).Take(2).Select(run => run.Id).ToArray();
        await _temporary.Store.ExcludeAsync([ids[0]], "diverged");
        var page = Open($"?project=sweep&draws=20&tab=data&without={ids[0]}&without={ids[1]}");
        await page.InvokeAsync(() => page.Find(".keep input").Input("loss spike"));
        await page.InvokeAsync(() => page.Find(".keep button").Click());
        page.WaitForAssertion(() => Assert.DoesNotContain("without=", Address.Uri, StringComparison.Ordinal));
        Assert.Equal(["diverged", "loss spike"], (await _temporary.Store.FindRunsAsync(ids)).Select(run => run.ExclusionReason));
    }

    [Fact]
    public async Task Training_curves_bring_approach_1()
    {
        await ImportAsync(checkpoints: 5);
        var page = Open("?project=sweep&draws=20");
        Assert.Contains("1 Envelope, your runs", page.Find("table.approaches").TextContent, StringComparison.Ordinal);
        Assert.Contains("Over the three approaches", page.Find(".spread").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_is_copied()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(true);
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        await page.InvokeAsync(() => page.Find(".copy-table").Click());
        page.WaitForAssertion(() => Assert.Equal("Copied", page.Find(".copy-table").TextContent));
        Assert.StartsWith("approach\ta\t", (string)Assert.Single(PageModule.Invocations["copy"]).Arguments[0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sizes_far_from_the_best_run_can_be_left_out_of_the_parabolas()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20&by=two&tab=method");
        var before = page.Find(".strip .v").TextContent;
        AngleSharp.Dom.IElement Field() => page.FindAll("aside label.field").Single(label => label.TextContent.StartsWith("Approach 2: sizes within a factor of the best run", StringComparison.Ordinal)).QuerySelector("input")!;
        Assert.Equal("", Field().GetAttribute("value") ?? "");
        await page.InvokeAsync(() => Field().Change("3"));
        page.WaitForAssertion(() => Assert.EndsWith("/isoflop?project=sweep&by=two&within=3&draws=20&tab=method", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent), TimeSpan.FromSeconds(20));
        Assert.Contains("isoflop --project sweep --within 3 --bootstrap 20 --at 5.76e23", page.Find("[role=tabpanel] code").TextContent, StringComparison.Ordinal);
        Assert.Contains("within", page.FindAll("[role=tabpanel] th").Select(head => head.TextContent));
        // The parabola ends where its runs end; runs outside stay in the chart, to be seen.
        page.WaitForAssertion(() => Assert.NotNull(LastDrawn("loss-at-equal-compute")));
        var drawn = LastDrawn("loss-at-equal-compute")!.Data;
        Assert.Equal(SampleAnalysis.Rows().Count, drawn.OfType<PlotlyTrace>().Where(trace => trace.Mode == "markers" && trace.CustomData is not null).Sum(trace => trace.X!.Length));

        await page.InvokeAsync(() => page.FindAll("aside label.field").Single(label => label.TextContent.StartsWith("Approach 2: sizes", StringComparison.Ordinal)).QuerySelector("input")!.Change("1"));
        Assert.Contains("1", page.Find("aside .error").TextContent, StringComparison.Ordinal);
        Assert.Contains("within=3", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("aside label.field").Single(label => label.TextContent.StartsWith("Approach 2: sizes", StringComparison.Ordinal)).QuerySelector("input")!.Change(""));
        page.WaitForAssertion(() => Assert.DoesNotContain("within", Address.Uri, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Equal(before, page.Find(".strip .v").TextContent), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_tab_does_not_redraw_the_charts()
    {
        await ImportAsync();
        var page = Open("?project=sweep&draws=20");
        page.WaitForAssertion(() => Assert.Equal(4, ChartModule.Invocations["draw"].Count));
        await page.InvokeAsync(() => page.FindAll("[role=tab]")[1].Click());
        page.WaitForAssertion(() => Assert.Contains("Options and provenance", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal));
        Assert.Equal(4, ChartModule.Invocations["draw"].Count);
    }
}
