using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class FitServiceTests
{
    private const string Csv =
        "run,parameters,tokens,loss,step,family,unique_tokens,note\n"
        + "a,1e8,1e9,3.6,1,x,1e9,new\na,1e8,2e9,3.4,2,x,1e9,new\nb,2e8,4e9,3.1,2,x,2e9,odd\nc,4e8,8e9,2.9,2,x,3e9,new\nd,8e8,4e9,2.95,2,y,4e9,new\ne,1e8,3e10,3.05,2,y,5e9,new\nf,1.6e9,3e10,2.5,2,y,6e9,new\n";

    [Fact]
    public async Task The_same_fit_is_computed_once_whatever_is_drawn_of_it()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv);
        using var projects = new ProjectCache(temporary.Store);
        using var service = new FitService(projects);
        var state = new FitState { Project = "p", Draws = 10 };
        var first = await service.FitAsync(state, null, default);
        Assert.Equal(6, first.Analysis!.Rows.Count);
        Assert.Same(first, await service.FitAsync(state with { Target = 1e20, ServedTokens = 1e12, Shown = [], Overlaid = ["x"], LogLoss = true, Axis = ContourAxis.C }, null, default));
        Assert.NotSame(first, await service.FitAsync(state with { Law = "power" }, null, default));
        Assert.NotSame(first, await service.FitAsync(state with { Seed = 1 }, null, default));
        Assert.NotSame(first, await service.FitAsync(state with { Where = ["family=x", "family=x"] }, null, default));

        await temporary.Store.ExcludeAsync([first.Analysis.Rows[0].RunId], "diverged");
        Assert.Equal(5, (await service.FitAsync(state, null, default)).Analysis!.Rows.Count);
    }

    [Fact]
    public async Task Checkpoints_carry_family_and_columns_of_their_run()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv);
        using var projects = new ProjectCache(temporary.Store);
        using var service = new FitService(projects);
        var view = await service.FitAsync(new FitState { Project = "p", Draws = 0, Rows = FitRowChoice.Checkpoints }, null, default);
        Assert.Equal(7, view.Analysis!.Rows.Count);
        Assert.All(view.Analysis.Rows, row => Assert.Contains("unique_tokens", row.Config.Select(pair => pair.Key)));
        Assert.Equal(["x", "y"], view.Analysis.Rows.Select(row => row.Family).Distinct());
        Assert.Equal("every checkpoint", view.Analysis.Provenance.Options["rows"]);
    }

    [Theory]
    [InlineData("repeated", "unique", "", "", "no run has a column “unique”")]
    [InlineData("floating", "unique_tokens", "", "", "no run names one. Name it in columns such as exponent_bits and mantissa_bits, or precision with e4m3")]
    [InlineData("lowbit", "unique_tokens", "", "", "Name it in columns such as post_bits")]
    [InlineData("granularity", "unique_tokens", "", "", "Name it in columns such as group_size")]
    [InlineData("task", "unique_tokens", "", "", "choose its column under Metric")]
    [InlineData("task", "unique_tokens", "acc", "", "No run has a column “acc”")]
    [InlineData("chinchilla", "unique_tokens", "", "w", "No run has a column “w” to weigh it by")]
    public async Task A_column_that_is_missing_is_named_with_those_that_are_there(string law, string unique, string metric, string weight, string message)
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv);
        using var projects = new ProjectCache(temporary.Store);
        using var service = new FitService(projects);
        var view = await service.FitAsync(new FitState { Project = "p", Law = law, UniqueTokensColumn = unique, MetricColumn = metric, WeightColumn = weight, Draws = 0 }, null, default);
        Assert.Null(view.Analysis);
        Assert.Contains(message, view.WhyNot, StringComparison.Ordinal);
        Assert.Contains("unique_tokens", view.WhyNot, StringComparison.Ordinal);
        Assert.DoesNotContain("note", view.WhyNot!.Split("Columns with numbers")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_runs_are_said_with_a_way_on()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv);
        using var projects = new ProjectCache(temporary.Store);
        using var service = new FitService(projects);
        var state = new FitState { Project = "p", Where = ["family=x"], Draws = 0 };
        var view = await service.FitAsync(state, null, default);
        Assert.Contains("3 usable rows cannot determine the 5 parameters", view.WhyNot, StringComparison.Ordinal);
        Assert.Equal(["Show all runs", "Fit the loss against compute alone"], FitLinks.WaysOn(state, view.Selection).Select(way => way.Text));
        Assert.NotNull((await service.FitAsync(FitLinks.WaysOn(state, view.Selection).Last().State, null, default)).Analysis);
    }

    [Fact]
    public async Task A_cancelled_fit_is_not_kept()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv);
        using var projects = new ProjectCache(temporary.Store);
        using var service = new FitService(projects);
        var state = new FitState { Project = "p", Draws = 20_000 };
        using var cancellation = new CancellationTokenSource();
        var progress = new StopAtFirst(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.FitAsync(state, progress, cancellation.Token));
        Assert.NotNull((await service.FitAsync(state with { Draws = 10 }, null, default)).Analysis);
    }

    private sealed class StopAtFirst(CancellationTokenSource cancellation) : IProgress<int>
    {
        public void Report(int value) => cancellation.Cancel();
    }
}
