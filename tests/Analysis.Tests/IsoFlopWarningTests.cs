using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Every warning of Approach 2 appears when its cause is there, alone, and not just before.</summary>
public class IsoFlopWarningTests
{
    private static readonly Observation[] s_sound = [.. new[] { 1e18, 1e19, 1e20, 1e21 }.SelectMany(budget => Parabola(budget))];

    [Fact]
    public void A_sound_sweep_has_none() => AssertWarnings(s_sound);

    [Fact]
    public void Few_when_a_budget_has_two_sizes()
    {
        AssertWarnings([.. s_sound, .. Parabola(1e22, sizes: 2, spread: 4)], ("few", 1e22));
        // Two runs of one size and one of another are still two sizes.
        AssertWarnings([.. s_sound, .. Parabola(1e22, sizes: 2, spread: 4), Parabola(1e22, sizes: 2, spread: 4).First()], ("few", 1e22));
    }

    [Fact]
    public void Concave_when_a_parabola_opens_downwards()
    {
        var (_, result) = IsoFlopRecipe.Profiles(Groups([.. s_sound, .. Parabola(1e22, curvature: -0.05)]), Options());
        Assert.Equal(["concave"], result.Warnings.Select(warning => warning.Kind));
        Assert.Equal([1e22], result.Warnings[0].Budgets);
        Assert.Equal(FitStatus.NotConvex, result.Budgets[^1].Status);
        Assert.True(double.IsNaN(result.Budgets[^1].Optimum.Parameters));
        // It stays out of the line, which the four others fix exactly.
        Assert.Equal(0.5, result.Law.ParameterExponent, 9);
    }

    [Fact]
    public void Line_when_fewer_than_two_budgets_have_a_minimum()
    {
        AssertWarnings([.. Parabola(1e20)], ("line", null));
        AssertWarnings([.. Parabola(1e20, curvature: -0.05)], ("concave", 1e20), ("line", null));
        var (_, result) = IsoFlopRecipe.Profiles(Groups([.. Parabola(1e20)]), Options());
        Assert.Equal(FitStatus.TooFewPoints, result.Status);
        Assert.False(result.IsUsable);
    }

    [Theory]
    [InlineData(-0.1, "outside")]
    [InlineData(0.01, "off-centre")]
    [InlineData(0.24, "off-centre")]
    [InlineData(0.26, null)]
    [InlineData(0.74, null)]
    [InlineData(0.76, "off-centre")]
    [InlineData(0.99, "off-centre")]
    [InlineData(1.1, "outside")]
    public void Outside_and_off_centre_by_where_the_minimum_lies(double minimumAt, string? kind)
    {
        Observation[] rows = [.. s_sound, .. Parabola(1e22, minimumAt)];
        if (kind is null)
            AssertWarnings(rows);
        else
            AssertWarnings(rows, (kind, 1e22));
    }

    [Fact]
    public void A_size_window_is_the_way_out_of_a_wide_grid()
    {
        Observation[] rows = [.. s_sound, .. Parabola(1e22, sizes: 21, spread: 200)];
        var wide = IsoFlopRecipe.Profiles(Groups(rows), Options()).Result;
        Assert.Contains("within", Assert.Single(wide.Warnings, warning => warning.Kind == "wide-grid").Text, StringComparison.Ordinal);
        var near = IsoFlopRecipe.Profiles(Groups(rows), Options() with { SizeWindow = 4 }).Result;
        Assert.DoesNotContain(near.Warnings, warning => warning.Kind == "wide-grid");
        Assert.True(near.Budgets[^1].Points < 21);
        Assert.Equal(0.5, near.Law.ParameterExponent, 9);
    }

    [Theory]
    [InlineData(64, false)]
    [InlineData(66, true)]
    public void Wide_grid_beyond_eight_times_either_way(double spread, bool fires)
    {
        Observation[] rows = [.. s_sound, .. Parabola(1e22, spread: spread)];
        if (fires)
            AssertWarnings(rows, ("wide-grid", 1e22));
        else
            AssertWarnings(rows);
    }

    [Fact]
    public void Bootstrap_when_draws_lose_a_minimum()
    {
        // Three runs drawn from three are all different in 2 of 9 draws.
        Observation[] rows = [.. s_sound, .. Parabola(1e22, sizes: 3)];
        AssertWarnings(rows, ("bootstrap", null));
        var (_, withoutDraws) = IsoFlopRecipe.Profiles(Groups(rows), new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 0 } });
        Assert.Empty(withoutDraws.Warnings);
    }

    [Theory]
    [InlineData(0.96, false)]
    [InlineData(1.04, false)]
    [InlineData(0.94, true)]
    [InlineData(1.06, true)]
    public void Budget_when_runs_miss_it_by_more_than_five_percent(double off, bool fires)
    {
        Observation[] rows = [.. s_sound, .. Parabola(1e22, budgetOff: off)];
        if (fires)
            AssertWarnings(rows, ("budget", null));
        else
            AssertWarnings(rows);
        // Grouped by compute there is no plan to miss.
        var options = Options() with { IgnorePlannedBudgets = true };
        Assert.Empty(IsoFlopRecipe.Profiles(IsoFlopRecipe.Group(rows, options), options).Result.Warnings);
    }

    [Fact]
    public void Ungrouped_when_a_run_names_no_budget_and_others_do()
    {
        AssertWarnings([.. s_sound, Row("stray", 1e9, 1e10, 2.5)], ("ungrouped", null));
        var unnamed = s_sound.Select(row => row with { Budget = null }).ToArray();
        AssertWarnings(unnamed);
        Assert.False(Groups(unnamed).ArePlanned);
    }

    [Fact]
    public void Text_names_the_budgets_and_agrees_in_number()
    {
        Assert.Equal(
            "1 of 5 budgets is sampled off-centre; parabolas shift the optimum there, Approach 3 does not suffer from it (1e22 FLOP).",
            Text([.. s_sound, .. Parabola(1e22, 0.1)]));
        Assert.Equal(
            "2 of 6 budgets are sampled off-centre; parabolas shift the optimum there, Approach 3 does not suffer from it (1e22 and 1e23 FLOP).",
            Text([.. s_sound, .. Parabola(1e22, 0.1), .. Parabola(1e23, 0.9)]));

        static string Text(Observation[] rows) => Assert.Single(IsoFlopRecipe.Profiles(Groups(rows), Options()).Result.Warnings).Text;
    }

    private static IsoFlopOptions Options() => new() { Surface = new FitRecipeOptions { Bootstrap = 200 } };

    private static IsoFlopGroups Groups(Observation[] rows) => IsoFlopRecipe.Group(rows, Options());

    private static void AssertWarnings(Observation[] rows, params (string Kind, double? Budget)[] expected)
    {
        var (_, result) = IsoFlopRecipe.Profiles(Groups(rows), Options());
        Assert.Equal(expected, result.Warnings.Select(warning => (warning.Kind, warning.Budgets.Count > 0 ? Assert.Single(warning.Budgets) : (double?)null)));
    }
}
