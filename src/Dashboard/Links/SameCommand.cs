using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Links;

/// <summary>The command that gives the numbers of a page, quoted for a POSIX shell; only what differs from the command's defaults is in it.</summary>
public static class SameCommand
{
    /// <summary>The fit of a view.</summary>
    /// <param name="state">The view; it leaves out only runs that the project has.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string Fit(FitState state, string store)
    {
        var command = new Parts("fit", state.Project, store);
        command.Add("--law", state.Law, LawForms.Chinchilla.Key);
        command.AddSearch(state.Method, state.Delta, state.ExponentLow, state.ExponentHigh);
        if (state.IrreducibleLow != 0 || state.IrreducibleHigh is not null)
            command.Add("--irreducible", $"{Number(state.IrreducibleLow)}..{(state.IrreducibleHigh is { } most ? Number(most) : "")}");
        command.Add("--metric", state.MetricColumn, "");
        command.Add("--weight", state.WeightColumn, "");
        command.Add("--unique-tokens", state.UniqueTokensColumn, new FitState().UniqueTokensColumn);
        command.Add("--checkpoints", state.Rows == FitRowChoice.Checkpoints);
        command.AddRuns(state.Where, state.Excluded, state.NonEmbedding);
        command.Add("--resample", FitRecipeOptions.ResamplingName(state.Resampling), FitRecipeOptions.ResamplingName(default));
        command.Add("--interval", FitRecipeOptions.IntervalName(state.Intervals), FitRecipeOptions.IntervalName(default));
        command.AddDraws(state.Draws, state.Seed, state.Target);
        return command.ToString();
    }

    /// <summary>One approach of a view.</summary>
    /// <param name="state">The view; it leaves out only runs that the project has.</param>
    /// <param name="approach">1, 2 or 3.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string IsoFlop(IsoFlopState state, int approach, string store)
    {
        var command = new Parts("isoflop", state.Project, store);
        command.Add("--approach", Number(approach), "2");
        if (approach == 3)
            command.AddSearch(state.Method, state.Delta, state.ExponentLow, state.ExponentHigh);
        if (approach == 1)
            command.Add("--smooth", Number(state.SmoothingRows), "0");
        if (approach != 1)
        {
            command.Add("--by-compute", state.GroupByCompute);
            command.Add("--tolerance", Number(state.Tolerance), Number(new IsoFlopState().Tolerance));
        }

        if (approach == 2 && state.Within is { } factor)
            command.Add("--within", Number(factor));
        command.AddRuns(state.Where, state.Excluded, state.NonEmbedding);
        command.AddDraws(state.Draws, state.Seed, state.Target);
        return command.ToString();
    }

    /// <summary>The plan of a view that answers; null where no command can name its models: some, but not all, of one size, or not the next to the target.</summary>
    /// <param name="state">The view.</param>
    /// <param name="target">The target's family and its models.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string? Estimate(EstimateState state, FamilyResult target, EstimationPlan plan, string store)
    {
        var candidates = target.Estimation.Candidates;
        FamilyModel[] chosen = [.. candidates.Skip(plan.First).Take(plan.Models)];
        if (chosen.Length == 0)
            return null;
        var largest = chosen.Max(model => model.Parameters);
        // With --largest the command counts down from that size, and takes every run of it.
        if (plan.First > 0 && (state.ScaleDown || candidates.Count(model => model.Parameters <= largest) != plan.First + plan.Models))
            return null;
        var command = new Parts("estimate", state.Project, store);
        command.Add("--target", state.Target.Length > 0 ? state.Target : target.Family.Name);
        command.Add("--models", Number(plan.Models));
        if (plan.First > 0)
            command.Add("--largest", Number(largest));
        command.Add("--share", Number(plan.Share), "1");
        command.Add("--min-tokens", Number(state.MinimumTokens), Number(EstimateState.DefaultMinimumTokens));
        command.Add("--final-only", state.Checkpoints == CheckpointUse.Final);
        command.Add("--tenths", state.Checkpoints == CheckpointUse.Tenths);
        command.Add("--method", FitRecipeOptions.MethodName(state.Method), FitRecipeOptions.MethodName(FitMethod.VariableProjection));
        command.Add("--one-seed", state.OneSeed);
        command.Add("--scale-down", state.ScaleDown);
        command.AddRuns(state.Where, [], nonEmbedding: false);
        return command.ToString();
    }

    /// <summary>A comparison of optimizers.</summary>
    /// <param name="state">The view; it leaves out only runs that the project has.</param>
    /// <param name="comparison">Who was compared.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string Optimizers(OptimizersState state, OptimizerComparison comparison, string store)
    {
        var command = new Parts("optimizers", state.Project, store);
        command.Add("--baseline", comparison.Baseline);
        command.Add("--challenger", comparison.Challenger);
        command.AddRuns(state.Where, state.Excluded, nonEmbedding: false);
        command.Add("--bootstrap", Number(state.Draws), Number(new OptimizerComparisonOptions().Bootstrap));
        command.Add("--seed", Number(state.Seed), Number(new OptimizerComparisonOptions().Seed));
        return command.ToString();
    }

    /// <summary>The comparison of a view.</summary>
    /// <param name="state">The view.</param>
    /// <param name="comparison">What it shows.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string Growth(GrowthState state, GrowthComparison comparison, string store)
    {
        var command = new Parts("growth", state.Project, store);
        command.Add("--operator", comparison.Headline.Operator);
        if (state.Size is { } size)
            command.Add("--size", Number(size));
        command.AddRuns(state.Where, state.Excluded, nonEmbedding: false);
        command.Add("--bootstrap", Number(state.Draws), Number(new GrowthComparisonOptions().Bootstrap));
        command.Add("--seed", Number(state.Seed), Number(new GrowthComparisonOptions().Seed));
        command.Add("--charge-small", state.Charge);
        return command.ToString();
    }

    /// <summary>The training of a view of the Lab.</summary>
    /// <param name="state">The view.</param>
    /// <param name="project">Project the runs go into.</param>
    /// <param name="store">Path of the store, as the server was given it.</param>
    public static string Lab(LabState state, string project, string store)
    {
        ArgumentNullException.ThrowIfNull(state);
        var command = new Parts("lab sweep", project, store);
        command.Add("--out", "lab-runs");
        if (state.TextSha256.Length > 0)
            command.Add("--text", state.TextName);
        foreach (var (key, _, _) in SweepText.Keys)
            command.Add("--" + key.Replace('_', '-'), state.Value(key), "");
        return command.ToString();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "e", StringComparison.Ordinal);

    private sealed class Parts
    {
        private readonly List<string> _parts;

        internal Parts(string command, string project, string store)
        {
            _parts = [command];
            Add("--project", project);
            Add("--store", store, DashboardOptions.DefaultStorePath);
        }

        internal void Add(string option, string value, string standard)
        {
            if (value != standard)
                Add(option, value);
        }

        internal void Add(string option, bool isOn)
        {
            if (isOn)
                _parts.Add(option);
        }

        // A value that begins like an option or a response file is one only behind an equals sign.
        internal void Add(string option, string value) => _parts.Add($"{option}{(value.StartsWith('-') || value.StartsWith('@') ? "=" : " ")}{Quoted(value)}");

        internal void AddSearch(FitMethod method, double delta, double low, double high)
        {
            Add("--method", FitRecipeOptions.MethodName(method), FitRecipeOptions.MethodName(FitMethod.Huber));
            if (method is FitMethod.Huber or FitMethod.ScaledHuber)
                Add("--delta", Number(delta), Number(new FitOptions().Delta));
            Add("--exponents", $"{Number(low)}..{Number(high)}", $"{Number(new FitOptions().ExponentLow)}..{Number(new FitOptions().ExponentHigh)}");
        }

        internal void AddRuns(IReadOnlyList<string> where, IReadOnlyList<string> without, bool nonEmbedding)
        {
            foreach (var filter in where)
                Add("--where", filter);
            Add("--without", string.Join(',', without), "");
            Add("--non-embedding", nonEmbedding);
        }

        internal void AddDraws(int draws, int seed, double target)
        {
            Add("--bootstrap", Number(draws), Number(new FitRecipeOptions().Bootstrap));
            Add("--seed", Number(seed), Number(new FitRecipeOptions().Seed));
            Add("--at", Number(target));
        }

        public override string ToString() => string.Join(' ', _parts);

        private static string Quoted(string text) =>
            text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '=' or ',' or '/') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
