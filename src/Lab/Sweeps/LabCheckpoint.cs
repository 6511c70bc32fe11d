using ScalingDashboard.Lab.Growth;
using System.Text.Json;
using ScalingDashboard.Lab.Training;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>How far a run has come: what it is and the rows of its log. In its file the weights and the optimizer's state follow, so that log and weights are of the same step.</summary>
/// <param name="Run">The run.</param>
/// <param name="Rows">Rows of its log so far.</param>
/// <param name="Ended">It has made all its steps, or diverged.</param>
/// <param name="Diverged">A loss was not a number, and the run ended there.</param>
/// <param name="Growth">What its growth cost and did; null for a run from scratch.</param>
public sealed record LabCheckpoint(LabRun Run, IReadOnlyList<TrainingRow> Rows, bool Ended, bool Diverged, GrowthOutcome? Growth = null)
{
    private const int Magic = 0x3152424C; // "LBR1"
    private const int LongestHeader = 16 * 1024 * 1024;

    /// <summary>Writes it with the state of its training.</summary>
    internal void Write(Stream stream, TrainingRun training)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(this, LabJson.Options);
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(header.Length);
            writer.Write(header);
        }

        training.Save(stream);
    }

    /// <summary>Reads it; behind it the stream stands at what <see cref="TrainingRun.Load"/> reads.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or ends too early.</exception>
    internal static LabCheckpoint Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadInt32() != Magic || reader.ReadInt32() is not (> 0 and <= LongestHeader and var length))
                throw new InvalidDataException("This is not a checkpoint of the Lab.");
            var header = new byte[length];
            stream.ReadExactly(header);
            return JsonSerializer.Deserialize<LabCheckpoint>(header, LabJson.Options) ?? throw new InvalidDataException("This is not a checkpoint of the Lab.");
        }
        catch (Exception exception) when (exception is EndOfStreamException or JsonException)
        {
            throw new InvalidDataException("The checkpoint cannot be read.", exception);
        }
    }
}
