using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>Ways from the Precision page to the same question elsewhere.</summary>
public static class PrecisionLinks
{
    /// <summary>The same fit on the Fit page, to be diagnosed and saved.</summary>
    public static FitState ToFit(PrecisionScene scene)
    {
        var (state, fit) = (scene.State, scene.Fitted!.Fit);
        return new FitState
        {
            Project = state.Project,
            Where = state.Where,
            Excluded = state.Excluded,
            NonEmbedding = state.NonEmbedding,
            Law = fit.Form.Key,
            Target = state.Flops,
            Method = state.Method,
            Draws = state.Draws,
            Seed = state.Seed,
            Intervals = state.Intervals,
            Resampling = fit.Options.Resampling,
        };
    }

    /// <summary>The same question from the command line; null where a command cannot say which points this view leaves out or counts otherwise.</summary>
    public static string? Command(PrecisionScene scene)
    {
        var state = scene.State;
        if (scene.Fitted is not null && (state.Excluded.Count > 0 || state.NonEmbedding))
            return null;
        var parts = new List<string> { "precision" };
        if (scene.Fitted is not null)
        {
            parts.AddRange(["--project", Quoted(state.Project), .. state.Where.SelectMany(filter => new[] { "--where", Quoted(filter) })]);
            Add(state.Method != FitMethod.LogSquared, "--method", FitRecipeOptions.MethodName(state.Method));
            Add(state.Intervals != IntervalKind.Percentile, "--interval", FitRecipeOptions.IntervalName(state.Intervals));
            Add(state.Draws != 1000, "--bootstrap", Text(state.Draws));
            Add(state.Seed != 0, "--seed", Text(state.Seed));
        }
        else
        {
            Add(scene.Published!.Key != PublishedPrecisions.Kumar.Key, "--law", scene.Published.Key);
        }

        Add(state.Plain && scene.Law is not null, "--form", "plain");
        if (scene.View == PrecisionView.Budget)
        {
            parts.AddRange(["--optimum", "--flops", Text(state.Flops)]);
            Add(state.SizeGiven, "--parameters", Text(scene.Parameters));
        }
        else
        {
            parts.AddRange(["--parameters", Text(scene.Parameters), "--tokens", Text(scene.Tokens)]);
        }

        if (scene.Law is not null && scene.View != PrecisionView.Budget)
        {
            Add(scene.Bits.Weights is not null, "--weights", Text(state.Weights));
            Add(scene.Bits.Activations is not null, "--activations", Text(state.Activations));
            Add(scene.Bits.KvCache is not null, "--kv", Text(state.KvCache));
            Add(scene.View == PrecisionView.Served && scene.State.Robustness != Robustness.Illustrative, "--robust", $"{Text(state.RobustWeights)},{Text(state.RobustActivations)},{Text(state.RobustKvCache)}");
        }

        Add(scene.View == PrecisionView.Served, "--post", Text(state.Post));
        Add(scene.Published is PublishedPrecision<FloatingPointLaw> && scene.View == PrecisionView.Training, "--format", PrecisionWords.Layout(scene.Format));
        Add(scene.Published is PublishedPrecision<FloatingPointLaw> or PublishedPrecision<GroupedTrainingLaw>, "--group", Text(state.Group));
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
