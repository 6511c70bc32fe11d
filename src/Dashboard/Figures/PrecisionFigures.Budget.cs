using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <content>Which bits are best.</content>
public static partial class PrecisionFigures
{
    private static PrecisionOptimum? Best(PrecisionScene scene, PrecisionLaw law, double flops) =>
        (scene.State.SizeGiven ? law.OptimumAtParameters(flops, scene.Parameters) : law.JointOptimum(flops)).Value;

    private static PrecisionOptimum Best(PrecisionScene scene, FloatingPointLaw law, double flops) =>
        scene.State.SizeGiven ? law.OptimumAtParameters(flops, scene.Parameters, scene.LogBlock) : law.JointOptimum(flops, scene.LogBlock);

    private static double LossAt(PrecisionScene scene, PrecisionLaw law, double flops, double bits) => scene.State.SizeGiven
        ? law.TrainingLoss(scene.Parameters, flops / (PrecisionLaw.CostPerBit * scene.Parameters * bits), TrainingBits.Tied(bits))
        : law.OptimumAtBits(flops, bits).Value?.Loss ?? double.NaN;

    private static double LossAt(PrecisionScene scene, FloatingPointLaw law, double flops, double bits) => scene.State.SizeGiven
        ? law.Loss(scene.Parameters, flops / (PrecisionLaw.CostPerBit * scene.Parameters * bits), law.BestLayout(bits), scene.LogBlock)
        : law.OptimumAtBits(flops, bits, scene.LogBlock).Loss;

    private static Figure EqualCost(PrecisionScene scene, Func<double, PrecisionOptimum?> best, Func<double, double, double> loss, double irreducible)
    {
        double[] bits = [.. s_allBits.Concat(Enumerable.Range(1, 16).Select(i => MostBits + i * 0.5))];
        var traces = new List<Trace>();
        var optima = new List<(double Flops, PrecisionOptimum Optimum)>();
        for (var i = 0; i < s_budgets.Length; i++)
        {
            var flops = scene.Flops * s_budgets[i];
            traces.Add(new Trace
            {
                Name = $"{Quantity.Scientific(flops)} FLOP",
                Kind = TraceKind.Line,
                X = bits,
                Y = [.. bits.Select(p => Positive(loss(flops, p) - irreducible))],
                Color = IsoFlopFigures.SequenceColor(i, s_budgets.Length),
                Size = s_budgets[i] == 1 ? 2.4 : 1.6,
                EndLabel = Quantity.Scientific(flops),
            });
            if (best(flops) is { } optimum)
                optima.Add((flops, optimum));
        }

        traces.Add(new Trace
        {
            Name = "Best bits",
            Kind = TraceKind.Points,
            X = [.. optima.Select(one => one.Optimum.Bits)],
            Y = [.. optima.Select(one => one.Optimum.Loss - irreducible)],
            Color = "--accent",
            Symbol = MarkerSymbol.Diamond,
            Size = 9,
            Hover = [.. optima.Select(one => $"{Quantity.Scientific(one.Flops)} FLOP\nbest at {PrecisionWords.Bits(one.Optimum.Bits)} bits\nN {Quantity.Count(one.Optimum.Parameters)}\nD {Quantity.Count(one.Optimum.Tokens)}\nloss {Quantity.Significant(one.Optimum.Loss, 4)} nats per token")],
        });
        double[] shown = [.. optima.Select(one => one.Optimum.Loss - irreducible), .. s_budgets.Select(factor => 1.6 * (loss(scene.Flops * factor, MostBits) - irreducible))];
        var heights = Frame.Around([.. shown.Where(value => value > 0)], scene.State.LogLoss);
        return new Figure
        {
            Name = "loss-at-equal-cost",
            Title = "Loss at equal cost",
            Subtitle = $"one line a budget, of {(scene.State.SizeGiven ? $"{Quantity.Count(scene.Parameters)} parameters" : "the best size at each")}; the best bits marked",
            Description = $"Loss above the irreducible one against bits at {s_budgets.Length} budgets around {Quantity.Scientific(scene.Flops)} FLOP, with the bits of least loss marked.",
            XAxis = new FigureAxis("Bits of all parts") { Range = new(LeastBits, 24) },
            YAxis = new FigureAxis("Loss above the irreducible, nats per token") { Log = scene.State.LogLoss, Range = heights, Marks = heights is null ? null : Decades(scene.State.LogLoss, heights.Low, heights.High) },
            Traces = traces,
        };
    }

    private static Figure BestBits(PrecisionScene scene)
    {
        var law = scene.Law!;
        var figure = BestBits(scene, _ => law.JointBits() ?? double.NaN, (flops, n) => law.BitsAtParameters(flops, n) ?? double.NaN);
        var flops = figure.Traces[0].X;
        var band = Band(scene, flops, (of, c) => (scene.State.SizeGiven ? of.BitsAtParameters(c, scene.Parameters) : of.JointBits()) ?? double.NaN);
        return band is null ? figure : figure with { Traces = [band, .. figure.Traces] };
    }

    private static Figure BestBits(PrecisionScene scene, Func<double, double> joint, Func<double, double, double> given)
    {
        double[] flops = [.. Enumerable.Range(0, 25).Select(i => scene.Flops * Math.Pow(10, -4 + i / 3.0))];
        LandmarkModel[] landmarks = [.. scene.Landmarks.Where(model => model.Flops >= flops[0] && model.Flops <= flops[^1])];
        double[] sizes = [scene.Parameters / 10, scene.Parameters, scene.Parameters * 10];
        var traces = new List<Trace>
        {
            new() { Name = "Size free", Kind = TraceKind.Line, X = flops, Y = [.. flops.Select(joint)], Color = TogetherColor, Size = 2.4, EndLabel = "size free" },
        };
        traces.AddRange(sizes.Select((n, i) => new Trace
        {
            Name = $"{Quantity.Count(n)} parameters",
            Kind = TraceKind.Line,
            X = flops,
            Y = [.. flops.Select(c => given(c, n))],
            Color = IsoFlopFigures.SequenceColor(2 + 3 * i, 9),
            Dash = LineDash.Dash,
            Size = i == 1 ? 2.2 : 1.5,
            EndLabel = Quantity.Count(n),
        }));
        var labelled = Labelled(landmarks, model => Math.Log10(model.Flops), model => given(model.Flops, model.Parameters));
        traces.AddRange(LandmarkPoints(landmarks, labelled, model => model.Flops, model => given(model.Flops, model.Parameters), model => $"the law trains its N and compute in {PrecisionWords.Bits(given(model.Flops, model.Parameters))} bits"));
        var chosen = scene.State.SizeGiven ? given(scene.Flops, scene.Parameters) : joint(scene.Flops);
        traces.Add(Mark("This budget", scene.Flops, chosen, $"{Quantity.Scientific(scene.Flops)} FLOP\n{PrecisionWords.Bits(chosen)} bits"));
        return new Figure
        {
            Name = "best-bits-against-compute",
            Title = "Best bits against compute",
            Subtitle = landmarks.Length > 0 ? "with the size free, and given; grey: well-known models" : "with the size free, and given",
            Description = $"Compute-optimal bits against compute from {Quantity.Scientific(flops[0])} to {Quantity.Scientific(flops[^1])} FLOP, with the size of the model free and given at three sizes.",
            XAxis = new FigureAxis("Compute C, FLOP of 16 bits") { Log = true, Ticks = TickKind.Scientific, Range = new(flops[0], flops[^1]) },
            YAxis = new FigureAxis("Best bits") { Range = new(0, 24) },
            Traces = traces,
            VerticalLines = [new VerticalLine(scene.Flops, "budget")],
        };
    }
}
