using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>The one-line answer of the Lab page.</summary>
/// <param name="Lead">In bold.</param>
/// <param name="Rest">Behind it.</param>
/// <param name="Note">In a softer weight.</param>
public sealed record LabAnswer(string Lead, string Rest, string Note);

/// <summary>What the Lab page says.</summary>
public static class LabWords
{
    /// <summary>What a key of <see cref="SweepText"/> is called on the page.</summary>
    public static string Name(string key) => key switch
    {
        SweepText.Size => "Sizes",
        SweepText.Flops => "Budgets",
        SweepText.TokensPerParameter => "Tokens per parameter",
        SweepText.Tokens => "Tokens",
        SweepText.Optimizer => "Optimizers",
        SweepText.LearningRate => "Learning rates",
        SweepText.Bits => "Number formats",
        SweepText.Seed => "Seeds",
        SweepText.Heads => "Heads",
        SweepText.FeedForwardWidth => "Feed-forward width",
        SweepText.Context => "Context, tokens",
        SweepText.Batch => "Batch, sequences",
        SweepText.Beta1 => "β₁",
        SweepText.Beta2 => "β₂",
        SweepText.Epsilon => "ε",
        SweepText.EpsilonPlacement => "Place of ε",
        SweepText.MaskScaling => "Scale of a cautious mask",
        SweepText.WeightDecay => "Weight decay",
        SweepText.DecayOrder => "Weight decay, before or after the step",
        SweepText.DecayMask => "Mask of weight decay",
        SweepText.Warmup => "Warm-up, share of the steps",
        SweepText.Decay => "Learning-rate decay",
        SweepText.Clip => "Largest gradient norm",
        SweepText.Norm => "Norm",
        SweepText.FeedForward => "Feed-forward block",
        SweepText.Positions => "Positions",
        SweepText.Head => "Head",
        SweepText.Rows => "Rows of each log",
        SweepText.HeldOut => "Held-out sequences",
        SweepText.Vocabulary => "Vocabulary",
        SweepText.Successors => "Successors of a pair",
        SweepText.Zipf => "Zipf exponent",
        SweepText.LanguageSeed => "Seed of the language",
        _ => "Family",
    };

    /// <summary>Of runs that were not started.</summary>
    public static LabAnswer Planned(IReadOnlyList<LabRun> runs, SweepEstimate estimate, int threads)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(estimate);
        return new LabAnswer(
            Words.Count(runs.Count, "run"), $" would take about {LabLimits.Time(estimate.Wall)} here",
            $"({LabLimits.Time(estimate.Wall)} to {LabLimits.Time(SweepEstimate.Busy * estimate.Wall)} on {Words.Count(threads, "core")}, measured on a few steps of each kind of model; {Quantity.Scientific(runs.Sum(run => run.Training.Flops))} FLOP).");
    }

    /// <summary>Of a training.</summary>
    public static LabAnswer Of(LabJobView view, ILanguage? language)
    {
        ArgumentNullException.ThrowIfNull(view);
        var diverged = view.Runs.Count(run => run.Checkpoint.Diverged);
        var lowest = view.Runs.Where(run => run.Checkpoint is { Ended: true, Diverged: false }).MinBy(run => run.Checkpoint.Rows[^1].Loss);
        var note = lowest is null ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"(lowest so far: {lowest.Checkpoint.Run.Name} at {Quantity.Significant(lowest.Checkpoint.Rows[^1].Loss, 4)} nats per token{Best(lowest, language)}{(diverged == 0 ? "" : $"; {Words.Count(diverged, "run")} diverged")}).");
        if (view.Status == LabJobStatus.Ended)
            note = note.Replace("lowest so far", "lowest", StringComparison.Ordinal);
        else if (lowest is null && diverged > 0)
            note = $"({Words.Count(diverged, "run")} diverged).";
        return view.Status switch
        {
            LabJobStatus.Running => new($"{view.Ended} of {Words.Count(view.Runs.Count, "run")}", $" ended, about {LabLimits.Time(view.SecondsLeft ?? 0)} left", note),
            LabJobStatus.Ended => new(view.Runs.Count == 1 ? "The run" : $"All {Words.Count(view.Runs.Count, "run")}", " ended", note),
            _ => new($"Stopped at {view.Ended} of {Words.Count(view.Runs.Count, "run")}", "; it can go on from there", note),
        };
    }

    /// <summary>The strip of figures.</summary>
    public static IReadOnlyList<KeyFigure> KeyFigures(IReadOnlyList<LabRun> runs, SweepEstimate? estimate, ILanguage? language)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var sizes = runs.Select(run => run.Training.Shape.Architecture.Parameters).Distinct().Order().ToArray();
        var tokens = runs.Select(run => run.Training.Tokens).Order().ToArray();
        var best = language?.BestLoss(runs[0].Training.Shape.Context);
        return
        [
            new("Runs", runs.Count.ToString("N0", CultureInfo.InvariantCulture), $"{Words.Count(runs.Select(run => run.Training.Seed).Distinct().Count(), "seed")}"),
            new("Parameters", Range(sizes, Quantity.Count), Words.Count(sizes.Length, "size")),
            new("Tokens", Range(tokens, Quantity.Count), "of each run"),
            estimate is null
                ? new("Compute", Quantity.Scientific(runs.Sum(run => run.Training.Flops)) + " FLOP", "6ND")
                : new("Longest run", LabLimits.Time(estimate.Seconds.Values.Max()), $"to {LabLimits.Time(SweepEstimate.Busy * estimate.Seconds.Values.Max())}"),
            new("Best possible loss", best is { } known ? Quantity.Significant(known, 4) + " nats" : "not known", best is null ? "of a text" : "entropy of the language"),
        ];
    }

    /// <summary>How a run stands.</summary>
    public static string Status(RunProgress run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Checkpoint switch
        {
            { Diverged: true } => string.Create(CultureInfo.InvariantCulture, $"diverged at step {run.Step:N0}"),
            { Ended: true } => "ended",
            _ when run.Step == 0 => "not begun",
            _ => string.Create(CultureInfo.InvariantCulture, $"step {run.Step:N0} of {run.Checkpoint.Run.Training.Steps:N0}"),
        };
    }

    /// <summary>How a training stands, in a word or two.</summary>
    public static string Status(LabJobView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Status switch { LabJobStatus.Running => "running", LabJobStatus.Ended => "ended", _ => "stopped" } + string.Create(CultureInfo.InvariantCulture, $", {view.Ended:N0} of {view.Runs.Count:N0} runs ended");
    }

    private static string Best(RunProgress run, ILanguage? language) =>
        language?.BestLoss(run.Checkpoint.Run.Training.Shape.Context) is { } best ? $", {Quantity.Significant(run.Checkpoint.Rows[^1].Loss - best, 3)} above the best possible" : "";

    private static string Range(double[] ordered, Func<double, string> format) =>
        format(ordered[0]) == format(ordered[^1]) ? format(ordered[0]) : $"{format(ordered[0])}–{format(ordered[^1])}";
}
