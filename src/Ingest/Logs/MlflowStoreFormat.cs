using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>MLflow's file store: <c>EXPERIMENT/RUN/metrics/KEY</c> with lines "milliseconds value step", one file a metric; settings in <c>params</c> and <c>tags</c>.</summary>
/// <remarks>A key with slashes is a path. Old files have no step: the row's number stands in. Format: mlflow/mlflow, mlflow/store/tracking/file_store.py.</remarks>
internal sealed partial class MlflowStoreFormat : LogFormat
{
    public override string Key => "mlflow";

    public override string Title => "MLflow file store";

    public override double Confidence(LogHead head)
    {
        var (kind, run) = Place(head.Path);
        if (kind is "params" or "tags" or "meta")
            return head.Siblings.Any(path => path.StartsWith(run.Length > 0 ? $"{run}/metrics/" : "metrics/", StringComparison.Ordinal)) ? 0.99
                // The experiment's own file tells nothing about a run.
                : kind == "meta" && head.Siblings.Any(path => path.StartsWith($"{run}/", StringComparison.Ordinal) && path.Contains("/metrics/", StringComparison.Ordinal)) ? 0.98
                : 0;
        var lines = (head.IsAll ? head.Lines : head.Lines.SkipLast(1)).Where(line => line.Length > 0).ToArray();
        return lines.Length == 0 ? 0
            : kind == "metrics" ? Row().IsMatch(lines[0]) ? 0.99 : 0
            : lines.All(line => Row().IsMatch(line)) ? 0.9 : 0;
    }

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        var (kind, folder) = Place(input.Path);
        var name = folder.Length > 0 ? folder : kind.Length > 0 ? input.Root is { Length: > 0 } root ? root : "mlflow run" : PathText.Stem(input.Path);
        var run = runs.Run($"{Key}\n{name}", name, Key, input.Path);
        switch (kind)
        {
            case "params" or "tags":
                var value = await ReadTextAsync(input, cancellationToken).ConfigureAwait(false);
                var setting = KeyOf(input.Path, folder, kind);
                if (setting == "mlflow.runName")
                    run.Name = value;
                else
                    run.Configure(setting, value);
                break;
            case "meta":
                var settings = FlatYaml.Read(await ReadTextAsync(input, cancellationToken).ConfigureAwait(false)).ToArray();
                if (settings.Any(setting => setting.Key == "artifact_location"))
                    return;
                foreach (var (key, text) in settings)
                {
                    if (key == "run_name" && text.Length > 0)
                        run.Name = text;
                    else if (key is "run_id" or "experiment_id" or "status" or "start_time" or "end_time")
                        run.Configure(key, text);
                }

                break;
            default:
                await ReadMetricAsync(input, runs, run, kind == "metrics" ? KeyOf(input.Path, folder, kind) : PathText.Name(input.Path), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private static async Task ReadMetricAsync(LogInput input, LogCollector runs, LoggedRunBuilder run, string metric, CancellationToken cancellationToken)
    {
        await using var source = await input.OpenTextAsync(cancellationToken).ConfigureAwait(false);
        var lines = new Utf8LineReader(source.Utf8, input.Path, TableLimits.Line);
        var number = 0;
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var line = Encoding.UTF8.GetString(lines.Line.Span).Trim();
            if (line.Length == 0)
                continue;
            LogCollector.Refuse(input.Path, ++number);
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length is not (2 or 3) || !double.TryParse(parts[0], CultureInfo.InvariantCulture, out var milliseconds) || !LogNumber.TryRead(parts[1], out var value)
                || !TryStep(parts, number - 1, out var step))
            {
                runs.LeaveOut(input.Path, lines.LineNumber, $"'{CellNumber.Shorten(line)}' is not of the form MILLISECONDS VALUE STEP");
                continue;
            }

            run.Line = lines.LineNumber;
            run.Add(metric, step, value);
            run.AddWallTime(step, milliseconds / 1000);
        }
    }

    private static bool TryStep(string[] parts, int row, out double step)
    {
        step = row;
        return parts.Length == 2 || (double.TryParse(parts[2], CultureInfo.InvariantCulture, out step) && double.IsFinite(step));
    }

    private static async Task<string> ReadTextAsync(LogInput input, CancellationToken cancellationToken)
    {
        var buffer = new byte[TableLimits.Cell];
        var count = await input.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, count).Trim();
    }

    private static string KeyOf(string path, string folder, string kind) => path[(folder.Length > 0 ? folder.Length + kind.Length + 2 : kind.Length + 1)..];

    /// <summary>What the place of a file says: metrics, params, tags, meta or nothing, and the run's folder.</summary>
    private static (string Kind, string Run) Place(string path)
    {
        var match = InRun().Match(path);
        if (match.Success)
            return (match.Groups["kind"].Value, match.Groups["run"].Value);
        return PathText.Name(path) == "meta.yaml" ? ("meta", PathText.Folder(path)) : ("", "");
    }

    [GeneratedRegex(@"^(?:(?<run>.*?)/)?(?<kind>metrics|params|tags)/.+$", RegexOptions.CultureInvariant)]
    private static partial Regex InRun();

    [GeneratedRegex(@"^[0-9]{9,14} \S+(?: -?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
