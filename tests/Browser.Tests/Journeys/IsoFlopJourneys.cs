using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using ScalingDashboard.Runs.Quantities;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>The sweep owner's journey: answer, charts, controls, exclusions.</summary>
public sealed class IsoFlopJourneys(SweepDashboard dashboard) : BrowserTest<SweepDashboard>(dashboard)
{
    private const string Loss = "Loss at equal compute";
    private const string Size = "Compute-optimal size";

    [SkippableFact]
    public Task Answer_has_the_numbers_of_the_command() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);

        await Expect(visit.Answer).ToContainTextAsync(await Dashboard.ExpectedAnswerAsync(3, "5.76e23"));
        await Expect(visit.Answer).ToContainTextAsync("by Approach 3; ");

        await visit.ChooseAsync("Answer by approach", "2");
        await Expect(visit.Answer).ToContainTextAsync(await Dashboard.ExpectedAnswerAsync(2, "5.76e23"));
        await Expect(visit.Page).ToHaveURLAsync(new Regex("by=two"));

        using var fit = await Dashboard.CommandAsync("fit");
        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Method" }).ClickAsync();
        var alpha = fit.RootElement.GetProperty("parameters").GetProperty("alpha").GetDouble();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^α ") })).ToContainTextAsync(Quantity.Significant(alpha, 5));
    });

    [SkippableFact]
    public Task Charts_show_a_trace_a_budget_its_parabola_and_the_bands() => BrowseAsync(async visit =>
    {
        using var report = await Dashboard.CommandAsync("isoflop");
        var budgets = report.RootElement.GetProperty("budgets").EnumerateArray()
            .Select(budget => Quantity.Scientific(budget.GetProperty("flops").GetDouble()) + " FLOP").ToArray();
        Assert.NotEmpty(budgets);
        await visit.OpenAsync(Dashboard.IsoFlop);

        var loss = await visit.PlotAsync(Loss);
        Assert.Equal(Dashboard.Runs, loss.RunIds.Distinct().Count());
        foreach (var budget in budgets)
        {
            Assert.Equal("markers", loss.Trace(budget).Mode);
            Assert.Equal("lines", loss.Trace($"Parabola at {budget}").Mode);
            Assert.Single(loss.Trace($"Minimum at {budget}").X);
        }

        var size = await visit.PlotAsync(Size);
        Assert.Equal(budgets.Length, size.Trace("Minima of the parabolas").X.Length);
        Assert.Equal("toself", size.Trace("2 Parabolas, 80 %").Fill);
        Assert.Equal("toself", size.Trace("3 Parametric, 80 %").Fill);
        Assert.Equal(2, size.Traces.Count(trace => trace.Name.Contains("Kaplan", StringComparison.Ordinal) || trace.Name.Contains("Hoffmann", StringComparison.Ordinal)));
        await visit.PlotAsync("Compute-optimal tokens", plot => plot.Has("3 Parametric"));
        await visit.PlotAsync("Loss against compute", plot => plot.Has("Frontier, 80 %"));
    });

    [SkippableFact]
    public Task Target_budget_changes_answer_and_address_and_refuses_what_is_no_number() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);
        var target = visit.Page.GetByLabel("Target budget");
        await Expect(target).ToHaveValueAsync("5.76e23 FLOP");

        await target.FillAsync("1e22");
        await target.PressAsync("Enter");
        await Expect(visit.Answer).ToContainTextAsync(await Dashboard.ExpectedAnswerAsync(3, "1e22"));
        await Expect(visit.Page).ToHaveURLAsync(new Regex("[?&]c=1e22"));
        await visit.PlotAsync(Size, plot => plot.Trace("Target").X[0] == 1e22);
        var answer = await visit.Answer.InnerTextAsync();
        var address = visit.Page.Url;

        foreach (var (typed, complaint) in new[] { ("lots", "“lots” is not a number"), ("", "Write a number"), ("-3", "Must be at least"), ("1e99", "Must be at most") })
        {
            await target.FillAsync(typed);
            await target.PressAsync("Enter");
            await Expect(visit.Page.Locator("label.field .error")).ToContainTextAsync(complaint);
            await Expect(target).ToHaveAttributeAsync("aria-invalid", "true");
            await Expect(visit.Answer).ToHaveTextAsync(answer);
            Assert.Equal(address, visit.Page.Url);
        }
    });

    [SkippableFact]
    public Task Axes_scales_and_laws_change_the_charts_and_the_address() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);
        await visit.PlotAsync(Loss, plot => plot is { X: { Title: "Parameters N", Type: "log" }, Y.Type: "linear" });

        await visit.ChooseAsync("Horizontal axis", "D");
        var byTokens = await visit.PlotAsync(Loss, plot => plot.X.Title == "Tokens D");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("x=d(&|$)"));
        await visit.ChooseAsync("Horizontal axis", "D/N");
        var byRatio = await visit.PlotAsync(Loss, plot => plot.X.Title == "Tokens per parameter D/N");
        Assert.NotEqual(byTokens.Traces[0].X, byRatio.Traces[0].X);

        await visit.ChooseAsync("Size and compute axes", "Linear");
        await visit.PlotAsync(Loss, plot => plot.X.Type == "linear");
        await visit.PlotAsync(Size, plot => plot is { X.Type: "linear", Y.Type: "linear" });
        await visit.ChooseAsync("Loss axes", "Log");
        await visit.PlotAsync(Loss, plot => plot.Y.Type == "log");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("logx=0.*logloss=1"));

        await visit.Page.GetByLabel("2 Parabolas").UncheckAsync();
        await visit.PlotAsync(Size, plot => !plot.Has("2 Parabolas") && !plot.Has("2 Parabolas, 80 %") && plot.Has("3 Parametric"));
        await visit.Page.GetByLabel("Epoch").CheckAsync();
        await visit.PlotAsync(Size, plot => plot.Named("Epoch").Length + plot.Named("Besiroglu").Length == 1);
        await visit.Page.GetByLabel("2 Parabolas").CheckAsync();
        await visit.PlotAsync(Size, plot => plot.Has("2 Parabolas"));
    });

    [SkippableFact]
    public Task Runs_are_grouped_by_compute_with_a_tolerance() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop + "&draws=100");
        var given = await visit.PlotAsync(Loss);

        await visit.Page.GetByLabel("Group runs into budgets").SelectOptionAsync("By compute");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("bycompute=1"));
        await visit.Page.GetByLabel("Tolerance of a budget").FillAsync("100");
        await visit.Page.GetByLabel("Tolerance of a budget").PressAsync("Enter");

        var grouped = await visit.PlotAsync(Loss, plot => plot.Traces.Count(trace => trace.Ids.Length > 0) < given.Traces.Count(trace => trace.Ids.Length > 0));
        Assert.Equal(given.RunIds.Order(), grouped.RunIds.Order());
        await Expect(visit.Page).ToHaveURLAsync(new Regex("tolerance=100"));
    });

    [SkippableFact]
    public Task A_clicked_point_is_left_out_of_the_view_and_taken_back() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);
        var all = await visit.PlotAsync(Loss);
        var answer = await visit.Answer.InnerTextAsync();
        var run = PointAlone(all);

        await visit.ClickPointAsync(Loss, run);
        await Expect(visit.Toast).ToContainTextAsync("is excluded from this view.");
        await Expect(visit.Page).ToHaveURLAsync(new Regex($"without={run}(&|$)"));
        var fewer = await visit.PlotAsync(Loss, plot => plot.Has("Excluded"));
        Assert.Equal([run], fewer.Trace("Excluded").Ids);
        Assert.DoesNotContain(run, fewer.RunIds);
        await Expect(visit.Answer).Not.ToHaveTextAsync(answer);
        await Expect(visit.Page.GetByText("1 point excluded")).ToBeVisibleAsync();

        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Answer).ToHaveTextAsync(answer);
        await Expect(visit.Page).Not.ToHaveURLAsync(new Regex("without="));
        await visit.PlotAsync(Loss, plot => !plot.Has("Excluded") && plot.RunIds.Contains(run));

        // A click on the cross takes it back too.
        await visit.ClickPointAsync(Loss, run);
        await visit.PlotAsync(Loss, plot => plot.Has("Excluded"));
        await visit.ClickPointAsync(Loss, run);
        await Expect(visit.Toast).ToContainTextAsync("counts again.");
        await Expect(visit.Answer).ToHaveTextAsync(answer);
    });

    [SkippableFact]
    public Task Exclusions_are_kept_for_the_project_with_a_reason() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);
        var answer = await visit.Answer.InnerTextAsync();
        var run = PointAlone(await visit.PlotAsync(Loss));
        await visit.OpenAsync($"{Dashboard.IsoFlop}&without={run}&tab=data");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Excluded in this view" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Keep for the project")).ToBeDisabledAsync();

        await visit.Page.GetByLabel("Reason").FillAsync("loss spike");
        await visit.Page.GetByText("Keep for the project").ClickAsync();
        await Expect(visit.Toast).ToContainTextAsync("1 run excluded for everyone.");
        await Expect(visit.Page).Not.ToHaveURLAsync(new Regex("without="));
        var other = await visit.AnotherVisitorAsync();
        await other.OpenAsync(Dashboard.IsoFlop + "&tab=data");
        await Expect(other.Page.GetByRole(AriaRole.Heading, new() { Name = "Excluded for everyone" })).ToBeVisibleAsync();
        await Expect(other.Page.GetByText("loss spike")).ToBeVisibleAsync();
        await Expect(other.Answer).Not.ToHaveTextAsync(answer);
        await other.PlotAsync(Loss, plot => plot.Has("Excluded") && plot.Trace("Excluded").Ids.Single() == run);

        await visit.Toast.GetByText("Undo").ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex($"without={run}(&|$)"));
        await other.ReloadAsync();
        await Expect(other.Answer).ToHaveTextAsync(answer);
    });

    [SkippableFact]
    public Task Tabs_show_table_method_and_data() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync(Dashboard.IsoFlop);
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^3 Parametric, your runs") })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex(@"^Kaplan.*\(published\)") })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Minimum of each budget" })).ToBeVisibleAsync();

        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Data" }).ClickAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Tabpanel)).ToContainTextAsync($"{Dashboard.Runs} runs of {Dashboard.Runs} take part");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("tab=data"));
        await visit.Page.GetByRole(AriaRole.Tab, new() { Name = "Data" }).PressAsync("ArrowLeft");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Approach 2, IsoFLOP parabolas" })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Options and provenance" })).ToBeVisibleAsync();
    });

    [SkippableFact]
    public Task A_file_without_budgets_is_grouped_by_compute() => BrowseAsync(async visit =>
    {
        Skip.If(Repository.Reference("epoch-chinchilla/chinchilla240.csv") is null, Repository.NoReference);
        await visit.OpenAsync("/isoflop?project=" + SweepDashboard.WithoutBudgets);

        using var surface = await Dashboard.CommandOnAsync(SweepDashboard.WithoutBudgets, "isoflop", "--approach", "3");
        await Expect(visit.Answer).ToContainTextAsync(SweepDashboard.Sentence(surface));
        await Expect(visit.Page.GetByLabel("Group runs into budgets")).ToHaveValueAsync("compute");
        await Expect(visit.Page.GetByLabel("Tolerance of a budget")).ToBeVisibleAsync();
        using var parabolas = await Dashboard.CommandOnAsync(SweepDashboard.WithoutBudgets, "isoflop", "--approach", "2");
        var converged = parabolas.RootElement.GetProperty("budgets").EnumerateArray().Count(budget => budget.GetProperty("status").GetString() == "converged");
        var loss = await visit.PlotAsync(Loss);
        Assert.Equal(240, loss.RunIds.Distinct().Count());
        Assert.Equal(converged, loss.Named("Minimum at ").Length);
    });

    [SkippableFact]
    public Task Runs_with_curves_have_approach_1() => BrowseAsync(async visit =>
    {
        Skip.If(Repository.Reference("gemstones/checkpoints.csv") is null, Repository.NoReference);
        await visit.OpenAsync("/isoflop?by=one&project=" + SweepDashboard.WithCurves);

        using var report = await Dashboard.CommandOnAsync(SweepDashboard.WithCurves, "isoflop", "--approach", "1");
        await Expect(visit.Answer).ToContainTextAsync(SweepDashboard.Sentence(report));
        await Expect(visit.Answer).ToContainTextAsync("by Approach 1;");
        await Expect(visit.Page.GetByLabel("1 Envelope")).ToBeCheckedAsync();
        var size = await visit.PlotAsync(Size);
        Assert.Equal("lines", size.Trace("1 Envelope").Mode);
        Assert.True(size.Trace("Envelope of the training curves").X.Length > 50);

        await visit.Page.GetByLabel("1 Envelope").UncheckAsync();
        await visit.PlotAsync(Size, plot => !plot.Has("1 Envelope") && !plot.Has("Envelope of the training curves"));
        await visit.OpenAsync(Dashboard.IsoFlop);
        if (Dashboard.Filter is not null)
            await Expect(visit.Page.GetByLabel("1 Envelope")).ToBeDisabledAsync();
    });

    /// <summary>The run of the smallest model at the smallest budget: nothing else is drawn there.</summary>
    private static string PointAlone(Plot plot)
    {
        var budget = plot.Traces.First(trace => trace.Ids.Length > 0);
        return budget.Ids[Array.IndexOf(budget.X, budget.X.Min())];
    }
}
