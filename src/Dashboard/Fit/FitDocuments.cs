using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Fits of a page as documents to save, and saved documents as laws.</summary>
public static class FitDocuments
{
    /// <summary>The fit of a page, ready to be saved or compared.</summary>
    public static SavedFitDocument Of(FitAnalysis analysis, FitEstimates estimates, FitView view, FitState state)
    {
        var runs = analysis.Rows.Select(row => row.RunId).Distinct().ToArray();
        return new SavedFitDocument
        {
            Law = analysis.Form.Key,
            Method = FitRecipeOptions.MethodName(analysis.Options.Fit.Method),
            Status = StatusName.Of(analysis.Result.Fit.Status),
            Points = analysis.Result.Fit.Points,
            Parameters = [.. analysis.Form.Parameters.Select(parameter => Number(parameter.Key, parameter.Kind == ParameterKind.Irreducible ? "nats per token" : ""))],
            Exponents = analysis.Form.AllocatesCompute ? [Number("a", ""), Number("b", "")] : [],
            Objective = analysis.Result.Fit.Objective,
            Bootstrap = new(analysis.Result.Bootstrap.Draws, analysis.Result.Bootstrap.Failed),
            Seed = analysis.Options.Seed,
            Warnings = [.. analysis.Warnings.Select(warning => warning.Text)],
            Excluded = [.. view.Selection.Rows
                .Where(row => row.ExclusionReason is not null || state.Excluded.Contains(row.Id))
                .Select(row => new SavedExclusion(row.Id, row.Name, row.ExclusionReason ?? state.ReasonOf(row.Id)))],
            Runs = runs.Length,
            RunIds = runs,
            FlopsRange = [analysis.SmallestFlops, analysis.LargestFlops],
            Provenance = analysis.Provenance,
            Draws = [.. analysis.Result.Bootstrap.Laws.Take(SavedFitDocument.MostDraws).Select(law => law.Coefficients.ToArray())],
        };

        SavedNumber Number(string key, string unit) => new(key, estimates[key].Value, unit, IntervalReport.Of(estimates[key].Interval));
    }

    /// <summary>The law of a document; null where this version of the code knows no such law.</summary>
    public static Law? LawOf(SavedFitDocument document) => LawOf(document, [.. document.Parameters.Select(number => number.Value)]);

    /// <summary>What the law of a document says a budget is best spent on, for its own coefficients or those of a draw; null where it does not say.</summary>
    public static Allocation? Predict(SavedFitDocument document, IReadOnlyList<double> coefficients, double flops) =>
        LawOf(document, coefficients) is { Form.PredictsLoss: true } law ? law.Optimum(flops) : null;

    /// <summary>The law of a document with other coefficients, such as those of a draw; null where this version of the code knows no such law.</summary>
    public static Law? LawOf(SavedFitDocument document, IReadOnlyList<double> coefficients) =>
        LawForms.Find(document.Law) is { } form && form.Parameters.Count == coefficients.Count ? form.With([.. coefficients]) : null;
}
