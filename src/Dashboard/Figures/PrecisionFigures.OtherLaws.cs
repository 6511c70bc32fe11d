using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <content>The laws that are not of bits of the parts.</content>
public static partial class PrecisionFigures
{
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
}
