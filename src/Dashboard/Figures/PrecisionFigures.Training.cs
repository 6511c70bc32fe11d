using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <content>What training in few bits costs.</content>
public static partial class PrecisionFigures
{
    private static Figure Penalty(PrecisionScene scene)
    {
        var (law, n) = (scene.Law!, scene.Parameters);
        double Added(PrecisionLaw of, TrainingBits bits) => Positive(of.TrainingLoss(n, scene.Tokens, bits) - of.Base.Loss(n, scene.Tokens));
        var traces = Lines(law, Added, scene, "nats per token");
        if (Band(scene, s_allBits, (of, bits) => Added(of, TrainingBits.Tied(bits))) is { } band)
            traces.Insert(0, band);
        return new Figure
        {
            Name = "penalty-against-bits",
            Title = "Loss lost to the bits",
            Subtitle = $"of {Quantity.Count(n)} parameters, one line a part of the model; bits of training",
            Description = $"What training {Quantity.Count(n)} parameters in fewer bits adds to the loss, for weights, activations and KV cache alone and for all together.",
            XAxis = BitsAxis(),
            YAxis = new FigureAxis("Added loss, nats per token")
            {
                Log = scene.State.LogLoss,
                Marks = Decades(scene.State.LogLoss, LeastLoss, 3),
                Range = scene.State.LogLoss ? new(LeastLoss, 3) : new(0, Math.Max(0.1, 1.2 * Added(law, TrainingBits.Tied(Math.Max(4, law.LeastTiedBits + 0.5))))),
            },
            Traces = traces,
            VerticalLines = Limit(law),
        };
    }

    private static Figure Share(PrecisionScene scene)
    {
        var law = scene.Law!;
        var traces = Lines(law, (of, bits) => of.Share(bits) is > 0 and var share ? share : double.NaN, scene, "N_eff/N");
        if (Band(scene, s_allBits, (of, bits) => of.Share(TrainingBits.Tied(bits))) is { } band)
            traces.Insert(0, band);
        traces.AddRange(Measured(scene));
        return new Figure
        {
            Name = "effective-parameters",
            Title = "Effective parameters",
            Subtitle = traces.Any(trace => trace.Ids is not null) ? "share of N that counts; points are your runs against their 16-bit twins" : "share of N that counts",
            Description = "The share of the parameters that counts, against the bits of weights, activations and KV cache alone and of all together.",
            XAxis = BitsAxis(),
            YAxis = new FigureAxis("N_eff/N") { Range = new(0, 1.05) },
            Traces = traces,
            VerticalLines = Limit(law),
        };
    }

    private static Figure IsoLoss(PrecisionScene scene)
    {
        var (law, byParameters) = (scene.Law!, scene.State.Axis == PrecisionAxis.N);
        var chosen = Math.Clamp(byParameters ? scene.Parameters : scene.Tokens, 1, 1e25);
        var (low, high) = (chosen / 30, chosen * 30);
        double Loss(double value) => byParameters ? law.Base.Loss(value, scene.Tokens) : law.Base.Loss(scene.Parameters, value);
        var levels = FitFigures.Levels([Loss(high), Loss(low)]);
        double[] bits = [.. s_allBits.Where(p => law.Share(TrainingBits.Tied(p)) > 0)];
        var traces = levels.Select((level, i) => new Trace
        {
            Name = $"Loss {Quantity.Significant(level, 4)}",
            Kind = TraceKind.Line,
            X = bits,
            Y = [.. bits.Select(p => byParameters ? law.ParametersForLoss(scene.Tokens, TrainingBits.Tied(p), level) : law.TokensForLoss(scene.Parameters, TrainingBits.Tied(p), level))],
            Color = IsoFlopFigures.SequenceColor(levels.Count - 1 - i, levels.Count),
            Size = 1.6,
            EndLabel = Quantity.Significant(level, 4),
        }).ToList();
        if (!scene.State.Apart && scene.State.Weights < PrecisionState.Full && law.Share(scene.Bits) > 0)
        {
            traces.Add(Mark("This model", scene.State.Weights, chosen, $"{Quantity.Count(scene.Parameters)} parameters on {Quantity.Count(scene.Tokens)} tokens in {PrecisionWords.Chosen(scene.State.Weights)} bits\nloss {Quantity.Significant(law.TrainingLoss(scene.Parameters, scene.Tokens, scene.Bits), 4)} nats per token"));
        }

        return new Figure
        {
            Name = byParameters ? "iso-loss-parameters-bits" : "iso-loss-tokens-bits",
            Title = "Equal loss",
            Subtitle = byParameters
                ? $"one line a loss, nats per token, on {Quantity.Count(scene.Tokens)} tokens; all parts in the same bits"
                : $"one line a loss, nats per token, of {Quantity.Count(scene.Parameters)} parameters; all parts in the same bits",
            Description = $"{Words.Count(levels.Count, "line")} of equal loss over bits and {(byParameters ? "parameters" : "tokens")}.",
            XAxis = BitsAxis(),
            YAxis = new FigureAxis(byParameters ? "Parameters N" : "Tokens D") { Log = true, Ticks = TickKind.Count, Range = new(low, high) },
            Traces = traces,
            VerticalLines = Limit(law),
        };
    }
}
