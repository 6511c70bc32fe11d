using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>A law fitted to small models, and how the fit ended.</summary>
/// <param name="Law">The law; NaN where there is none.</param>
/// <param name="Status">How the fit ended.</param>
/// <param name="Explanation">What the status means here, in words; empty when converged.</param>
/// <param name="Points">Rows fitted.</param>
public sealed record EstimationLaw(ChinchillaLaw Law, FitStatus Status, string Explanation, int Points)
{
    private static readonly ChinchillaLaw s_none = new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    /// <summary>Intervals of its coefficients.</summary>
    public CoefficientIntervals Intervals { get; init; } = CoefficientIntervals.None;

    /// <summary>There is something to predict with: a law on a bound or one of several that fit as well is still scored, and says so.</summary>
    public bool IsScored => Status is FitStatus.Converged or FitStatus.AtBound or FitStatus.NotIdentifiable or FitStatus.IterationLimit && double.IsFinite(Law.E);

    /// <summary>L = E + A·N^−α + B·D^−β with E, A, B, α, β ≥ 0 over the rows. The one place where this feature meets the fitter.</summary>
    public static EstimationLaw Fit(TrainingRows rows, FitMethod method, CancellationToken cancellationToken = default)
    {
        var form = LawForms.Chinchilla;
        if (rows.Losses.Length < form.Parameters.Count)
            return TooFew(rows.Losses.Length, form.Parameters.Count);
        var points = FitPoints.From(rows.Parameters, rows.Tokens, rows.Losses);
        var options = new FitOptions { Method = method };
        var fit = LawFitter.Fit(form, points, options, cancellationToken);
        return new EstimationLaw(ChinchillaForm.LawOf(fit.Law.Coefficients), fit.Status, fit.Explanation, fit.Points) { Intervals = CoefficientIntervals.Of(fit, points, options) };
    }

    internal static EstimationLaw TooFew(int points, int parameters) => new(
        s_none, FitStatus.TooFewPoints, FormattableString.Invariant($"{points} {(points == 1 ? "checkpoint" : "checkpoints")} between the cut and the share of training cannot determine {parameters} parameters"), points);
}
