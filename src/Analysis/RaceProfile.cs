using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Analysis;

/// <summary>Times to the baseline's final loss of every optimizer that took part in the same races, each by the mean curve of its seeds.</summary>
public sealed record RaceProfile
{
    // From here on runs that should take the same time did not have the machine to themselves.
    internal const double UnsteadyClock = 1.25;

    /// <summary>What is counted: wall time where all logged it and seeds of one setting took about the same, else steps.</summary>
    public required CurveAxis Axis { get; init; }

    /// <summary>Keys.</summary>
    public required IReadOnlyList<string> Optimizers { get; init; }

    /// <summary>The workloads.</summary>
    public required IReadOnlyList<OptimizerRace> Races { get; init; }

    /// <summary>The ratios, in the order of the optimizers.</summary>
    public required PerformanceProfile Profile { get; init; }

    /// <summary>Area below the profile of each, up to <see cref="PerformanceProfile.UsualMost"/>, with its interval over seeds.</summary>
    public required IReadOnlyList<PairedEstimate> Scores { get; init; }

    /// <summary>Compares all optimizers that ran the same races.</summary>
    /// <param name="races">Those that have a pair of baseline and challenger.</param>
    /// <param name="baseline">Whose mean final loss is the target.</param>
    /// <param name="challenger">Takes part for sure.</param>
    /// <param name="optimizers">Who may take part.</param>
    /// <param name="options">How intervals are drawn.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null where no race has curves of baseline and challenger.</returns>
    internal static RaceProfile? Of(IEnumerable<OptimizerRace> races, string baseline, string challenger, IReadOnlyList<string> optimizers, OptimizerComparisonOptions options, CancellationToken cancellationToken)
    {
        OptimizerRace[] workloads = [.. races.Where(race => HasCurves(race, baseline, CurveAxis.Step) && HasCurves(race, challenger, CurveAxis.Step))];
        if (workloads.Length == 0)
            return null;
        string[] everywhere = [.. optimizers.Where(key => Array.TrueForAll(workloads, race => HasCurves(race, key, CurveAxis.Step)))];
        var axis = everywhere.All(key => Array.TrueForAll(workloads, race => HasCurves(race, key, CurveAxis.Time) && ClockSpread(race[key]!.Chosen) < UnsteadyClock)) ? CurveAxis.Time : CurveAxis.Step;
        var curves = everywhere.Select(key => workloads.Select(race => SeedCurves.Of(race[key]!.Chosen, axis)).ToArray()).ToArray();
        var of = Array.IndexOf(everywhere, baseline);
        var profile = ProfileOf(curves, of, null);
        return new RaceProfile
        {
            Axis = axis,
            Optimizers = everywhere,
            Races = workloads,
            Profile = profile,
            Scores = ScoresOf(profile, curves, of, options, cancellationToken),
        };
    }

    /// <summary>Every draw resamples the seeds of each race, the same ones of all optimizers that have as many.</summary>
    private static PairedEstimate[] ScoresOf(PerformanceProfile profile, SeedCurves[][] curves, int baseline, OptimizerComparisonOptions options, CancellationToken cancellationToken)
    {
        var scores = Enumerable.Range(0, curves.Length).Select(i => profile.Score(i, PerformanceProfile.UsualMost));
        var whyNot = options.Bootstrap == 0 ? "no bootstrap draws" : curves.Any(races => races.Any(race => race.Losses.Length < 2)) ? "one seed gives no interval" : "";
        if (whyNot.Length > 0)
            return [.. scores.Select(score => new PairedEstimate(score, null, whyNot))];
        var drawn = new double[curves.Length][];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = new double[options.Bootstrap];
        var most = Enumerable.Range(0, curves[0].Length).Select(race => curves.Max(races => races[race].Losses.Length)).ToArray();
        Numerics.Cores.For(
            options.Bootstrap,
            draw =>
            {
                var generator = new DrawGenerator(options.Seed, draw);
                var shares = new double[most.Length][];
                for (var race = 0; race < shares.Length; race++)
                {
                    shares[race] = new double[most[race]];
                    for (var k = 0; k < shares[race].Length; k++)
                        shares[race][k] = generator.NextDouble();
                }

                var other = ProfileOf(curves, baseline, shares);
                for (var i = 0; i < drawn.Length; i++)
                    drawn[i][draw] = other.Score(i, PerformanceProfile.UsualMost);
            },
            cancellationToken);
        return [.. scores.Select((score, i) => new PairedEstimate(score, Interval.Of(drawn[i]), "") { Draws = drawn[i] })];
    }

    /// <param name="curves">Of each optimizer in each race.</param>
    /// <param name="baseline">Position of the baseline.</param>
    /// <param name="shares">Of each race which seeds are drawn, each a share of the seeds an optimizer has; null for every seed once.</param>
    private static PerformanceProfile ProfileOf(SeedCurves[][] curves, int baseline, double[][]? shares)
    {
        var times = curves.Select(races => new double[races.Length]).ToArray();
        for (var race = 0; race < curves[0].Length; race++)
        {
            var target = curves[baseline][race].Mean(shares?[race])[^1];
            for (var i = 0; i < curves.Length; i++)
                times[i][race] = FirstCrossing.Of(curves[i][race].X, curves[i][race].Mean(shares?[race]), target)?.X ?? double.PositiveInfinity;
        }

        return PerformanceProfile.Of(times);
    }

    /// <summary>Longest over shortest wall time of the seeds of one trial; 1 where it is not known.</summary>
    internal static double ClockSpread(TuningTrial trial)
    {
        double[] hours = [.. trial.Runs.Select(run => run.Over(CurveAxis.Time)).OfType<DrawnRows>().Select(rows => rows.X[^1]).Where(time => time > 0)];
        return hours.Length < 2 ? 1 : hours.Max() / hours.Min();
    }

    private static bool HasCurves(OptimizerRace race, string optimizer, CurveAxis axis) =>
        race[optimizer] is { } basin && basin.Chosen.Runs.All(run => run.Over(axis) is not null) && SeedCurves.Of(basin.Chosen, axis).X.Length >= 2;

    /// <summary>The losses of all seeds of a trial at the same x: where all have rows, as elsewhere their mean would jump when one begins or ends.</summary>
    private sealed record SeedCurves(double[] X, double[][] Losses)
    {
        internal static SeedCurves Of(TuningTrial trial, CurveAxis axis)
        {
            (double[] X, double[] Y)[] runs = [.. trial.Runs.Select(run => run.Over(axis)!).Select(rows => (rows.X, rows.Y))];
            var band = CurveBand.Of(runs, SpreadKind.Error);
            double[] x = [.. band.X.Where((_, i) => band.Runs[i] == runs.Length)];
            return new SeedCurves(x, [.. runs.Select(run => CurveInterpolation.At(run.X, run.Y, x))]);
        }

        /// <summary>Mean over all seeds, or over those drawn.</summary>
        internal double[] Mean(double[]? shares)
        {
            var mean = new double[X.Length];
            for (var k = 0; k < Losses.Length; k++)
            {
                var losses = Losses[shares is null ? k : (int)(shares[k] * Losses.Length)];
                for (var i = 0; i < mean.Length; i++)
                    mean[i] += losses[i] / Losses.Length;
            }

            return mean;
        }
    }
}
