using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Optimizers.Speedup;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Optimizers page over runs.</summary>
public static class OptimizerFigures
{
    private const int PointsPerCurve = 200;
    private const int TrendPoints = 40;
    private const double BandOpacity = 0.16;

    /// <summary>All of a scene, the speed-ups first.</summary>
    public static IReadOnlyList<Figure> Of(OptimizersScene scene) => [.. new[] { Speedups(scene), Losses(scene), Basins(scene), Profile(scene) }.OfType<Figure>()];

    /// <summary>Mean loss of each optimizer in the race in front with the spread of its seeds; null where no run has the axis.</summary>
    public static Figure? Losses(OptimizersScene scene)
    {
        var state = scene.State;
        var options = new CurveOptions { Axis = state.Axis, LogX = state.LogX, Points = PointsPerCurve, Spread = SpreadKind.Deviation };
        var traces = new List<Trace>();
        foreach (var basin in scene.Front.Race.Basins)
        {
            PanelRun[] runs = [.. scene.Runs(basin.Optimizer).Where(run => run.Over(state.Axis) is not null).Select(run => new PanelRun(run.Id, run.Curve!))];
            if (runs.Length == 0)
                continue;
            var band = CurvePanelRecipe.OfGroup(new PanelGroup(basin.Optimizer, runs), options);
            var (style, name) = (OptimizerStyle.Of(basin.Optimizer), OptimizerColumns.Name(basin.Optimizer));
            if (runs.Length > 1)
                traces.Add(new Trace { Name = $"{name}, seeds", Kind = TraceKind.Band, X = band.X, YLow = band.Low, YHigh = band.High, Color = style.Color, Opacity = BandOpacity });
            traces.Add(new Trace { Name = name, Kind = TraceKind.Line, X = band.X, Y = band.Y, YLow = band.Low, YHigh = band.High, Counts = band.Runs, Color = style.Color, Dash = style.Dash, Size = 2, EndLabel = name });
        }

        if (traces.Count == 0)
            return null;
        double[] all = [.. traces.Where(trace => trace.Kind == TraceKind.Line).SelectMany(trace => trace.Y).Where(double.IsFinite)];
        var (low, high) = (traces.Where(trace => trace.X.Length > 0).Min(trace => trace.X[0]), traces.Max(trace => trace.X[^1]));
        var target = scene.Runs(scene.Comparison.Baseline).Average(run => run.Loss);
        traces.Add(new Trace { Name = $"Final loss of {scene.Baseline}", Kind = TraceKind.Line, X = [low, high], Y = [target, target], Color = "--ink-faint", Dash = LineDash.Dot, Size = 1.2 });
        return new Figure
        {
            Name = "optimizers-loss",
            Title = "Loss",
            Subtitle = $"{OptimizersWords.Size(scene.Front, scene.Comparison)}, mean over seeds with their standard deviation",
            Description = $"Loss of {Words.List([.. scene.Front.Race.Basins.Select(basin => OptimizerColumns.Name(basin.Optimizer))])} at {OptimizersWords.Size(scene.Front, scene.Comparison)}, and the final loss of {scene.Baseline}.",
            XAxis = CurvesWords.Axis(state.Axis) with { Log = state.LogX },
            YAxis = new FigureAxis("Loss, nats per token") { Range = Around(WithoutFarOutliers(all, below: true), log: false) },
            Traces = traces,
        };
    }

    /// <summary>Speed-up against size with intervals, the trend, and published ones where asked for.</summary>
    public static Figure Speedups(OptimizersScene scene)
    {
        var (comparison, measure, style) = (scene.Comparison, scene.Measure, OptimizerStyle.Of(scene.Comparison.Challenger));
        var races = comparison.Compared.Where(race => double.IsFinite(race.Speedup(measure).Value)).ToArray();
        var published = scene.State.Published ? PublishedOptimizers.Speedups.Where(one => one.Measure == measure && one.Challenger == comparison.Challenger).ToArray() : [];
        double[] sizes = [.. races.Select(race => race.Race.Parameters), .. published.Select(one => one.Parameters)];
        var range = Around(sizes, log: true) ?? new AxisRange(1e4, 1e6);
        var traces = new List<Trace> { new() { Name = "No gain", Kind = TraceKind.Line, X = [range.Low, range.High], Y = [1, 1], Color = "--ink-faint", Dash = LineDash.Dot, Size = 1.2 } };
        if (double.IsFinite(scene.Trend.Slope.Value) && races.Length > 0)
        {
            var (first, last) = (races[0].Race.Parameters, races[^1].Race.Parameters);
            double[] x = [.. Enumerable.Range(0, TrendPoints).Select(i => first * Math.Pow(last / first, i / (TrendPoints - 1.0)))];
            var line = x.Select(scene.Trend.At).ToArray();
            if (line[0].Interval is not null)
                traces.Add(new Trace { Name = "Trend, 95 %", Kind = TraceKind.Band, X = x, YLow = [.. line.Select(at => at.Interval!.Low95)], YHigh = [.. line.Select(at => at.Interval!.High95)], Color = style.Color, Opacity = BandOpacity });
            traces.Add(new Trace { Name = "Trend", Kind = TraceKind.Line, X = x, Y = [.. line.Select(at => at.Value)], Color = style.Color, Size = 1.6, EndLabel = "trend" });
        }

        foreach (var other in scene.Others)
            traces.AddRange(Points(other, measure, leads: false));
        traces.AddRange(Points(comparison, measure, leads: true));
        if (published.Length > 0)
        {
            traces.Add(new Trace
            {
                Name = "Published",
                Kind = TraceKind.Points,
                X = [.. published.Select(one => one.Parameters)],
                Y = [.. published.Select(one => one.Value)],
                Color = IsoFlopFigures.PublishedColor,
                Symbol = MarkerSymbol.Cross,
                Size = 8,
                Published = true,
                Hover = [.. published.Select(one => $"{OptimizersWords.Times(one.Value)}: {one.Setting}\n{one.Source}")],
            });
        }

        return new Figure
        {
            Name = "optimizers-speedup",
            Title = "Speed-up against size",
            Subtitle = $"{scene.Challenger} over {scene.Baseline} by {OptimizersWords.Name(measure).ToLowerInvariant()}, 95 % over pairs of seeds",
            Description = $"Speed-up of {scene.Challenger} over {scene.Baseline} at {Words.Count(races.Length, "size")}; {OptimizersWords.Trend(scene.Trend)}.",
            XAxis = new FigureAxis("Parameters N") { Log = true, Ticks = TickKind.Count, Range = range },
            YAxis = new FigureAxis("Speed-up, times as fast") { Range = Around([1, .. traces.Where(trace => trace.Kind != TraceKind.Band).SelectMany(trace => trace.Y)], log: false) },
            Traces = traces,
        };
    }

    /// <summary>One challenger's points with their intervals.</summary>
    private static IEnumerable<Trace> Points(OptimizerComparison comparison, SpeedupMeasure measure, bool leads)
    {
        var (style, name) = (OptimizerStyle.Of(comparison.Challenger), OptimizerColumns.Name(comparison.Challenger));
        var races = comparison.Compared.Where(race => double.IsFinite(race.Speedup(measure).Value)).ToArray();
        if (races.Length == 0)
            yield break;
        var intervals = races.Where(race => race.Speedup(measure).Interval is not null).ToArray();
        if (intervals.Length > 0)
        {
            // A gap between the two ends of one interval and the next.
            yield return new Trace
            {
                Name = $"{name}, 95 %",
                Kind = TraceKind.Line,
                X = [.. intervals.SelectMany(race => new[] { race.Race.Parameters, race.Race.Parameters, race.Race.Parameters })],
                Y = [.. intervals.SelectMany(race => new[] { race.Speedup(measure).Interval!.Low95, race.Speedup(measure).Interval!.High95, double.NaN })],
                Color = style.Color,
                Size = leads ? 1.6 : 1,
            };
        }

        yield return new Trace
        {
            Name = name,
            Kind = TraceKind.Points,
            X = [.. races.Select(race => race.Race.Parameters)],
            Y = [.. races.Select(race => race.Speedup(measure).Value)],
            YLow = [.. races.Select(race => race.Speedup(measure).Interval?.Low95 ?? double.NaN)],
            YHigh = [.. races.Select(race => race.Speedup(measure).Interval?.High95 ?? double.NaN)],
            Color = style.Color,
            Symbol = style.Symbol,
            Size = leads ? 9 : 6,
            Hover = [.. races.Select(race => $"{name}, {OptimizersWords.Size(race, comparison)}\n{OptimizersWords.Times(race.Speedup(measure).Value)} by {OptimizersWords.Name(measure).ToLowerInvariant()}, {OptimizersWords.Range(race.Speedup(measure), value => Quantity.Significant(value, 3))}\n{Words.Count(race.Pairs.Count, "pair")} of seeds{(race.Count(TargetReach.Never) is > 0 and var never ? $", {never} never reached it" : "")}")],
            Ids = leads ? [.. races.Select(Id)] : null,
            EndLabel = leads ? null : name,
        };
    }

    /// <summary>What a click on the point of a race reports.</summary>
    public static string Id(RaceComparison race) => FormattableString.Invariant($"{race.Race.Parameters:R}@{race.Race.Tokens:R}");

    /// <summary>Final loss against peak learning rate in the race in front; null where no rate is known.</summary>
    public static Figure? Basins(OptimizersScene scene)
    {
        var traces = new List<Trace>();
        foreach (var basin in scene.Front.Race.Basins)
        {
            var rates = basin.Rates.Where(rate => double.IsFinite(rate.Loss)).ToArray();
            if (rates.Length == 0)
                continue;
            var (style, name) = (OptimizerStyle.Of(basin.Optimizer), OptimizerColumns.Name(basin.Optimizer));
            double[] x = [.. rates.Select(rate => rate.LearningRate!.Value)];
            double[] y = [.. rates.Select(rate => rate.Loss)];
            traces.Add(new Trace { Name = name, Kind = TraceKind.Line, X = x, Y = y, Color = style.Color, Dash = style.Dash, Size = 1.8, EndLabel = name });
            traces.Add(new Trace
            {
                Name = $"{name}, rates tried",
                Kind = TraceKind.Points,
                X = x,
                Y = y,
                Color = style.Color,
                Symbol = style.Symbol,
                Size = 7,
                Hover = [.. rates.Select(rate => $"{name}, {basin.Setting(rate)}\nmean final loss {rate.Loss.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)} over {Words.Count(rate.Runs.Count, "seed")}{(rate == basin.Chosen ? "\ncompared" : "")}")],
            });
            if (basin.Chosen is { LearningRate: { } chosen } && double.IsFinite(basin.Chosen.Loss))
                traces.Add(new Trace { Name = $"{name}, compared", Kind = TraceKind.Points, X = [chosen], Y = [basin.Chosen.Loss], Color = style.Color, Symbol = MarkerSymbol.SquareOutline, Size = 16, Hover = [$"{name}, {basin.Setting(basin.Chosen)}: the setting compared"] });
        }

        return traces.Count == 0 ? null : new Figure
        {
            Name = "optimizers-basins",
            Title = "Tuning",
            Subtitle = "mean final loss against peak learning rate, the one compared framed",
            Description = $"Final loss of {Words.List([.. scene.Front.Race.Basins.Select(basin => OptimizerColumns.Name(basin.Optimizer))])} against the peak learning rate at {OptimizersWords.Size(scene.Front, scene.Comparison)}.",
            XAxis = new FigureAxis("Peak learning rate")
            {
                Log = true,
                Range = Around([.. traces.SelectMany(trace => trace.X)], log: true),
                Marks = [.. traces.SelectMany(trace => trace.X).Distinct().Order().Select(rate => new AxisTick(rate, rate < 1e-3 ? Quantity.Scientific(rate) : Quantity.Significant(rate, 2)))],
            },
            YAxis = new FigureAxis("Final loss, nats per token") { Range = Around(WithoutFarOutliers([.. traces.SelectMany(trace => trace.Y)]), log: false) },
            Traces = traces,
        };
    }

    /// <summary>ρ(τ) of every optimizer that ran the same races; null where there is none.</summary>
    public static Figure? Profile(OptimizersScene scene)
    {
        if (scene.Comparison.Profile is not { } profile)
            return null;
        const double most = PerformanceProfile.UsualMost;
        var traces = new List<Trace>();
        for (var i = 0; i < profile.Optimizers.Count; i++)
        {
            var style = OptimizerStyle.Of(profile.Optimizers[i]);
            double[] jumps = [.. profile.Profile.Ratios[i].Where(ratio => ratio is > 1 and <= most).Distinct().Order()];
            var (x, y) = (new List<double> { 1 }, new List<double> { profile.Profile.Share(i, 1) });
            foreach (var jump in jumps)
            {
                x.AddRange([jump, jump]);
                y.AddRange([y[^1], profile.Profile.Share(i, jump)]);
            }

            x.Add(most);
            y.Add(y[^1]);
            var name = OptimizerColumns.Name(profile.Optimizers[i]);
            traces.Add(new Trace { Name = name, Kind = TraceKind.Line, X = [.. x], Y = [.. y.Select(share => 100 * share)], Color = style.Color, Dash = style.Dash, Size = 2, EndLabel = $"{name} {Quantity.Significant(profile.Scores[i].Value, 2)}" });
        }

        var unit = profile.Axis == CurveAxis.Time ? "time" : "steps";
        return new Figure
        {
            Name = "optimizers-profile",
            Title = "Performance profile",
            Subtitle = $"{Words.Count(profile.Races.Count, "race")}, with the area score of each",
            Description = $"Share of {Words.Count(profile.Races.Count, "race")} on which each of {Words.Count(profile.Optimizers.Count, "optimizer")} reached the baseline's mean final loss within a multiple of the least {unit}.",
            XAxis = new FigureAxis($"τ, times the least {unit}") { Range = new(1, most) },
            YAxis = new FigureAxis("Races won within τ, %") { Range = new(-3, 103) },
            Traces = traces,
        };
    }
}
