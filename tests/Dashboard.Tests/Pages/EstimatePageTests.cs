using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Estimate;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class EstimatePageTests : StoreTest
{
    protected override Samples Samples => Samples.Find(AppContext.BaseDirectory);

    private Task<ImportReceipt> ImportAsync(string project = "families", params string[] families) => Temporary.ImportAsync(project, SampleStudy.Csv(families));

    private IRenderedComponent<EstimatePage> Open(string query)
    {
        if (Services.All(service => service.ServiceType != typeof(EstimateService)))
            Services.AddSingleton<EstimateService>();
        Address.NavigateTo(PageUrls.Estimate + query);
        var page = Render<EstimatePage>();
        page.WaitForElement(".answer, .error-panel, .empty-state");
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".busy")));
        return page;
    }

    private PlotlySpec? LastDrawn(string figure) => ChartModule.Invocations["draw"].Select(call => (PlotlySpec)call.Arguments[1]!).LastOrDefault(spec => spec.Layout.UiRevision == figure);

    [Fact]
    public async Task Answers_which_models_to_train_with_the_map_below()
    {
        await ImportAsync();
        var page = Open("?project=families");
        Assert.Matches(@"^Train the \d smalle(st|r) models to \d+ % of their training: they predict amber-10B within [\d.]+ % for 1/\d+ of its compute \(80 % of its checkpoints: .*the largest model fitted\)\.$", page.Find(".answer").TextContent);
        Assert.Contains("In 2 other families of this project", page.Find(".spread").TextContent, StringComparison.Ordinal);
        Assert.Equal(5, page.FindAll(".strip .v").Count);
        Assert.Equal(["ARE map", "ARE against compute spent", "Loss of the target", "Fitted parameters of the families"], page.FindAll("figcaption b").Select(title => title.TextContent));
        page.WaitForAssertion(() => Assert.IsType<PlotlyHeatMap>(LastDrawn("are-map")!.Data[0]));
        Assert.Contains("encoder-decoder and decoder do not share exponents", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        Assert.Contains("of 5 principal components explain", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_coefficient_stands_without_its_interval()
    {
        await ImportAsync();
        var page = Open("?project=families");
        var laws = page.FindAll("table").Single(table => table.QuerySelector("caption")?.TextContent.StartsWith("Laws fitted to every model", StringComparison.Ordinal) == true);
        var cells = laws.QuerySelectorAll("tbody td:nth-child(n+4):nth-child(-n+8)");
        Assert.Equal(15, cells.Length);
        Assert.All(cells, cell => Assert.Matches(@"^[\d.e+]+–[\d.e+]+$", cell.QuerySelector("small")!.TextContent));
        Assert.Contains("delta method", laws.ParentElement!.NextElementSibling!.TextContent, StringComparison.Ordinal);
        var loans = page.FindAll("table").Single(table => table.QuerySelector("th")!.TextContent == "Lender");
        Assert.All(loans.QuerySelectorAll("tbody td:nth-child(2) small, tbody td:nth-child(3) small"), small => Assert.Matches("^([\\d.e+]+–[\\d.e+]+|as published)$", small.TextContent));
        Assert.Contains("3 families are too few to say how much of this rests on one of them", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_cut_changes_the_address_and_the_answer()
    {
        await ImportAsync();
        var page = Open("?project=families&models=5&share=1");
        var before = page.Find(".strip .v").TextContent;
        await page.InvokeAsync(() => page.FindAll("aside input[type=text]").Single(input => input.GetAttribute("value") == "10B").Change("0"));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent));
        Assert.EndsWith("/estimate?project=families&mintokens=0&models=5&share=1", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_objective_changes_the_address_the_answer_and_what_the_method_says()
    {
        await ImportAsync();
        var page = Open("?project=families&models=5&share=1&tab=method");
        var before = page.Find(".strip .v").TextContent;
        Assert.Equal(Enum.GetNames<FitMethod>(), page.FindAll("select[aria-label=Objective] option").Select(option => option.GetAttribute("value")));
        await page.InvokeAsync(() => page.Find("select[aria-label=Objective]").Change(nameof(FitMethod.LogSquared)));
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent));
        Assert.Contains("method=logsquared", Address.Uri, StringComparison.Ordinal);
        Assert.Contains("Σ w·(ln L̂ − ln L)²", page.Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_slider_replaces_the_address_while_it_is_dragged_and_the_answer_follows()
    {
        await ImportAsync();
        var page = Open("?project=families&models=5&share=1");
        var before = page.Find(".strip .v").TextContent;
        var entries = Address.History.Count;
        await page.InvokeAsync(() => page.Find("input[type=range]").Input("0"));
        page.WaitForAssertion(() => Assert.Contains("mintokens=0", Address.Uri, StringComparison.Ordinal));
        Assert.True(Address.History.First().Options.ReplaceHistoryEntry);
        Assert.Equal(entries, Address.History.Count);
        page.WaitForAssertion(() => Assert.NotEqual(before, page.Find(".strip .v").TextContent));
        Assert.Equal("0", page.Find("input[type=range]").GetAttribute("value"));
    }

    [Fact]
    public async Task A_clicked_cell_is_the_plan_that_answers_and_one_can_go_back()
    {
        await ImportAsync();
        var page = Open("?project=families");
        await page.InvokeAsync(() => page.FindComponents<Chart>()[0].Instance.PointClickedAsync("0|3|0.5"));
        page.WaitForAssertion(() => Assert.StartsWith("The 3 smallest models to 50 % of their training predict amber-10B", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("?project=families&models=3&share=0.5", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindComponents<Chart>()[1].Instance.PointClickedAsync("1|2|0.3"));
        page.WaitForAssertion(() => Assert.StartsWith("The 2 models up to 631M to 30 %", page.Find(".answer").TextContent, StringComparison.Ordinal));
        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent == "Back to the advised plan").Click());
        page.WaitForAssertion(() => Assert.StartsWith("Train the ", page.Find(".answer").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_family_is_predicted_with_its_warning()
    {
        await ImportAsync();
        var page = Open("?project=families");
        await page.InvokeAsync(() => page.Find("aside select").Change("cedar"));
        page.WaitForAssertion(() => Assert.Contains("cedar-10B", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("target=cedar", Address.Uri, StringComparison.Ordinal);
        Assert.Contains("cedar has encoder and decoder", page.Find(".warnings").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_the_cut_the_way_to_a_lower_one_is_offered()
    {
        await ImportAsync();
        var page = Open("?project=families&mintokens=1e12");
        Assert.Contains("No plan predicts amber-10B", page.Find(".answer").TextContent, StringComparison.Ordinal);
        var link = page.FindAll("a.button").Single(button => button.TextContent == "Lower the cut to 30B tokens");
        Assert.Equal("/estimate?project=families&mintokens=30000000000", link.GetAttribute("href"));
    }

    [Fact]
    public async Task Families_can_be_left_out()
    {
        await ImportAsync();
        var page = Open("?project=families&family=amber&family=basalt");
        Assert.Contains("In 1 other family of this project", page.Find(".spread").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.FindAll("aside .check").Single(label => label.TextContent == "cedar").QuerySelector("input")!.Change(true));
        page.WaitForAssertion(() => Assert.Contains("In 2 other families", page.Find(".spread").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("family=", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_of_one_size_says_what_is_missing()
    {
        await Temporary.ImportAsync("one", "run,family,parameters,tokens,loss\na,f,1e9,2e10,3\n");
        var page = Open("?project=one");
        Assert.Contains("no model smaller than its target a", page.Find(".answer").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mixed_kinds_of_loss_are_refused_in_words()
    {
        await Temporary.ImportAsync("mixed", "run,family,parameters,tokens,loss,loss_kind\na,f,1e9,2e10,3,nats\nb,f,2e9,2e10,3,ln_ppl\n");
        Assert.Contains("mixes kinds of loss (ln_ppl and nats)", Open("?project=mixed").Find(".answer").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_link_names_wrongly_is_said_with_a_way_on()
    {
        await ImportAsync();
        Assert.Contains("“gone”", Open("?project=gone").Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("neither a family nor a run", Open("?project=families&target=nobody").Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("nonsense", Open("?project=families&where=nonsense%3D1").Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Contains("No run is left", Open("?project=families&where=arch%3Dssm").Find(".error-panel").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_project_in_the_address_the_latest_one_opens()
    {
        await ImportAsync("latest", "amber");
        Open("");
        Assert.Contains("project=latest", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_store_offers_the_sample_families_and_shows_them()
    {
        var page = Open("");
        Assert.Contains("Which small models should I train?", page.Find(".empty-state").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".empty-state button").Click());
        page.WaitForAssertion(() => Assert.Contains("amber-70B", page.Find(".answer").TextContent, StringComparison.Ordinal));
        Assert.Contains("project=Sample%3A%20model%20families", Address.Uri, StringComparison.Ordinal);
        Assert.Equal(30, (await Temporary.Store.RunsAsync(Samples.FamiliesProject)).Count);
    }

    [Fact]
    public async Task Tabs_show_the_formulas_and_the_families()
    {
        await ImportAsync();
        Assert.Contains("What is advised", Open("?project=families&tab=method").Find("[role=tabpanel]").TextContent, StringComparison.Ordinal);
        var data = Open("?project=families&tab=data").Find("[role=tabpanel]").TextContent;
        Assert.Contains("18 runs of 18 take part", data, StringComparison.Ordinal);
        Assert.Contains("enc-dec", data, StringComparison.Ordinal);
    }
}
