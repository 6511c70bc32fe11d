using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>A run with its number formats.</summary>
/// <param name="Row">The run.</param>
/// <param name="Precision">Its number formats.</param>
/// <param name="TwinLoss">
/// Loss to compare it with, nats per token: of the run it was quantised from, or of runs of its size and tokens without quantisation; null where there is none.
/// </param>
/// <param name="Model">Name of the trained model: a model and what was quantised from it share its noise, and are resampled together.</param>
public sealed record PrecisionRow(Observation Row, RunPrecision Precision, double? TwinLoss, string Model)
{
    /// <summary>What quantisation added to the loss; null where nothing is quantised or nothing is there to compare with.</summary>
    public double? AddedLoss => Precision.IsFull ? null : Row.Loss - TwinLoss;
}

/// <summary>Runs with their number formats, and the runs they compare with.</summary>
public static class PrecisionRows
{
    // N and D of twins may differ by rounding, or by the last batch.
    private const double SameCount = 0.01;

    /// <summary>Reads the formats and finds the twins. A loss of the unquantised run that a row names counts as a row of its own where that run is not there.</summary>
    /// <exception cref="AnalysisException">A cell is no format; the message names it.</exception>
    public static IReadOnlyList<PrecisionRow> Of(IReadOnlyList<Observation> observations)
    {
        var read = observations.Select(row => (Row: row, Precision: PrecisionColumns.Read(row))).ToList();
        var names = read.Select(pair => pair.Row.Run).ToHashSet(StringComparer.Ordinal);
        foreach (var (row, precision) in read.ToArray())
        {
            if (precision is not { ParentLoss: { } loss, IsFull: false })
                continue;
            var before = precision.Post is null ? precision with { Training = TrainingBits.Unquantised } : precision with { Post = null };
            var name = precision.Parent ?? $"{row.Run} before quantisation";
            if (names.Contains(name) || read.Exists(other => IsTwin(other, row, before.Training) && Math.Abs(other.Row.Loss - loss) <= 1e-9 * loss))
                continue;
            names.Add(name);
            read.Add((row with { Run = name, Loss = loss }, before with { Parent = null, ParentLoss = null }));
        }

        var byName = read.GroupBy(pair => pair.Row.Run).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        var unserved = read.Where(pair => pair.Precision.Post is null).ToArray();
        return [.. read.Select(pair => Row(pair.Row, pair.Precision))];

        PrecisionRow Row(Observation row, RunPrecision precision)
        {
            var training = precision.Post is null ? TrainingBits.Unquantised : precision.Training;
            var parent = precision.Parent is { } named && byName.TryGetValue(named, out var found) && found.Precision.Post is null ? found.Row : null;
            var twins = precision.IsFull ? [] : unserved.Where(other => other.Row != row && IsTwin(other, row, training)).ToArray();
            var twin = precision.ParentLoss ?? parent?.Loss ?? (twins.Length > 0 ? twins.Average(other => other.Row.Loss) : null);
            var model = precision.Post is null ? row.Run : precision.Parent ?? parent?.Run ?? (twins.Length > 0 ? twins[0].Row.Run : row.Run);
            return new PrecisionRow(row, precision, twin, model);
        }

        static bool IsTwin((Observation Row, RunPrecision Precision) other, Observation row, TrainingBits training) =>
            other.Precision.Post is null && other.Precision.Training == training
            && Math.Abs(other.Row.Parameters / row.Parameters - 1) <= SameCount && Math.Abs(other.Row.Tokens / row.Tokens - 1) <= SameCount;
    }
}
