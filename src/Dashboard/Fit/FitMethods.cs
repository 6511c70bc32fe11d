using ScalingDashboard.Numerics.Fitting;

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
}
