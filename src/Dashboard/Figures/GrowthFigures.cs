using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Growth page.</summary>
public static class GrowthFigures
{
    private const int PointsPerCurve = 200;
    private const double BandOpacity = 0.16;
    private const int MostMarks = 16;
    private const string ScratchColor = "--ink-soft";
    private const double FaintOpacity = 0.4;
    private static readonly string[] s_known = ["ligo", "stack", "interpolate", "aki", "ki", "net2net", "fpi", "mslt", "direct-copy", "aki-two-stage"];
    private static readonly LineDash[] s_dashes = [LineDash.Solid, LineDash.Dash, LineDash.Dot, LineDash.DashDot];
    private static readonly MarkerSymbol[] s_symbols = [MarkerSymbol.Circle, MarkerSymbol.Square, MarkerSymbol.Diamond, MarkerSymbol.TriangleUp];

    /// <summary>The charts of the question that the page answers, the leading one first.</summary>
    public static IReadOnlyList<Figure> Of(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return scene.State.View switch
        {
            GrowthView.Schedule => [Schedule(scene)],
            GrowthView.Operator => [.. new[] { FunctionChange(scene) }.Concat(Matrices(scene)).OfType<Figure>()],
            _ => [.. new[] { Savings(scene), Losses(scene) }.OfType<Figure>()],
        };
    }

    /// <summary>Savings of each operator with intervals, and published ones where asked for; null without either.</summary>
    public static Figure? Savings(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var (state, axis) = (scene.State, scene.State.ByTime ? CurveAxis.Time : CurveAxis.Flops);
        var rows = new List<(string Name, double Value, PairedEstimate? Estimate, string Color, MarkerSymbol Symbol, string Hover, bool Never)>();
        foreach (var one in scene.Operators)
        {
            var savings = one.Savings(axis, state.Charge);
            if (double.IsFinite(savings.Value))
                rows.Add((one.Name, savings.Value, savings, Color(one.Operator), Symbol(one.Operator), $"{one.Name}\n{GrowthText.Percent(savings.Value)} saved, {GrowthWords.Range(savings)}\n{Words.Count(one.Pairs.Count, "seed")}{(one.NeverReached ? "\nnever at the loss from scratch; compared at its own" : "")}", one.NeverReached));
        }

        if (state.Published || scene.Comparison is null)
        {
            foreach (var one in PublishedGrowth.Savings)
            {
                var value = state.ByTime ? one.Seconds : one.Flops;
                if (double.IsFinite(value))
                    rows.Add(($"{GrowthColumns.Name(one.Operator)}, {one.Pair}", value, null, IsoFlopFigures.PublishedColor, MarkerSymbol.Cross, $"{GrowthColumns.Name(one.Operator)}, {one.Pair}\n{GrowthText.Percent(value)} saved\n{one.Source}", false));
            }
        }

        if (rows.Count == 0)
            return null;
        double[] y = [.. Enumerable.Range(0, rows.Count).Select(i => (double)(rows.Count - 1 - i))];
        var traces = new List<Trace> { new() { Name = "Nothing saved", Kind = TraceKind.Line, X = [0, 0], Y = [-0.6, rows.Count - 0.4], Color = "--ink-faint", Dash = LineDash.Dot, Size = 1.2 } };
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row.Estimate?.Interval is { } interval)
                traces.Add(new Trace { Name = $"{row.Name}, 95 %", Kind = TraceKind.Line, X = [100 * interval.Low95, 100 * interval.High95], Y = [y[i], y[i]], Color = row.Color, Size = 1.6, Opacity = row.Never ? FaintOpacity : null });
            traces.Add(new Trace
            {
                Name = row.Name, Kind = TraceKind.Points, X = [100 * row.Value], Y = [y[i]], Color = row.Color, Symbol = row.Symbol, Size = 9, Opacity = row.Never ? FaintOpacity : null, Hover = [row.Hover], Published = row.Estimate is null,
            });
        }

        var ends = rows.SelectMany(row => new[] { 100 * row.Value, 100 * (row.Estimate?.Interval?.Low95 ?? row.Value), 100 * (row.Estimate?.Interval?.High95 ?? row.Value) });
        return new Figure
        {
            Name = "growth-savings",
            Title = state.ByTime ? "Wall time saved" : "FLOP saved",
            Subtitle = scene.Comparison is null ? "as published" : $"{GrowthWords.Sizes(scene.Comparison.Headline)}; 95 % over seeds, left of the line growing costs more{(rows.Any(row => row.Never) ? "; faint: never at the loss from scratch, compared at its own" : "")}",
            Description = $"Savings of {Words.List([.. rows.Select(row => $"{row.Name} {GrowthText.Percent(row.Value)}")], 12)}.",
            XAxis = new FigureAxis($"Saved against training from scratch, % of the {(state.ByTime ? "time" : "FLOP")}") { Range = Around([0, .. ends], log: false) },
            YAxis = new FigureAxis("Operator") { Range = new(-0.6, rows.Count - 0.4), Marks = [.. rows.Select((row, i) => new AxisTick(y[i], row.Name))] },
            Traces = traces,
        };
    }

    /// <summary>Loss against the cost so far, operator and where charged small model included; null without runs.</summary>
    public static Figure? Losses(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (scene.Comparison is null)
            return null;
        var state = scene.State;
        var axis = state.ByTime ? CurveAxis.Time : CurveAxis.Flops;
        var options = new CurveOptions { Axis = axis, LogX = state.LogX, Points = PointsPerCurve, Spread = SpreadKind.Deviation };
        var scratch = scene.Operators.SelectMany(one => one.Pairs).Select(pair => pair.Scratch).DistinctBy(run => run.Run.Name).ToArray();
        var traces = new List<Trace>();
        Add("Scratch", ScratchColor, LineDash.Solid, scratch);
        foreach (var one in scene.Operators)
            Add(one.Name, Color(one.Operator), Dash(one.Operator), [.. one.Pairs.Select(pair => pair.Grown)]);
        if (traces.Count == 0)
            return null;
        double[] losses = [.. traces.Where(trace => trace.Kind == TraceKind.Line).SelectMany(trace => trace.Y).Where(double.IsFinite)];
        var (low, high) = (traces.Where(trace => trace.X.Length > 0).Min(trace => trace.X[0]), traces.Max(trace => trace.X[^1]));
        var target = scratch.Average(run => run.Run.Loss);
        traces.Add(new Trace { Name = "Final loss from scratch", Kind = TraceKind.Line, X = [low, high], Y = [target, target], Color = "--ink-faint", Dash = LineDash.Dot, Size = 1.2 });
        return new Figure
        {
            Name = "growth-loss",
            Title = "Loss",
            Subtitle = $"{GrowthWords.Sizes(scene.Comparison.Headline)}; mean over seeds with their standard deviation, operator {(state.Charge ? "and small model" : "")} included".Replace("  ", " ", StringComparison.Ordinal),
            Description = $"Loss from scratch and of {Words.List([.. scene.Operators.Select(one => one.Name)], 9)} against what training cost so far.",
            XAxis = CurvesWords.Axis(axis) with { Log = state.LogX },
            YAxis = new FigureAxis("Loss, nats per token") { Range = Around(WithoutFarOutliers(losses, below: true), log: false) },
            Traces = traces,
        };

        void Add(string name, string color, LineDash dash, GrowthRun[] runs)
        {
            PanelRun[] drawn = [.. runs.Select(run => (run, Curve: Paid(run, axis, state.Charge && !run.IsScratch))).Where(pair => pair.Curve is not null).Select(pair => new PanelRun(pair.run.Run.Name, pair.Curve!))];
            if (drawn.Length == 0)
                return;
            var band = CurvePanelRecipe.OfGroup(new PanelGroup(name, drawn), options);
            if (drawn.Length > 1)
                traces.Add(new Trace { Name = $"{name}, seeds", Kind = TraceKind.Band, X = band.X, YLow = band.Low, YHigh = band.High, Color = color, Opacity = BandOpacity });
            traces.Add(new Trace { Name = name, Kind = TraceKind.Line, X = band.X, Y = band.Y, YLow = band.Low, YHigh = band.High, Counts = band.Runs, Color = color, Dash = dash, Size = 2, EndLabel = name });
        }
    }

    /// <summary>What each operator changed of the predictions at the moment of growth; null where no run logged it.</summary>
    public static Figure? FunctionChange(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var operators = GrowthWords.Growing(scene).OrderBy(one => one.FunctionChange.Value).ToArray();
        if (operators.Length == 0)
            return null;
        double[] y = [.. Enumerable.Range(0, operators.Length).Select(i => (double)(operators.Length - 1 - i))];
        return new Figure
        {
            Name = "growth-function-change",
            Title = "What growing changes of the predictions",
            Subtitle = $"{GrowthWords.Sizes(scene.Comparison!.Headline)}; one point a seed, 0 preserves the function",
            Description = $"Mean KL at the moment of growth: {Words.List([.. operators.Select(one => $"{one.Name} {GrowthWords.Change(one.FunctionChange.Value)}")], 9)} nats per token.",
            XAxis = new FigureAxis("KL of the small model's next token to the grown one's, nats per token") { Range = Around([0, .. operators.SelectMany(Changes)], log: false) },
            YAxis = new FigureAxis("Operator") { Range = new(-0.6, operators.Length - 0.4), Marks = [.. operators.Select((one, i) => new AxisTick(y[i], one.Name))] },
            Traces =
            [
                .. operators.Select((one, i) => new Trace
                {
                    Name = one.Name, Kind = TraceKind.Points, X = Changes(one), Y = [.. Changes(one).Select(_ => y[i])], Color = Color(one.Operator), Symbol = Symbol(one.Operator), Size = 8,
                    Hover = [.. Changes(one).Select(change => $"{one.Name}\n{Quantity.Significant(change, 3)} nats per token")],
                }),
            ],
        };

        static double[] Changes(OperatorComparison one) => [.. one.Pairs.Select(pair => pair.Grown.Growth.FunctionChange).Where(double.IsFinite)];
    }

    /// <summary>Expansion of the residual stream and mixing of layers as heat maps, before learning where there was any, and after.</summary>
    public static IEnumerable<Figure> Matrices(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (scene.Matrices is not { } matrices)
            yield break;
        var name = scene.Comparison!.Headline.Name;
        foreach (var (numbers, when, key) in new[] { (matrices.Before, "before learning", "before"), (matrices.After, matrices.Before is null ? "" : "after learning", "after") })
        {
            if (numbers is null)
                continue;
            if (scene.Tensor is { } tensor && numbers.Depth.TryGetValue(tensor, out var depth))
            {
                yield return HeatMap(
                    $"growth-depth-{key}", Titled("Layers mixed", when), $"{name}, {tensor.Replace('_', ' ')}", depth, "Layer of the small model", "Layer of the large model", $"Depth weights of {tensor} {when}",
                    texts: true);
            }

            if (numbers.Width.Count > 0)
            {
                yield return HeatMap(
                    $"growth-width-{key}", Titled("Stream expanded", when), name, numbers.Width, "Unit of the small model", "Unit of the large model", $"Expansion matrix of the residual stream {when}", texts: false);
            }
        }

        static string Titled(string title, string when) => when.Length == 0 ? title : $"{title}, {when}";
    }

    /// <summary>Compute of each model of a schedule, from scratch and grown.</summary>
    public static Figure Schedule(GrowthScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        var schedule = scene.Schedule;
        double[] sizes = [.. schedule.Stages.Select(stage => stage.Parameters)];
        double[] scratch = [.. schedule.Stages.Select(stage => 6 * stage.Parameters * stage.Tokens)];
        double[] Sums(Func<GrowthStage, double> flops)
        {
            var sum = 0.0;
            return [.. schedule.Stages.Select((stage, i) => sum += i == 0 && schedule.FirstIsPaid ? 0 : flops(stage))];
        }

        var (total, low, high) = (Sums(stage => stage.Flops), Sums(stage => stage.Low95), Sums(stage => stage.High95));
        var traces = new List<Trace>();
        if (scene.Factor.IsUncertain)
            traces.Add(new Trace { Name = "All so far, 95 %", Kind = TraceKind.Band, X = sizes, YLow = low, YHigh = high, Color = "--cat-1", Opacity = BandOpacity });
        traces.Add(new Trace { Name = "From scratch", Kind = TraceKind.Line, X = sizes, Y = scratch, Color = ScratchColor, Dash = LineDash.Dash, Size = 1.8, EndLabel = "from scratch" });
        traces.Add(new Trace { Name = "Grown, all models so far", Kind = TraceKind.Line, X = sizes, Y = total, YLow = low, YHigh = high, Color = "--cat-1", Size = 2.2, EndLabel = "grown, all so far" });
        traces.Add(new Trace
        {
            Name = "Models", Kind = TraceKind.Points, X = sizes, Y = total, Color = "--cat-1", Symbol = MarkerSymbol.Circle, Size = 8,
            Hover = [.. schedule.Stages.Select((stage, i) => $"{Quantity.Count(stage.Parameters)} parameters\n{Quantity.Scientific(total[i])} FLOP for all models so far\n{Quantity.Scientific(scratch[i])} FLOP from scratch{(double.IsFinite(stage.Loss) ? $"\nloss {Quantity.Significant(stage.Loss, 4)} nats per token" : "")}")],
        });
        return new Figure
        {
            Name = "growth-schedule",
            Title = "Compute of the schedule",
            Subtitle = "each size with all models before it, and from scratch",
            Description = $"Compute of growing {string.Join(", ", sizes.Select(Quantity.Count))} parameters one after the other, {Quantity.Scientific(schedule.Total)} FLOP in all, against {Quantity.Scientific(schedule.Scratch)} from scratch.",
            XAxis = new FigureAxis("Parameters N") { Log = true, Ticks = TickKind.Count, Range = Around(sizes, log: true) },
            YAxis = new FigureAxis("Training compute, FLOP") { Log = true, Ticks = TickKind.Scientific, Range = Around([.. scratch, .. total, .. low, .. high], log: true) },
            Traces = traces,
        };
    }

    private static Figure HeatMap(string name, string title, string subtitle, IReadOnlyList<double[]> rows, string x, string y, string description, bool texts)
    {
        (int Row, int Column, double Value)[] cells = [.. rows.SelectMany((row, i) => row.Select((value, j) => (i, j, value)))];
        return new Figure
        {
            Name = name,
            Title = title,
            Subtitle = subtitle,
            Description = $"{description}, {rows.Count} by {rows[0].Length} numbers from {Quantity.Significant(cells.Min(cell => cell.Value), 3)} to {Quantity.Significant(cells.Max(cell => cell.Value), 3)}.",
            XAxis = new FigureAxis(x) { Range = new(-0.5, rows[0].Length - 0.5), Marks = Counted(rows[0].Length) },
            // The first row on top, as a matrix is written.
            YAxis = new FigureAxis(y) { Range = new(rows.Count - 0.5, -0.5), Marks = Counted(rows.Count) },
            ColorAxis = new FigureAxis("Weight") { Range = new(Math.Min(0, cells.Min(cell => cell.Value)), Math.Max(1e-3, cells.Max(cell => cell.Value))) },
            Traces =
            [
                new Trace
                {
                    Name = title, Kind = TraceKind.HeatMap, X = [.. cells.Select(cell => (double)cell.Column)], Y = [.. cells.Select(cell => (double)cell.Row)], Z = [.. cells.Select(cell => cell.Value)],
                    CellTexts = texts ? [.. cells.Select(cell => Quantity.Significant(cell.Value, 2))] : null, Color = "--seq-5",
                    Hover = [.. cells.Select(cell => $"{y} {cell.Row + 1}\n{x} {cell.Column + 1}\n{Quantity.Significant(cell.Value, 3)}")],
                },
            ],
        };
    }

    // 1, 2, 3 … of few, every eighth of many.
    private static AxisTick[] Counted(int count) =>
        [.. Enumerable.Range(0, count).Where(i => count <= MostMarks || (i + 1) % 8 == 0 || i == 0).Select(i => new AxisTick(i, (i + 1).ToString(CultureInfo.InvariantCulture)))];

    // The curve over what was paid for it, so that bands and zoom are those of every other curve.
    private static RunCurve? Paid(GrowthRun run, CurveAxis axis, bool withSmall)
    {
        if (run.Cost(axis) is not var (x, y))
            return null;
        var small = !withSmall ? 0 : axis == CurveAxis.Time ? run.Growth.SmallSeconds : run.Growth.SmallFlops;
        if (double.IsNaN(small))
            return null;
        double[] rows = [.. Enumerable.Range(0, x.Length).Select(i => (double)i)];
        var paid = new ImportedSeries("paid", rows, [.. x.Select(value => value + small)]);
        return new RunCurve(new ImportedSeries("loss", rows, y), axis == CurveAxis.Time ? new RunAxes(run.Run.Parameters, null, null, paid) : new RunAxes(run.Run.Parameters, null, paid, null));
    }

    private static int Index(string key) => Array.IndexOf(s_known, key) is >= 0 and var index ? index : s_known.Length + key.Sum(character => character) % s_known.Length;

    // A schedule has the colour of its operator, and another dash and symbol.
    private static string Color(string key) => FormattableString.Invariant($"--cat-{1 + Index(GrowthColumns.Rule(key)) % 6}");

    private static LineDash Dash(string key) => GrowthColumns.Rule(key) is var rule && rule != key ? Next(s_dashes, Dash(rule)) : s_dashes[Index(key) / 6 % 2 * 2 + Index(key) % 2];

    private static MarkerSymbol Symbol(string key) => GrowthColumns.Rule(key) is var rule && rule != key ? Next(s_symbols, Symbol(rule)) : s_symbols[Index(key) % s_symbols.Length];

    private static T Next<T>(T[] all, T one) => all[(Array.IndexOf(all, one) + 1) % all.Length];
}
