using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class FitStateTests
{
    private static readonly FitState s_all = new()
    {
        Project = "Ünï & Söhne #1",
        Where = ["experiment=a=b", "lr=0.1"],
        Target = 1e25,
        TargetLoss = 2.25,
        ServedTokens = 1e13,
        Law = "repeated",
        Method = FitMethod.ScaledHuber,
        Delta = 0.01,
        ExponentLow = 0.1,
        ExponentHigh = 2,
        IrreducibleLow = 1.5,
        IrreducibleHigh = 2.5,
        Draws = 200,
        Seed = 7,
        Intervals = IntervalKind.Profile,
        Resampling = Resampling.Families,
        WeightColumn = "1/σ²",
        UniqueTokensColumn = "tokens per epoch",
        MetricColumn = "acc+norm",
        Rows = FitRowChoice.Checkpoints,
        NonEmbedding = true,
        Excluded = ["2k", "3z", "4x"],
        Reasons = new Dictionary<string, string> { ["2k"] = "a: spike & co.", ["4x"] = "a: spike & co.", ["gone"] = "counts again" },
        Overlaid = ["f1", "f2"],
        Recomputed = "f3",
        Shown = ["kaplan"],
        Axis = ContourAxis.C,
        LogLoss = true,
        Holdout = 3,
        Residuals = ResidualAxis.Fitted,
        Follow = RollOutQuantity.Loss,
        Shape = ArchitectureText.Default with { Layers = 12 },
        SetUp = ["warm-up", "decay"],
        Tab = PageTab.Saved,
    };

    [Fact]
    public void Defaults_leave_the_address_bare() => Assert.Equal("/fit", PageUrls.For(PageUrls.Fit, new FitState()));

    [Fact]
    public void Everything_that_differs_stands_in_the_address_and_comes_back()
    {
        var address = PageUrls.For(PageUrls.Fit, s_all);
        Assert.Equal(
            "/fit?project=%C3%9Cn%C3%AF%20%26%20S%C3%B6hne%20%231&where=experiment%3Da%3Db&where=lr%3D0.1&c=1e25&loss=2.25&served=10000000000000&law=repeated&method=scaledhuber&delta=0.01"
            + "&low=0.1&high=2&elow=1.5&ehigh=2.5&draws=200&seed=7&resample=families&interval=profile&weight=1%2F%CF%83%C2%B2&unique=tokens%20per%20epoch&metric=acc%2Bnorm"
            + "&rows=checkpoints&nonembedding=1&without=2k&without=3z&without=4x&fits=f1&fits=f2&again=f3&show=kaplan&x=c&logloss=1&holdout=3&residuals=fitted&follow=loss&shape=12-4096-11008-32-128-32000-4096-g&setup=warm-up&setup=decay&tab=saved&why=2k.4x%3Aa%3A%20spike%20%26%20co.",
            address);
        Assert.Equal(address, PageUrls.For(PageUrls.Fit, FitState.FromQuery(ViewQuery.Parse(address[4..]))));
        var read = FitState.FromQuery(ViewQuery.Parse(address[4..]));
        Assert.Equal(s_all.Options, read.Options);
        Assert.Equal(["a: spike & co.", "", "a: spike & co.", ""], new[] { "2k", "3z", "4x", "gone" }.Select(read.ReasonOf));
    }

    [Theory]
    [InlineData("?law=nonsense&method=best&rows=some&x=q&resample=all&interval=wide&tab=7&shape=1-2&holdout=0")]
    [InlineData("?c=-1&loss=-2&served=0&draws=99999999&low=3&high=1&delta=0&elow=-1&ehigh=NaN")]
    [InlineData("?elow=2&ehigh=1&low=NaN")]
    [InlineData("?where=nonsense&where==x&without=&fits=")]
    [InlineData("?why=spike&why=:spike&why=2k:&why=2k:spike")]
    [InlineData("?residuals=loss&follow=a")]
    [InlineData("?residuals=3.5&follow=&residuals=99")]
    [InlineData("?%%%&===&&&c")]
    public void Garbage_falls_back_to_defaults(string query)
    {
        var state = FitState.FromQuery(ViewQuery.Parse(query)) with { IrreducibleLow = 0 };
        Assert.Equal("/fit", PageUrls.For(PageUrls.Fit, state));
    }

    [Fact]
    public void Bounds_of_the_irreducible_loss_are_a_range()
    {
        var state = FitState.FromQuery(ViewQuery.Parse("?elow=2&ehigh=1.5"));
        Assert.Equal(2, state.IrreducibleLow);
        Assert.Null(state.IrreducibleHigh);
        Assert.Equal(double.PositiveInfinity, state.Options.Fit.IrreducibleHigh);
    }

    [Fact]
    public void Another_project_keeps_the_question_and_drops_what_named_this_ones_runs_and_columns()
    {
        var other = s_all.OfProject("other");
        Assert.Equal("/fit?project=other&c=1e25&served=10000000000000&law=repeated&method=scaledhuber&delta=0.01&low=0.1&high=2&elow=1.5&ehigh=2.5&draws=200&seed=7&interval=profile&rows=checkpoints&show=kaplan&x=c&logloss=1&holdout=3&residuals=fitted&follow=loss&shape=12-4096-11008-32-128-32000-4096-g&tab=saved", PageUrls.For(PageUrls.Fit, other));
        // Where none is named yet, nothing is: the address is completed.
        Assert.Equal(s_all with { Project = "p" }, (s_all with { Project = "" }).OfProject("p"));
    }

    [Fact]
    public void A_run_is_left_out_once_and_taken_back_and_no_more_than_a_link_holds()
    {
        var state = new FitState().Toggle("a").Toggle("b");
        Assert.Equal(["a", "b"], state.Excluded);
        Assert.Equal(["b"], state.Toggle("a").Excluded);
        Assert.Equal(RunsView.MostExcluded, Enumerable.Range(0, 80).Aggregate(state, (current, i) => current.Toggle($"r{i}")).Excluded.Count);
    }

    [Fact]
    public void A_reason_is_said_changed_and_taken_back_and_survives_an_undo()
    {
        var state = new FitState().Toggle("a").WithReason("a", " diverged ");
        Assert.Equal("diverged", state.ReasonOf("a"));
        Assert.Equal("diverged", state.Toggle("a").Toggle("a").ReasonOf("a"));
        Assert.Equal("/fit", PageUrls.For(PageUrls.Fit, state.Toggle("a")));
        Assert.Equal("", state.WithReason("a", " ").ReasonOf("a"));
        Assert.Equal(RunsView.LongestReason, state.WithReason("a", new string('x', 300)).ReasonOf("a").Length);
        // A link without reasons, as older ones are, has none.
        Assert.Equal("", FitState.FromQuery(ViewQuery.Parse("?without=a")).ReasonOf("a"));
    }

    [Fact]
    public void More_reasons_than_an_address_holds_are_known_before_they_are_lost()
    {
        string[] ids = [.. Enumerable.Range(0, RunsView.MostExcluded).Select(i => $"r{i}")];
        var full = ids.Aggregate(new FitState { Excluded = ids, Tab = PageTab.Data }, (state, id) => state.WithReason(id, id + new string('x', 90)));
        Assert.False(full.HoldsReasons);
        Assert.Equal(PageTab.Data, FitState.FromQuery(ViewQuery.Parse(full.ToQuery().ToString())).Tab);
        Assert.True(ids.Aggregate(full, (state, id) => state.WithReason(id, "the same for all")).HoldsReasons);
    }

    [Fact]
    public void Approach_3_is_the_same_question_on_both_pages()
    {
        var approach = new IsoFlopState { Project = "p", Where = ["lr=1"], Target = 1e22, Method = FitMethod.VariableProjection, Delta = 0.01, ExponentLow = 0.1, Draws = 50, Seed = 3, Excluded = ["a"], NonEmbedding = true };
        var fit = FitLinks.Of(approach);
        Assert.Equal(approach.Options.Surface, fit.Options);
        Assert.Equal(PageUrls.For(PageUrls.IsoFlop, approach), PageUrls.For(PageUrls.IsoFlop, FitLinks.ToIsoFlop(fit)));
    }
}
