using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>The state of a Hugging Face trainer: <c>log_history</c> holds training and evaluation rows.</summary>
/// <remarks>Class TrainerState in huggingface/transformers, src/transformers/trainer_callback.py. Python writes NaN and Infinity bare.</remarks>
internal sealed class HuggingFaceFormat : LogFormat
{
    /// <summary>Bytes; the file is one JSON document.</summary>
    public const int LongestDocument = 128 * 1024 * 1024;

    private const string History = "log_history";

    public override string Key => "huggingface";

    public override string Title => "Hugging Face trainer_state.json";

    public override double Confidence(LogHead head) =>
        head.Text.AsSpan().TrimStart() is ['{', ..] && (head.Text.Contains("\"log_history\"", StringComparison.Ordinal)
            || (head.Text.Contains("\"global_step\"", StringComparison.Ordinal) && head.Text.Contains("\"max_steps\"", StringComparison.Ordinal)))
            ? 0.98
            : 0;

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        await using var source = await input.OpenTextAsync(cancellationToken).ConfigureAwait(false);
        using var document = await ReadAsync(source.Utf8, input.Path, cancellationToken).ConfigureAwait(false);
        try
        {
            ReadState(document.RootElement, input, runs);
        }
        catch (InvalidOperationException exception)
        {
            throw new IngestException(input.Path, "holds text that is not valid Unicode. Copy the file again.", inner: exception);
        }
    }

    private void ReadState(JsonElement root, LogInput input, LogCollector runs)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(History, out var history) || history.ValueKind != JsonValueKind.Array)
            throw new IngestException(input.Path, "has no array log_history. Take the trainer_state.json of a checkpoint or of the output folder.");

        // Checkpoints of one run repeat its history: the last one wins.
        var folder = input.Folder;
        var isCheckpoint = PathText.Name(folder).StartsWith("checkpoint-", StringComparison.Ordinal);
        var name = isCheckpoint ? PathText.Folder(folder) : folder;
        if (name.Length == 0)
            name = input.Root.Length > 0 ? input.Root : isCheckpoint ? folder : PathText.Stem(input.Path);
        var run = runs.Run($"{Key}\n{name}", name, Key, input.Path);
        run.Clear();
        var rows = 0;
        foreach (var row in history.EnumerateArray())
        {
            rows++;
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("step", out var at) || !TryNumber(at, out var step) || !double.IsFinite(step))
            {
                runs.LeaveOut(input.Path, 0, string.Create(CultureInfo.InvariantCulture, $"log_history row {rows} has no step"));
                continue;
            }

            foreach (var property in row.EnumerateObject())
            {
                if (property.Name != "step" && TryNumber(property.Value, out var value))
                    run.Add(property.Name, step, value);
            }
        }

        LogCollector.Refuse(input.Path, rows);
        var last = root.TryGetProperty("global_step", out var global) && TryNumber(global, out var final) ? final : 0;
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                continue;
            run.Configure(property.Name, property.Value.ToString());
            // Counted over the whole run; in the history they stand only in its last row, or not at all.
            if (property.Name is "total_flos" or "num_input_tokens_seen" && TryNumber(property.Value, out var total) && total > 0 && !run.Metric(property.Name).EndsAt(last))
                run.Add(property.Name, last, total);
        }

        if (run.Metric("loss").Count > 0)
            runs.Warn($"{input.Path}: the trainer's loss is an average since the row before, rounded to 4 decimals.");
    }

    private static bool TryNumber(JsonElement element, out double value)
    {
        value = double.NaN;
        switch (element.ValueKind)
        {
            case JsonValueKind.Number:
                return element.TryGetDouble(out value);
            case JsonValueKind.String when element.GetString() is "NaN" or "Infinity" or "-Infinity":
                value = element.GetString() switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => double.NaN };
                return true;
            default:
                return false;
        }
    }

    private static async Task<JsonDocument> ReadAsync(Stream utf8, string path, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await utf8.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + count > LongestDocument)
                throw new IngestException(path, string.Create(CultureInfo.InvariantCulture, $"is a JSON document of more than {LongestDocument / (1024 * 1024)} MB. Log less often, or export the history as CSV."));
            bytes.Write(buffer, 0, count);
        }

        ReadOnlyMemory<byte> json = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        byte[] quoted = [];
        try
        {
            var length = PythonJson.QuoteNonFinite(json.Span, ref quoted).Length;
            return JsonDocument.Parse(quoted.Length > 0 ? quoted.AsMemory(0, length) : json, new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException exception)
        {
            throw new IngestException(path, "is not valid JSON here. The file may be cut off: copy it again.", (exception.LineNumber ?? 0) + 1, inner: exception);
        }
    }
}
