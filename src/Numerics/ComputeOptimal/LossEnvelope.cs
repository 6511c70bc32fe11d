using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Loss of one run over its training.</summary>
/// <param name="Parameters">N.</param>
/// <param name="Flops">C at each checkpoint, FLOP, in any order.</param>
/// <param name="Losses">Loss at each checkpoint, nats per token.</param>
public sealed record TrainingCurve(double Parameters, IReadOnlyList<double> Flops, IReadOnlyList<double> Losses);

/// <summary>One compute level of the envelope.</summary>
/// <param name="Flops">C, FLOP.</param>
/// <param name="Runs">Runs whose curve covers C.</param>
/// <param name="Winner">Index of the run with the lowest loss at C; −1 where no curve covers it.</param>
/// <param name="Parameters">N of the winner.</param>
/// <param name="Loss">Its loss at C, nats per token.</param>
/// <param name="IsInterior">At least three runs cover C and the winner is neither the smallest nor the largest of them.</param>
public readonly record struct EnvelopePoint(double Flops, int Runs, int Winner, double Parameters, double Loss, bool IsInterior)
{
    /// <summary>D = C/(6N).</summary>
    public double Tokens => Flops / (6 * Parameters);
}

/// <summary>
/// Approach 1, the envelope of training curves (Hoffmann et al. 2022, arXiv 2203.15556, §3.1 and D.1): at 1,500 compute levels the run with the
/// lowest loss, ln L interpolated linearly in ln C inside a run and never beyond it; straight lines of log N and log D on log C.
/// </summary>
public sealed record LossEnvelope
{
    /// <summary>Compute levels of the published procedure.</summary>
    public const int Levels = 1500;

    /// <summary>The envelope, ascending in C.</summary>
    public required IReadOnlyList<EnvelopePoint> Points { get; init; }

    /// <summary>Line through all levels.</summary>
    public required AllocationLine Line { get; init; }

    /// <summary>Line through the interior levels only; null with fewer than two.</summary>
    public required AllocationLine? InteriorLine { get; init; }

    /// <summary>Lines of bootstrap draws that resample whole runs, in order.</summary>
    public required IReadOnlyList<AllocationLine> Draws { get; init; }

    /// <summary>Draws whose runs cover fewer than two levels.</summary>
    public required int Failed { get; init; }

    /// <summary>Curves that took part: those with at least two distinct compute levels.</summary>
    public required int Curves { get; init; }

    /// <summary>Builds the envelope; null when no curve has two checkpoints.</summary>
    /// <param name="curves">Training curves.</param>
    /// <param name="smoothingRows">Logged rows of the Gaussian window each curve is smoothed with first; 0 for none.</param>
    /// <param name="draws">Bootstrap draws that resample whole runs; 0 for none.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static LossEnvelope? Fit(
        IReadOnlyList<TrainingCurve> curves, int smoothingRows, int draws, int seed, CancellationToken cancellationToken = default)
    {
        var usable = curves.Select(curve => new LogCurve(curve, smoothingRows)).Where(curve => curve.LogFlops.Length >= 2).ToArray();
        if (usable.Length == 0)
            return null;
        var low = usable.Min(curve => curve.LogFlops[0]);
        var high = usable.Max(curve => curve.LogFlops[^1]);
        // The end is set exactly: rounding must not push the last level beyond the last checkpoint.
        var levels = Enumerable.Range(0, Levels).Select(k => k == Levels - 1 ? high : low + (high - low) * k / (Levels - 1)).ToArray();
        var losses = usable.Select(curve => curve.At(levels)).ToArray();

        var everyRun = Enumerable.Range(0, usable.Length).ToArray();
        var winners = Winners(everyRun);
        var points = new EnvelopePoint[Levels];
        for (var k = 0; k < Levels; k++)
        {
            var covering = everyRun.Where(run => !double.IsNaN(losses[run][k])).ToArray();
            var winner = winners[k];
            var parameters = winner < 0 ? double.NaN : usable[winner].Parameters;
            points[k] = new EnvelopePoint(
                Math.Exp(levels[k]), covering.Length, winner, parameters, winner < 0 ? double.NaN : Math.Exp(losses[winner][k]),
                covering.Length >= 3 && covering.Any(run => usable[run].Parameters < parameters) && covering.Any(run => usable[run].Parameters > parameters));
        }

        var lines = new AllocationLine?[draws];
        Cores.For(
            draws,
            draw =>
            {
                var generator = new DrawGenerator(seed, draw);
                var picked = new bool[usable.Length];
                for (var i = 0; i < usable.Length; i++)
                    picked[generator.Next(usable.Length)] = true;
                // A run drawn twice changes nothing: the envelope takes minima.
                lines[draw] = Line(Winners([.. everyRun.Where(run => picked[run])]), _ => true);
            },
            cancellationToken);
        var kept = lines.OfType<AllocationLine>().ToArray();
        return new LossEnvelope
        {
            Points = points,
            Line = Line(winners, _ => true) ?? new AllocationLine(new PowerLaw(double.NaN, double.NaN)),
            InteriorLine = Line(winners, k => points[k].IsInterior),
            Draws = kept,
            Failed = draws - kept.Length,
            Curves = usable.Length,
        };

        int[] Winners(int[] runs)
        {
            var best = new double[Levels];
            var winner = new int[Levels];
            Array.Fill(best, double.PositiveInfinity);
            Array.Fill(winner, -1);
            foreach (var run in runs)
            {
                var curve = losses[run];
                for (var k = 0; k < Levels; k++)
                {
                    // Strictly lower: ties stay with the first run. NaN never wins.
                    if (curve[k] < best[k])
                    {
                        best[k] = curve[k];
                        winner[k] = run;
                    }
                }
            }

            return winner;
        }

        AllocationLine? Line(int[] winner, Func<int, bool> counts)
        {
            var used = Enumerable.Range(0, Levels).Where(k => winner[k] >= 0 && counts(k)).ToArray();
            if (used.Length < 2)
                return null;
            var law = PowerLaw.Fit([.. used.Select(k => Math.Exp(levels[k]))], [.. used.Select(k => usable[winner[k]].Parameters)]);
            return double.IsNaN(law.Exponent) ? null : new AllocationLine(law);
        }
    }

    private sealed class LogCurve
    {
        internal LogCurve(TrainingCurve curve, int smoothingRows)
        {
            Parameters = curve.Parameters;
            double[] flops = [.. curve.Flops.Select(value => Math.Log(value))];
            double[] losses = [.. curve.Losses.Select(value => Math.Log(value))];
            if (!IsAscending(flops))
            {
                // Checkpoints of equal C (a repeated log line) count once, the last one read.
                var ordered = flops.Zip(losses).GroupBy(point => point.First).Select(same => same.Last()).OrderBy(point => point.First).ToArray();
                (flops, losses) = ([.. ordered.Select(point => point.First)], [.. ordered.Select(point => point.Second)]);
            }

            LogFlops = flops;
            LogLosses = Smoothed(losses, smoothingRows);
        }

        // Most logs are; for the long ones the sorting would take most of the time.
        private static bool IsAscending(double[] values)
        {
            for (var i = 1; i < values.Length; i++)
            {
                if (!(values[i] > values[i - 1]))
                    return false;
            }

            return true;
        }

        /// <summary>Weights exp(−½(j/σ)²) over |j| ≤ window/2 rows with σ = window/4; near the ends over the rows there are.</summary>
        private static double[] Smoothed(double[] logLosses, int window)
        {
            var half = window / 2;
            if (half == 0)
                return logLosses;
            var smoothed = new double[logLosses.Length];
            for (var i = 0; i < smoothed.Length; i++)
            {
                double sum = 0, weights = 0;
                for (var j = Math.Max(0, i - half); j <= Math.Min(logLosses.Length - 1, i + half); j++)
                {
                    var distance = (j - i) / (window / 4.0);
                    var weight = Math.Exp(-0.5 * distance * distance);
                    sum += weight * Math.Exp(logLosses[j]);
                    weights += weight;
                }

                smoothed[i] = Math.Log(sum / weights);
            }

            return smoothed;
        }

        internal double Parameters { get; }
        internal double[] LogFlops { get; }
        private double[] LogLosses { get; }

        /// <summary>ln L at each level; NaN outside the run.</summary>
        internal double[] At(double[] levels)
        {
            var values = new double[levels.Length];
            var segment = 0;
            for (var k = 0; k < levels.Length; k++)
            {
                var c = levels[k];
                if (c < LogFlops[0] || c > LogFlops[^1])
                {
                    values[k] = double.NaN;
                    continue;
                }

                while (segment < LogFlops.Length - 2 && LogFlops[segment + 1] < c)
                    segment++;
                var t = (c - LogFlops[segment]) / (LogFlops[segment + 1] - LogFlops[segment]);
                values[k] = LogLosses[segment] + t * (LogLosses[segment + 1] - LogLosses[segment]);
            }

            return values;
        }
    }
}
