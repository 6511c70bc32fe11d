using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.FitFigures;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>Losses on the ordered scale: light for the highest among the points, dark for the lowest and all below.</summary>
internal readonly record struct LossScale(double Low, double High)
{
    private const int Steps = 9;

    internal static LossScale Of(FitAnalysis analysis)
    {
        var losses = Frame.WithoutFarOutliers([.. analysis.Rows.Select(row => row.Loss)]);
        return new(losses.Min(), losses.Max());
    }

    internal string Color(double loss)
    {
        var step = High > Low ? 1 + (int)Math.Round((Steps - 1) * Math.Clamp((High - loss) / (High - Low), 0, 1)) : Steps / 2 + 1;
        return FormattableString.Invariant($"--seq-{step}");
    }
}

/// <summary>What the charts of the Fit page are put together from.</summary>
internal static class FitTraces
{
    private const int ContourPoints = 90;
    private const int ManyPoints = 1_000;
    private const double CrowdedSize = 3;

    internal static Trace RunPoints(FitScene scene, Func<Observation, double> x, Func<Observation, double> y) =>
        Points(scene, [.. scene.Analysis.Rows.Select(x)], [.. scene.Analysis.Rows.Select(y)]);

    /// <summary>The rows fitted, each in the colour of its loss; of very many every nth.</summary>
    internal static Trace Points(FitScene scene, double[] x, double[] y, Func<Observation, int, string>? hover = null)
    {
        var rows = scene.Analysis.Rows;
        var stride = 1 + (rows.Count - 1) / RunTraces.MostRuns;
        var scale = LossScale.Of(scene.Analysis);
        int[] drawn = [.. Enumerable.Range(0, rows.Count).Where(i => i % stride == 0)];
        return new Trace
        {
            Name = stride > 1 ? $"Every {stride.ToString(System.Globalization.CultureInfo.InvariantCulture)}th point" : "Points",
            Kind = TraceKind.Points,
            X = [.. drawn.Select(i => x[i])],
            Y = [.. drawn.Select(i => y[i])],
            Color = "--seq-5",
            Colors = [.. drawn.Select(i => scale.Color(rows[i].Loss))],
            Size = rows.Count > ManyPoints ? CrowdedSize : 6,
            Hover = [.. drawn.Select(i => hover is null ? IsoFlopWords.Hover(rows[i]) : hover(rows[i], i))],
            Ids = [.. drawn.Select(i => rows[i].RunId)],
        };
    }

    /// <summary>
    /// A line of equal loss inside a frame, from its largest model to its smallest: D(N) is solved by the law, closely where the line turns
    /// upright, that is near the smallest model that reaches the loss within the frame. Null where the line misses the frame.
    /// </summary>
    internal static Trace? Contour(Law law, double loss, AxisRange parameters, AxisRange across, bool byTokens)
    {
        var (low, high) = (Math.Log(parameters.Low), Math.Log(parameters.High));
        var mostTokens = byTokens ? across.High : across.High / (6 * parameters.Low);
        var leastTokens = byTokens ? across.Low : across.Low / (6 * parameters.High);
        if (!(Tokens(high) <= mostTokens))
            return null;
        var smallest = Edge(size => Tokens(size) <= mostTokens);
        var largest = Tokens(high) >= leastTokens ? high : Edge(size => Tokens(size) < leastTokens);
        if (!(largest > smallest))
            return null;

        double[] sizes = [.. Enumerable.Range(0, ContourPoints).Select(i => smallest + (largest - smallest) * Math.Pow(1 - i / (ContourPoints - 1.0), 3))];
        return new Trace
        {
            Name = FormattableString.Invariant($"Loss {Quantity.Significant(loss, 4)}"),
            Kind = TraceKind.Line,
            X = [.. sizes.Select(size => byTokens ? Tokens(size) : 6 * Math.Exp(size) * Tokens(size))],
            Y = [.. sizes.Select(Math.Exp)],
            Color = "--seq-5",
            Size = 1.4,
            EndLabel = Quantity.Significant(loss, 4),
        };

        double Tokens(double logParameters) => law.TokensForLoss(Math.Exp(logParameters), loss);

        // The smallest size in the frame where the condition, false below and true above, holds.
        double Edge(Func<double, bool> holds)
        {
            var (below, above) = (low, high);
            if (holds(below))
                return below;
            for (var i = 0; i < 50; i++)
            {
                var middle = 0.5 * (below + above);
                (below, above) = holds(middle) ? (below, middle) : (middle, above);
            }

            return above;
        }
    }

    /// <summary>An 80 % band; null without intervals. It ends where one of them is open.</summary>
    internal static Trace? Band(string name, FitBand? band) => band is null || band.Intervals.All(interval => interval is null) ? null : new Trace
    {
        Name = name,
        Kind = TraceKind.Band,
        X = [.. band.X],
        YLow = [.. band.Intervals.Select(interval => interval?.Low80 ?? double.NaN)],
        YHigh = [.. band.Intervals.Select(interval => interval?.High80 ?? double.NaN)],
        Color = FitColor,
        Opacity = 0.16,
    };

    internal static Trace CurveOf(IReadOnlyList<Allocation> optima, string color) => new()
    {
        Name = "",
        Kind = TraceKind.Line,
        X = [.. optima.Select(optimum => optimum.Flops)],
        Y = [.. optima.Select(optimum => optimum.Loss)],
        Color = color,
    };

    internal static Trace OverlaidLine(OverlaidLaw overlaid, int index, IReadOnlyList<Allocation> optima, Func<Allocation, double> x, Func<Allocation, double> y) => new()
    {
        Name = overlaid.Label,
        Kind = TraceKind.Line,
        X = [.. optima.Select(x)],
        Y = [.. optima.Select(y)],
        Color = OverlaidColor(index),
        Dash = OverlaidDash(index),
        EndLabel = overlaid.Label,
        Size = 1.8,
    };

    internal static Trace Target(double x, FitEstimate estimate, string hover) => new()
    {
        Name = "Target",
        Kind = TraceKind.Points,
        X = [x],
        Y = [estimate.Value],
        YLow = estimate.Interval is null ? null : [estimate.Interval.Low80],
        YHigh = estimate.Interval is null ? null : [estimate.Interval.High80],
        Color = "--accent",
        Symbol = MarkerSymbol.Diamond,
        Size = 11,
        Hover = [hover],
    };

    /// <summary>The optimum of the target budget, and the one that is cheapest over training and serving.</summary>
    internal static IEnumerable<Trace> Targets(FitScene scene, Allocation optimum, bool byTokens)
    {
        var (state, estimates) = (scene.State, scene.Estimates);
        if (estimates.Find("served_parameters") is { } size && estimates["served_tokens"] is var data)
        {
            yield return new Trace
            {
                Name = "Served",
                Kind = TraceKind.Points,
                X = [byTokens ? data.Value : 6 * size.Value * data.Value],
                Y = [size.Value],
                Color = "--accent",
                Symbol = MarkerSymbol.DiamondOpen,
                Size = 10,
                Hover = [$"For {Quantity.Count(state.ServedTokens!.Value)} served tokens\nN {size.Text} ({size.EightyOrNone()})\nD {data.Text} ({data.EightyOrNone()})\nloss {IsoFlopWords.Loss(optimum.Loss)} nats per token"],
            };
        }

        var (parameters, tokens, loss) = (estimates["parameters"], estimates["tokens"], estimates["loss"]);
        yield return Target(
            byTokens ? optimum.Tokens : state.Target,
            parameters,
            $"At {Quantity.Scientific(state.Target)} FLOP\nN {parameters.Text} ({parameters.EightyOrNone()})\nD {tokens.Text} ({tokens.EightyOrNone()})\nloss {loss.Text} nats per token ({loss.EightyOrNone()})");
    }
}
