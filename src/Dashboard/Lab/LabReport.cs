using System.Globalization;
using System.Text.Json.Serialization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>What <c>lab train</c> and <c>lab sweep</c> print with <c>--json</c>.</summary>
/// <param name="Folder">Where logs and checkpoints are.</param>
/// <param name="Log">The file that <c>import</c> takes.</param>
/// <param name="EstimatedSeconds">Of what was left to train, before it was begun.</param>
/// <param name="Runs">The runs asked for.</param>
public sealed record LabReport(
    [property: JsonPropertyName("folder")] string Folder,
    [property: JsonPropertyName("log")] string Log,
    [property: JsonPropertyName("estimated_seconds")] double EstimatedSeconds,
    [property: JsonPropertyName("runs")] IReadOnlyList<LabRunReport> Runs)
{
    /// <summary>For people.</summary>
    public string Text()
    {
        var width = Runs.Max(run => run.Name.Length);
        return string.Join(Environment.NewLine,
        [
            .. Runs.Select(run => string.Create(
                CultureInfo.InvariantCulture,
                $"  {run.Name.PadRight(width)}  N {Quantity.Count(run.Parameters),-6} D {Quantity.Count(run.Tokens),-6} C {Quantity.Scientific(run.Flops),-8} {Outcome(run)}")),
            $"{Words.Count(Runs.Count(run => run.Status == LabRunReport.Finished), "run")} finished{Others()}. Logs: {Log}",
        ]);
    }

    private static string Outcome(LabRunReport run) => run.Status switch
    {
        LabRunReport.Finished => $"loss {Quantity.Significant(run.Loss, 5)} nats per token" + (run.LanguageEntropy is { } best ? $", best possible {Quantity.Significant(best, 5)}" : ""),
        LabRunReport.Diverged => string.Create(CultureInfo.InvariantCulture, $"diverged at step {run.Step:N0}"),
        _ => "not trained yet",
    };

    private string Others() => string.Concat(
        Runs.GroupBy(run => run.Status).Where(group => group.Key != LabRunReport.Finished)
            .Select(group => $", {group.Count().ToString("N0", CultureInfo.InvariantCulture)} {(group.Key == LabRunReport.Diverged ? "diverged" : "not trained yet")}"));
}

/// <summary>A run of the Lab.</summary>
/// <param name="Name">Unique in its folder.</param>
/// <param name="Status">finished, diverged, or open for one that is not trained yet.</param>
/// <param name="Parameters">With embeddings.</param>
/// <param name="Tokens">To be trained on.</param>
/// <param name="Flops">6ND.</param>
/// <param name="Step">Steps made.</param>
/// <param name="Loss">Held-out loss at the end, nats a token.</param>
/// <param name="LanguageEntropy">Best possible loss; null where nobody knows it.</param>
/// <param name="Seconds">Spent on training, evaluation left out.</param>
public sealed record LabRunReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("parameters")] double Parameters,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("flops")] double Flops,
    [property: JsonPropertyName("step")] int Step,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("language_entropy")] double? LanguageEntropy,
    [property: JsonPropertyName("seconds")] double Seconds)
{
    internal const string Finished = "finished";
    internal const string Diverged = "diverged";
    internal const string Open = "open";

    /// <param name="run">The run.</param>
    /// <param name="checkpoint">How far it is; null for not begun.</param>
    /// <param name="folder">For its language.</param>
    internal static LabRunReport Of(LabRun run, LabCheckpoint? checkpoint, LabFolder folder)
    {
        var last = checkpoint is { Rows: [.., TrainingRow row] } ? row : null;
        var training = run.Training;
        return new(
            run.Name, checkpoint switch { { Diverged: true } => Diverged, { Ended: true } => Finished, _ => Open }, training.Shape.Architecture.Parameters,
            (double)training.Steps * training.BatchTokens, training.Flops, last?.Step ?? 0, last?.Loss ?? double.NaN,
            folder.Language(run.Language).BestLoss(training.Shape.Context), last?.Seconds ?? 0);
    }
}
