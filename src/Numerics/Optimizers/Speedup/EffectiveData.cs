using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;

namespace ScalingDashboard.Numerics.Optimizers.Speedup;

/// <summary>
/// L(D) = α·D^−B + β fitted by least squares to the final losses of a baseline trained on different amounts of data, and how much data the baseline would need for
/// another loss: D_eff = ((L − β)/α)^(−1/B). Wen et al. 2025, "Fantastic pretraining optimizers", arXiv 2509.02046, §4.
/// </summary>
public sealed class EffectiveData
{
    /// <summary>Different amounts of data that the law needs.</summary>
    public const int LeastAmounts = 3;

    private static readonly ComputePowerForm s_form = new(offset: true);
    private static readonly FitOptions s_options = new() { Method = FitMethod.Squared };
    private readonly double[] _tokens;

    private EffectiveData(double[] tokens, LawFit fit) => (_tokens, Fit) = (tokens, fit);

    /// <summary>How the fit ended.</summary>
    public LawFit Fit { get; }

    /// <summary>α, nats per token at one unit of data.</summary>
    public double Alpha => Fit.Law["K"];

    /// <summary>B.</summary>
    public double Exponent => Fit.Law["gamma"];

    /// <summary>β: the loss that no amount of data goes below.</summary>
    public double Limit => Fit.Law["E"];

    /// <summary>Fits the law.</summary>
    /// <param name="tokens">D, in any unit.</param>
    /// <param name="losses">L, nats per token.</param>
    public static EffectiveData Of(double[] tokens, double[] losses) =>
        new(tokens, LawFitter.Fit(s_form, Points(tokens, losses), s_options));

    /// <summary>The same trainings with other losses, from this optimum on; null where there is none.</summary>
    /// <param name="losses">L, in the order of the tokens.</param>
    public EffectiveData? With(double[] losses)
    {
        var points = Points(_tokens, losses);
        return LawFitter.Refit(Fit, points, s_options) is { } theta ? new(_tokens, Fit with { Law = new Law(s_form, s_form.Coefficients(theta, points, s_options)) }) : null;
    }

    /// <summary>D_eff: data with which the baseline ends at a loss, in the unit it was fitted in; infinite at and below the limit.</summary>
    /// <param name="loss">L, nats per token.</param>
    public double TokensFor(double loss) => loss > Limit ? Math.Pow((loss - Limit) / Alpha, -1 / Exponent) : double.PositiveInfinity;

    // A law of one quantity: its formula is the same, whether that is compute or data.
    private static FitPoints Points(double[] tokens, double[] losses) =>
        FitPoints.From([.. tokens.Select(data => new LawPoint(double.NaN, double.NaN, data))], losses);
}
