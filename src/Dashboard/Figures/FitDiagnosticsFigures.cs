using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>What residuals are drawn against.</summary>
public enum ResidualAxis
{
    /// <summary>Training compute.</summary>
    C,

    /// <summary>Parameters.</summary>
    N,

    /// <summary>Tokens.</summary>
    D,

    /// <summary>What the law predicts.</summary>
    Fitted,
}

/// <summary>What a roll-out follows.</summary>
public enum RollOutQuantity
{
    /// <summary>The exponent a.</summary>
    Exponent,

    /// <summary>N_opt at the target.</summary>
    Parameters,

    /// <summary>Loss of the optimum at the target.</summary>
    Loss,
}

/// <summary>The charts of a fit's diagnostics.</summary>
public static class FitDiagnosticsFigures
{
    // Beyond it browsers get slow; the points drawn are evenly spaced over the runs.
    private const int MostRuns = 5_000;
    private const int ManyRuns = 1_000;
    private const double CrowdedSize = 3;

    // 1.2816 standard deviations either way hold 80 % of a normal distribution.
    private const double Eighty = 1.2816;
    private const string OwnColor = "--cat-3";

    /// <summary>Residuals, one colour a budget, around the band that holds most of them.</summary>
    public static Figure Residuals(FitDiagnostics diagnostics, FitResult result, ResidualAxis axis)
    {
        var (unit, scale) = Unit(diagnostics, result);
        var residuals = diagnostics.Residuals;
        var x = Enumerable.Range(0, result.Rows.Count).Select(i => axis switch
        {
            ResidualAxis.C => result.Rows[i].Flops,
            ResidualAxis.N => result.Rows[i].Parameters,
            ResidualAxis.D => result.Rows[i].Tokens,
            _ => residuals.Points[i].Predicted,
        }).ToArray();
        var stride = 1 + (result.Rows.Count - 1) / MostRuns;
        double[] ends = [x.Min(), x.Max()];
        var band = Eighty * scale * residuals.Scale;
        var traces = new List<Trace>();
        if (band > 0)
            traces.Add(new Trace { Name = "Where 80 % lie if errors are normal", Kind = TraceKind.Band, X = ends, YLow = [-band, -band], YHigh = [band, band], Color = OwnColor, Opacity = 0.14 });
        traces.Add(Level("On the law", ends, 0));
        foreach (var (name, color, members) in Budgets(diagnostics, result))
        {
            int[] drawn = [.. members.Where((_, k) => k % stride == 0)];
            traces.Add(new Trace
            {
                Name = name,
                Kind = TraceKind.Points,
                X = [.. drawn.Select(i => x[i])],
                Y = [.. drawn.Select(i => scale * residuals.Points[i].Residual)],
                Color = color,
                Size = result.Rows.Count > ManyRuns ? CrowdedSize : null,
                Hover = [.. drawn.Select(i => $"{IsoFlopWords.Hover(result.Rows[i])}\n{ResidualText(diagnostics, result, i)}")],
                Ids = Ids(result, drawn),
            });
        }

        var (title, ticks) = axis switch
        {
            ResidualAxis.C => ("Training compute C, FLOP", TickKind.Scientific),
            ResidualAxis.N => ("Parameters N", TickKind.Count),
            ResidualAxis.D => ("Tokens D", TickKind.Count),
            _ => (result.Fit.Law.Form.PredictsLoss ? "Fitted loss, nats per token" : "Fitted metric", TickKind.Plain),
        };
        return new Figure
        {
            Name = "fit-residuals",
            Title = "Residuals",
            Subtitle = stride > 1 ? $"measured minus fitted; one in {stride} runs is drawn" : "measured minus fitted, one colour a budget",
            Description = $"Residuals of {Words.Count(result.Rows.Count, "run")} against {title}; the band holds 80 % of them if errors are normal.",
            XAxis = new FigureAxis(title) { Log = axis != ResidualAxis.Fitted, Ticks = ticks },
            YAxis = new FigureAxis($"Residual, {unit}"),
            Traces = traces,
        };
    }

    /// <summary>How far the fit moves without each run, against what it then says.</summary>
    public static Figure Influence(FitDiagnostics diagnostics, FitResult result)
    {
        var headline = FitDiagnostics.Headline(result.Fit.Law.Form);
        var estimate = headline.Of(result.Fit.Law);
        var byPoint = diagnostics.Influence.Where(point => point.Without is not null && double.IsFinite(point.Distance)).ToDictionary(point => point.Point);
        var traces = new List<Trace>();
        foreach (var (name, color, members) in Budgets(diagnostics, result))
        {
            int[] drawn = [.. members.Where(byPoint.ContainsKey)];
            if (drawn.Length == 0)
                continue;
            traces.Add(new Trace
            {
                Name = name,
                Kind = TraceKind.Points,
                X = [.. drawn.Select(i => headline.Of(byPoint[i].Without!))],
                Y = [.. drawn.Select(i => byPoint[i].Distance)],
                Color = color,
                Size = byPoint.Count > ManyRuns ? CrowdedSize : null,
                Hover = [.. drawn.Select(i =>
                    $"{IsoFlopWords.Hover(result.Rows[i])}\nwithout it {headline.Symbol} = {Number(headline, headline.Of(byPoint[i].Without!))} instead of {Number(headline, estimate)}\nCook's distance {Quantity.Significant(byPoint[i].Distance, 2)}\n{ResidualText(diagnostics, result, i)}")],
                Ids = Ids(result, drawn),
            });
        }

        return new Figure
        {
            Name = "fit-influence",
            Title = "Influence of each run",
            Subtitle = $"{headline.Symbol} without it, and how far all predictions move",
            Description = $"Cook's distance of {Words.Count(byPoint.Count, "run")} against {headline.Symbol} fitted without the run; the line is the fit to all.",
            XAxis = new FigureAxis($"{headline.Symbol} without the run"),
            YAxis = new FigureAxis("Cook's distance"),
            Traces = traces,
            VerticalLines = [new VerticalLine(estimate, "all runs")],
        };
    }

    /// <summary>The fit without each budget, beside the interval of the fit to all.</summary>
    public static Figure LeaveOneOut(FitDiagnostics diagnostics, FitResult result)
    {
        var headline = FitDiagnostics.Headline(result.Fit.Law.Form);
        var estimate = headline.Of(result.Fit.Law);
        var left = diagnostics.LeaveOneOut.Select((budget, k) => (Budget: budget, Color: IsoFlopFigures.SequenceColor(k, diagnostics.LeaveOneOut.Count))).Where(one => one.Budget.Law is not null).ToArray();
        double[] ends = [diagnostics.LeaveOneOut.Min(one => one.Flops), diagnostics.LeaveOneOut.Max(one => one.Flops)];
        var traces = new List<Trace>();
        if (diagnostics.LeaveOneOutInterval is { } interval)
        {
            traces.Add(new Trace
            {
                Name = "All budgets, 80 %", Kind = TraceKind.Band, X = ends, YLow = [interval.Low80, interval.Low80], YHigh = [interval.High80, interval.High80], Color = OwnColor, Opacity = 0.14,
            });
        }

        traces.Add(Level("All budgets", ends, estimate));
        traces.Add(new Trace
        {
            Name = "Without the budget",
            Kind = TraceKind.Points,
            X = [.. left.Select(one => one.Budget.Flops)],
            Y = [.. left.Select(one => headline.Of(one.Budget.Law!))],
            Color = "--seq-5",
            Colors = [.. left.Select(one => one.Color)],
            Size = 9,
            Hover = [.. left.Select(one =>
                $"Without {Quantity.Scientific(one.Budget.Flops)} FLOP ({Words.Count(one.Budget.Points, "run")})\n{headline.Symbol} = {Number(headline, headline.Of(one.Budget.Law!))} instead of {Number(headline, estimate)}\nits runs are predicted {Percent(one.Budget.Error.AbsoluteRelativeError)} off")],
        });
        return new Figure
        {
            Name = "fit-leave-one-budget-out",
            Title = "Leaving out one budget at a time",
            Subtitle = $"{headline.Symbol} of the fit to the others; 80 % band of the fit to all",
            Description = $"{headline.Symbol} fitted without each of {Words.Count(diagnostics.LeaveOneOut.Count, "budget")} in turn, against the interval of the fit to all.",
            XAxis = new FigureAxis("Budget left out, FLOP") { Log = true, Ticks = TickKind.Scientific },
            YAxis = new FigureAxis(headline.Symbol),
            Traces = traces,
        };
    }

    /// <summary>An estimate as budgets are added, smallest first.</summary>
    public static Figure RollOut(FitDiagnostics diagnostics, RollOutQuantity quantity)
    {
        var steps = diagnostics.RollOut.Select(step => (Step: step, Estimate: Of(step, quantity))).Where(step => step.Estimate is { } estimate && double.IsFinite(estimate.Value)).ToArray();
        var (title, symbol) = quantity switch
        {
            RollOutQuantity.Exponent => ("Exponent a", "a"),
            RollOutQuantity.Parameters => ($"N_opt at {Quantity.Scientific(diagnostics.Target)} FLOP", "N_opt"),
            _ => ($"Loss at {Quantity.Scientific(diagnostics.Target)} FLOP, nats per token", "loss"),
        };
        double[] x = [.. steps.Select(step => step.Step.Flops)];
        var traces = new List<Trace>();
        if (steps.Any(step => step.Estimate!.Interval is not null))
        {
            traces.Add(new Trace
            {
                Name = "80 % interval",
                Kind = TraceKind.Band,
                X = x,
                YLow = [.. steps.Select(step => step.Estimate!.Interval?.Low80 ?? double.NaN)],
                YHigh = [.. steps.Select(step => step.Estimate!.Interval?.High80 ?? double.NaN)],
                Color = OwnColor,
                Opacity = 0.14,
            });
        }

        if (steps.Length > 0)
            traces.Add(Level("All budgets", [x[0], x[^1]], steps[^1].Estimate!.Value));
        traces.Add(new Trace { Name = "Fit to the smallest budgets", Kind = TraceKind.Line, X = x, Y = [.. steps.Select(step => step.Estimate!.Value)], Color = OwnColor, Size = 2 });
        traces.Add(new Trace
        {
            Name = "Fits",
            Kind = TraceKind.Points,
            X = x,
            Y = [.. steps.Select(step => step.Estimate!.Value)],
            YLow = [.. steps.Select(step => step.Estimate!.Interval?.Low80 ?? double.NaN)],
            YHigh = [.. steps.Select(step => step.Estimate!.Interval?.High80 ?? double.NaN)],
            Color = OwnColor,
            Size = 7,
            Hover = [.. steps.Select(step =>
                $"{Words.Count(step.Step.Budgets, "budget")} up to {Quantity.Scientific(step.Step.Flops)} FLOP, {Words.Count(step.Step.Points, "run")}\n{symbol} {Number(quantity, step.Estimate!.Value)}\n{IsoFlopWords.Eighty(step.Estimate.Interval, value => Number(quantity, value))}")],
        });
        return new Figure
        {
            Name = "fit-roll-out",
            Title = "As budgets are added",
            Subtitle = $"{symbol} from the smallest budgets alone, 80 % percentile band",
            Description = $"{title} fitted to the {diagnostics.RollOut[0].Budgets} smallest budgets, then to more, up to all {diagnostics.RollOut[^1].Budgets}.",
            XAxis = new FigureAxis("Largest budget fitted, FLOP") { Log = true, Ticks = TickKind.Scientific },
            YAxis = new FigureAxis(title) { Log = quantity == RollOutQuantity.Parameters, Ticks = quantity == RollOutQuantity.Parameters ? TickKind.Count : TickKind.Plain },
            Traces = traces,
        };
    }

    /// <summary>Quantities a roll-out of this law can follow.</summary>
    public static IReadOnlyList<RollOutQuantity> Followed(FitDiagnostics diagnostics) =>
        [.. Enum.GetValues<RollOutQuantity>().Where(quantity => diagnostics.RollOut.Any(step => Of(step, quantity) is not null))];

    /// <summary>"0.512" for an exponent, "4.2B" for a count.</summary>
    public static string Number(LawQuantity quantity, double value) => quantity.Key == "a" ? IsoFlopWords.Exponent(value) : Quantity.Significant(value, 4);

    /// <summary>A fraction as "1.2 %".</summary>
    public static string Percent(double fraction) => double.IsFinite(fraction) ? $"{Quantity.Significant(100 * fraction, 2)} %" : "–";

    /// <summary>A residual in the unit of the chart, and in robust standard deviations.</summary>
    public static string ResidualText(FitDiagnostics diagnostics, FitResult result, int row)
    {
        var (unit, scale) = Unit(diagnostics, result);
        var point = diagnostics.Residuals.Points[row];
        var standardised = double.IsFinite(point.Standardised) ? string.Create(CultureInfo.InvariantCulture, $", {point.Standardised:+0.0;−0.0;0.0} standard deviations") : "";
        var value = Quantity.Significant(Math.Abs(scale * point.Residual), 2);
        return $"residual {(point.Residual < 0 ? "−" : "+")}{value}{(diagnostics.Residuals.AreLogarithmic ? " %" : $" {unit}")}{standardised}";
    }

    private static string Number(RollOutQuantity quantity, double value) => quantity switch
    {
        RollOutQuantity.Exponent => IsoFlopWords.Exponent(value),
        RollOutQuantity.Parameters => Quantity.Count(value),
        _ => $"{Quantity.Significant(value, 4)} nats per token",
    };

    private static LawEstimate? Of(RollOutRow step, RollOutQuantity quantity) => quantity switch
    {
        RollOutQuantity.Exponent => step.Exponent,
        RollOutQuantity.Parameters => step.Parameters,
        _ => step.Loss,
    };

    // A residual of log loss is a share of the loss.
    private static (string Unit, double Scale) Unit(FitDiagnostics diagnostics, FitResult result) =>
        diagnostics.Residuals.AreLogarithmic ? ("% of the loss", 100) : (result.Fit.Law.Form.PredictsLoss ? "nats per token" : "of the metric", 1);

    private static Trace Level(string name, double[] ends, double value) => new()
    {
        Name = name, Kind = TraceKind.Line, X = ends, Y = [value, value], Color = IsoFlopFigures.PublishedColor, Dash = LineDash.Dash, Size = 1.4,
    };

    private static string[]? Ids(FitResult result, int[] drawn) => drawn.All(i => result.Rows[i].RunId.Length > 0) ? [.. drawn.Select(i => result.Rows[i].RunId)] : null;

    private static IEnumerable<(string Name, string Color, IReadOnlyList<int> Members)> Budgets(FitDiagnostics diagnostics, FitResult result)
    {
        for (var k = 0; k < diagnostics.Budgets.Count; k++)
            yield return ($"{Quantity.Scientific(diagnostics.Budgets[k].Flops)} FLOP", IsoFlopFigures.SequenceColor(k, diagnostics.Budgets.Count), diagnostics.Budgets[k].Members);
        int[] others = [.. Enumerable.Range(0, result.Rows.Count).Except(diagnostics.Budgets.SelectMany(budget => budget.Members))];
        if (others.Length > 0)
            yield return ("Without a budget", IsoFlopFigures.PublishedColor, others);
    }
}
