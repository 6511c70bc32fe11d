using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Plan page.</summary>
public static class PlanFigures
{
    private const int ServedSteps = 60;
    private const int EpochSteps = 48;
    private const double MostEpochs = 100;

    private const double LeastBits = 3;
    private const int BitSteps = 27;

    // Enough for the ends of an 80 % band, and few enough for a drag.
    private const int BitDraws = 40;

    // More would press everything else to the bottom.
    private const double MostOverhead = 3;

    /// <summary>The best loss for a budget by every law, and where each scenario lies; null where no law has a loss.</summary>
    public static Figure? Loss(PlanView view)
    {
        var traces = new List<Trace>();
        foreach (var (curve, style) in Styled(view, view.Frontiers).Where(pair => pair.Item.Law.Surface is not null))
        {
            double[] x = [.. curve.Predictions.Select(prediction => prediction.Optimum.Flops)];
            Add(traces, style, curve.Law, x, [.. curve.Predictions.Select(prediction => prediction.Optimum.Loss)], [.. curve.Predictions.Select(prediction => prediction.Loss)]);
        }

        if (traces.Count == 0)
            return null;
        traces.AddRange(Scenarios(view, plan => (plan.Plan.Training.Flops, plan.Plan.Training.Loss), plan => plan[TrainingQuantity.Loss].Interval));
        double[] heights = [.. traces.Where(trace => trace.Kind != TraceKind.Band).SelectMany(trace => trace.Y).Where(loss => double.IsFinite(loss) && loss > 1.2), .. traces.Where(trace => trace.Kind == TraceKind.Points).SelectMany(trace => trace.Y)];
        return new Figure
        {
            Name = "plan-loss",
            Title = "Loss against compute",
            Subtitle = "one line a law",
            Description = $"Loss of the best training from {Quantity.Scientific(view.Range.Low)} to {Quantity.Scientific(view.Range.High)} FLOP by {Words.Count(traces.Count(trace => trace.Kind == TraceKind.Line), "law")}, with {Words.Count(view.Results.Count, "scenario")}.",
            XAxis = new FigureAxis("Training compute C, FLOP") { Log = true, Ticks = TickKind.Scientific, Range = new(view.Range.Low, view.Range.High) },
            YAxis = new FigureAxis("Loss, nats per token") { Range = Around(heights, log: false) },
            Traces = traces,
            VerticalLines = DataEnds(view),
        };
    }

    /// <summary>N against D of the best trainings by every law, the scenarios, and well-known models.</summary>
    public static Figure Frontier(PlanView view, IReadOnlyList<LandmarkModel> landmarks)
    {
        var traces = new List<Trace>();
        if (landmarks.Count > 0)
        {
            traces.Add(new Trace
            {
                Name = "Well-known models",
                Kind = TraceKind.Points,
                X = [.. landmarks.Select(model => model.Tokens)],
                Y = [.. landmarks.Select(model => model.Parameters)],
                Color = IsoFlopFigures.PublishedColor,
                Symbol = MarkerSymbol.Cross,
                Size = 6,
                Published = true,
                Hover = [.. landmarks.Select(model => $"{model.Model}\nN {Quantity.Count(model.Parameters)}\nD {Quantity.Count(model.Tokens)}\n{model.Source}")],
            });
        }

        foreach (var (curve, style) in Styled(view, view.Frontiers))
            Add(traces, style, curve.Law, [.. curve.Predictions.Select(prediction => prediction.Optimum.Tokens)], [.. curve.Predictions.Select(prediction => prediction.Optimum.Parameters)], []);
        traces.AddRange(Scenarios(view, plan => (plan.Plan.Training.Tokens, plan.Plan.Training.Parameters), plan => plan[TrainingQuantity.Parameters].Interval));
        var points = traces.Where(trace => trace.Kind == TraceKind.Points).ToArray();
        return new Figure
        {
            Name = "plan-frontier",
            Title = "Size against data",
            Subtitle = "one line a law",
            Description = $"Parameters against tokens of the best trainings by {Words.Count(view.Laws.Count, "law")}, with {Words.Count(view.Results.Count, "scenario")} and {Words.Count(landmarks.Count, "well-known model")}.",
            XAxis = new FigureAxis("Tokens D") { Log = true, Ticks = TickKind.Count, Range = Around([1e10, 3e13, .. points.SelectMany(trace => trace.X)], log: true) },
            YAxis = new FigureAxis("Parameters N") { Log = true, Ticks = TickKind.Count, Range = Around([1e9, 1e12, .. points.SelectMany(trace => trace.Y)], log: true) },
            Traces = traces,
        };
    }

    /// <summary>Compute beyond the least for the same loss, by size; null where no law has a loss.</summary>
    public static Figure? Overhead(PlanView view)
    {
        if (view.Sizes.Count == 0)
            return null;
        double[] ratios = [.. PlanView.SizeRatios];
        var traces = new List<Trace>();
        foreach (var (curve, style) in Styled(view, view.Sizes))
            Add(traces, style, curve.Law, ratios, [.. curve.Overheads.Select(share => share <= MostOverhead ? 100 * share : double.NaN)], [.. curve.Intervals.Select(Percents)]);
        traces.AddRange(Scenarios(view, plan => plan.Off is { } off && off.Overhead <= MostOverhead ? (off.SizeRatio, 100 * off.Overhead) : (double.NaN, double.NaN), plan => Percents(plan.Overhead)));
        var highest = view.Results.Select(result => result.Plans[view.Lead].Off?.Overhead ?? 0).Where(double.IsFinite).Append(0.6).Max();
        return new Figure
        {
            Name = "plan-overhead",
            Title = "Cost of another size",
            Subtitle = "at equal loss",
            Description = $"Compute beyond the cheapest training of the same loss against the size beside the cheapest, by {Words.Count(view.Sizes.Count, "law")}.",
            XAxis = new FigureAxis("Parameters, times those of the cheapest") { Log = true, Range = new(0.1, 10), Marks = [new(0.1, "0.1"), new(0.2, "0.2"), new(0.5, "0.5"), new(1, "1"), new(2, "2"), new(5, "5"), new(10, "10")] },
            YAxis = new FigureAxis("More compute, %") { Range = new(-3 * Math.Min(MostOverhead, highest), 115 * Math.Min(MostOverhead, highest)) },
            Traces = traces,
        };
    }

    /// <summary>Training and serving together, beside the training that is cheapest without serving; null where the answering law has no loss or no plan.</summary>
    public static Figure? Served(PlanView view)
    {
        var plan = view.Answer;
        if (plan.Off is not { } off || plan.Law.Surface is null)
            return null;
        var given = view.Edited.Scenario.Goals.ServedTokens;
        var middle = given ?? off.Cheapest.Tokens;
        var (low, high) = (Math.Log(middle) - 8, Math.Log(middle) + 5);
        double[] served = [.. Enumerable.Range(0, ServedSteps).Select(i => Math.Exp(low + (high - low) * i / (ServedSteps - 1)))];
        var surface = (SurfaceModel)plan.Law.Model(view.Edited.Scenario.Goals, plan.Law.Surface, plan.Plan.Bits);
        double[] best = [.. served.Select(tokens => surface.Serving(tokens / off.TrainingFactor).ByLoss(off.Training.Loss) is var cheapest
            ? OffOptimum.LifeFlops(cheapest, tokens / off.TrainingFactor) / OffOptimum.LifeFlops(off.Cheapest, tokens / off.TrainingFactor) : double.NaN)];
        var traces = new List<Trace>();
        var isBest = off.Overhead < 0.005;
        if (!isBest)
        {
            Interval?[] intervals = plan.DrawnOff.Count > 1 ? [.. served.Select(tokens => Interval.Of(plan.DrawnOff.Select(drawn => 100 * drawn.LifeCost(tokens))))] : [];
            Add(traces, new(FitFigures.FitColor, LineDash.Solid, 2.2), plan.Law, served, [.. served.Select(tokens => 100 * off.LifeCost(tokens))], intervals, $"Scenario {PlanState.Letter(view.State.Edited)}", "this size");
        }

        Add(traces, new("--cat-3", LineDash.Dash, 1.8), plan.Law, served, [.. best.Select(share => 100 * share)], [], "Best size for each", "best size");
        Add(traces, new("--ink-faint", LineDash.Dot, 1.2), plan.Law, [served[0], served[^1]], [100, 100], [], "Cheapest to train", "");
        var lines = new List<VerticalLine>();
        if (given is { } asked)
            lines.Add(new(asked, "served"));
        if (!isBest && off.BreakEvenServedTokens is var even && even > served[0] && even < served[^1])
            // Two labels at one place could not be read.
            lines.Add(new(even, given is { } near && Math.Abs(Math.Log(near / even)) < 1.5 ? "" : "breaks even"));
        return new Figure
        {
            Name = "plan-served",
            Title = "Training and serving",
            Subtitle = "beside the cheapest to train",
            Description = $"Compute of training and serving, beside the cheapest training of the same loss, against tokens served, by {plan.Law.Name}.",
            XAxis = new FigureAxis("Served tokens") { Log = true, Ticks = TickKind.Count, Range = new(served[0], served[^1]) },
            YAxis = new FigureAxis("Compute over its life, %") { Range = new(0, 100 * Math.Min(4, Math.Max(1.1, isBest ? 0 : 1.1 * off.LifeCost(served[0])))) },
            Traces = traces,
            VerticalLines = lines,
        };
    }

    /// <summary>What other bits would make of what is given: the loss, or the compute of a given loss; null where bits do not count, or nothing would change with them.</summary>
    public static Figure? Bits(PlanView view)
    {
        var (plan, scenario) = (view.Answer, view.Edited.Scenario);
        var goals = scenario.Goals;
        // Size and tokens leave nothing but the loss to the bits; what else was given says how many there are.
        if (goals is { Parameters: not null, Tokens: not null })
            goals = new() { Parameters = goals.Parameters, Tokens = goals.Tokens, Bits = goals.Bits, SolvesBits = goals.SolvesBits, ServedTokens = goals.ServedTokens, UniqueTokens = goals.UniqueTokens, Epochs = goals.Epochs };
        var quantity = goals.Loss is null ? TrainingQuantity.Loss : TrainingQuantity.Flops;
        if (!goals.CountsBits || !plan.IsSolved || plan.Law.Surface is null || (goals with { SolvesBits = false }).Settles(quantity))
            return null;
        double[] bits = [.. Enumerable.Range(0, BitSteps).Select(i => LeastBits + i * (BitsPlanner.FullBits - LeastBits) / (BitSteps - 1))];
        var factor = scenario.Factor is { } uncertain ? new ComputeFactor(uncertain.Value) : null;
        TrainingScenario[] scenarios = [.. bits.Select(some => scenario with { Goals = goals.With(TrainingQuantity.Bits, some), Factor = factor })];
        double[] Along(Law surface)
        {
            var law = plan.Law with { Surface = surface, Draws = [] };
            return [.. scenarios.Select(at => ScenarioRecipe.Run(at, [law]).Plans[0][quantity].Value)];
        }

        var values = Along(plan.Law.Surface);
        if (values.Count(double.IsFinite) < 2)
            return null;
        double[][] drawn = [.. plan.Law.Draws.Take(BitDraws).Select(Along)];
        Interval?[] intervals = drawn.Length > 1 ? [.. bits.Select((_, i) => Interval.Of(drawn.Select(along => along[i])))] : [];
        var traces = new List<Trace>();
        Add(traces, new(FitFigures.FitColor, LineDash.Solid, 2.2), plan.Law, bits, values, intervals, "What is given, in other bits", plan.Law.ShortName);
        traces.AddRange(Scenarios(view, at => at == plan ? (at.Plan.Bits, at[quantity].Value) : (double.NaN, double.NaN), at => at[quantity].Interval));
        double[] seen = [.. values.Concat(traces[^1].Y).Concat(intervals.OfType<Interval>().Select(interval => interval.High80)).Where(double.IsFinite)];
        var (least, most) = (seen.Min(), seen.Max());
        return new Figure
        {
            Name = "plan-bits",
            Title = "In other bits",
            Subtitle = quantity == TrainingQuantity.Loss ? "what is given, with its loss" : "compute of the given loss",
            Description = $"{(quantity == TrainingQuantity.Loss ? "Loss" : "Compute in FLOP of 16 bits")} against the bits of weights, activations and KV cache for scenario {PlanState.Letter(view.State.Edited)} by {plan.Law.Name}.",
            XAxis = new FigureAxis("Bits in training") { Range = new(LeastBits, Math.Max(BitsPlanner.FullBits, plan.Plan.Bits + 1)) },
            YAxis = quantity == TrainingQuantity.Loss
                ? new FigureAxis("Loss, nats per token") { Range = new(least - 0.02, Math.Clamp(most + 0.02, least + 0.1, least + 0.4)) }
                : new FigureAxis("Training compute, FLOP of 16 bits") { Log = true, Ticks = TickKind.Scientific, Range = new(least / 1.5, least * 20) },
            Traces = traces,
        };
    }

    /// <summary>Loss against passes over the unique tokens for the plan's budget; null without unique tokens, or where the law knows no repetition.</summary>
    public static Figure? Repeated(PlanView view)
    {
        var (plan, goals) = (view.Answer, view.Edited.Scenario.Goals);
        if (goals.UniqueTokens is not { } unique || !plan.IsSolved || plan.Law.Surface is not { } surface || surface.Form.Key == "kaplan")
            return null;
        // A factor or few bits let the compute go further than the law knows.
        var flops = 6 * plan.Plan.Training.Parameters * plan.Plan.Training.Tokens;
        SurfaceModel Model(Law law, double? tokens) => (SurfaceModel)plan.Law.Model(new() { UniqueTokens = tokens }, law, plan.Plan.Bits);
        var (repeating, fresh) = (Model(surface, unique), Model(surface, null));
        double[] epochs = [.. Enumerable.Range(0, EpochSteps).Select(i => 0.1 * Math.Pow(10 * MostEpochs, i / (EpochSteps - 1.0)))];
        double[] Losses(SurfaceModel model) => [.. epochs.Select(passes => model.Loss(flops / (6 * passes * unique), passes * unique))];
        var traces = new List<Trace>();
        var losses = Losses(repeating);
        Interval?[] intervals = plan.Law.Draws.Count > 1
            ? [.. Transposed([.. plan.Law.Draws.Select(draw => Losses(Model(draw, unique)))])]
            : [];
        Add(traces, new(FitFigures.FitColor, LineDash.Solid, 2.2), plan.Law, epochs, losses, intervals, "Repeated tokens", "repeated");
        Add(traces, new("--ink-faint", LineDash.Dash, 1.6), plan.Law, epochs, Losses(fresh), [], "As many new tokens", "new tokens");
        traces.AddRange(Scenarios(view, at => at == plan ? (at.Plan.Training.Tokens / unique, at.Plan.Training.Loss) : (double.NaN, double.NaN), at => at[TrainingQuantity.Loss].Interval));
        var least = losses.Concat(traces[^1].Y).Where(double.IsFinite).Min();
        return new Figure
        {
            Name = "plan-repeated",
            Title = "Repeating the tokens",
            Subtitle = $"at {Quantity.Scientific(flops)} FLOP",
            Description = $"Loss against passes over {Quantity.Count(unique)} unique tokens at {Quantity.Scientific(flops)} FLOP by {plan.Law.Name}, beside as many new tokens.",
            XAxis = new FigureAxis("Passes over the unique tokens") { Log = true, Range = new(epochs[0], epochs[^1]), Marks = [new(0.1, "0.1"), new(1, "1"), new(4, "4"), new(10, "10"), new(40, "40"), new(100, "100")] },
            YAxis = new FigureAxis("Loss, nats per token") { Range = new(least - 0.02, least + 0.4) },
            Traces = traces,
            VerticalLines = [new(4, "4 passes")],
        };
    }

    private static IEnumerable<Interval?> Transposed(double[][] drawn) => Enumerable.Range(0, EpochSteps).Select(i => Interval.Of(drawn.Select(at => at[i])));

    private static Interval? Percents(Interval? interval) =>
        interval is null ? null : new(100 * interval.StandardError, 100 * interval.Low80, 100 * interval.High80, 100 * interval.Low95, 100 * interval.High95);

    private sealed record Style(string Color, LineDash Dash, double Size);

    // Saved fits in the colours of fits; published laws in grey and told apart by dash and label.
    private static IEnumerable<(T Item, Style Style)> Styled<T>(PlanView view, IReadOnlyList<T> items) where T : class
    {
        foreach (var item in items)
        {
            var law = item is LawCurve curve ? curve.Law : ((SizeCurve)(object)item).Law;
            var place = view.Laws.ToList().IndexOf(law);
            var leads = place == view.Lead;
            yield return (item, law.IsPublished
                ? new(leads ? "--ink" : IsoFlopFigures.PublishedColor, (place % 4) switch { 0 => LineDash.Solid, 1 => LineDash.Dash, 2 => LineDash.Dot, _ => LineDash.DashDot }, leads ? 2 : 1.4)
                : place == 0 ? new(FitFigures.FitColor, LineDash.Solid, 2.2)
                : new(FitFigures.OverlaidColor(place - 1), FitFigures.OverlaidDash(place - 1), leads ? 2.2 : 1.8));
        }
    }

    private static void Add(List<Trace> traces, Style style, TrainingLaw law, double[] x, double[] y, Interval?[] intervals, string? name = null, string? label = null)
    {
        if (intervals.Any(interval => interval is not null))
        {
            traces.Add(new Trace
            {
                Name = $"{name ?? law.Name}, 80 %",
                Kind = TraceKind.Band,
                X = x,
                YLow = [.. intervals.Select(interval => interval?.Low80 ?? double.NaN)],
                YHigh = [.. intervals.Select(interval => interval?.High80 ?? double.NaN)],
                Color = style.Color,
                Opacity = 0.16,
            });
        }

        traces.Add(new Trace
        {
            Name = name ?? law.Name,
            Kind = TraceKind.Line,
            X = x,
            Y = y,
            Color = style.Color,
            Dash = style.Dash,
            Size = style.Size,
            EndLabel = label ?? law.ShortName,
            Published = law.IsPublished,
        });
    }

    // One point a scenario by the law that answers, the open one filled.
    private static IEnumerable<Trace> Scenarios(PlanView view, Func<LawPlan, (double X, double Y)> at, Func<LawPlan, Interval?> interval)
    {
        for (var i = 0; i < view.Results.Count; i++)
        {
            var plan = view.Results[i].Plans[view.Lead];
            if (!plan.IsSolved)
                continue;
            var (x, y) = at(plan);
            if (!double.IsFinite(x) || !double.IsFinite(y))
                continue;
            var letter = PlanState.Letter(i);
            var training = plan.Plan.Training;
            var range = interval(plan);
            yield return new Trace
            {
                Name = $"Scenario {letter}",
                Kind = TraceKind.Points,
                X = [x],
                Y = [y],
                YLow = range is null ? null : [range.Low80],
                YHigh = range is null ? null : [range.High80],
                Color = "--accent",
                Symbol = i == view.State.Edited ? MarkerSymbol.Diamond : MarkerSymbol.DiamondOpen,
                Size = 11,
                EndLabel = letter,
                Ids = [letter],
                Hover = [$"Scenario {letter}, by {plan.Law.Name}\nC {Quantity.Scientific(training.Flops)} FLOP{(double.IsFinite(plan.Plan.Bits) ? $" of 16 bits\nP {TrainingQuantities.Format(TrainingQuantity.Bits, plan.Plan.Bits)}" : "")}\nN {Quantity.Count(training.Parameters)}\nD {Quantity.Count(training.Tokens)}{(double.IsFinite(training.Loss) ? $"\nloss {TrainingQuantities.Number(TrainingQuantity.Loss, training.Loss)} nats per token" : "")}"],
            };
        }
    }

    private static IReadOnlyList<VerticalLine> DataEnds(PlanView view) =>
        view.Answer.Law.FlopsRange is var (_, high) && high < view.Range.High ? [new(high, "largest run")] : [];
}
