using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <content>What quantising after training costs.</content>
public static partial class PrecisionFigures
{
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
}
