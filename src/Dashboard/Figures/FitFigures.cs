using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.FitTraces;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>A law laid over the charts beside the fit of the page.</summary>
/// <param name="Label">"baseline v2".</param>
/// <param name="Law">The law.</param>
public sealed record OverlaidLaw(string Label, Law Law);

/// <summary>What the charts of the Fit page show.</summary>
public sealed record FitScene
{
    /// <summary>The fit.</summary>
    public required FitAnalysis Analysis { get; init; }

    /// <summary>Its numbers.</summary>
    public required FitEstimates Estimates { get; init; }

    /// <summary>Its bands.</summary>
    public required FitBands Bands { get; init; }

    /// <summary>Runs of the view, to show the ones left out.</summary>
    public required IReadOnlyList<RunRow> Runs { get; init; }

    /// <summary>What is drawn and how.</summary>
    public required FitState State { get; init; }

    /// <summary>Saved fits laid over.</summary>
    public IReadOnlyList<OverlaidLaw> Overlaid { get; init; } = [];

    /// <summary>The law answers: its lines are drawn.</summary>
    public bool IsUsable => Analysis.Result.Fit.IsUsable;

    /// <summary>The published surfaces that are drawn.</summary>
    public IEnumerable<PublishedSurface> Published => PublishedSurfaces.All.Where(surface => State.Shows(surface.Key));

    /// <summary>From a little below the smallest row to a little beyond the target, FLOP.</summary>
    public (double Low, double High) ComputeRange => FitBands.Range(Analysis, State.Target);
}

/// <summary>The charts of the Fit page.</summary>
public static class FitFigures
{
    private const int MostLevels = 9;
    private static readonly double[] s_roundSteps = [1, 2, 5, 10];

    /// <summary>Token of the colour of the fit of the page.</summary>
    public const string FitColor = "--cat-1";

    /// <summary>Token of the colour of a saved fit laid over, by its place.</summary>
    public static string OverlaidColor(int index) => FormattableString.Invariant($"--cat-{2 + index % 5}");

    /// <summary>Dash of a saved fit laid over, by its place.</summary>
    public static LineDash OverlaidDash(int index) => (index % 3) switch { 0 => LineDash.Dash, 1 => LineDash.DashDot, _ => LineDash.Dot };

    /// <summary>Lines of equal loss over N and D (or C), the compute-optimal frontier with its band, the runs, and the target. Null for laws that allocate no compute.</summary>
    public static Figure? IsoLoss(FitScene scene)
    {
        var (analysis, state) = (scene.Analysis, scene.State);
        if (!analysis.Form.AllocatesCompute)
            return null;
        var byTokens = state.Axis == ContourAxis.D;
        var runs = RunPoints(scene, row => byTokens ? row.Tokens : row.Flops, row => row.Parameters);
        var leftOut = RunTraces.LeftOut(
            scene.Runs, state.Excluded, row => byTokens ? row.Tokens : row.Flops, row => state.NonEmbedding ? row.NonEmbeddingParameters ?? row.Parameters : row.Parameters);
        var (low, high) = scene.ComputeRange;
        IReadOnlyList<Allocation> frontier = scene.IsUsable ? Projection.Over(analysis.Law, low, high) : [];
        double Across(Allocation optimum) => byTokens ? optimum.Tokens : optimum.Flops;

        // The frame is for the runs and the target.
        Allocation? target = scene.IsUsable ? analysis.Law.Optimum(state.Target) : null;
        double[] sizes = [.. runs.Y, .. leftOut?.Y ?? [], .. target is { } top ? [top.Parameters] : Array.Empty<double>()];
        double[] across = [.. runs.X, .. leftOut?.X ?? [], .. target is { } end ? [Across(end)] : Array.Empty<double>()];
        var (vertical, horizontal) = (Wide(sizes), Wide(across));

        var traces = new List<Trace>();
        var levels = scene.IsUsable ? Levels([.. WithoutFarOutliers([.. analysis.Rows.Select(row => row.Loss)]), target!.Value.Loss]) : [];
        var scale = LossScale.Of(analysis);
        foreach (var level in levels)
        {
            if (Contour(analysis.Law, level, vertical, horizontal, byTokens) is { } contour)
                traces.Add(contour with { Color = scale.Color(level) });
        }

        if (scene.IsUsable)
        {
            if (Band("Frontier, 80 %", scene.Bands.Frontier) is { } band)
                traces.Add(band);
            for (var i = 0; i < scene.Overlaid.Count; i++)
            {
                if (scene.Overlaid[i].Law.Form.AllocatesCompute)
                    traces.Add(OverlaidLine(scene.Overlaid[i], i, Projection.Over(scene.Overlaid[i].Law, low, high), Across, allocation => allocation.Parameters));
            }

            traces.Add(new Trace
            {
                Name = "Efficient frontier",
                Kind = TraceKind.Line,
                X = [.. frontier.Select(Across)],
                Y = [.. frontier.Select(optimum => optimum.Parameters)],
                Color = FitColor,
                Size = 2.2,
                EndLabel = "frontier",
            });
        }

        traces.Add(runs);
        if (leftOut is not null)
            traces.Add(leftOut);
        if (target is { } optimum)
            traces.AddRange(Targets(scene, optimum, byTokens));
        return new Figure
        {
            Name = "iso-loss",
            Title = "Equal loss",
            Subtitle = scene.IsUsable ? "one line a loss, nats per token; frontier of least compute, " + FitWording.Band(scene.Bands, scene.Bands.Frontier) : "runs only: the law has no answer",
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"{analysis.Rows.Count} points over {(byTokens ? "tokens" : "training compute")} and parameters, {levels.Count} lines of equal loss of the fitted law, and its compute-optimal frontier to {Quantity.Scientific(state.Target)} FLOP."),
            XAxis = new FigureAxis(byTokens ? "Tokens D" : "Training compute C, FLOP") { Log = true, Ticks = byTokens ? TickKind.Count : TickKind.Scientific, Range = horizontal },
            YAxis = new FigureAxis("Parameters N") { Log = true, Ticks = TickKind.Count, Range = vertical },
            Traces = traces,
            VerticalLines = byTokens ? [] : [new VerticalLine(state.Target, "target")],
        };
    }

    /// <summary>Loss against C: the runs, and the best loss the law promises out to the target, beside saved and published laws. Null for laws of a metric.</summary>
    public static Figure? LossAgainstCompute(FitScene scene)
    {
        var (analysis, state) = (scene.Analysis, scene.State);
        if (!analysis.Form.PredictsLoss)
            return null;
        var (low, high) = scene.ComputeRange;
        var traces = new List<Trace>();
        foreach (var surface in scene.Published)
        {
            traces.Add(CurveOf(Projection.Over(surface.Law, low, high), IsoFlopFigures.PublishedColor) with
            {
                Name = surface.Name,
                Dash = surface.Law.Form.Key == "kaplan" ? LineDash.Dot : LineDash.DashDot,
                EndLabel = FitWording.ShortName(surface),
                Published = true,
                Size = 1.4,
            });
        }

        if (scene.IsUsable)
        {
            if (Band("Fit, 80 %", scene.Bands.Loss) is { } band)
                traces.Add(band);
            for (var i = 0; i < scene.Overlaid.Count; i++)
            {
                if (scene.Overlaid[i].Law.Form.PredictsLoss)
                    traces.Add(OverlaidLine(scene.Overlaid[i], i, Projection.Over(scene.Overlaid[i].Law, low, high), optimum => optimum.Flops, optimum => optimum.Loss));
            }

            traces.Add(CurveOf(Projection.Over(analysis.Law, low, high), FitColor) with
            {
                Name = "Fit",
                EndLabel = analysis.Form.AllocatesCompute ? "frontier" : "fit",
                Size = 2.2,
            });
        }

        var runs = RunPoints(scene, row => row.Flops, row => row.Loss);
        traces.Add(runs);
        if (RunTraces.LeftOut(scene.Runs, state.Excluded, row => row.Flops, row => row.Loss) is { } leftOut)
            traces.Add(leftOut);
        if (scene.Estimates.Find("loss") is { } loss && double.IsFinite(loss.Value))
            traces.Add(Target(state.Target, loss, $"At {Quantity.Scientific(state.Target)} FLOP\nloss {loss.Text} nats per token\n{loss.EightyOrNone()}"));

        var own = traces.Where(trace => !trace.Published && trace.Ids is null).SelectMany(trace => trace.Kind == TraceKind.Band ? trace.YLow! : trace.Y);
        double[] heights = [.. own.Where(height => height < 3 * runs.Y.Max()), .. WithoutFarOutliers(runs.Y)];
        return new Figure
        {
            Name = "fit-loss-against-compute",
            Title = "Loss against compute",
            Subtitle = !scene.IsUsable ? "runs only: the law has no answer" : $"points and {(analysis.Form.AllocatesCompute ? "frontier" : "law")}, {FitWording.Band(scene.Bands, scene.Bands.Loss)}",
            Description = $"Loss of {Words.Count(analysis.Rows.Count, "point")} against training compute with the fitted law out to {Quantity.Scientific(state.Target)} FLOP and {Words.Count(scene.Published.Count(), "published law")}.",
            XAxis = new FigureAxis("Training compute C, FLOP") { Log = true, Ticks = TickKind.Scientific, Range = new(low, high) },
            YAxis = new FigureAxis("Loss, nats per token") { Log = state.LogLoss, Range = Around(heights, state.LogLoss) },
            Traces = traces,
            VerticalLines = [new VerticalLine(state.Target, "target")],
        };
    }

    /// <summary>A metric against loss: the runs and the sigmoid with its band. Null for laws that predict a loss.</summary>
    public static Figure? MetricAgainstLoss(FitScene scene)
    {
        var (analysis, state) = (scene.Analysis, scene.State);
        if (analysis.Form.PredictsLoss)
            return null;
        var measured = analysis.Measured();
        var runs = Points(scene, [.. analysis.Rows.Select(row => row.Loss)], [.. measured]);
        var at = FitWording.TargetLoss(analysis, state);
        double[] losses = [.. FitBands.LossesOf(analysis, state)];
        var traces = new List<Trace>();
        if (scene.IsUsable)
        {
            if (Band("Fit, 80 %", scene.Bands.Metric) is { } band)
                traces.Add(band);
            for (var i = 0; i < scene.Overlaid.Count; i++)
            {
                if (scene.Overlaid[i].Law is { Form.PredictsLoss: false } law)
                    traces.Add(new Trace { Name = scene.Overlaid[i].Label, Kind = TraceKind.Line, X = losses, Y = [.. losses.Select(loss => FitWording.Metric(law, loss))], Color = OverlaidColor(i), Dash = OverlaidDash(i), EndLabel = scene.Overlaid[i].Label });
            }

            traces.Add(new Trace { Name = "Fit", Kind = TraceKind.Line, X = losses, Y = [.. losses.Select(loss => FitWording.Metric(analysis.Law, loss))], Color = FitColor, Size = 2.2 });
        }

        traces.Add(runs);
        if (RunTraces.LeftOut(scene.Runs, state.Excluded, row => row.Loss, row => FitColumns.Number(row, state.MetricColumn)) is { } leftOut)
            traces.Add(leftOut);
        if (scene.Estimates.Find("metric") is { } metric)
            traces.Add(Target(at, metric, $"At a loss of {IsoFlopWords.Loss(at)} nats per token\n{state.MetricColumn} {metric.Text}\n{metric.EightyOrNone()}"));

        return new Figure
        {
            Name = "metric-against-loss",
            Title = $"{state.MetricColumn} against loss",
            Subtitle = scene.IsUsable ? "points and the sigmoid, " + FitWording.Band(scene.Bands, scene.Bands.Metric) : "runs only: the law has no answer",
            Description = $"The metric {state.MetricColumn} of {Words.Count(analysis.Rows.Count, "point")} against their loss with the fitted sigmoid.",
            XAxis = new FigureAxis("Loss, nats per token") { Range = new(losses[0], losses[^1]) },
            YAxis = new FigureAxis($"{state.MetricColumn}, 0 to 1") { Range = Around([.. runs.Y, .. traces.Where(trace => trace.Kind == TraceKind.Line).SelectMany(trace => trace.Y)], log: false) },
            Traces = traces,
            VerticalLines = [new VerticalLine(at, "target")],
        };
    }

    /// <summary>What the law says of every point against what was measured; on the line they agree.</summary>
    public static Figure FittedAgainstMeasured(FitScene scene)
    {
        var (analysis, state) = (scene.Analysis, scene.State);
        var (measured, fitted) = (analysis.Measured(), analysis.Fitted());
        var points = Points(scene, [.. measured], [.. fitted], (row, i) =>
            $"{IsoFlopWords.Hover(row)}\nmeasured {Quantity.Significant(measured[i], 4)}, fitted {Quantity.Significant(fitted[i], 4)}");
        var framed = WithoutFarOutliers([.. measured]);
        var log = state.LogLoss && analysis.Form.PredictsLoss;
        var range = Around([.. framed, .. fitted.Where(value => value <= framed.Max() && value >= framed.Min())], log);
        var (low, high) = range is null ? (0, 1) : (range.Low, range.High);
        var quantity = analysis.Form.PredictsLoss ? "loss, nats per token" : $"{state.MetricColumn}, 0 to 1";
        return new Figure
        {
            Name = "fitted-against-measured",
            Title = "Fitted against measured",
            Subtitle = FitWording.TypicalResidual(analysis, measured, fitted),
            Description = $"What the fitted law says of {Words.Count(analysis.Rows.Count, "point")} against what was measured. {FitWording.TypicalResidual(analysis, measured, fitted)}.",
            XAxis = new FigureAxis($"Measured {quantity}") { Log = log, Range = range },
            YAxis = new FigureAxis($"Fitted {quantity}") { Log = log, Range = range },
            Traces = [new Trace { Name = "Agreement", Kind = TraceKind.Line, X = [low, high], Y = [low, high], Color = "--ink-faint", Dash = LineDash.Dash, Size = 1.2 }, points],
        };
    }

    /// <summary>Round losses between the lowest and the highest, about nine of them.</summary>
    public static IReadOnlyList<double> Levels(IReadOnlyList<double> losses)
    {
        var (low, high) = (losses.Where(double.IsFinite).Min(), losses.Where(double.IsFinite).Max());
        if (!(high > low))
            return [low];
        var step = Math.Pow(10, Math.Floor(Math.Log10((high - low) / MostLevels)));
        step *= s_roundSteps.First(factor => (high - low) / (step * factor) <= MostLevels);
        var first = Math.Ceiling(low / step);
        return [.. Enumerable.Range(0, MostLevels + 2).Select(i => (first + i) * step).TakeWhile(level => level <= high)];
    }

    private static AxisRange Wide(double[] values)
    {
        var finite = values.Where(value => double.IsFinite(value) && value > 0).ToArray();
        var margin = Math.Max(1.5, Math.Pow(finite.Max() / finite.Min(), 0.06));
        return new(finite.Min() / margin, finite.Max() * margin);
    }
}
