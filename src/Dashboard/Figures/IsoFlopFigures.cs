using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.Frame;
using static ScalingDashboard.Dashboard.Figures.IsoFlopTraces;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the IsoFLOP page.</summary>
public static class IsoFlopFigures
{
    // Fewer, because this chart is drawn again for every target.
    private const int MostRunsOfFrontier = 2_000;

    private const int SequenceLength = 9;

    // Above so many runs their points get smaller, so that the curves stay visible.
    private const int ManyRuns = 1_000;

    // More labels at line ends than this run into each other.
    private const int MostLabels = 12;

    /// <summary>Token of the grey of all published values.</summary>
    public const string PublishedColor = "--ink-faint";

    private static readonly string[] s_bestKnown = ["Chinchilla", "GPT-3", "Llama 3.1 8B", "Gopher", "PaLM"];

    /// <summary>Loss against size, one colour a budget, with parabolas and their minima.</summary>
    /// <param name="analysis">The analysis.</param>
    /// <param name="rows">Runs of the view, to show the ones left out.</param>
    /// <param name="state">What is on the axes and which points are left out.</param>
    public static Figure LossAtEqualCompute(IsoFlopAnalysis analysis, IReadOnlyList<RunRow> rows, IsoFlopState state)
    {
        var traces = new List<Trace>();
        var profiles = new List<Trace>();
        var groups = analysis.Groups.Groups;
        var crowded = analysis.Groups.Runs.Count > ManyRuns;
        var stride = 1 + (analysis.Groups.Runs.Count - 1) / RunTraces.MostRuns;
        var labelStride = 1 + (groups.Count - 1) / MostLabels;
        var minima = analysis.Profiles.Budgets;
        for (var k = 0; k < groups.Count; k++)
        {
            var color = SequenceColor(k, groups.Count);
            var runs = groups[k].Members.Where((_, i) => i % stride == 0).Select(i => analysis.Groups.Runs[i]).ToArray();
            traces.Add(RunPoints($"{Quantity.Scientific(groups[k].Flops)} FLOP", runs, state.Axis, color, crowded));
            if (minima[k].Profile is { } parabola && minima[k].Status is FitStatus.Converged or FitStatus.NotConvex)
                profiles.AddRange(Profile(minima[k], parabola, state.Axis, color, labelled: k % labelStride == 0));
        }

        // Above all points, or the points of the next budget would hide them.
        traces.AddRange(profiles);

        var ungrouped = Enumerable.Range(0, analysis.Groups.Runs.Count).Except(groups.SelectMany(group => group.Members)).Select(i => analysis.Groups.Runs[i]).ToArray();
        if (ungrouped.Length > 0)
            traces.Add(RunPoints("Without a budget", ungrouped, state.Axis, RunTraces.ExcludedColor, crowded));
        if (LeftOut(rows, state) is { } leftOut)
            traces.Add(leftOut);

        // With the points left out: they stay where they were, to be clicked back in.
        double[] losses = [.. analysis.Groups.Runs.Select(run => run.Loss), .. LeftOut(rows, state)?.Y ?? []];
        var framed = WithoutFarOutliers(losses);
        var above = losses.Length - framed.Length;
        var subtitle = stride > 1 ? $"one in {stride} of {Words.Count(analysis.Groups.Runs.Count, "run")} is drawn"
            : above > 0 ? $"{Words.Count(above, "run")} above the frame"
            : "one line a budget";
        return new Figure
        {
            Name = "loss-at-equal-compute",
            Title = "Loss at equal compute",
            Subtitle = subtitle,
            Description = $"Loss against {AxisTitle(state.Axis)} for {groups.Count} budgets from {Quantity.Scientific(groups[0].Flops)} to {Quantity.Scientific(groups[^1].Flops)} FLOP; {minima.Count(budget => budget.Status == FitStatus.Converged)} of them have a minimum.",
            XAxis = new FigureAxis(AxisTitle(state.Axis))
            {
                Log = state.LogX,
                Ticks = TickKind.Count,
                // The frame is for the runs; minima beside them are in it as long as they do not lie far away.
                Range = Around(WithNear([.. traces.Where(trace => trace.Ids is not null).SelectMany(trace => trace.X)], profiles.Where(trace => trace.Kind == TraceKind.Points).SelectMany(trace => trace.X)), state.LogX),
            },
            YAxis = new FigureAxis("Loss, nats per token") { Log = state.LogLoss, Range = Around(framed, state.LogLoss) },
            Traces = traces,
        };
    }

    /// <summary>N_opt or D_opt against C: minima, lines of the approaches with bands, published laws, landmark models.</summary>
    /// <param name="analysis">The analysis; null shows published laws alone.</param>
    /// <param name="projections">The approaches over the range of compute.</param>
    /// <param name="state">Target, laws shown, scales.</param>
    /// <param name="landmarks">Models to overlay; empty for none.</param>
    /// <param name="tokens">D instead of N.</param>
    public static Figure OptimalSize(
        IsoFlopAnalysis? analysis, IReadOnlyList<Projection> projections, IsoFlopState state, IReadOnlyList<LandmarkModel> landmarks, bool tokens)
    {
        var quantity = tokens ? "tokens" : "parameters";
        var (low, high) = ComputeRange(analysis, state, landmarks);
        var traces = new List<Trace>();
        var shown = projections.Where(projection => state.Shows(FormattableString.Invariant($"{projection.Approach.Approach}"))).ToArray();
        foreach (var projection in shown)
            traces.AddRange(Band($"{IsoFlopWords.ApproachName(projection.Approach.Approach)}, 80 %", projection, prediction => tokens ? prediction.Tokens : prediction.Parameters));
        foreach (var law in PublishedLaws.All.Where(law => state.Shows(law.Key)))
        {
            var optima = Projection.Over(law.Law, low, high);
            traces.Add(new Trace
            {
                Name = law.Name,
                Kind = TraceKind.Line,
                X = [.. optima.Select(optimum => optimum.Flops)],
                Y = [.. optima.Select(optimum => Pick(optimum, tokens))],
                Color = PublishedColor,
                Dash = PublishedDash(law),
                EndLabel = ShortName(law),
                Published = true,
                Size = 1.4,
            });
        }

        foreach (var projection in shown)
            traces.Add(Line(IsoFlopWords.ApproachName(projection.Approach.Approach), projection, optimum => Pick(optimum, tokens)));

        if (analysis is not null)
        {
            if (analysis.Envelope is { } envelope && state.Shows("1"))
                traces.Add(EnvelopeWinners(envelope, tokens));
            traces.AddRange(Minima(analysis, tokens));
            if (IsoFlopWords.Answering(analysis, state.Headline) is { } answering)
                traces.Add(Target(answering.At(state.Target), state.Target, tokens));
        }

        // Named once, in the chart of sizes: beside it the names would stand in the way of the lines' own.
        var labelled = tokens ? [] : Labelled(landmarks);
        foreach (var model in landmarks)
        {
            traces.Add(new Trace
            {
                Name = model.Model,
                Kind = TraceKind.Points,
                X = [model.Flops],
                Y = [tokens ? model.Tokens : model.Parameters],
                Color = "--ink-soft",
                Symbol = MarkerSymbol.Square,
                Size = 6,
                Hover = [$"{model.Model}, {model.Year}\nN {Quantity.Count(model.Parameters)}\nD {Quantity.Count(model.Tokens)}\n6ND {Quantity.Scientific(model.Flops)} FLOP"],
                EndLabel = labelled.Contains(model) ? model.Model : null,
                Published = true,
            });
        }

        var trained = analysis is null ? [] : analysis.Groups.Runs.Select(run => tokens ? run.Tokens : run.Parameters).ToArray();
        var heights = traces.Where(trace => trace.Kind == TraceKind.Points && trace.Name != MinimaName).SelectMany(trace => trace.Y)
            .Concat(WithNear(trained, traces.Where(trace => trace.Name == MinimaName).SelectMany(trace => trace.Y)).Skip(trained.Length))
            .Concat(traces.Where(trace => trace.Kind == TraceKind.Line && !trace.Published).SelectMany(trace => trace.Y))
            .Concat(analysis is null ? traces.Where(trace => trace.Kind == TraceKind.Line).SelectMany(trace => trace.Y) : [])
            .ToArray();
        return new Figure
        {
            Name = tokens ? "compute-optimal-tokens" : "compute-optimal-size",
            Title = tokens ? "Compute-optimal tokens" : "Compute-optimal size",
            Subtitle = tokens ? "D against C" : "N against C",
            Description = $"Compute-optimal {quantity} against training compute, {Quantity.Scientific(low)} to {Quantity.Scientific(high)} FLOP, by {shown.Length} approaches and {PublishedLaws.All.Count(law => state.Shows(law.Key))} published laws.",
            XAxis = new FigureAxis("Training compute C, FLOP") { Log = state.LogX, Ticks = TickKind.Scientific, Range = new(low, high) },
            YAxis = new FigureAxis(tokens ? "Tokens D" : "Parameters N") { Log = state.LogX, Ticks = TickKind.Count, Range = Around(heights, state.LogX) },
            Traces = traces,
            VerticalLines = [new VerticalLine(state.Target, "target")],
        };
    }

    /// <summary>Loss against C: the runs, and the compute-optimal frontier of the fitted surface out to the target.</summary>
    public static Figure Frontier(IsoFlopAnalysis analysis, IReadOnlyList<Projection> projections, IsoFlopState state)
    {
        var (low, high) = ComputeRange(analysis, state, []);
        var traces = new List<Trace>();
        if (projections.FirstOrDefault(projection => projection.Approach.Approach == 3) is { } surface && state.Shows("3"))
        {
            traces.AddRange(Band("Frontier, 80 %", surface, prediction => prediction.Loss));
            traces.Add(Line("Frontier", surface, optimum => optimum.Loss));
        }

        var stride = 1 + (analysis.Groups.Runs.Count - 1) / MostRunsOfFrontier;
        for (var k = 0; k < analysis.Groups.Groups.Count; k++)
        {
            var runs = analysis.Groups.Groups[k].Members.Where((_, i) => i % stride == 0).Select(i => analysis.Groups.Runs[i]).ToArray();
            traces.Add(new Trace
            {
                Name = $"Runs at {Quantity.Scientific(analysis.Groups.Groups[k].Flops)} FLOP",
                Kind = TraceKind.Points,
                X = [.. runs.Select(run => run.Flops)],
                Y = [.. runs.Select(run => run.Loss)],
                Color = SequenceColor(k, analysis.Groups.Groups.Count),
                Size = analysis.Groups.Runs.Count > ManyRuns ? CrowdedSize : 4.5,
                Hover = [.. runs.Select(IsoFlopWords.Hover)],
                Ids = [.. runs.Select(run => run.RunId)],
            });
        }

        if (IsoFlopWords.Answering(analysis, state.Headline) is { } answering && answering.At(state.Target) is { Optimum.Loss: var loss } prediction && double.IsFinite(loss))
        {
            traces.Add(new Trace
            {
                Name = "Target",
                Kind = TraceKind.Points,
                X = [state.Target],
                Y = [loss],
                YLow = prediction.Loss is null ? null : [prediction.Loss.Low80],
                YHigh = prediction.Loss is null ? null : [prediction.Loss.High80],
                Color = "--accent",
                Symbol = MarkerSymbol.Diamond,
                Size = 11,
                Hover = [$"At {Quantity.Scientific(state.Target)} FLOP\nloss {IsoFlopWords.Loss(loss)} nats per token\n{IsoFlopWords.Eighty(prediction.Loss, IsoFlopWords.Loss)}"],
            });
        }

        var losses = WithoutFarOutliers([.. analysis.Groups.Runs.Select(run => run.Loss)]);
        var heights = traces.Where(trace => trace.Ids is null).SelectMany(trace => trace.Kind == TraceKind.Band ? trace.YLow! : trace.Y).Concat(losses).ToArray();
        return new Figure
        {
            Name = "loss-against-compute",
            Title = "Loss against compute",
            Subtitle = stride > 1 ? $"every {stride}th run and best possible loss" : "runs and best possible loss",
            Description = $"Loss of {analysis.Groups.Runs.Count} runs against training compute with the fitted frontier out to {Quantity.Scientific(state.Target)} FLOP.",
            XAxis = new FigureAxis("Training compute C, FLOP") { Log = state.LogX, Ticks = TickKind.Scientific, Range = new(low, high) },
            YAxis = new FigureAxis("Loss, nats per token") { Log = state.LogLoss, Range = Around(heights, state.LogLoss) },
            Traces = traces,
            VerticalLines = [new VerticalLine(state.Target, "target")],
        };
    }

    /// <summary>Token of an approach's colour, the same everywhere.</summary>
    public static string ApproachColor(int approach) => approach switch { 1 => "--cat-2", 2 => "--cat-1", _ => "--cat-3" };

    /// <summary>Dash of an approach's lines, the same everywhere.</summary>
    public static LineDash ApproachDash(int approach) => approach switch { 1 => LineDash.DashDot, 2 => LineDash.Solid, _ => LineDash.Dash };

    /// <summary>Dash of a published law: Kaplan's differs from those of Chinchilla.</summary>
    public static LineDash PublishedDash(PublishedLaw law) => law.Key == "kaplan" ? LineDash.Dot : LineDash.DashDot;

    /// <summary>The label at the end of a published line.</summary>
    public static string ShortName(PublishedLaw law) => law.Key switch
    {
        "hoffmann1" => "Hoffmann 1",
        "hoffmann2" => "Hoffmann 2",
        "hoffmann3" => "Hoffmann 3",
        "hoffmann3rounded" => "Hoffmann 3, printed",
        "epoch" => "Epoch",
        "kaplan" => "Kaplan",
        _ => law.Name,
    };

    /// <summary>Step of the ordered scale for one of several budgets, light to dark.</summary>
    public static string SequenceColor(int index, int count)
    {
        var step = count <= 1 ? SequenceLength / 2 + 1 : 1 + (int)Math.Round((SequenceLength - 1) * index / (count - 1.0));
        return FormattableString.Invariant($"--seq-{step}");
    }

    /// <summary>
    /// Models with room for their name, best known first: a name is about three decades of compute wide and half a decade of size high.
    /// </summary>
    private static HashSet<LandmarkModel> Labelled(IReadOnlyList<LandmarkModel> models)
    {
        var labelled = new HashSet<LandmarkModel>();
        foreach (var model in models.OrderBy(model => Array.IndexOf(s_bestKnown, model.Model) is >= 0 and var rank ? rank : s_bestKnown.Length))
        {
            if (labelled.All(other => Decades(model.Flops, other.Flops) > 3 || Decades(model.Parameters, other.Parameters) > 0.6))
                labelled.Add(model);
        }

        return labelled;

        static double Decades(double a, double b) => Math.Abs(Math.Log10(a / b));
    }

    internal static double Pick(Allocation optimum, bool tokens) => tokens ? optimum.Tokens : optimum.Parameters;

    private static string AxisTitle(SizeAxis axis) => axis switch
    {
        SizeAxis.N => "Parameters N",
        SizeAxis.D => "Tokens D",
        _ => "Tokens per parameter D/N",
    };

    /// <summary>The usable approaches over the range of compute that the charts show.</summary>
    public static IReadOnlyList<Projection> Project(IsoFlopAnalysis analysis, IsoFlopState state, IReadOnlyList<LandmarkModel> landmarks)
    {
        var (low, high) = ComputeRange(analysis, state, landmarks);
        return [.. analysis.Approaches.Where(result => result.IsUsable).Select(result => Projection.Over(result, low, high))];
    }

    /// <summary>From a little below the smallest run to a little beyond the target.</summary>
    private static (double Low, double High) ComputeRange(IsoFlopAnalysis? analysis, IsoFlopState state, IReadOnlyList<LandmarkModel> landmarks)
    {
        var flops = (analysis?.Groups.Runs.Select(run => run.Flops) ?? [1e19, 1e25])
            .Concat(landmarks.Select(model => model.Flops)).Append(state.Target).ToArray();
        return (flops.Min() / 2, flops.Max() * 2.5);
    }
}
