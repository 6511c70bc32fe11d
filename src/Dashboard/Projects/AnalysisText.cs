using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Options of an analysis as people write them, the same in commands and requests.</summary>
public static class AnalysisText
{
    /// <summary>Budgets in FLOP, separated by commas.</summary>
    /// <exception cref="FormatException">One is no number above zero.</exception>
    public static double[] Budgets(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            Quantity.TryParse(part, out var flops) && flops > 0
                ? flops
                : throw new FormatException($"'{part}' is not a compute budget; write FLOP as 5.76e23, several separated by commas."))];

    /// <summary>Names separated by commas, of one or several texts.</summary>
    public static string[] Names(IEnumerable<string> texts) =>
        [.. texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Bounds of the irreducible loss: <c>LOW..HIGH</c>, or <c>LOW..</c> for none above.</summary>
    /// <exception cref="FormatException">It is no range.</exception>
    public static (double Low, double High) Irreducible(string text) =>
        text.EndsWith("..", StringComparison.Ordinal) && Quantity.TryParse(text[..^2], out var least) && least >= 0 ? (least, double.PositiveInfinity) : Exponents(text);

    /// <summary>Bounds of exponents: <c>LOW..HIGH</c>.</summary>
    /// <exception cref="FormatException">It is no range.</exception>
    public static (double Low, double High) Exponents(string text) =>
        text.Split("..") is [var low, var high] && Quantity.TryParse(low, out var least) && Quantity.TryParse(high, out var most) && least >= 0 && least < most
            ? (least, most)
            : throw new FormatException($"'{text}' is not a range such as 0..5.");

    /// <summary>huber, vpnls, squared …</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static FitMethod Method(string text) => FitRecipeOptions.Methods.TryGetValue(text, out var method)
        ? method
        : throw new FormatException($"'{text}' is not one of {string.Join(", ", FitRecipeOptions.Methods.Keys)}.");

    /// <summary>A law by its key, also one of precision, such as precision-w-a-kv.</summary>
    /// <exception cref="FormatException">There is none of that key.</exception>
    public static LawForm Law(string text) =>
        LawForms.Find(text) ?? throw new FormatException($"'{text}' is not one of the laws {string.Join(", ", LawForms.Listed.Select(form => form.Key))}; a law of precision is named like precision-w-a-kv-post.");

    /// <summary>points, budgets, families or models.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static Resampling Resampling(string text) => FitRecipeOptions.Resamplings.TryGetValue(text, out var resampling)
        ? resampling
        : throw new FormatException($"'{text}' is not points, budgets, families or models.");

    /// <summary>percentile, bca, profile, adjusted-profile or delta.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static IntervalKind Intervals(string text) => FitRecipeOptions.IntervalKinds.TryGetValue(text, out var kind)
        ? kind
        : throw new FormatException($"'{text}' is not one of {string.Join(", ", FitRecipeOptions.IntervalKinds.Keys)}.");

    /// <summary>δ of the Huber loss.</summary>
    /// <exception cref="FormatException">It is not above zero.</exception>
    public static double Delta(double value) => value is > 0 and < 1e6 ? value : throw new FormatException("δ must be above zero and below 1e6.");

    /// <summary>Largest budgets to hold out of a fit.</summary>
    /// <exception cref="FormatException">They are out of range.</exception>
    public static int HoldoutBudgets(int value) => value is >= 0 and <= 1000 ? value : throw new FormatException("the budgets to hold out must be between 0 and 1000.");

    /// <summary>Tolerance of a budget.</summary>
    /// <exception cref="FormatException">It is out of range.</exception>
    public static double Tolerance(double value) => value is >= 0 and < 100 ? value : throw new FormatException("the tolerance must be between 0 and 100.");

    /// <summary>How far in size from the best run of its budget a run may be; null for no limit.</summary>
    /// <exception cref="FormatException">It is out of range.</exception>
    public static double? Within(double? factor) =>
        factor is null or (> 1 and <= 1e6) ? factor : throw new FormatException("the factor must be above 1 and at most 1e6, such as 4.");

    /// <summary>Logged rows to smooth over.</summary>
    /// <exception cref="FormatException">They are out of range.</exception>
    public static int SmoothingRows(int value) => value is >= 0 and <= 10_000 ? value : throw new FormatException("the window must be between 0 and 10000 rows.");

    /// <summary>A count of tokens or parameters, at least 0: 10B, 1e10.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public static double Count(string text) =>
        Quantity.TryParse(text, out var count) && count >= 0 ? count : throw new FormatException($"'{text}' is not a count; write it like 10B or 1e10.");

    /// <summary>Shares of training, above 0 up to 1, separated by commas.</summary>
    /// <exception cref="FormatException">One is out of range.</exception>
    public static double[] Shares(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            Quantity.TryParse(part, out var share) && share is > 0 and <= 1
                ? share
                : throw new FormatException($"'{part}' is not a share of training above 0 up to 1, such as 0.3; separate several by commas."))];

    /// <summary>Counts of models, at least 1, separated by commas.</summary>
    /// <exception cref="FormatException">One is no whole number above zero.</exception>
    public static int[] Models(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part =>
            int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var models) && models > 0
                ? models
                : throw new FormatException($"'{part}' is not a count of models such as 5; separate several by commas."))];

    /// <summary>Options of an estimate as commands and requests spell them.</summary>
    /// <exception cref="FormatException">A value is out of range.</exception>
    public static EstimateOptions Estimate(
        string? target, string minimumTokens, string share, string models, string? largest, bool finalOnly, bool tenths, string? borrow, bool all, string method, bool oneSeed,
        bool scaleDown) => new()
    {
        Target = target,
        Shares = Shares(share) is { Length: > 0 } shares ? shares : throw new FormatException("share: there is none."),
        Models = Models(models),
        Largest = largest is null ? null : Count(largest),
        Borrow = borrow,
        All = all,
        OneSeed = oneSeed,
        Fit = new EstimationOptions
        {
            MinimumTokens = Count(minimumTokens),
            Checkpoints = (finalOnly, tenths) switch
            {
                (true, true) => throw new FormatException("final-only and tenths exclude each other; choose one."),
                (true, false) => CheckpointUse.Final,
                (false, true) => CheckpointUse.Tenths,
                _ => CheckpointUse.All,
            },
            Method = Method(method) is var objective && (borrow is null || objective == FitMethod.VariableProjection)
                ? objective
                : throw new FormatException($"method: what is left of a borrowed law is fitted by least squares on the loss, vpnls, not by {method}. Leave method out, or borrow nothing."),
            ScaleDown = scaleDown,
        },
    };
}
