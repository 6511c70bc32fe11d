using Bunit;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Components.Fit;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class DiagnosticsTabTests : ComponentTest
{
    private static readonly RunSet s_input = DiagnosedSweep.Input();
    private static readonly FitResult s_result = DiagnosedSweep.Of(s_input);

    private IRenderedComponent<DiagnosticsTab> Open(FitResult? result = null, FitRecipeOptions? options = null, int holdout = 1, Action<string>? onToggle = null, Action<int>? onHoldout = null)
    {
        var tab = Render<DiagnosticsTab>(parameters =>
        {
            parameters.Add(t => t.Result, result ?? s_result).Add(t => t.Options, options ?? DiagnosedSweep.Options).Add(t => t.Input, s_input)
                .Add(t => t.Intervals, FitIntervals.Of(result ?? s_result, options ?? DiagnosedSweep.Options))
                .Add(t => t.Target, 1e23).Add(t => t.Holdout, holdout).Add(t => t.Excluded, [new ExcludedRun("bad run", "diverged")]);
            if (onToggle is not null)
                parameters.Add(t => t.OnToggle, onToggle);
            if (onHoldout is not null)
                parameters.Add(t => t.HoldoutChanged, onHoldout);
        });
        tab.WaitForAssertion(() => Assert.Empty(tab.FindAll(".busy")));
        return tab;
    }

    private static AngleSharp.Dom.IElement Section(IRenderedComponent<DiagnosticsTab> tab, string heading) =>
        tab.FindAll("section").Single(section => section.QuerySelector("h2")!.TextContent == heading);

    [Fact]
    public void Shows_every_section_in_the_order_of_usefulness()
    {
        var tab = Open();
        Assert.Equal(
            ["Prediction of the largest budgets", "Residuals", "Influence of single runs", "Without one budget", "As budgets are added", "What another rule would cost", "Can the coefficients be told apart?", "Reporting checklist"],
            tab.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Equal(["fit-residuals", "fit-influence", "fit-leave-one-budget-out", "fit-roll-out"], tab.FindComponents<Chart>().Select(chart => chart.Instance.Figure.Name));
        Assert.All(tab.FindAll("section"), section => Assert.NotEmpty(section.QuerySelector("p")!.TextContent));
    }

    [Fact]
    public void The_held_out_budget_has_an_error_with_its_interval()
    {
        var rows = Section(Open(), "Prediction of the largest budgets").QuerySelectorAll("tbody tr");
        Assert.Equal(["1e21", "Runs fitted"], rows.Select(row => row.QuerySelector("th")!.TextContent));
        Assert.Matches(@"^[0-9.]+ %[0-9.]+ % to [0-9.]+ %$", rows[0].QuerySelectorAll("td")[1].TextContent);
    }

    [Fact]
    public void Another_count_of_budgets_is_asked_of_the_page_and_checked_again()
    {
        var asked = 0;
        var tab = Open(onHoldout: count => asked = count);
        Section(tab, "Prediction of the largest budgets").QuerySelector("input")!.Change("2");
        tab.WaitForAssertion(() => Assert.Equal(2, asked));
        tab.Render(parameters => parameters.Add(t => t.Holdout, 2));
        tab.WaitForAssertion(() => Assert.Equal(
            ["3e20", "1e21", "All held out", "Runs fitted"],
            Section(tab, "Prediction of the largest budgets").QuerySelectorAll("tbody th").Select(cell => cell.TextContent)));
    }

    [Fact]
    public void Too_few_budgets_to_hold_out_are_said()
    {
        var section = Section(Open(holdout: 4), "Prediction of the largest budgets");
        Assert.Null(section.QuerySelector("table"));
        Assert.Contains("needs at least 6 budgets", section.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_and_a_row_of_the_table_ask_for_exclusion_by_id()
    {
        var toggled = new List<string>();
        var tab = Open(onToggle: toggled.Add);
        var chart = tab.FindComponents<Chart>()[0].Instance;
        tab.InvokeAsync(() => chart.PointClickedAsync("id-x"));
        Section(tab, "Influence of single runs").QuerySelector("button[aria-label^=Exclude]")!.Click();
        tab.WaitForAssertion(() => Assert.Equal(2, toggled.Count));
        Assert.Equal("id-x", toggled[0]);
        Assert.Contains(toggled[1], s_input.Observations.Select(row => row.RunId));
        Assert.Empty(Section(Open(), "Influence of single runs").QuerySelectorAll("button[aria-label^=Exclude]"));
    }

    [Fact]
    public void Another_axis_is_asked_of_the_page_and_draws_the_residuals_alone_again()
    {
        var (axis, followed) = (ResidualAxis.C, RollOutQuantity.Exponent);
        var tab = Open();
        tab.Render(parameters => parameters.Add(t => t.AxisChanged, next => axis = next).Add(t => t.FollowChanged, next => followed = next));
        var influence = Drawn(1);
        Section(tab, "Residuals").QuerySelectorAll("input[type=radio]")[1].Change(true);
        Assert.Equal(ResidualAxis.N, axis);
        tab.Render(parameters => parameters.Add(t => t.Axis, axis));
        tab.WaitForAssertion(() => Assert.Equal("Parameters N", Drawn(0).XAxis.Title));
        var residuals = Drawn(0);

        Section(tab, "As budgets are added").QuerySelectorAll("input[type=radio]")[2].Change(true);
        Assert.Equal(RollOutQuantity.Loss, followed);
        tab.Render(parameters => parameters.Add(t => t.Follow, followed));
        tab.WaitForAssertion(() => Assert.Equal("Loss at 1e23 FLOP, nats per token", Drawn(3).YAxis.Title));
        Assert.Same(residuals, Drawn(0));
        Assert.Same(influence, Drawn(1));
        Assert.Empty(tab.FindAll(".busy"));

        Figure Drawn(int chart) => tab.FindComponents<Chart>()[chart].Instance.Figure;
    }

    [Fact]
    public void A_number_that_the_law_has_not_gives_way_to_one_it_has()
    {
        var options = DiagnosedSweep.Options with { Law = "compute" };
        var tab = Open(DiagnosedSweep.Of(s_input, options), options);
        Assert.Equal("Loss at 1e23 FLOP, nats per token", tab.FindComponents<Chart>()[3].Instance.Figure.YAxis.Title);
    }

    [Fact]
    public void The_checklist_is_copied_and_saved_as_Markdown()
    {
        var copied = "";
        PageModule.Setup<bool>("copy", call => (copied = (string)call.Arguments[0]!).Length > 0).SetResult(true);
        var tab = Open();
        Section(tab, "Reporting checklist").QuerySelectorAll("button")[0].Click();
        tab.WaitForAssertion(() => Assert.Equal("Copied", Section(tab, "Reporting checklist").QuerySelectorAll("button")[0].TextContent));
        Assert.StartsWith("# Reporting checklist of a scaling law", copied, StringComparison.Ordinal);
        Assert.Contains("bad run (diverged)", copied, StringComparison.Ordinal);
        Section(tab, "Reporting checklist").QuerySelectorAll("button")[1].Click();
        tab.WaitForAssertion(() => Assert.Equal("reporting-checklist.md", PageModule.Invocations["save"].Single().Arguments[0]));
    }

    [Fact]
    public void Correlations_fill_a_square()
    {
        var tables = Section(Open(), "Can the coefficients be told apart?").QuerySelectorAll("table");
        Assert.Equal(3, tables[0].QuerySelectorAll("tbody tr").Length);
        Assert.Equal(25, tables[1].QuerySelectorAll("tbody td").Length);
    }

    [Fact]
    public void A_law_of_compute_alone_leaves_out_what_does_not_apply()
    {
        var options = DiagnosedSweep.Options with { Law = "compute" };
        var tab = Open(DiagnosedSweep.Of(s_input, options), options);
        Assert.DoesNotContain("What another rule would cost", tab.FindAll("h2").Select(heading => heading.TextContent));
        Assert.Contains("E without it", Section(tab, "Influence of single runs").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_without_an_answer_says_why_there_is_nothing_to_check()
    {
        var result = DiagnosedSweep.Of(s_input with { Observations = [.. s_input.Observations.Select(row => row with { Loss = 2.5 })] });
        Assert.Equal(FitStatus.NotIdentifiable, result.Fit.Status);
        var tab = Open(result);
        Assert.Contains("all losses are equal", tab.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Empty(tab.FindAll("section"));
    }

    [Fact]
    public async Task A_check_can_be_stopped_and_started_again()
    {
        var tab = Render<DiagnosticsTab>(parameters => parameters
            .Add(t => t.Result, s_result).Add(t => t.Intervals, FitIntervals.Of(s_result, DiagnosedSweep.Options)).Add(t => t.Options, DiagnosedSweep.Options with { Bootstrap = 1_000_000 }).Add(t => t.Input, s_input).Add(t => t.Target, 1e23));
        // Its progress redraws the button: found and pressed in one go.
        await tab.InvokeAsync(() => tab.Find(".busy button").Click());
        tab.WaitForAssertion(() => Assert.Contains("Checking was stopped", tab.Find(".error-panel").TextContent, StringComparison.Ordinal));
        await tab.InvokeAsync(() => tab.Find(".error-panel button").Click());
        tab.WaitForAssertion(() => Assert.NotEmpty(tab.FindAll("section")));
    }
}
