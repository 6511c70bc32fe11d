using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>Which units a bootstrap draws.</summary>
public enum Resampling
{
    /// <summary>Single points, with what was measured of them.</summary>
    Points,

    /// <summary>Whole budgets (IsoFLOP groups).</summary>
    Budgets,

    /// <summary>Whole families.</summary>
    Families,

    /// <summary>Trained models with what was quantised from each, whose noise they share.</summary>
    Models,
}

/// <summary>Options of a fit.</summary>
public sealed record FitRecipeOptions
{
    /// <summary>Key of the law (<see cref="LawForms"/>).</summary>
    public string Law { get; init; } = LawForms.Chinchilla.Key;

    /// <summary>Objective, δ and bounds.</summary>
    public FitOptions Fit { get; init; } = new();

    /// <summary>Bootstrap draws; 0 for none.</summary>
    public int Bootstrap { get; init; } = 1000;

    /// <summary>What a draw resamples.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>How the intervals are made.</summary>
    public IntervalKind Intervals { get; init; }

    /// <summary>Column of the runs that holds the unique tokens, for laws that need them.</summary>
    public string UniqueTokensColumn { get; init; } = "unique_tokens";

    /// <summary>Column of the metric between 0 and 1 that a law of the loss predicts; empty for other laws.</summary>
    public string MetricColumn { get; init; } = "";

    /// <summary>Column of weights; empty for equal ones.</summary>
    public string WeightColumn { get; init; } = "";

    /// <summary>The law.</summary>
    /// <exception cref="AnalysisException">There is none of that key.</exception>
    public LawForm Form => LawForms.Find(Law)
        ?? throw new AnalysisException($"There is no law '{Law}'. Laws: {string.Join(", ", LawForms.Listed.Select(form => form.Key))}.");

    /// <summary>Columns besides the usual ones that the rows must carry.</summary>
    public IReadOnlyList<string> Columns =>
        [.. new[] { Form.Inputs.Contains(LawInput.UniqueTokens) ? UniqueTokensColumn : "", Form.PredictsLoss ? "" : MetricColumn, WeightColumn }.Where(column => column.Length > 0)];

    /// <summary>Columns that the rows carry as well where there are any: those of number formats, for laws of precision.</summary>
    public bool KeepsColumn(string column) => Form.TakesFormats && PrecisionColumns.Recognises(column);

    /// <summary>As printed in the provenance.</summary>
    public SortedDictionary<string, string> Describe()
    {
        var described = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["law"] = Law,
            ["method"] = MethodName(Fit.Method),
            ["exponent_bounds"] = string.Create(CultureInfo.InvariantCulture, $"{Fit.ExponentLow:R}..{Fit.ExponentHigh:R}"),
            ["bootstrap"] = Bootstrap.ToString(CultureInfo.InvariantCulture),
            ["seed"] = Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (Fit.Method is FitMethod.Huber or FitMethod.ScaledHuber)
            described["delta"] = Fit.Delta.ToString("R", CultureInfo.InvariantCulture);
        if (Fit.IrreducibleLow > 0 || double.IsFinite(Fit.IrreducibleHigh))
            described["irreducible_bounds"] = string.Create(CultureInfo.InvariantCulture, $"{Fit.IrreducibleLow:R}..{Fit.IrreducibleHigh:R}");
        if (Resampling != Resampling.Points)
            described["resampling"] = ResamplingName(Resampling);
        if (Intervals != IntervalKind.Percentile)
            described["interval"] = IntervalName(Intervals);
        if (WeightColumn.Length > 0)
            described["weight"] = WeightColumn;
        if (Form.Inputs.Contains(LawInput.UniqueTokens))
            described["unique_tokens"] = UniqueTokensColumn;
        if (!Form.PredictsLoss)
            described["metric"] = MetricColumn;
        return described;
    }

    /// <summary>The names users type, by method.</summary>
    public static IReadOnlyDictionary<string, FitMethod> Methods { get; } = new Dictionary<string, FitMethod>
    {
        ["huber"] = FitMethod.Huber,
        ["vpnls"] = FitMethod.VariableProjection,
        ["squared"] = FitMethod.Squared,
        ["log-squared"] = FitMethod.LogSquared,
        ["scaled-huber"] = FitMethod.ScaledHuber,
        ["absolute"] = FitMethod.AbsoluteDeviation,
    };

    /// <summary>The names users type, by kind of interval.</summary>
    public static IReadOnlyDictionary<string, IntervalKind> IntervalKinds { get; } = new Dictionary<string, IntervalKind>
    {
        ["percentile"] = IntervalKind.Percentile,
        ["bca"] = IntervalKind.BiasCorrected,
        ["profile"] = IntervalKind.Profile,
        ["adjusted-profile"] = IntervalKind.AdjustedProfile,
        ["delta"] = IntervalKind.Delta,
    };

    /// <summary>The names users type, by what a draw resamples.</summary>
    public static IReadOnlyDictionary<string, Resampling> Resamplings { get; } = new Dictionary<string, Resampling>
    {
        ["points"] = Resampling.Points,
        ["budgets"] = Resampling.Budgets,
        ["families"] = Resampling.Families,
        ["models"] = Resampling.Models,
    };

    /// <summary>The name users type.</summary>
    public static string ResamplingName(Resampling resampling) => Resamplings.First(pair => pair.Value == resampling).Key;

    /// <summary>The name users type.</summary>
    public static string IntervalName(IntervalKind kind) => IntervalKinds.First(pair => pair.Value == kind).Key;

    /// <summary>The name users type.</summary>
    public static string MethodName(FitMethod method) => Methods.First(pair => pair.Value == method).Key;
}

/// <summary>A fit with its draws.</summary>
/// <param name="Rows">The rows fitted, in the order of the points.</param>
/// <param name="Points">The points.</param>
/// <param name="Fit">The fit over all of them.</param>
/// <param name="Bootstrap">The draws.</param>
/// <param name="Warnings">What to know before trusting it.</param>
public sealed record FitResult(
    IReadOnlyList<Observation> Rows, FitPoints Points, LawFit Fit, BootstrapDraws Bootstrap, IReadOnlyList<Warning> Warnings);

/// <summary>These rows and these options → a law.</summary>
public static class FitRecipe
{
    /// <summary>Fits the rows as they are: every row is a point.</summary>
    /// <exception cref="AnalysisException">Fewer rows than parameters, or rows that lack what the law needs.</exception>
    public static FitResult Run(
        IReadOnlyList<Observation> rows, FitRecipeOptions options, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var form = options.Form;
        if (rows.Count < form.Parameters.Count)
        {
            throw new AnalysisException(
                $"{Words.Count(rows.Count, "usable row")} cannot determine the {form.Parameters.Count} parameters {Words.List([.. form.Parameters.Select(parameter => parameter.Key)], form.Parameters.Count)}. Add runs, or loosen the filter.");
        }

        var points = FitRows.Points(rows, form, options, cancellationToken);
        var fit = LawFitter.Fit(form, points, options.Fit, cancellationToken);
        // What the points cannot tell apart has no interval: refits would only scatter over the answers that fit as well.
        var bootstrap = fit.IsUsable
            ? BootstrapDraws.Run(points, fit, options.Fit, options.Bootstrap, options.Seed, FitRows.Blocks(rows, options.Resampling), progress, cancellationToken)
            : BootstrapDraws.None;
        return new FitResult(rows, points, fit, bootstrap, [.. Warnings("This law", fit, bootstrap)]);
    }

    /// <summary>What to know before trusting a fit, which goes by the name of the subject.</summary>
    internal static IEnumerable<Warning> Warnings(string subject, LawFit fit, BootstrapDraws bootstrap)
    {
        if (fit.Status != FitStatus.Converged)
        {
            yield return new Warning("fit", $"{subject}: {fit.Explanation}; " + fit.Status switch
            {
                FitStatus.AtBound => "the optimum it implies hangs on that bound.",
                FitStatus.NotIdentifiable => "its numbers are one of many that fit as well.",
                _ => "its numbers are not an optimum.",
            });
        }

        if (bootstrap.Failed > 0.05 * bootstrap.Draws)
        {
            yield return new Warning(
                "bootstrap",
                string.Create(CultureInfo.InvariantCulture, $"{subject}: {bootstrap.Failed} of {bootstrap.Draws} bootstrap refits failed; the intervals leave them out and are too narrow."));
        }

        var a = Interval.Of(bootstrap.Laws.Select(law => law.ParameterExponent));
        if (fit.Status == FitStatus.Converged && a is not null && a.High95 - a.Low95 > FitIntervals.UninformativeWidth * fit.Law.ParameterExponent)
        {
            yield return new Warning(
                "wide",
                string.Create(CultureInfo.InvariantCulture, $"{subject}: the 95 % interval of a, {a.Low95:F2} to {a.High95:F2}, is as wide as a itself; these runs hardly constrain it."));
        }
    }
}
