using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.IsoFlopFigures;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>What the charts of the IsoFLOP page are put together from.</summary>
internal static class IsoFlopTraces
{
    private const int CurvePoints = 60;
    private const int EnvelopePointsDrawn = 150;
    internal const double CrowdedSize = 3;
    internal const string MinimaName = "Minima of the parabolas";

    internal static Trace RunPoints(string name, Observation[] runs, SizeAxis axis, string color, bool crowded) => new()
    {
        Name = name,
        Kind = TraceKind.Points,
        X = [.. runs.Select(run => axis switch
        {
            SizeAxis.N => run.Parameters,
            SizeAxis.D => run.Tokens,
            _ => run.Tokens / run.Parameters,
        })],
        Y = [.. runs.Select(run => run.Loss)],
        Color = color,
        Size = crowded ? CrowdedSize : null,
        Hover = [.. runs.Select(IsoFlopWords.Hover)],
        Ids = [.. runs.Select(run => run.RunId)],
    };

    internal static IEnumerable<Trace> Profile(BudgetOptimum budget, Parabola parabola, SizeAxis axis, string color, bool labelled)
    {
        var low = Math.Log(budget.SmallestParameters);
        var high = Math.Log(budget.LargestParameters);
        // The curve reaches its minimum also where that lies beside the sizes trained.
        if (budget.Status == FitStatus.Converged)
        {
            var reach = high - low;
            low = Math.Max(Math.Min(low, parabola.VertexX), low - reach);
            high = Math.Min(Math.Max(high, parabola.VertexX), high + reach);
        }

        var x = Enumerable.Range(0, CurvePoints).Select(i => low + (high - low) * i / (CurvePoints - 1)).ToArray();
        // On an axis that falls as N grows the curve is drawn from its other end, so that its label still stands right.
        if (axis != SizeAxis.N)
            Array.Reverse(x);
        yield return new Trace
        {
            Name = $"Parabola at {Quantity.Scientific(budget.Flops)} FLOP",
            Kind = TraceKind.Line,
            X = [.. x.Select(At)],
            Y = [.. x.Select(parabola.At)],
            Color = color,
            Dash = budget.Status == FitStatus.Converged ? LineDash.Solid : LineDash.Dot,
            EndLabel = labelled ? Quantity.Scientific(budget.Flops) : null,
        };
        if (budget.Status != FitStatus.Converged)
            yield break;

        if (budget.ParametersInterval is { } interval)
        {
            yield return new Trace
            {
                Name = $"80 % interval of the minimum at {Quantity.Scientific(budget.Flops)} FLOP",
                Kind = TraceKind.Line,
                X = [At(Math.Log(interval.Low80)), At(Math.Log(interval.High80))],
                Y = [budget.Loss, budget.Loss],
                Color = color,
                Size = 4,
                Opacity = 0.45,
            };
        }

        yield return new Trace
        {
            Name = $"Minimum at {Quantity.Scientific(budget.Flops)} FLOP",
            Kind = TraceKind.Points,
            X = [At(Math.Log(budget.Parameters))],
            Y = [budget.Loss],
            Color = color,
            Symbol = MarkerSymbol.CircleOpen,
            Size = 9,
            Hover = [MinimumText(budget)],
        };

        double At(double logParameters)
        {
            var parameters = Math.Exp(logParameters);
            var tokens = budget.Flops / (6 * parameters);
            return axis switch { SizeAxis.N => parameters, SizeAxis.D => tokens, _ => tokens / parameters };
        }
    }

    private static string MinimumText(BudgetOptimum budget) =>
        $"Minimum at {Quantity.Scientific(budget.Flops)} FLOP\n"
        + $"N {Quantity.Count(budget.Parameters)} ({IsoFlopWords.Eighty(budget.ParametersInterval, Quantity.Count)})\n"
        + $"D {Quantity.Count(budget.Tokens)} ({IsoFlopWords.Eighty(budget.TokensInterval, Quantity.Count)})\n"
        + $"loss {Quantity.Significant(budget.Loss, 4)} nats per token";

    internal static Trace? LeftOut(IReadOnlyList<RunRow> rows, IsoFlopState state) => RunTraces.LeftOut(
        rows,
        state.Excluded,
        row => state.Axis switch
        {
            SizeAxis.N => state.NonEmbedding ? row.NonEmbeddingParameters ?? row.Parameters : row.Parameters,
            SizeAxis.D => row.Tokens,
            _ => row.Tokens / row.Parameters,
        },
        row => row.Loss);

    internal static IEnumerable<Trace> Minima(IsoFlopAnalysis analysis, bool tokens)
    {
        var found = analysis.Profiles.Budgets.Select((budget, k) => (budget, k)).Where(item => item.budget.Status == FitStatus.Converged).ToArray();
        foreach (var (budget, k) in found)
        {
            if ((tokens ? budget.TokensInterval : budget.ParametersInterval) is { } interval)
            {
                yield return new Trace
                {
                    Name = $"80 % interval at {Quantity.Scientific(budget.Flops)} FLOP",
                    Kind = TraceKind.Line,
                    X = [budget.Flops, budget.Flops],
                    Y = [interval.Low80, interval.High80],
                    Color = SequenceColor(k, analysis.Profiles.Budgets.Count),
                    Size = 1.4,
                    Published = true,
                };
            }
        }

        if (found.Length > 0)
        {
            yield return new Trace
            {
                Name = MinimaName,
                Kind = TraceKind.Points,
                X = [.. found.Select(item => item.budget.Flops)],
                Y = [.. found.Select(item => tokens ? item.budget.Tokens : item.budget.Parameters)],
                YLow = [.. found.Select(item => (tokens ? item.budget.TokensInterval : item.budget.ParametersInterval)?.Low80 ?? double.NaN)],
                YHigh = [.. found.Select(item => (tokens ? item.budget.TokensInterval : item.budget.ParametersInterval)?.High80 ?? double.NaN)],
                Color = "--seq-5",
                Colors = [.. found.Select(item => SequenceColor(item.k, analysis.Profiles.Budgets.Count))],
                Size = 8,
                Hover = [.. found.Select(item => MinimumText(item.budget))],
            };
        }
    }

    internal static Trace EnvelopeWinners(LossEnvelope envelope, bool tokens)
    {
        var won = envelope.Points.Where(point => point.Winner >= 0).ToArray();
        var drawn = won.Where((_, i) => i % (1 + won.Length / EnvelopePointsDrawn) == 0).ToArray();
        return new Trace
        {
            Name = "Envelope of the training curves",
            Kind = TraceKind.Points,
            X = [.. drawn.Select(point => point.Flops)],
            Y = [.. drawn.Select(point => tokens ? point.Tokens : point.Parameters)],
            Color = ApproachColor(1),
            Size = 3,
            Opacity = 0.5,
            Hover = [.. drawn.Select(point => $"Lowest loss at {Quantity.Scientific(point.Flops)} FLOP\nN {Quantity.Count(point.Parameters)}\nD {Quantity.Count(point.Tokens)}\nloss {Quantity.Significant(point.Loss, 4)} nats per token")],
        };
    }

    internal static Trace Target(Prediction prediction, double target, bool tokens)
    {
        var interval = tokens ? prediction.Tokens : prediction.Parameters;
        return new Trace
        {
            Name = "Target",
            Kind = TraceKind.Points,
            X = [target],
            Y = [Pick(prediction.Optimum, tokens)],
            YLow = interval is null ? null : [interval.Low80],
            YHigh = interval is null ? null : [interval.High80],
            Color = "--accent",
            Symbol = MarkerSymbol.Diamond,
            Size = 11,
            Hover = [$"At {Quantity.Scientific(target)} FLOP\n{(tokens ? "D" : "N")} {Quantity.Count(Pick(prediction.Optimum, tokens))}\n{IsoFlopWords.Eighty(interval, Quantity.Count)}"],
        };
    }

    /// <summary>The 80 % band, if there were draws.</summary>
    internal static IEnumerable<Trace> Band(string name, Projection projection, Func<Prediction, Interval?> pick)
    {
        var intervals = projection.Predictions.Select(pick).ToArray();
        if (intervals.All(interval => interval is null))
            yield break;
        yield return new Trace
        {
            Name = name,
            Kind = TraceKind.Band,
            X = Budgets(projection),
            YLow = [.. intervals.Select(interval => interval?.Low80 ?? double.NaN)],
            YHigh = [.. intervals.Select(interval => interval?.High80 ?? double.NaN)],
            Color = ApproachColor(projection.Approach.Approach),
            Opacity = 0.14,
        };
    }

    internal static Trace Line(string name, Projection projection, Func<Allocation, double> pick) => new()
    {
        Name = name,
        Kind = TraceKind.Line,
        X = Budgets(projection),
        Y = [.. projection.Predictions.Select(prediction => pick(prediction.Optimum))],
        Color = ApproachColor(projection.Approach.Approach),
        Dash = ApproachDash(projection.Approach.Approach),
        EndLabel = IsoFlopWords.ApproachName(projection.Approach.Approach),
        Size = 2,
    };

    private static double[] Budgets(Projection projection) => [.. projection.Predictions.Select(prediction => prediction.Optimum.Flops)];
}
