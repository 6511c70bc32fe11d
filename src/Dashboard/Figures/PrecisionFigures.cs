using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Precision page.</summary>
public static class PrecisionFigures
{
    /// <summary>Most draws behind a band: more of them move its edges by less than a line's width.</summary>
    public const int MostDraws = 200;

    private const double LeastBits = 2;
    private const double MostBits = PrecisionState.Full;
    private const int Steps = 57;
    private const int TokenSteps = 60;
    private const double LeastLoss = 1e-4;
    private const double NearestSize = 0.05;
    private const string TogetherColor = "--cat-1";

    private static readonly double[] s_budgets = [1e-2, 1e-1, 1, 10, 100];
    private static readonly double[] s_served = [3, 4, 5, 6, 8];
    private static readonly double[] s_heatBits = [2, 3, 4, 5, 6, 7, 8];
    private static readonly double[] s_lowBits = [2, 3, 4];
    private static readonly double[] s_groups = [8, 16, 32, 64, 128, 256, 512, 1024];
    private static readonly FloatingPointFormat[] s_formats = [new(2, 1), new(2, 3), new(3, 2), new(4, 3), new(5, 2), new(5, 10), new(8, 7)];
    private static readonly double[] s_allBits = [.. Enumerable.Range(0, Steps).Select(i => LeastBits + i * (MostBits - LeastBits) / (Steps - 1))];
    private static readonly (QuantisedPart? Part, string Name, string Color, LineDash Dash)[] s_lines =
    [
        (QuantisedPart.Weights, "weights", "--cat-2", LineDash.Dash),
        (QuantisedPart.Activations, "activations", "--cat-3", LineDash.DashDot),
        (QuantisedPart.KvCache, "KV cache", "--cat-4", LineDash.Dot),
        (null, "all together", TogetherColor, LineDash.Solid),
    ];

    /// <summary>The charts of the question that the page answers, the leading one first.</summary>
    public static IReadOnlyList<Figure> Of(PrecisionScene scene) => scene.Published switch
    {
        PublishedPrecision<FloatingPointLaw> { Law: var sun } => scene.View == PrecisionView.Budget
            ? [EqualCost(scene, flops => Best(scene, sun, flops), (flops, bits) => LossAt(scene, sun, flops, bits), sun.Irreducible), BestBits(scene, flops => sun.JointOptimum(flops, scene.LogBlock).Bits, (flops, n) => sun.OptimumAtParameters(flops, n, scene.LogBlock).Bits)]
            : [Formats(scene, sun), AfterTokens(scene, sun)],
        PublishedPrecision<LowBitLaw> { Law: var ouyang } => [AddedAgainstTokens(scene, ouyang), HeatMap(scene, ouyang.AddedLoss)],
        PublishedPrecision<GroupedTrainingLaw> => [AddedAgainstGroup(scene)],
        _ => scene.View switch
        {
            PrecisionView.Budget => [EqualCost(scene, flops => Best(scene, scene.Law!, flops), (flops, bits) => LossAt(scene, scene.Law!, flops, bits), scene.Law!.Base.E), BestBits(scene)],
            PrecisionView.Served => [AfterTraining(scene), HeatMap(scene, (n, d, post) => scene.Law!.At(n, d, scene.Bits, post).Value?.PostTraining ?? double.NaN)],
            _ => [Penalty(scene), Share(scene), IsoLoss(scene)],
        },
    };

    // ---------- what training in few bits costs ----------

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

    // ---------- which bits are best ----------

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

    // ---------- what quantising after training costs ----------

    private static Figure AfterTraining(PrecisionScene scene)
    {
        var (law, n, bits) = (scene.Law!, scene.Parameters, scene.Bits);
        var tokens = TokenRange(scene);
        double Loss(PrecisionLaw of, double d, double? post) => of.At(n, d, bits, post).Value?.Loss ?? double.NaN;
        double[] posts = [.. s_served.Append(scene.State.Post).Where(post => post < PrecisionState.Full && law.Outside(bits, post) is null).Distinct().Order()];
        var traces = posts.Select((post, i) => new Trace
        {
            Name = $"{PrecisionWords.Chosen(post)} bits",
            Kind = TraceKind.Line,
            X = tokens,
            Y = [.. tokens.Select(d => Loss(law, d, post))],
            Color = IsoFlopFigures.SequenceColor(i + 1, posts.Length + 1),
            Size = post.Equals(scene.State.Post) ? 2.6 : 1.6,
            EndLabel = $"{PrecisionWords.Chosen(post)} bits",
        }).ToList();
        if (Band(scene, tokens, (of, d) => Loss(of, d, scene.State.Post)) is { } band)
            traces.Insert(0, band);
        traces.Add(new Trace { Name = "As trained", Kind = TraceKind.Line, X = tokens, Y = [.. tokens.Select(d => Loss(law, d, null))], Color = "--ink-soft", Dash = LineDash.Dash, EndLabel = "as trained" });
        (double Post, double Tokens)[] turns = [.. posts.Select(post => (Post: post, Tokens: law.CriticalTokens(n, bits, post))).Where(turn => turn.Tokens >= tokens[0] && turn.Tokens <= tokens[^1])];
        traces.Add(new Trace
        {
            Name = "Where more training starts to hurt",
            Kind = TraceKind.Points,
            X = [.. turns.Select(turn => turn.Tokens)],
            Y = [.. turns.Select(turn => Loss(law, turn.Tokens, turn.Post))],
            Color = "--accent",
            Symbol = MarkerSymbol.Diamond,
            Size = 9,
            Hover = [.. turns.Select(turn => $"{PrecisionWords.Chosen(turn.Post)} bits\nfrom {Quantity.Count(turn.Tokens)} tokens on more training hurts\nD/N {Quantity.Significant(turn.Tokens / n, 3)}")],
        });
        PrecisionRow[] own = [.. scene.Rows.Where(row => row.Precision.Post is not null && Math.Abs(row.Row.Parameters / n - 1) <= NearestSize)];
        if (own.Length > 0)
        {
            traces.Add(new Trace
            {
                Name = "Your runs",
                Kind = TraceKind.Points,
                X = [.. own.Select(row => row.Row.Tokens)],
                Y = [.. own.Select(row => row.Row.Loss)],
                Color = "--seq-5",
                Colors = [.. own.Select(row => Array.IndexOf(posts, row.Precision.Post!.Value) is >= 0 and var i ? IsoFlopFigures.SequenceColor(i + 1, posts.Length + 1) : "--ink-faint")],
                Size = 6,
                Hover = [.. own.Select(Hover)],
                Ids = [.. own.Select(row => row.Row.RunId)],
            });
        }

        var start = Loss(law, tokens[0], null);
        return new Figure
        {
            Name = "loss-after-quantising",
            Title = "Loss after quantising",
            Subtitle = $"of {Quantity.Count(n)} parameters, one line a precision; marked where more training starts to hurt",
            Description = $"Loss of {Quantity.Count(n)} parameters after quantising to {Words.Count(posts.Length, "precision")} against training tokens, with the tokens marked from which on more training raises it.",
            XAxis = new FigureAxis("Tokens D") { Log = true, Ticks = TickKind.Count, Range = new(tokens[0], tokens[^1]) },
            YAxis = new FigureAxis("Loss, nats per token") { Log = scene.State.LogLoss, Range = Frame.Around([.. tokens.Select(d => Loss(law, d, null)), start + 0.5 * (start - law.Base.E), .. own.Select(row => row.Row.Loss)], scene.State.LogLoss) },
            Traces = traces,
            VerticalLines = [new VerticalLine(scene.Tokens, "this model")],
        };
    }

    private static Figure HeatMap(PrecisionScene scene, Func<double, double, double, double> added)
    {
        var n = scene.Parameters;
        // Quarter decades of tokens per parameter.
        double[] ratios = [.. Enumerable.Range(0, 21).Select(i => Math.Pow(10, i / 4.0))];
        (double Ratio, double Bits)[] cells = [.. s_heatBits.SelectMany(bits => ratios.Select(ratio => (ratio, bits)))];
        double[] values = [.. cells.Select(cell => added(n, cell.Ratio * n, cell.Bits))];
        var traces = new List<Trace>
        {
            new()
            {
                Name = "Added loss",
                Kind = TraceKind.HeatMap,
                X = [.. cells.Select(cell => Math.Log10(cell.Ratio))],
                Y = [.. cells.Select(cell => cell.Bits)],
                Z = [.. values.Select(value => Math.Clamp(value, 1e-4, 10))],
                Hover = [.. cells.Select((cell, i) => $"D/N {Quantity.Significant(cell.Ratio, 3)}, {PrecisionWords.Chosen(cell.Bits)} bits\n{(double.IsFinite(values[i]) ? $"{PrecisionWords.Nats(values[i])} nats per token added" : "outside the law")}")],
                Color = "--seq-5",
            },
        };
        if (scene.Law is { PostTraining: not null } law)
        {
            LandmarkModel[] landmarks = [.. scene.Landmarks.Where(model => model.Tokens / model.Parameters is >= 1 and <= 1e5 && Critical(model) is > 1.6 and < 8.4)];
            double Critical(LandmarkModel model) => law.CriticalPostBits(model.Parameters, model.Tokens);
            var labelled = Labelled(landmarks, model => Math.Log10(model.Tokens / model.Parameters), Critical);
            traces.AddRange(LandmarkPoints(landmarks, labelled, model => Math.Log10(model.Tokens / model.Parameters), Critical, model => $"D/N {Quantity.Significant(model.Tokens / model.Parameters, 3)}\nbelow {PrecisionWords.Bits(Critical(model))} bits its last tokens raised the quantised loss", onMap: true));
        }

        PrecisionRow[] own = [.. scene.Rows.Where(row => row.Precision.Post is not null && row.Row.Tokens / row.Row.Parameters is >= 0.5 and <= 2e5)];
        if (own.Length > 0)
        {
            traces.Add(new Trace
            {
                Name = "Your runs",
                Kind = TraceKind.Points,
                X = [.. own.Select(row => Math.Log10(row.Row.Tokens / row.Row.Parameters))],
                Y = [.. own.Select(row => row.Precision.Post!.Value)],
                Color = "--ink",
                Symbol = MarkerSymbol.CircleOpen,
                Size = 4.5,
                Hover = [.. own.Select(Hover)],
                Ids = [.. own.Select(row => row.Row.RunId)],
            });
        }

        if (scene.State.Post < PrecisionState.Full)
        {
            traces.Add(Mark(
                "This model", Math.Log10(scene.Tokens / n), scene.State.Post,
                $"{Quantity.Count(n)} parameters on {Quantity.Count(scene.Tokens)} tokens, {PrecisionWords.Chosen(scene.State.Post)} bits\n{PrecisionWords.Nats(added(n, scene.Tokens, scene.State.Post))} nats per token added"));
        }

        return new Figure
        {
            Name = "added-loss-map",
            Title = "Added loss",
            Subtitle = $"of {Quantity.Count(n)} parameters in nats{(traces.Any(trace => trace.Published) ? "; well-known models at the bits where their last tokens start to hurt" : "")}",
            Description = $"What quantising {Quantity.Count(n)} parameters after training adds to the loss, for 1 to 100,000 tokens per parameter and {s_heatBits[0]} to {s_heatBits[^1]} bits.",
            XAxis = new FigureAxis("Tokens per parameter D/N") { Marks = [.. Enumerable.Range(0, 6).Select(i => new AxisTick(i, Quantity.Count(Math.Pow(10, i))))], Range = new(-0.125, 5.125) },
            YAxis = new FigureAxis("Bits after training") { Marks = [.. s_heatBits.Select(bits => new AxisTick(bits, PrecisionWords.Chosen(bits)))], Range = new(1.5, 8.5) },
            ColorAxis = new FigureAxis("nats") { Log = true, Range = new(1e-4, 10), Marks = [.. ((double[])[1e-4, 1e-3, 0.01, 0.1, 1, 10]).Select(value => new AxisTick(value, PrecisionWords.Nats(value)))] },
            Traces = traces,
        };
    }

    // ---------- the other laws ----------

    private static Figure Formats(PrecisionScene scene, FloatingPointLaw law)
    {
        var (n, d) = (scene.Parameters, scene.Tokens);
        double[] bits = [.. Enumerable.Range(0, 53).Select(i => 3 + i / 4.0)];
        var format = scene.Format;
        return new Figure
        {
            Name = "format-penalty",
            Title = "Loss lost to the format",
            Subtitle = $"of {Quantity.Count(n)} parameters on {Quantity.Count(d)} tokens, {Quantity.Count(scene.State.Group)} values share a scale; line: the best layout of so many bits",
            Description = "What floating-point formats add to the loss against their bits, and the least that any layout of so many bits adds.",
            XAxis = new FigureAxis("Bits, sign included") { Range = new(3, 16.5) },
            YAxis = LossAxis(scene, s_formats.Select(one => law.AddedLoss(n, d, one, scene.LogBlock))),
            Traces =
            [
                new Trace { Name = "Best layout", Kind = TraceKind.Line, X = bits, Y = [.. bits.Select(p => law.AddedLoss(n, d, law.BestLayout(p), scene.LogBlock))], Color = TogetherColor, Size = 2.2, EndLabel = "best layout" },
                .. s_formats.Select((one, i) => new Trace
                {
                    Name = PrecisionWords.Layout(one),
                    Kind = TraceKind.Points,
                    X = [one.Bits],
                    Y = [law.AddedLoss(n, d, one, scene.LogBlock)],
                    Color = IsoFlopFigures.SequenceColor(i + 1, s_formats.Length + 1),
                    Size = 8,
                    EndLabel = PrecisionWords.Layout(one),
                }),
                Mark("This format", format.Bits, law.AddedLoss(n, d, format, scene.LogBlock), $"{PrecisionWords.Layout(format)}\n{PrecisionWords.Nats(law.AddedLoss(n, d, format, scene.LogBlock))} nats per token added"),
            ],
        };
    }

    private static Figure AfterTokens(PrecisionScene scene, FloatingPointLaw law)
    {
        var n = scene.Parameters;
        var tokens = TokenRange(scene);
        FloatingPointFormat[] formats = [.. new[] { new FloatingPointFormat(2, 1), new(3, 2), new(4, 3), scene.Format }.Distinct().OrderBy(format => format.Bits)];
        var traces = formats.Select((format, i) => new Trace
        {
            Name = PrecisionWords.Layout(format),
            Kind = TraceKind.Line,
            X = tokens,
            Y = [.. tokens.Select(d => law.Loss(n, d, format, scene.LogBlock))],
            Color = IsoFlopFigures.SequenceColor(i + 1, formats.Length + 1),
            Size = format == scene.Format ? 2.6 : 1.6,
            EndLabel = PrecisionWords.Layout(format),
        }).ToList();
        traces.Add(new Trace { Name = "32 bits", Kind = TraceKind.Line, X = tokens, Y = [.. tokens.Select(d => law.BaseLoss(n, d))], Color = "--ink-soft", Dash = LineDash.Dash, EndLabel = "32 bits" });
        (FloatingPointFormat Format, double Tokens)[] turns = [.. formats.Select(format => (Format: format, Tokens: law.CriticalTokens(n, format, scene.LogBlock))).Where(turn => turn.Tokens >= tokens[0] && turn.Tokens <= tokens[^1])];
        traces.Add(new Trace
        {
            Name = "Where more training starts to hurt",
            Kind = TraceKind.Points,
            X = [.. turns.Select(turn => turn.Tokens)],
            Y = [.. turns.Select(turn => law.Loss(n, turn.Tokens, turn.Format, scene.LogBlock))],
            Color = "--accent",
            Symbol = MarkerSymbol.Diamond,
            Size = 9,
            Hover = [.. turns.Select(turn => $"{PrecisionWords.Layout(turn.Format)}\nfrom {Quantity.Count(turn.Tokens)} tokens on more training hurts")],
        });
        return new Figure
        {
            Name = "format-loss-against-tokens",
            Title = "Loss against tokens",
            Subtitle = $"of {Quantity.Count(n)} parameters, one line a format; marked where more training starts to hurt",
            Description = $"Loss of {Quantity.Count(n)} parameters in {Words.Count(formats.Length, "format")} against training tokens.",
            XAxis = new FigureAxis("Tokens D") { Log = true, Ticks = TickKind.Count, Range = new(tokens[0], tokens[^1]) },
            YAxis = new FigureAxis("Loss, nats per token") { Log = scene.State.LogLoss, Range = Frame.Around([.. tokens.Select(d => law.BaseLoss(n, d)), 1.15 * law.BaseLoss(n, tokens[0])], scene.State.LogLoss) },
            Traces = traces,
            VerticalLines = [new VerticalLine(scene.Tokens, "this model")],
        };
    }

    private static Figure AddedAgainstTokens(PrecisionScene scene, LowBitLaw law)
    {
        var n = scene.Parameters;
        var tokens = TokenRange(scene);
        double[] posts = [.. s_lowBits.Append(scene.State.Post).Distinct().Order()];
        return new Figure
        {
            Name = "low-bit-added-loss",
            Title = "Loss added by quantising",
            Subtitle = $"of {Quantity.Count(n)} parameters, one line a precision",
            Description = $"What quantising {Quantity.Count(n)} parameters after training adds to the loss against training tokens, for {Words.Count(posts.Length, "precision")}.",
            XAxis = new FigureAxis("Tokens D") { Log = true, Ticks = TickKind.Count, Range = new(tokens[0], tokens[^1]) },
            YAxis = LossAxis(scene, posts.SelectMany(post => tokens.Select(d => law.AddedLoss(n, d, post)))),
            Traces =
            [
                .. posts.Select((post, i) => new Trace
                {
                    Name = $"{PrecisionWords.Chosen(post)} bits",
                    Kind = TraceKind.Line,
                    X = tokens,
                    Y = [.. tokens.Select(d => law.AddedLoss(n, d, post))],
                    Color = IsoFlopFigures.SequenceColor(i + 1, posts.Length + 1),
                    Size = post.Equals(scene.State.Post) ? 2.6 : 1.6,
                    EndLabel = $"{PrecisionWords.Chosen(post)} bits",
                }),
                Mark("This model", scene.Tokens, law.AddedLoss(n, scene.Tokens, scene.State.Post), $"{PrecisionWords.Chosen(scene.State.Post)} bits\n{PrecisionWords.Nats(law.AddedLoss(n, scene.Tokens, scene.State.Post))} nats per token added"),
            ],
            VerticalLines = [new VerticalLine(scene.Tokens, "this model")],
        };
    }

    private static Figure AddedAgainstGroup(PrecisionScene scene)
    {
        var (n, d) = (scene.Parameters, scene.Tokens);
        LineDash[] dashes = [LineDash.Solid, LineDash.Dash, LineDash.DashDot, LineDash.Dot, LineDash.Dash];
        return new Figure
        {
            Name = "group-added-loss",
            Title = "Loss lost to 4 bits",
            Subtitle = $"of {Quantity.Count(n)} parameters on {Quantity.Count(d)} tokens, one line a setting, by values that share a scale",
            Description = "What training in 4 bits adds to the loss against the size of the groups that share a scale, for five settings.",
            XAxis = new FigureAxis("Values that share a scale, G") { Log = true, Ticks = TickKind.Count, Range = new(s_groups[0] / 1.2, s_groups[^1] * 1.2) },
            YAxis = LossAxis(scene, PublishedPrecisions.Chen.SelectMany(published => s_groups.Select(group => published.Law.AddedLoss(n, d, group)))),
            Traces =
            [
                .. PublishedPrecisions.Chen.Select((published, i) => new Trace
                {
                    Name = published.Name,
                    Kind = TraceKind.Line,
                    X = s_groups,
                    Y = [.. s_groups.Select(group => published.Law.AddedLoss(n, d, group))],
                    Color = FormattableString.Invariant($"--cat-{1 + i}"),
                    Dash = dashes[i],
                    Size = published == scene.Published ? 2.6 : 1.5,
                    EndLabel = published.Key["chen-".Length..].ToUpperInvariant().Replace("-FC2", ", FC2 8", StringComparison.Ordinal),
                }),
                Mark("This model", scene.State.Group, ((PublishedPrecision<GroupedTrainingLaw>)scene.Published!).Law.AddedLoss(n, d, scene.State.Group), $"groups of {Quantity.Count(scene.State.Group)}"),
            ],
        };
    }

    // ---------- what they are put together from ----------

    private static FigureAxis BitsAxis() => new("Bits in training")
    {
        Range = new(LeastBits, MostBits),
        Marks = Whole([2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16]),
    };

    private static AxisTick[] Whole(double[] bits) => [.. bits.Select(p => new AxisTick(p, Quantity.Significant(p, 3)))];

    /// <summary>Marks of a logarithmic axis of losses: whole decades, with 2 and 5 between them where there are few; null where the axis is linear.</summary>
    private static AxisTick[]? Decades(bool log, double low, double high)
    {
        if (!log || !(low > 0) || !(high > low))
            return null;
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        double[] steps = Math.Log10(high / low) > 2.2 ? [1] : [1, 2, 5];
        return [.. Enumerable.Range(first, last - first + 1).SelectMany(decade => steps.Select(step => step * Math.Pow(10, decade)).Select(value => new AxisTick(value, Quantity.Significant(value, 2))))];
    }

    private static FigureAxis LossAxis(PrecisionScene scene, IEnumerable<double> values)
    {
        var range = Frame.Around([.. values], scene.State.LogLoss);
        return new("Added loss, nats per token") { Log = scene.State.LogLoss, Range = range, Marks = range is null ? null : Decades(scene.State.LogLoss, range.Low, range.High) };
    }

    // Where nothing is left of the model with all parts in the same bits.
    private static IReadOnlyList<VerticalLine> Limit(PrecisionLaw law) =>
        law.LeastTiedBits > LeastBits ? [new VerticalLine(law.LeastTiedBits, FormattableString.Invariant($"outside below {law.LeastTiedBits:0.00}"))] : [];

    private static List<Trace> Lines(PrecisionLaw law, Func<PrecisionLaw, TrainingBits, double> of, PrecisionScene scene, string unit)
    {
        var traces = new List<Trace>();
        foreach (var (part, name, color, dash) in s_lines)
        {
            if (part is { } one ? law[one] is null : TrainingBits.Parts.Count(some => law[some] is not null) < 2)
                continue;
            TrainingBits At(double bits) => part is { } alone ? TrainingBits.Unquantised.With(alone, bits) : TrainingBits.Tied(bits);
            traces.Add(new Trace
            {
                Name = name,
                Kind = TraceKind.Line,
                X = s_allBits,
                Y = [.. s_allBits.Select(bits => Finite(of(law, At(bits))))],
                Color = color,
                Dash = dash,
                Size = part is null ? 2.4 : 1.8,
                EndLabel = name,
            });
        }

        foreach (var (part, name, color, _) in s_lines)
        {
            // Together one mark, apart one a part.
            if (part is null == scene.State.Apart || (part is { } quantised && law[quantised] is null))
                continue;
            var chosen = part is { } one ? scene.Bits[one] : scene.Bits.Weights;
            if (chosen is { } bits && Finite(of(law, part is { } alone ? TrainingBits.Unquantised.With(alone, bits) : TrainingBits.Tied(bits))) is var at && double.IsFinite(at))
                traces.Add(Mark("This model", bits, at, $"{name} in {PrecisionWords.Chosen(bits)} bits\n{PrecisionWords.Nats(at)} {unit}") with { Color = color });
        }

        return traces;
    }

    /// <summary>Runs with one part quantised, or all alike, as shares of their parameters by eq. 30 against their twins.</summary>
    private static IEnumerable<Trace> Measured(PrecisionScene scene)
    {
        foreach (var (part, name, color, _) in s_lines)
        {
            var points = scene.Rows
                .Where(row => row is { Precision.Post: null, TwinLoss: not null } && IsOf(row.Precision.Training))
                .Select(row => (Row: row, Share: scene.Law!.EmpiricalShare(row.Row.Parameters, row.Row.Loss, row.TwinLoss!.Value)))
                .Where(point => point.Share is not null)
                .Take(RunTraces.MostRuns)
                .ToArray();
            if (points.Length == 0)
                continue;
            yield return new Trace
            {
                Name = $"Your runs, {name}",
                Kind = TraceKind.Points,
                X = [.. points.Select(point => Bits(point.Row.Precision.Training))],
                Y = [.. points.Select(point => point.Share!.Value)],
                Color = color,
                Size = 5,
                Opacity = 0.65,
                Hover = [.. points.Select(point => $"{Hover(point.Row)}\nN_eff/N {Quantity.Significant(point.Share!.Value, 3)}")],
                Ids = [.. points.Select(point => point.Row.Row.RunId)],
            };

            bool IsOf(TrainingBits bits) => part is { } one
                ? bits[one] is not null && bits == TrainingBits.Unquantised.With(one, bits[one])
                : bits.Weights is not null && bits == TrainingBits.Tied(bits.Weights.Value);

            double Bits(TrainingBits bits) => (part is { } one ? bits[one] : bits.Weights)!.Value;
        }
    }

    private static string Hover(PrecisionRow row) =>
        $"{IsoFlopWords.Hover(row.Row)}\n{row.Precision.Words}{(row.AddedLoss is { } added ? $"\n{PrecisionWords.Nats(added)} nats above its twin" : "")}";

    /// <summary>An 80 % band over some of the draws; null without draws.</summary>
    private static Trace? Band(PrecisionScene scene, double[] x, Func<PrecisionLaw, double, double> of)
    {
        if (scene.Draws.Count < 2)
            return null;
        PrecisionLaw[] draws = [.. scene.Draws.Take(MostDraws)];
        var intervals = new Interval?[x.Length];
        Parallel.For(0, x.Length, i => intervals[i] = Interval.Of(draws.Select(draw => of(draw, x[i]))));
        return FitTraces.Band("80 %", new FitBand(x, intervals));
    }

    private static double[] TokenRange(PrecisionScene scene)
    {
        var (low, high) = (Math.Min(5 * scene.Parameters, scene.Tokens / 3), Math.Max(scene.Parameters * 3e4, scene.Tokens * 10));
        return [.. Enumerable.Range(0, TokenSteps).Select(i => low * Math.Pow(high / low, i / (TokenSteps - 1.0)))];
    }

    private static Trace Mark(string name, double x, double y, string hover) => new()
    {
        Name = name,
        Kind = TraceKind.Points,
        X = [x],
        Y = [y],
        Color = "--accent",
        Symbol = MarkerSymbol.Diamond,
        Size = 11,
        Hover = [hover],
    };

    /// <summary>The latest models that have room for their names.</summary>
    private static HashSet<LandmarkModel> Labelled(LandmarkModel[] landmarks, Func<LandmarkModel, double> x, Func<LandmarkModel, double> y)
    {
        var labelled = new List<LandmarkModel>();
        foreach (var model in landmarks.OrderByDescending(model => model.Tokens / model.Parameters))
        {
            if (labelled.TrueForAll(other => Math.Abs(y(other) - y(model)) > 0.6 || Math.Abs(x(other) - x(model)) > 1.6))
                labelled.Add(model);
        }

        return [.. labelled.Take(6)];
    }

    private static IEnumerable<Trace> LandmarkPoints(LandmarkModel[] landmarks, HashSet<LandmarkModel> labelled, Func<LandmarkModel, double> x, Func<LandmarkModel, double> y, Func<LandmarkModel, string> says, bool onMap = false) =>
        landmarks.Select(model => new Trace
        {
            Name = model.Model,
            Kind = TraceKind.Points,
            X = [x(model)],
            Y = [y(model)],
            Color = onMap ? "--ink-soft" : IsoFlopFigures.PublishedColor,
            Symbol = onMap ? MarkerSymbol.SquareOpen : MarkerSymbol.Square,
            Size = 6,
            Published = true,
            EndLabel = labelled.Contains(model) ? model.Model : null,
            Hover = [$"{model.Model} ({model.Year.ToString(System.Globalization.CultureInfo.InvariantCulture)}), {model.Source}\nN {Quantity.Count(model.Parameters)}, D {Quantity.Count(model.Tokens)}\n{says(model)}"],
        });

    private static double Positive(double value) => value > 0 && double.IsFinite(value) ? value : double.NaN;

    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;
}
