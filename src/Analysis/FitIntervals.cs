using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>Intervals of what follows from a fit, of the kind that its options name.</summary>
public sealed class FitIntervals
{
    // Widest relative 95 % interval of an exponent that still says something.
    internal const double UninformativeWidth = 1.0;

    // Between the ratios of root mean square to mean absolute value of Gaussian residuals, 1.25, and of Laplace ones, 1.41.
    private const double LaplaceRatio = 1.33;

    private readonly FitResult _result;
    private readonly FitRecipeOptions _options;
    private readonly LawIntervals _intervals;

    private FitIntervals(FitResult result, FitRecipeOptions options, LawIntervals intervals, CancellationToken cancellationToken)
    {
        (_result, _options, _intervals) = (result, options, intervals);
        var quantities = FitQuantities.Of(result.Fit.Law.Form);
        var values = Of([.. quantities.Select(quantity => quantity.Of)], cancellationToken);
        Quantities = quantities.Select((quantity, k) => (quantity.Key, Value: quantity.IsFixed ? Exactly(quantity.Of(result.Fit.Law)) : values[k])).ToDictionary(pair => pair.Key, pair => pair.Value);
        Warnings = [.. Check(quantities)];
    }

    /// <summary>How they are made.</summary>
    public IntervalKind Kind => _intervals.Kind;

    /// <summary>Of the numbers of <see cref="FitQuantities"/>, by their keys; null where there is none.</summary>
    public IReadOnlyDictionary<string, Interval?> Quantities { get; }

    /// <summary>Which of them are open, missing or too wide to say anything.</summary>
    public IReadOnlyList<Warning> Warnings { get; }

    /// <summary>Prepares them for a fit.</summary>
    /// <param name="result">The fit and its draws.</param>
    /// <param name="options">Options it was made with.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FitIntervals Of(FitResult result, FitRecipeOptions options, CancellationToken cancellationToken = default)
    {
        var blocks = result.Fit.IsUsable ? FitRows.Blocks(result.Rows, options.Resampling) : null;
        var intervals = LawIntervals.For(options.Intervals, result.Fit, result.Points, options.Fit, result.Bootstrap, blocks, cancellationToken);
        return new FitIntervals(result, options, intervals, cancellationToken);
    }

    /// <summary>What the form of a law fixes has no width.</summary>
    internal static Interval Exactly(double value) => new(0, value, value, value, value);

    /// <summary>Of any numbers that follow from the law; null where there is none.</summary>
    public IReadOnlyList<Interval?> Of(IReadOnlyList<Func<Law, double>> quantities, CancellationToken cancellationToken = default) => _intervals.Of(quantities, cancellationToken);

    /// <summary>The law's optimum at a budget, FLOP; a law of compute alone has a loss and neither N nor D.</summary>
    public Prediction At(double flops, CancellationToken cancellationToken = default)
    {
        var intervals = Of(
            [law => law.Optimum(flops).Parameters, law => law.Optimum(flops).Tokens, law => law.Optimum(flops).Loss, law => law.Optimum(flops).TokensPerParameter],
            cancellationToken);
        return new Prediction(_result.Fit.Law.Optimum(flops), intervals[0], intervals[1], intervals[2], intervals[3]);
    }

    private IEnumerable<Warning> Check(IReadOnlyList<LawQuantity> quantities)
    {
        if (!_result.Fit.IsUsable)
            yield break;
        var needsDraws = Kind is IntervalKind.Percentile or IntervalKind.BiasCorrected;
        if (Symbols(interval => interval is null) is { Length: > 0 } missing && !(needsDraws && _result.Bootstrap.Draws == 0))
        {
            yield return new Warning("interval", $"There is no interval of {missing}: " + Kind switch
            {
                IntervalKind.BiasCorrected => "all draws lie on one side of the estimate, or leaving single points out does not move it. Percentile and profile intervals do without that.",
                IntervalKind.Percentile => "too few bootstrap refits succeeded.",
                _ => "the fit is not regular there. Bootstrap intervals do without that.",
            });
        }

        if (Symbols(interval => interval is not null && double.IsNaN(interval.Low95)) is { Length: > 0 } below)
            yield return new Warning("interval", $"The 95 % interval of {below} is open below: these runs rule out no smaller value.");
        if (Symbols(interval => interval is not null && double.IsNaN(interval.High95)) is { Length: > 0 } above)
            yield return new Warning("interval", $"The 95 % interval of {above} is open above: these runs rule out no larger value.");

        if (Kind == IntervalKind.Profile && _options.Fit.Method is FitMethod.Huber or FitMethod.ScaledHuber or FitMethod.AbsoluteDeviation && !HasLongTails())
        {
            yield return new Warning(
                "interval",
                "The likelihood behind these intervals expects residuals with the long tails of a Laplace density; those of this fit are nearer to Gaussian, and the intervals are too narrow: in simulated sweeps 80 % ones held the truth 65 times of 100. Adjusted profiles and BCa intervals do not.");
        }

        // The recipe has already said it of its draws.
        if (Quantities.GetValueOrDefault("a") is { } a && a.High95 - a.Low95 > UninformativeWidth * _result.Fit.Law.ParameterExponent && !_result.Warnings.Any(warning => warning.Kind == "wide"))
        {
            yield return new Warning(
                "wide", string.Create(CultureInfo.InvariantCulture, $"The 95 % interval of a, {a.Low95:F2} to {a.High95:F2}, is as wide as a itself; these runs hardly constrain it."));
        }

        var runs = _result.Rows.Select(row => (row.RunId, row.Run)).Distinct().Count();
        if (runs < _result.Rows.Count && (!needsDraws || (_options.Resampling == Resampling.Points && _result.Bootstrap.Draws > 0)))
        {
            yield return new Warning(
                "checkpoints",
                $"Checkpoints of one run resemble each other, and the intervals take all {Words.Count(_result.Rows.Count, "point")} of {Words.Count(runs, "run")} for independent: they are too narrow. Resample families or budgets, or fit final rows.");
        }

        bool HasLongTails()
        {
            var (form, law) = (_result.Fit.Law.Form, _result.Fit.Law);
            double[] residuals =
            [
                .. _result.Rows.Select(row => (Predicted: law.Predict(FitRows.Point(row, form, _options)), Measured: FitRows.Response(row, form, _options)))
                    .Select(pair => form.PredictsLoss ? Math.Log(pair.Predicted / pair.Measured) : pair.Predicted - pair.Measured),
            ];
            return Math.Sqrt(residuals.Average(residual => residual * residual)) > LaplaceRatio * residuals.Average(Math.Abs);
        }

        string Symbols(Func<Interval?, bool> holds)
        {
            string[] symbols = [.. quantities.Where(quantity => holds(Quantities[quantity.Key])).Select(quantity => quantity.Symbol)];
            return Words.List(symbols, quantities.Count);
        }
    }
}
