using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of the Precision page.</summary>
public static partial class PrecisionFigures
{
    /// <summary>Most draws behind a band: more of them move its edges by less than a line's width.</summary>
    public const int MostDraws = 200;

    private const double LeastBits = 2;
    private const double MostBits = PrecisionState.Full;
    private const int Steps = 57;
    private const int TokenSteps = 60;
    private const double LeastLoss = 1e-4;
    private const double NearestSize = 0.05;
    private const string TogetherColor = "--cat-1";

    private static readonly double[] s_budgets = [1e-2, 1e-1, 1, 10, 100];
    private static readonly double[] s_served = [3, 4, 5, 6, 8];
    private static readonly double[] s_heatBits = [2, 3, 4, 5, 6, 7, 8];
    private static readonly double[] s_lowBits = [2, 3, 4];
    private static readonly double[] s_groups = [8, 16, 32, 64, 128, 256, 512, 1024];
    private static readonly FloatingPointFormat[] s_formats = [new(2, 1), new(2, 3), new(3, 2), new(4, 3), new(5, 2), new(5, 10), new(8, 7)];
    private static readonly double[] s_allBits = [.. Enumerable.Range(0, Steps).Select(i => LeastBits + i * (MostBits - LeastBits) / (Steps - 1))];
    private static readonly (QuantisedPart? Part, string Name, string Color, LineDash Dash)[] s_lines =
    [
        (QuantisedPart.Weights, "weights", "--cat-2", LineDash.Dash),
        (QuantisedPart.Activations, "activations", "--cat-3", LineDash.DashDot),
        (QuantisedPart.KvCache, "KV cache", "--cat-4", LineDash.Dot),
        (null, "all together", TogetherColor, LineDash.Solid),
    ];

    /// <summary>The charts of the question that the page answers, the leading one first.</summary>
    public static IReadOnlyList<Figure> Of(PrecisionScene scene) => scene.Published switch
    {
        PublishedPrecision<FloatingPointLaw> { Law: var sun } => scene.View == PrecisionView.Budget
            ? [EqualCost(scene, flops => Best(scene, sun, flops), (flops, bits) => LossAt(scene, sun, flops, bits), sun.Irreducible), BestBits(scene, flops => sun.JointOptimum(flops, scene.LogBlock).Bits, (flops, n) => sun.OptimumAtParameters(flops, n, scene.LogBlock).Bits)]
            : [Formats(scene, sun), AfterTokens(scene, sun)],
        PublishedPrecision<LowBitLaw> { Law: var ouyang } => [AddedAgainstTokens(scene, ouyang), HeatMap(scene, ouyang.AddedLoss)],
        PublishedPrecision<GroupedTrainingLaw> => [AddedAgainstGroup(scene)],
        _ => scene.View switch
        {
            PrecisionView.Budget => [EqualCost(scene, flops => Best(scene, scene.Law!, flops), (flops, bits) => LossAt(scene, scene.Law!, flops, bits), scene.Law!.Base.E), BestBits(scene)],
            PrecisionView.Served => [AfterTraining(scene), HeatMap(scene, (n, d, post) => scene.Law!.At(n, d, scene.Bits, post).Value?.PostTraining ?? double.NaN)],
            _ => [Penalty(scene), Share(scene), IsoLoss(scene)],
        },
    };

    private static FigureAxis BitsAxis() => new("Bits in training")
    {
        Range = new(LeastBits, MostBits),
        Marks = Whole([2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16]),
    };

    private static AxisTick[] Whole(double[] bits) => [.. bits.Select(p => new AxisTick(p, Quantity.Significant(p, 3)))];

    /// <summary>Marks of a logarithmic axis of losses: whole decades, with 2 and 5 between them where there are few; null where the axis is linear.</summary>
    private static AxisTick[]? Decades(bool log, double low, double high)
    {
        if (!log || !(low > 0) || !(high > low))
            return null;
        var (first, last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
        double[] steps = Math.Log10(high / low) > 2.2 ? [1] : [1, 2, 5];
        return [.. Enumerable.Range(first, last - first + 1).SelectMany(decade => steps.Select(step => step * Math.Pow(10, decade)).Select(value => new AxisTick(value, Quantity.Significant(value, 2))))];
    }

    private static FigureAxis LossAxis(PrecisionScene scene, IEnumerable<double> values)
    {
        var range = Frame.Around([.. values], scene.State.LogLoss);
        return new("Added loss, nats per token") { Log = scene.State.LogLoss, Range = range, Marks = range is null ? null : Decades(scene.State.LogLoss, range.Low, range.High) };
    }

    // Where nothing is left of the model with all parts in the same bits.
    private static IReadOnlyList<VerticalLine> Limit(PrecisionLaw law) =>
        law.LeastTiedBits > LeastBits ? [new VerticalLine(law.LeastTiedBits, FormattableString.Invariant($"outside below {law.LeastTiedBits:0.00}"))] : [];

    private static List<Trace> Lines(PrecisionLaw law, Func<PrecisionLaw, TrainingBits, double> of, PrecisionScene scene, string unit)
    {
        var traces = new List<Trace>();
        foreach (var (part, name, color, dash) in s_lines)
        {
            if (part is { } one ? law[one] is null : TrainingBits.Parts.Count(some => law[some] is not null) < 2)
                continue;
            TrainingBits At(double bits) => part is { } alone ? TrainingBits.Unquantised.With(alone, bits) : TrainingBits.Tied(bits);
            traces.Add(new Trace
            {
                Name = name,
                Kind = TraceKind.Line,
                X = s_allBits,
                Y = [.. s_allBits.Select(bits => Finite(of(law, At(bits))))],
                Color = color,
                Dash = dash,
                Size = part is null ? 2.4 : 1.8,
                EndLabel = name,
            });
        }

        foreach (var (part, name, color, _) in s_lines)
        {
            // Together one mark, apart one a part.
            if (part is null == scene.State.Apart || (part is { } quantised && law[quantised] is null))
                continue;
            var chosen = part is { } one ? scene.Bits[one] : scene.Bits.Weights;
            if (chosen is { } bits && Finite(of(law, part is { } alone ? TrainingBits.Unquantised.With(alone, bits) : TrainingBits.Tied(bits))) is var at && double.IsFinite(at))
                traces.Add(Mark("This model", bits, at, $"{name} in {PrecisionWords.Chosen(bits)} bits\n{PrecisionWords.Nats(at)} {unit}") with { Color = color });
        }

        return traces;
    }

    /// <summary>Runs with one part quantised, or all alike, as shares of their parameters by eq. 30 against their twins.</summary>
    private static IEnumerable<Trace> Measured(PrecisionScene scene)
    {
        foreach (var (part, name, color, _) in s_lines)
        {
            var points = scene.Rows
                .Where(row => row is { Precision.Post: null, TwinLoss: not null } && IsOf(row.Precision.Training))
                .Select(row => (Row: row, Share: scene.Law!.EmpiricalShare(row.Row.Parameters, row.Row.Loss, row.TwinLoss!.Value)))
                .Where(point => point.Share is not null)
                .Take(RunTraces.MostRuns)
                .ToArray();
            if (points.Length == 0)
                continue;
            yield return new Trace
            {
                Name = $"Your runs, {name}",
                Kind = TraceKind.Points,
                X = [.. points.Select(point => Bits(point.Row.Precision.Training))],
                Y = [.. points.Select(point => point.Share!.Value)],
                Color = color,
                Size = 5,
                Opacity = 0.65,
                Hover = [.. points.Select(point => $"{Hover(point.Row)}\nN_eff/N {Quantity.Significant(point.Share!.Value, 3)}")],
                Ids = [.. points.Select(point => point.Row.Row.RunId)],
            };

            bool IsOf(TrainingBits bits) => part is { } one
                ? bits[one] is not null && bits == TrainingBits.Unquantised.With(one, bits[one])
                : bits.Weights is not null && bits == TrainingBits.Tied(bits.Weights.Value);

            double Bits(TrainingBits bits) => (part is { } one ? bits[one] : bits.Weights)!.Value;
        }
    }

    private static string Hover(PrecisionRow row) =>
        $"{IsoFlopWords.Hover(row.Row)}\n{row.Precision.Words}{(row.AddedLoss is { } added ? $"\n{PrecisionWords.Nats(added)} nats above its twin" : "")}";

    /// <summary>An 80 % band over some of the draws; null without draws.</summary>
    private static Trace? Band(PrecisionScene scene, double[] x, Func<PrecisionLaw, double, double> of)
    {
        if (scene.Draws.Count < 2)
            return null;
        PrecisionLaw[] draws = [.. scene.Draws.Take(MostDraws)];
        var intervals = new Interval?[x.Length];
        Parallel.For(0, x.Length, i => intervals[i] = Interval.Of(draws.Select(draw => of(draw, x[i]))));
        return FitTraces.Band("80 %", new FitBand(x, intervals));
    }

    private static double[] TokenRange(PrecisionScene scene)
    {
        var (low, high) = (Math.Min(5 * scene.Parameters, scene.Tokens / 3), Math.Max(scene.Parameters * 3e4, scene.Tokens * 10));
        return [.. Enumerable.Range(0, TokenSteps).Select(i => low * Math.Pow(high / low, i / (TokenSteps - 1.0)))];
    }

    private static Trace Mark(string name, double x, double y, string hover) => new()
    {
        Name = name,
        Kind = TraceKind.Points,
        X = [x],
        Y = [y],
        Color = "--accent",
        Symbol = MarkerSymbol.Diamond,
        Size = 11,
        Hover = [hover],
    };

    /// <summary>The latest models that have room for their names.</summary>
    private static HashSet<LandmarkModel> Labelled(LandmarkModel[] landmarks, Func<LandmarkModel, double> x, Func<LandmarkModel, double> y)
    {
        var labelled = new List<LandmarkModel>();
        foreach (var model in landmarks.OrderByDescending(model => model.Tokens / model.Parameters))
        {
            if (labelled.TrueForAll(other => Math.Abs(y(other) - y(model)) > 0.6 || Math.Abs(x(other) - x(model)) > 1.6))
                labelled.Add(model);
        }

        return [.. labelled.Take(6)];
    }

    private static IEnumerable<Trace> LandmarkPoints(LandmarkModel[] landmarks, HashSet<LandmarkModel> labelled, Func<LandmarkModel, double> x, Func<LandmarkModel, double> y, Func<LandmarkModel, string> says, bool onMap = false) =>
        landmarks.Select(model => new Trace
        {
            Name = model.Model,
            Kind = TraceKind.Points,
            X = [x(model)],
            Y = [y(model)],
            Color = onMap ? "--ink-soft" : IsoFlopFigures.PublishedColor,
            Symbol = onMap ? MarkerSymbol.SquareOpen : MarkerSymbol.Square,
            Size = 6,
            Published = true,
            EndLabel = labelled.Contains(model) ? model.Model : null,
            Hover = [$"{model.Model} ({model.Year.ToString(System.Globalization.CultureInfo.InvariantCulture)}), {model.Source}\nN {Quantity.Count(model.Parameters)}, D {Quantity.Count(model.Tokens)}\n{says(model)}"],
        });

    private static double Positive(double value) => value > 0 && double.IsFinite(value) ? value : double.NaN;

    private static double Finite(double value) => double.IsFinite(value) ? value : double.NaN;
}
