using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Ways from a fit to other views of the same runs.</summary>
public static class FitLinks
{
    /// <summary>The three approaches to the runs of this fit.</summary>
    public static IsoFlopState ToIsoFlop(FitState state) => new()
    {
        Project = state.Project,
        Where = state.Where,
        Excluded = state.Excluded,
        NonEmbedding = state.NonEmbedding,
        Target = state.Target,
        // Approach 3 knows two objectives.
        Method = state.Method == FitMethod.VariableProjection ? FitMethod.VariableProjection : FitMethod.Huber,
        Delta = state.Delta,
        ExponentLow = state.ExponentLow,
        ExponentHigh = state.ExponentHigh,
        Draws = state.Draws,
        Seed = state.Seed,
    };

    /// <summary>Approach 3 of the IsoFLOP page as a fit of its own.</summary>
    public static FitState Of(IsoFlopState state) => new()
    {
        Project = state.Project,
        Where = state.Where,
        Excluded = state.Excluded,
        NonEmbedding = state.NonEmbedding,
        Target = state.Target,
        Method = state.Method,
        Delta = state.Delta,
        ExponentLow = state.ExponentLow,
        ExponentHigh = state.ExponentHigh,
        Draws = state.Draws,
        Seed = state.Seed,
    };

    /// <summary>What to do where the law cannot be fitted: give up what narrows the runs, resample points, or fit a law that asks for less.</summary>
    public static IEnumerable<(string Text, FitState State)> WaysOn(FitState state, ProjectSelection selection)
    {
        if (selection.Rows.Count < selection.All.Count)
            yield return ("Show all runs", state.WithFilters([]));
        if (state.Excluded.Count > 0)
            yield return ("Count the excluded points", state.WithExcluded([]));
        if (state.Resampling != default)
            yield return ("Resample points", state with { Resampling = default });
        if (state.WeightColumn.Length > 0)
            yield return ("Weigh equally", state with { WeightColumn = "" });
        var fewer = LawForms.Find("power")!;
        if (!state.Form.PredictsLoss || state.Form.Inputs.Contains(LawInput.UniqueTokens))
            yield return ("Fit Chinchilla's law", state with { Law = LawForms.Chinchilla.Key });
        else if (selection.Final.Observations.Count < state.Form.Parameters.Count && selection.Final.Observations.Count >= fewer.Parameters.Count)
            yield return ("Fit the loss against compute alone", state with { Law = fewer.Key });
    }
}
