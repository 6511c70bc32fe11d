using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

public class SweepSimulationTests
{
    private static SweepSimulationOptions Options => new() { Law = Epoch, Budgets = [1e19, 1e20], Sizes = 5, Range = 4, Checkpoints = 6 };

    [Fact]
    public void Without_noise_every_row_lies_on_the_law()
    {
        foreach (var (_, row) in SweepSimulation.Run(Options with { Noise = 0 }))
            Assert.Equal(Epoch.Loss(row.Parameters, row.Tokens), row.Loss, 1e-12);
    }

    [Fact]
    public void Sizes_are_whole_and_spread_around_the_optimum()
    {
        var sizes = SweepSimulation.Run(Options with { Checkpoints = 1 }).Where(row => row.Row.Budget == 1e20).Select(row => row.Row.Parameters).ToArray();
        var optimum = Epoch.Optimum(1e20).Parameters;
        Assert.Equal([0.25, 0.5, 1, 2, 4], sizes.Select(size => Math.Round(size / optimum, 6)));
        Assert.All(sizes, size => Assert.Equal(Math.Round(size), size));
        Assert.Equal(Math.Round(optimum), Assert.Single(SweepSimulation.Run(Options with { Budgets = [1e20], Sizes = 1, Checkpoints = 1 })).Row.Parameters);
    }

    [Fact]
    public void The_last_checkpoint_spends_the_budget_and_the_first_a_sixteenth()
    {
        foreach (var run in SweepSimulation.Run(Options).GroupBy(row => row.Row.Run))
        {
            var rows = run.ToArray();
            Assert.Equal(6, rows.Length);
            Assert.Equal(1, rows[^1].Row.Flops / rows[^1].Row.Budget!.Value, 1e-6);
            Assert.Equal(16, rows[^1].Row.Tokens / rows[0].Row.Tokens, 1e-6);
            Assert.Equal(rows.OrderBy(row => row.Row.Tokens), rows);
            Assert.All(rows, row => Assert.Equal(Math.Ceiling(row.Row.Tokens / SweepSimulation.TokensPerStep), row.Step));
        }
    }

    [Fact]
    public void Final_rows_do_not_depend_on_the_number_of_checkpoints() =>
        Assert.Equal(
            Rows(SweepSimulation.Run(Options with { Checkpoints = 1 }).Select(row => row.Row)).Observations.Select(row => row.Loss),
            Rows(SweepSimulation.Run(Options).Select(row => row.Row)).Final().Observations.Select(row => row.Loss));

    [Fact]
    public void Noise_has_the_width_asked_for_and_hangs_on_the_seed()
    {
        var options = Options with { Sizes = 500, Checkpoints = 2, Noise = 0.01 };
        var rows = SweepSimulation.Run(options).Select(row => row.Row).ToArray();
        var off = rows.Select(row => Math.Log(row.Loss / Epoch.Loss(row.Parameters, row.Tokens))).ToArray();
        var atEnd = off.Where((_, i) => i % 2 == 1).ToArray();
        Assert.InRange(Math.Sqrt(atEnd.Average(x => x * x)), 0.0093, 0.0107);
        Assert.InRange(atEnd.Average(), -0.001, 0.001);
        // Earlier checkpoints share their run's deviation, but for a fifth as much noise of their own.
        var within = off.Where((_, i) => i % 2 == 0).Zip(atEnd, (early, end) => early - end).ToArray();
        Assert.InRange(Math.Sqrt(within.Average(x => x * x)), 0.00185, 0.00215);

        Assert.Equal(rows, SweepSimulation.Run(options).Select(row => row.Row));
        Assert.NotEqual(rows, SweepSimulation.Run(options with { Seed = 2 }).Select(row => row.Row));
    }

    [Fact]
    public void A_budget_too_small_for_a_parameter_is_refused() =>
        Assert.Contains("1e3 FLOP", Assert.Throws<AnalysisException>(() => SweepSimulation.Run(Options with { Budgets = [1e3] })).Message, StringComparison.Ordinal);
}
