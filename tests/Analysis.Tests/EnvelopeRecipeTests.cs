using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class EnvelopeRecipeTests
{
    private static readonly IsoFlopOptions s_noDraws = new() { Surface = new FitRecipeOptions { Bootstrap = 0 } };

    [Fact]
    public void Rows_of_one_checkpoint_have_no_envelope() =>
        Assert.Null(IsoFlopRecipe.Envelope(Simulated().Observations, s_noDraws));

    [Fact]
    public void A_sweep_around_the_optimum_has_no_warning_and_finds_the_exponent()
    {
        var (envelope, result) = IsoFlopRecipe.Envelope(Simulated(noise: 0, checkpoints: 10).Observations, s_noDraws)!.Value;
        Assert.Empty(result.Warnings);
        Assert.Equal(72, envelope.Curves);
        Assert.InRange(result.Law.ParameterExponent, Epoch.ParameterExponent - 0.02, Epoch.ParameterExponent + 0.02);
        Assert.Null(result.ParameterExponent);
    }

    [Fact]
    public void One_size_has_only_an_edge()
    {
        var rows = Curves([1e9], 1e20);
        var (_, result) = IsoFlopRecipe.Envelope(rows, s_noDraws)!.Value;
        Assert.Equal("edge", Assert.Single(result.Warnings).Kind);
        Assert.Contains("edge of the sizes", result.Warnings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_too_narrow_for_its_compute_is_pulled_by_its_ends()
    {
        var rows = Curves([1e8, 2e8, 4e8, 8e8, 1.6e9], 1e23);
        var (envelope, result) = IsoFlopRecipe.Envelope(rows, s_noDraws)!.Value;
        Assert.True(Math.Abs(envelope.InteriorLine!.ParameterExponent - envelope.Line.ParameterExponent) > 0.02);
        Assert.Equal("edge", Assert.Single(result.Warnings).Kind);
        Assert.Contains("pull the line", result.Warnings[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_without_a_line_are_counted_and_warned_about()
    {
        // Each curve is so short that it meets one compute level: half of the draws hold only one of them.
        Observation[] rows =
        [
            Row("a", 1e8, 1e10, 3), Row("a", 1e8, 1e10 * (1 + 1e-6), 2.9),
            Row("b", 1e9, 1e11, 2.5), Row("b", 1e9, 1e11 * (1 + 1e-6), 2.4),
        ];
        var (envelope, result) = IsoFlopRecipe.Envelope(rows, new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 100 } })!.Value;
        Assert.InRange(envelope.Failed, 30, 70);
        var warning = Assert.Single(result.Warnings, warning => warning.Kind == "bootstrap");
        Assert.Contains($"{envelope.Failed} of 100", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_one_name_in_two_projects_stay_apart()
    {
        var first = Curves([1e9], 1e20).Select(row => row with { RunId = "a" });
        var second = Curves([2e9], 1e20).Select(row => row with { RunId = "b", Run = first.First().Run });
        var (envelope, _) = IsoFlopRecipe.Envelope([.. first, .. second], s_noDraws)!.Value;
        Assert.Equal(2, envelope.Curves);
    }

    /// <summary>Every size trained from a thousandth of the compute to all of it, on Epoch's law.</summary>
    private static Observation[] Curves(double[] sizes, double flops) =>
    [
        .. from parameters in sizes
           from step in Enumerable.Range(0, 31)
           let tokens = flops / (6 * parameters) * Math.Pow(10, -step / 10.0 * 2)
           select Row($"{parameters:E1}", parameters, tokens, Epoch.Loss(parameters, tokens)),
    ];
}
