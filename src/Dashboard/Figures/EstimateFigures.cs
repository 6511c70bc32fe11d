using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Estimate page.</summary>
public static class EstimateFigures
{
    /// <summary>Name of the cells of the map.</summary>
    public const string MapName = "ARE";

    // More cells than this leave no room for a number in each.
    private const int MostRowsWithText = 14;
    private const int MostCurves = 12;
    private const int PointsPerCurve = 200;
    private const int MostTargetPoints = 600;
    private const double LeastAre = 0.002;
    private const double MostAre = 0.5;

    /// <summary>Models × share of training, coloured by ARE, the plan that answers framed.</summary>
    public static Figure Map(EstimateStudy study, PlanView view, EstimateState state)
    {
        var estimation = study.Target.Estimation;
        var map = view.Map;
        double[] counts = [.. map.Select(score => (double)score.Plan.Models).Distinct().Order()];
        var shown = view.Chosen is { } chosen && map.Contains(chosen) ? chosen : null;
        var traces = new List<Trace>
        {
            new()
            {
                Name = MapName,
                Kind = TraceKind.HeatMap,
                X = [.. map.Select(score => 100 * score.Plan.Share)],
                Y = [.. map.Select(score => (double)score.Plan.Models)],
                Z = [.. map.Select(score => score.Error.Are)],
                CellTexts = counts.Length <= MostRowsWithText ? [.. map.Select(score => double.IsFinite(score.Error.Are) ? Quantity.Significant(100 * score.Error.Are, 2) : "")] : null,
                Hover = [.. map.Select(score => Hover(estimation, score))],
                Ids = [.. map.Select(Id)],
                Color = "--seq-5",
            },
        };
        if (shown is not null)
        {
            traces.Add(new Trace
            {
                Name = "This plan",
                Kind = TraceKind.Points,
                X = [100 * shown.Plan.Share],
                Y = [shown.Plan.Models],
                Color = "--accent",
                Symbol = MarkerSymbol.SquareOutline,
                Size = 24,
                Hover = [Hover(estimation, shown)],
            });
        }

        var first = state.FromLargest ? "counted down from the largest" : state.ScaleDown ? "counted down from the largest of all" : "counted up from the smallest";
        return new Figure
        {
            Name = "are-map",
            Title = "ARE map",
            Subtitle = $"ARE in %, models {first}",
            Description = $"Absolute relative error of predicting {study.Target.Target} for {map.Count} plans by number of models and share of training; {map.Count(score => score.Error.Are <= EstimateRecipe.SeedNoise)} of them stay within 4 %.",
            XAxis = new FigureAxis("Share of training, %") { Marks = [.. EstimateOptions.Tenths.Select(share => new AxisTick(100 * share, Quantity.Significant(100 * share, 3)))], Range = new(5, 105) },
            YAxis = new FigureAxis(estimation.Options.ScaleDown ? "Models (smallest of them)" : "Models (largest of them)")
            {
                Marks = [.. counts.Select(count => new AxisTick(count, Row(map.First(score => score.Plan.Models == (int)count))))],
                Range = counts.Length == 0 ? new(0, 1) : new(counts[0] - Half(counts), counts[^1] + Half(counts)),
            },
            ColorAxis = new FigureAxis("ARE")
            {
                Log = true,
                Range = new(LeastAre, MostAre),
                Marks = [.. ((double[])[0.005, 0.01, 0.04, 0.2, 0.5]).Select(are => new AxisTick(are, Quantity.Significant(100 * are, 2) + " %"))],
            },
            Traces = traces,
        };

        string Row(PlanScore score) => string.Create(CultureInfo.InvariantCulture, $"{score.Plan.Models} ({Quantity.Count(estimation.Options.ScaleDown ? score.SmallestParameters : score.LargestParameters)})");

        static double Half(double[] counts) => counts.Length > 1 ? (counts[1] - counts[0]) / 2 : 0.5;
    }

    /// <summary>ARE of every plan against what it costs, the front, the guide's marks and the two baselines.</summary>
    public static Figure Cost(EstimateStudy study, PlanView view)
    {
        var estimation = study.Target.Estimation;
        PlanScore[] scored = [.. view.All.Where(score => score.Error.Are > 0 && score.FlopsSpent > 0)];
        double[] flops = [.. scored.Select(score => score.FlopsSpent), .. view.Chosen is { FlopsSpent: > 0 } spent ? [spent.FlopsSpent] : Array.Empty<double>()];
        var (low, high) = flops.Length == 0 ? (1e18, 1e21) : (flops.Min() / 2, flops.Max() * 2);
        var most = Math.Max(1, scored.Select(score => score.Plan.Models).DefaultIfEmpty(1).Max());
        var traces = new List<Trace>
        {
            Mark(EstimateRecipe.SeedNoise, "4 % noise", low, high),
            Mark(EstimateRecipe.StillUseful, "20 % useful", low, high),
            Baseline("Best loss so far", "best loss", scored, score => score.BestLoss.Are, LineDash.Dash),
            Baseline("Most compute", "most compute", scored, score => score.MostCompute.Are, LineDash.DashDot),
            new()
            {
                Name = "Plans",
                Kind = TraceKind.Points,
                X = [.. scored.Select(score => score.FlopsSpent)],
                Y = [.. scored.Select(score => score.Error.Are * 100)],
                Color = "--seq-5",
                Colors = [.. scored.Select(score => IsoFlopFigures.SequenceColor(score.Plan.Models - 1, most))],
                Size = 4.5,
                Hover = [.. scored.Select(score => Hover(estimation, score))],
                Ids = [.. scored.Select(Id)],
            },
            new()
            {
                Name = "Pareto front",
                Kind = TraceKind.Line,
                X = [.. view.Front.Select(score => score.FlopsSpent)],
                Y = [.. view.Front.Select(score => score.Error.Are * 100)],
                Color = "--accent",
                Size = 1.6,
                EndLabel = "front",
            },
        };
        if (view.Chosen is { FlopsSpent: > 0, Error.Are: > 0 } chosen)
        {
            traces.Add(new Trace
            {
                Name = "This plan",
                Kind = TraceKind.Points,
                X = [chosen.FlopsSpent],
                Y = [chosen.Error.Are * 100],
                YLow = chosen.Error.Spread is { } spread ? [100 * spread.Low80] : null,
                YHigh = chosen.Error.Spread is { } wide ? [100 * wide.High80] : null,
                Color = "--accent",
                Symbol = MarkerSymbol.Diamond,
                Size = 12,
                Hover = [Hover(estimation, chosen)],
            });
        }

        var errors = scored.Select(score => score.Error.Are * 100).ToArray();
        return new Figure
        {
            Name = "are-against-compute",
            Title = "ARE against compute spent",
            Subtitle = "one point a plan",
            Description = $"Absolute relative error of {scored.Length} plans against the compute of their models, {Quantity.Scientific(low)} to {Quantity.Scientific(high)} FLOP, with a Pareto front of {view.Front.Count} plans, marks at 4 % and 20 %, and the two baselines.",
            XAxis = new FigureAxis("Compute of the models fitted, FLOP") { Log = true, Ticks = TickKind.Scientific, Range = new(low, high) },
            YAxis = new FigureAxis("ARE, %")
            {
                Log = true,
                Range = new(Math.Max(errors.DefaultIfEmpty(1).Min() / 1.5, 0.01), Math.Clamp(errors.DefaultIfEmpty(30).Max() * 1.5, 30, 300)),
                Marks = [.. ((double[])[0.01, 0.1, 0.3, 1, 3, 10, 30, 100, 300]).Select(are => new AxisTick(are, Quantity.Significant(are, 2)))],
            },
            Traces = traces,
        };
    }

    /// <summary>Loss against tokens: the target as measured and as predicted, and the models fitted.</summary>
    public static Figure Curve(EstimateStudy study, PlanView view)
    {
        var estimation = study.Target.Estimation;
        var target = estimation.Targets;
        var traces = new List<Trace>();
        FamilyModel[] fitted = view.Chosen is { } plan ? [.. estimation.Candidates.Skip(plan.Plan.First).Take(plan.Plan.Models)] : [];
        var stride = 1 + (fitted.Length - 1) / MostCurves;
        for (var k = 0; k < fitted.Length; k += stride)
        {
            int[] kept = Thinned(fitted[k].Tokens.Count, PointsPerCurve);
            traces.Add(new Trace
            {
                Name = fitted[k].Name,
                Kind = TraceKind.Line,
                X = [.. kept.Select(i => fitted[k].Tokens[i])],
                Y = [.. kept.Select(i => fitted[k].Losses[i])],
                Color = IsoFlopFigures.SequenceColor(k, fitted.Length),
                Size = 1.2,
                Opacity = 0.8,
                EndLabel = Quantity.Count(fitted[k].Parameters),
            });
        }

        var share = Math.Max(1, MostTargetPoints / target.Count);
        foreach (var model in target)
        {
            int[] kept = Thinned(model.Tokens.Count, share);
            traces.Add(new Trace
            {
                Name = model.Name,
                Kind = TraceKind.Points,
                X = [.. kept.Select(i => model.Tokens[i])],
                Y = [.. kept.Select(i => model.Losses[i])],
                Color = "--ink",
                Size = 4,
                Hover = [.. kept.Select(i => $"{model.Name}\nD {Quantity.Count(model.Tokens[i])}\nloss {Quantity.Significant(model.Losses[i], 4)}")],
                EndLabel = model == target[0] ? $"{Quantity.Count(model.Parameters)}" : null,
            });
        }

        var first = target.Min(model => model.Tokens[0]);
        var predicted = Array.Empty<double>();
        if (view.Chosen is { Law: { IsScored: true } law })
        {
            // The law does not speak of what was cut.
            var start = Math.Min(Math.Max(first, estimation.Options.MinimumTokens), TargetRows.TestShare * estimation.Target.MostTokens);
            double[] tokens = [.. Enumerable.Range(0, 81).Select(i => start * Math.Pow(estimation.Target.MostTokens / start, i / 80.0)).Distinct()];
            predicted = [.. tokens.Select(d => law.Law.Loss(estimation.Target.Parameters, d))];
            traces.Add(new Trace
            {
                Name = "Predicted",
                Kind = TraceKind.Line,
                X = tokens,
                Y = predicted,
                Color = "--accent",
                Dash = LineDash.Dash,
                Size = 2,
                EndLabel = "predicted",
            });
        }

        // Early losses are many times the late ones; the frame is for what is fitted and predicted.
        FamilyModel[] shown = [.. target, .. fitted];
        double[] late = [.. shown.SelectMany(model => model.Tokens.Zip(model.Losses).Where(row => row.First >= Math.Max(estimation.Options.MinimumTokens, first)).Select(row => row.Second)), .. predicted];
        var (low, high) = late.Length == 0 ? (0, 1) : (late.Min(), late.Max());
        var pad = high > low ? 0.05 * (high - low) : 0.05 * Math.Max(high, 1e-9);
        return new Figure
        {
            Name = "loss-of-the-target",
            Title = "Loss of the target",
            Subtitle = "and of the models fitted",
            Description = $"Loss against tokens of {study.Target.Target} as measured and as the law predicts it, and of the {fitted.Length} models fitted.",
            XAxis = new FigureAxis("Tokens D") { Log = true, Ticks = TickKind.Count, Range = new(shown.Min(model => model.Tokens[0]) / 1.2, shown.Max(model => model.MostTokens) * 1.05) },
            YAxis = new FigureAxis(LossTitle(study.Target.Family)) { Range = new(low - pad, high + pad) },
            Traces = traces,
            VerticalLines = [new VerticalLine(TargetRows.TestShare * estimation.Target.MostTokens, "scored from here")],
        };
    }

    /// <summary>Fitted ln A against α and ln B against β, one point a family: they lie near straight lines (arXiv 2410.11840, Figure 3).</summary>
    public static Figure Parameters(EstimateStudy study)
    {
        FamilyLaw[] laws = [.. study.Laws.Where(EstimateStudy.IsInStructure)];
        return new Figure
        {
            Name = "parameters-of-families",
            Title = "Fitted parameters of the families",
            Subtitle = "A against α and B against β",
            Description = $"Coefficients against exponents of the laws of {laws.Length} families.",
            XAxis = new FigureAxis("Exponent α or β"),
            YAxis = new FigureAxis("Coefficient A or B") { Log = true, Ticks = TickKind.Scientific },
            Traces =
            [
                Points("A against α", law => law.Alpha, law => law.A, of => of.Alpha, of => of.A, "--cat-1", MarkerSymbol.Circle),
                Points("B against β", law => law.Beta, law => law.B, of => of.Beta, of => of.B, "--cat-2", MarkerSymbol.Diamond),
            ],
        };

        Trace Points(
            string name, Func<ChinchillaLaw, double> exponent, Func<ChinchillaLaw, double> coefficient, Func<CoefficientIntervals, Interval?> exponentInterval,
            Func<CoefficientIntervals, Interval?> coefficientInterval, string color, MarkerSymbol symbol) => new()
        {
            Name = name,
            Kind = TraceKind.Points,
            X = [.. laws.Select(law => exponent(law.Law.Law))],
            Y = [.. laws.Select(law => coefficient(law.Law.Law))],
            Color = color,
            Symbol = symbol,
            Size = 8,
            // No bars: a factor and its exponent move together, along the line and not across it.
            Hover = [.. laws.Select(law => $"{law.Family.Name}\n{Said(name[^1], exponent(law.Law.Law), exponentInterval(law.Law.Intervals))}\n{Said(name[0], coefficient(law.Law.Law), coefficientInterval(law.Law.Intervals))}")],
            EndLabel = name,
        };
    }

    private static string Said(char symbol, double value, Interval? interval) =>
        $"{symbol} = {EstimateTable.Number(value)} ({IsoFlopWords.Eighty(interval, EstimateTable.Number)})";

    /// <summary>The plan a cell or point stands for: first, models, share.</summary>
    public static string Id(PlanScore score) => string.Create(CultureInfo.InvariantCulture, $"{score.Plan.First}|{score.Plan.Models}|{score.Plan.Share:R}");

    /// <summary>"Loss, nats per token", or the kind the runs name.</summary>
    private static string LossTitle(ModelFamily family) => family.LossKinds is [var kind] && kind != "nats" ? $"Loss ({kind})" : "Loss, nats per token";

    private static string Hover(FamilyEstimation estimation, PlanScore score) =>
        $"{EstimateWords.Models(estimation, score)} to {EstimateWords.Share(score.Plan.Share)}\nARE {EstimateWords.Percent(score.Error.Are)}"
        + (score.Error.Are > 0 ? $", {EstimateWords.Percent(Math.Abs(score.Error.Bias))} too {(score.Error.Bias < 0 ? "low" : "high")}" : "")
        + $"\nbest loss so far {EstimateWords.Percent(score.BestLoss.Are)}\n{Quantity.Scientific(score.FlopsSpent)} FLOP, {Words.Share(score.FlopsSpent / estimation.TargetFlops)} the target's"
        + (score.Law.Status == FitStatus.Converged ? "" : $"\n{StatusName.Of(score.Law.Status).Replace('_', ' ')}");

    private static Trace Mark(double are, string label, double low, double high) => new()
    {
        Name = label,
        Kind = TraceKind.Line,
        X = [low, high],
        Y = [100 * are, 100 * are],
        Color = "--ink-faint",
        Dash = LineDash.Dot,
        Size = 1,
        EndLabel = label,
    };

    /// <summary>The least a baseline errs for a cost.</summary>
    private static Trace Baseline(string name, string label, PlanScore[] scores, Func<PlanScore, double> are, LineDash dash)
    {
        var (x, y) = (new List<double>(), new List<double>());
        foreach (var score in scores.Where(score => are(score) > 0).OrderBy(score => score.FlopsSpent).ThenBy(are))
        {
            if (y.Count > 0 && 100 * are(score) >= y[^1])
                continue;
            x.Add(score.FlopsSpent);
            y.Add(100 * are(score));
        }

        return new Trace { Name = name, Kind = TraceKind.Line, X = [.. x], Y = [.. y], Color = "--ink-soft", Dash = dash, Size = 1.4, EndLabel = label };
    }

    private static int[] Thinned(int count, int most) =>
        count <= most ? [.. Enumerable.Range(0, count)] : [.. Enumerable.Range(0, most).Select(i => (int)Math.Round(i * (count - 1.0) / (most - 1))).Distinct()];
}
