using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>What the methods of a fit are called, minimise and are good for.</summary>
public static class FitMethods
{
    /// <summary>Name for people.</summary>
    public static string Name(FitMethod method) => method switch
    {
        FitMethod.Huber => "Huber on log loss",
        FitMethod.VariableProjection => "Least squares, projected",
        FitMethod.Squared => "Least squares on loss",
        FitMethod.LogSquared => "Least squares on log loss",
        FitMethod.ScaledHuber => "Huber likelihood, free scale",
        FitMethod.AbsoluteDeviation => "Absolute deviation, log loss",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Unknown method."),
    };

    /// <summary>What it minimises, in symbols, and what that means.</summary>
    public static string Objective(FitMethod method) => method switch
    {
        FitMethod.Huber => "Σ w·Huber_δ(ln L̂ − ln L): squares within δ, straight beyond, so that single bad runs pull little (Hoffmann et al. 2022, arXiv 2203.15556, §3.3, with δ = 1e-3).",
        FitMethod.VariableProjection => "Σ w·(L̂ − L)² in the loss itself; for given exponents E, A and B follow linearly, and only the exponents are searched (arXiv 2603.22339, §6.2).",
        FitMethod.Squared => "Σ w·(L̂ − L)² in the loss itself: high losses of small runs weigh as much as low ones.",
        FitMethod.LogSquared => "Σ w·(ln L̂ − ln L)²: relative errors count, bad runs count in full.",
        FitMethod.ScaledHuber => "−ln likelihood of residuals with density ∝ exp(−Huber_δ(r/s)) and free scale s: what Besiroglu et al. 2024, arXiv 2404.10102, report.",
        FitMethod.AbsoluteDeviation => "Σ w·|ln L̂ − ln L|: the median of the residuals, least moved by outliers.",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Unknown method."),
    };

    /// <summary>The same fit from the command line; null where a command cannot say which points this view leaves out or counts otherwise.</summary>
    public static string? Command(FitState state)
    {
        if (state.Excluded.Count > 0 || state.NonEmbedding || state.Rows != FitRowChoice.Final)
            return null;
        var parts = new List<string> { "fit", "--project", Quoted(state.Project) };
        Add(state.Law != LawForms.Chinchilla.Key, "--law", state.Law);
        Add(state.Method != FitMethod.Huber, "--method", FitRecipeOptions.MethodName(state.Method));
        Add((state.Method is FitMethod.Huber or FitMethod.ScaledHuber) && state.Delta != 1e-3, "--delta", Text(state.Delta));
        Add(state.ExponentLow != 0 || state.ExponentHigh != 5, "--exponents", $"{Text(state.ExponentLow)}..{Text(state.ExponentHigh)}");
        Add(state.IrreducibleLow != 0 || state.IrreducibleHigh is not null, "--irreducible", $"{Text(state.IrreducibleLow)}..{Text(state.IrreducibleHigh ?? 1e3)}");
        foreach (var filter in state.Where)
            Add(true, "--where", Quoted(filter));
        Add(state.MetricColumn.Length > 0, "--metric", Quoted(state.MetricColumn));
        Add(state.WeightColumn.Length > 0, "--weight", Quoted(state.WeightColumn));
        Add(state.UniqueTokensColumn != new FitState().UniqueTokensColumn, "--unique-tokens", Quoted(state.UniqueTokensColumn));
        Add(state.Resampling != Resampling.Points, "--resample", FitRecipeOptions.ResamplingName(state.Resampling));
        Add(state.Draws != 1000, "--bootstrap", Text(state.Draws));
        Add(state.Seed != 0, "--seed", Text(state.Seed));
        Add(true, "--at", Text(state.Target));
        return string.Join(' ', parts);

        void Add(bool differs, string option, string value)
        {
            if (differs)
                parts.AddRange([option, value]);
        }

        static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal);

        static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '=') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
