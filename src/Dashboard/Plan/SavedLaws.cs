using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>Saved fits as laws to plan by.</summary>
public static class SavedLaws
{
    /// <summary>The law of a saved fit with its draws.</summary>
    /// <exception cref="AnalysisException">It says nothing about how to split a budget, or this version of the program knows no such law.</exception>
    /// <exception cref="StoreException">What is stored is no document of a fit.</exception>
    public static TrainingLaw Of(SavedFit fit)
    {
        var document = SavedFitDocument.Of(fit);
        var label = FormattableString.Invariant($"{fit.Name} v{fit.Version}");
        if (FitDocuments.LawOf(document) is not { } law)
            throw new AnalysisException($"{label}: this version of the program knows no law “{document.Law}” of {Words.Count(document.Parameters.Count, "coefficient")}.");
        if (SurfaceModel.Of(law, new TrainingGoals()) is null)
            throw new AnalysisException($"{label}: the law “{law.Form.Name}” says nothing about the size of the model. Choose a fit of a law of parameters and tokens.");
        Law[] draws = [.. (document.Draws ?? []).Select(draw => FitDocuments.LawOf(document, draw)!)];
        return new TrainingLaw
        {
            Key = fit.Id,
            Name = label,
            ShortName = label,
            Source = $"saved fit of {fit.Project}: {law.Form.Name}, {fit.Method}, {Words.Count(fit.Points, "point")}, {fit.Status.Replace('_', ' ')}",
            Counting = "as in the project",
            Allocation = law,
            Surface = law,
            Draws = draws,
            FlopsRange = document.FlopsRange is [var low, var high] ? (low, high) : null,
            Uncertainty = draws.Length > 0 ? $"intervals are those of its {Words.Count(draws.Length, "bootstrap draw")}" : "it was saved without bootstrap draws, so there is no interval",
        };
    }
}
