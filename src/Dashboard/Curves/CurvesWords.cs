using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>The one-line answer of the page of curves.</summary>
/// <param name="Run">Name of the run or group.</param>
/// <param name="Value">Its last value with unit.</param>
/// <param name="At">Where.</param>
/// <param name="Note">How it was read and out of how many.</param>
public sealed record CurvesAnswer(string Run, string Value, string At, string Note);

/// <summary>What the page of curves says.</summary>
public static class CurvesWords
{
    private const int ValueDigits = 5;

    /// <summary>Unit of a metric; empty where nobody says.</summary>
    public static string Unit(string metric) => metric switch
    {
        "tokens" => "tokens",
        "flops" => "FLOP",
        "seconds" => "s",
        _ when metric.Contains("loss", StringComparison.OrdinalIgnoreCase) || metric.Contains("CrossEntropy", StringComparison.OrdinalIgnoreCase) => "nats per token",
        _ => "",
    };

    /// <summary>"loss", "loss less that of a", "loss over that of a".</summary>
    public static string Quantity(string metric, CurveComparison comparison, string reference) => reference.Length == 0 ? metric : comparison switch
    {
        CurveComparison.Difference => $"{metric} less that of {reference}",
        CurveComparison.Ratio => $"{metric} over that of {reference}",
        _ => metric,
    };

    /// <summary>What is drawn of a metric, with its unit: "loss, nats per token", "Δ loss, nats per token", "ratio of loss".</summary>
    public static string WithUnit(string metric, CurveComparison comparison) =>
        comparison == CurveComparison.Ratio ? $"ratio of {metric}"
        : (comparison == CurveComparison.Difference ? "Δ " : "") + metric + (Unit(metric) is { Length: > 0 } unit && unit != metric ? $", {unit}" : "");

    /// <summary>An x axis: title and kind of numbers.</summary>
    public static FigureAxis Axis(CurveAxis axis) => axis switch
    {
        CurveAxis.Tokens => new FigureAxis("Tokens D") { Ticks = TickKind.Count },
        CurveAxis.Flops => new FigureAxis("Training compute C, FLOP") { Ticks = TickKind.Scientific },
        CurveAxis.Time => new FigureAxis("Wall time, hours"),
        CurveAxis.Cost => new FigureAxis("Cost, $"),
        _ => new FigureAxis("Training step") { Ticks = TickKind.Count },
    };

    /// <summary>A place on an x axis: "step 1.2K", "12.3B tokens", "1.2e21 FLOP", "3.4 hours".</summary>
    public static string Place(CurveAxis axis, double x) => axis switch
    {
        CurveAxis.Tokens => $"{Runs.Quantities.Quantity.Count(x)} tokens",
        CurveAxis.Flops => $"{Runs.Quantities.Quantity.Scientific(x)} FLOP",
        CurveAxis.Time => $"{Runs.Quantities.Quantity.Significant(x, 3)} hours",
        CurveAxis.Cost => Dollars(x),
        _ => $"step {Step(x)}",
    };

    /// <summary>Money: "$12.3", "$4.5K".</summary>
    public static string Dollars(double x) => "$" + Runs.Quantities.Quantity.Count(x);

    /// <summary>A step: whole up to a million.</summary>
    public static string Step(double x) => Math.Abs(x) < 1e6 ? x.ToString("N0", CultureInfo.InvariantCulture) : Runs.Quantities.Quantity.Count(x);

    /// <summary>A value of a metric.</summary>
    public static string Value(double value) => !double.IsFinite(value) ? "–"
        : Math.Abs(value) is > 0 and < 1e-3 or >= 1e6 ? Runs.Quantities.Quantity.Scientific(value)
        : Runs.Quantities.Quantity.Significant(value, ValueDigits);

    /// <summary>A difference.</summary>
    public static string WithSign(double value) => value > 0 ? "+" + Value(value) : Value(value);

    /// <summary>How curves are smoothed.</summary>
    public static string Smoothing(CurveSmoothing smoothing) => smoothing.Kind switch
    {
        SmoothingKind.Average => string.Create(CultureInfo.InvariantCulture, $"moving average of weight {smoothing.Strength}"),
        SmoothingKind.Window => string.Create(CultureInfo.InvariantCulture, $"mean of {smoothing.Strength} rows"),
        _ => "not smoothed",
    };

    /// <summary>Edges of a band.</summary>
    public static string Spread(SpreadKind spread) => spread switch
    {
        SpreadKind.Error => "± 1 standard error",
        SpreadKind.Range => "lowest to highest",
        _ => "± 1 standard deviation",
    };

    /// <summary>What stands beside the title of a panel: smoothing, points shown and all, and what is left out.</summary>
    public static string Caption(CurvePanel panel, CurvesState state, int beyond)
    {
        var shown = panel.Traces.Select(one => one.Trace).Where(trace => !state.Hidden.Contains(trace.Of)).ToArray();
        CurveTrace[] lines = [.. shown.Where(trace => trace.Kind is CurveTraceKind.Line or CurveTraceKind.Band)];
        var parts = new List<string>();
        if (panel.Request.Options.Smoothing.Kind != SmoothingKind.None)
            parts.Add(Smoothing(panel.Request.Options.Smoothing));
        if (panel.Request.Grouping != CurveGrouping.None)
            parts.Add($"mean {Spread(panel.Request.Options.Spread)}");
        if (panel.Traces.Any(one => one.Trace.Kind == CurveTraceKind.Envelope))
            parts.Add("dotted: the envelope");
        var (drawn, total) = (lines.Sum(Inside), lines.Sum(trace => (long)trace.Total));
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{drawn:N0} of {total:N0} points"));
        if (lines.Sum(trace => trace.NonPositive) is > 0 and var dropped)
            parts.Add($"{Words.Count(dropped, "point")} at or below 0 not on the log axis");
        if (Visible(panel, state).Sum(one => one.Summary.NotFinite) is > 0 and var odd)
            parts.Add($"{Words.Count(odd, "value")} not finite{(panel.Request.Grouping == CurveGrouping.None ? ", ✕ at the edge" : ", which count in no mean")}");
        if (beyond > 0)
            parts.Add($"{Words.Count(beyond, "point")} outside the frame");
        if (panel.WithoutX > 0)
            parts.Add($"{Words.Count(panel.WithoutX, "row")} without {AxisNoun(panel.Request.Options.Axis)}");
        return string.Join(" · ", parts);

        long Inside(CurveTrace trace) => panel.Request.Options is { Low: null, High: null } ? trace.X.Length
            : trace.X.Count(x => x >= (panel.Request.Options.Low ?? x) && x <= (panel.Request.Options.High ?? x));
    }

    /// <summary>One sentence for who cannot see the panel.</summary>
    public static string Description(CurvePanel panel, CurvesState state)
    {
        var names = panel.Groups.Where(group => !state.Hidden.Contains(group.Id)).Select(group => group.Name).ToArray();
        var axis = AxisNoun(panel.Request.Options.Axis);
        return names.Length == 0 ? $"{panel.Request.Metric} against {axis}: no run is drawn."
            : $"{panel.Request.Metric} against {axis} of {Words.Count(names.Length, "line")}: {Words.List(names)}. The table below has the values.";
    }

    /// <summary>"tokens", as in "without tokens".</summary>
    public static string AxisNoun(CurveAxis axis) => axis switch
    {
        CurveAxis.Tokens => "tokens",
        CurveAxis.Flops => "compute",
        CurveAxis.Time => "wall time",
        CurveAxis.Cost => "cost",
        _ => "a step",
    };

    /// <summary>Which drawn run, or mean of a group, ends lowest in the first panel; null where none has a value.</summary>
    public static CurvesAnswer? Answer(CurvePanel panel, CurvesState state)
    {
        var visible = Visible(panel, state);
        if (visible.Length == 0)
            return null;
        var ends = Ends(panel.Request.Options.Axis, visible);
        var smoothing = panel.Request.Options.Smoothing;
        if (panel.Request.Grouping != CurveGrouping.None)
        {
            var (group, mean, spread, at) = panel.Groups
                .Where(group => !state.Hidden.Contains(group.Id))
                .Select(group => (group, of: group.Runs.Where(run => panel.Summaries.ContainsKey(run.Id)).Select(run => panel.Summaries[run.Id]).ToArray()))
                .Where(one => one.of.Length > 0)
                .Select(one => (one.group, one.of.Average(run => run.Last), SpreadOf([.. one.of.Select(run => run.Last)], panel.Request.Options.Spread), one.of.Max(run => run.LastX)))
                .MinBy(one => one.Item2);
            return new CurvesAnswer(group.Name, Measure(panel, mean), Place(panel.Request.Options.Axis, at), $"({spread}; mean of the last values, {Smoothing(smoothing)}; {visible.Length} runs shown, which end {ends}).");
        }

        var (best, name) = visible.MinBy(one => one.Summary.Last);
        var how = smoothing.Kind == SmoothingKind.None ? "its last logged value"
            : $"{Smoothing(smoothing)}{(best.Scatter is { } scatter ? $", logged values scatter by ±{Runs.Quantities.Quantity.Significant(scatter, 2)} around it" : "")}";
        return new CurvesAnswer(
            name, Measure(panel, best.Last), Place(panel.Request.Options.Axis, best.LastX),
            visible.Length == 1 ? $"({how}; the only run shown)." : $"({how}; {visible.Length} runs shown, which end {ends}).");
    }

    private static string Measure(CurvePanel panel, double value) =>
        Unit(panel.Request.Metric) is { Length: > 0 } unit ? $"{Value(value)} {unit}" : $"{panel.Request.Metric} {Value(value)}";

    private static string SpreadOf(double[] values, SpreadKind spread)
    {
        if (values.Length == 1)
            return "n = 1, no spread";
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        var width = spread switch
        {
            SpreadKind.Range => $"{Value(values.Min())}–{Value(values.Max())}",
            SpreadKind.Error => $"±{Runs.Quantities.Quantity.Significant(deviation / Math.Sqrt(values.Length), 2)} standard error",
            _ => $"±{Runs.Quantities.Quantity.Significant(deviation, 2)} standard deviation",
        };
        return $"{width}, n = {values.Length}";
    }

    /// <summary>Runs, points, lowest value anywhere, spread of the ends, what is not finite.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(CurvePanel panel, CurvesState state, RunChoice choice)
    {
        var visible = Visible(panel, state);
        if (visible.Length == 0)
            return [];
        var (lowest, lowestName) = visible.MinBy(one => one.Summary.Lowest);
        var ends = visible.Select(one => one.Summary.Last).ToArray();
        var odd = visible.Where(one => one.Summary.NotFinite > 0).ToArray();
        return
        [
            new("Runs shown", visible.Length.ToString("N0", CultureInfo.InvariantCulture), choice.Rule),
            new("Rows logged", Runs.Quantities.Quantity.Count(visible.Sum(one => (double)one.Summary.Rows)), $"of {panel.Request.Metric}"),
            new("Lowest anywhere", Value(lowest.Lowest), $"{lowestName} at {Place(panel.Request.Options.Axis, lowest.LowestX)}"),
            new("Ends between", $"{Value(ends.Min())}–{Value(ends.Max())}", Unit(panel.Request.Metric)),
            new("Not finite", odd.Sum(one => one.Summary.NotFinite).ToString("N0", CultureInfo.InvariantCulture), odd.Length == 0 ? "no NaN, no infinity" : $"in {Words.Count(odd.Length, "run")}"),
        ];
    }

    /// <summary>What the link names and the project has not; null where all is there.</summary>
    public static string? Missing(CurvesView view, CurvesState state)
    {
        var parts = new List<string>();
        if (view.Missing.Count > 0)
            parts.Add($"{Words.Count(view.Missing.Count, "run")} named by this link {(view.Missing.Count == 1 ? "is" : "are")} not in this project: deleted, or of another one.");
        string[] metrics = [.. state.Metrics.Where(metric => view.Metrics.All(one => one.Metric != metric))];
        if (metrics.Length > 0)
            parts.Add($"No run of this project has a curve of {Words.List(metrics)}.");
        if (state.Grouping == CurveGrouping.Seed && !RunGroups.HaveSeeds(view.Choice.Shown))
            parts.Add("None of these runs has a column that ends in “seed”, so none is taken for a repetition of another; group by columns instead.");
        if (state.Grouping == CurveGrouping.Columns && state.GroupBy.Where(column => !Projects.ProjectRuns.Columns(view.Choice.Shown).Contains(column)).ToArray() is { Length: > 0 } unknown)
            parts.Add($"None of these runs has a column {Words.List(unknown)}.");
        return parts.Count == 0 ? null : string.Join(" ", parts);
    }

    private static string Ends(CurveAxis axis, (CurveSummary Summary, string Name)[] runs)
    {
        var (first, last) = (Place(axis, runs.Min(run => run.Summary.LastX)), Place(axis, runs.Max(run => run.Summary.LastX)));
        return first == last ? "there" : $"between {first} and {last}";
    }

    private static (CurveSummary Summary, string Name)[] Visible(CurvePanel panel, CurvesState state) =>
    [
        .. panel.Groups.Where(group => !state.Hidden.Contains(group.Id)).SelectMany(group => group.Runs)
            .Where(run => panel.Summaries.ContainsKey(run.Id)).Select(run => (panel.Summaries[run.Id], run.Name)),
    ];
}
