using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>What a law is tested on: the last 30 % of the target's tokens.</summary>
public sealed class TargetRows
{
    /// <summary>Checkpoints of the target with at least this share of its most tokens are predicted (the code of arXiv 2410.11840; its text says "30 %-maximal").</summary>
    public const double TestShare = 0.7;

    private readonly double[] _tokens;
    private readonly double[] _losses;

    /// <param name="models">The models of the target's size, at least one.</param>
    public TargetRows(IReadOnlyList<FamilyModel> models)
    {
        Parameters = models[0].Parameters;
        MostTokens = models.Max(model => model.MostTokens);
        var rows = models.SelectMany(model => model.Tokens.Zip(model.Losses)).Where(row => row.First >= TestShare * MostTokens).ToArray();
        _tokens = Array.ConvertAll(rows, row => row.First);
        _losses = Array.ConvertAll(rows, row => row.Second);
    }

    /// <summary>N of the target.</summary>
    public double Parameters { get; }

    /// <summary>Largest D of the target.</summary>
    public double MostTokens { get; }

    /// <summary>Checkpoints that are predicted.</summary>
    public int Count => _tokens.Length;

    /// <summary>D of every checkpoint that is predicted.</summary>
    public IReadOnlyList<double> Tokens => _tokens;

    /// <summary>L of every checkpoint that is predicted.</summary>
    public IReadOnlyList<double> Losses => _losses;

    /// <summary>How far a law is off.</summary>
    public PredictionError Error(ChinchillaLaw law) => Error(tokens => law.Loss(Parameters, tokens));

    /// <summary>How far a single number is off.</summary>
    public PredictionError Error(double loss) => Error(_ => loss);

    private PredictionError Error(Func<double, double> predict)
    {
        var errors = new double[_tokens.Length];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = (predict(_tokens[i]) - _losses[i]) / _losses[i];
        return PredictionError.Of(errors);
    }
}

/// <summary>
/// Relative errors of a prediction over the target's checkpoints. ARE = mean |L̂ − L| / L (absolute relative error, arXiv 2410.11840, §2), a fraction.
/// </summary>
/// <param name="Are">ARE; NaN where there is no prediction.</param>
/// <param name="Bias">Mean (L̂ − L) / L: below zero the prediction is too low.</param>
/// <param name="Spread">Percentiles of |L̂ − L| / L over the checkpoints; null with fewer than two.</param>
public sealed record PredictionError(double Are, double Bias, Interval? Spread)
{
    /// <summary>No prediction.</summary>
    public static PredictionError None { get; } = new(double.NaN, double.NaN, null);

    internal static PredictionError Of(double[] errors)
    {
        if (errors.Length == 0 || !Array.TrueForAll(errors, double.IsFinite))
            return None;
        var absolute = Array.ConvertAll(errors, Math.Abs);
        return new PredictionError(absolute.Average(), errors.Average(), Interval.Of(absolute));
    }
}
