using System.Globalization;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>modded-nanogpt: the training source, a rule of equals signs, then <c>step:1250/3250 val_loss:3.6 train_time:194.3s step_avg:155.8ms</c>.</summary>
/// <remarks>
/// The source code holds lines that look like records, so everything before the last rule is forgotten. Any pair behind the step is a metric; its unit, if
/// it has one, is ms, s or %. Between two rules nvidia-smi lists the devices. Source: KellerJordan/modded-nanogpt, records.
/// </remarks>
internal sealed partial class ModdedNanoGptFormat : ConsoleFormat
{
    public override string Key => "modded-nanogpt";

    public override string Title => "modded-nanogpt log";

    protected override bool IsRecord(string line) => Record().IsMatch(line);

    // The source code alone often fills the head.
    public override double Confidence(LogHead head) =>
        Records(head) ? 0.85
        : !head.IsAll && head.Text.Contains("train_time:", StringComparison.Ordinal) && head.Text.Contains("step_avg:", StringComparison.Ordinal) ? 0.8
        : 0;

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        private readonly Dictionary<string, string> _devices = [];

        public override void Read(string line, int number)
        {
            if (Rule().IsMatch(line))
            {
                Run.Clear();
                return;
            }

            if (line.StartsWith("| ", StringComparison.Ordinal))
            {
                ReadDevice(line);
                return;
            }

            if (Record().Match(line) is not { Success: true } record)
                return;
            var step = double.Parse(record.Groups["step"].Value, CultureInfo.InvariantCulture);
            Run.Configure("steps planned", record.Groups["planned"].Value);
            foreach (var pair in record.Groups["rest"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = pair.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || !LogNumber.TryReadWithUnit(pair.AsSpan(colon + 1), out var value))
                    continue;
                var metric = pair[..colon] switch { "train_time" => "seconds", "step_avg" => "seconds_per_step", var other => other };
                // No step was timed yet.
                if (!double.IsNaN(value) || metric is not ("seconds" or "seconds_per_step"))
                    Add(number, metric, step, value);
            }
        }

        /// <summary>|   0  NVIDIA H100 80GB HBM3          On  |   00000000:19:00.0 Off | …</summary>
        private void ReadDevice(string line)
        {
            var parts = line[1..].Split("  ", 3, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 3 && parts[0].Length <= 3 && parts[0].All(char.IsAsciiDigit) && parts[1].Length > 3 && char.IsAsciiLetterUpper(parts[1][0]) && !parts[1].AsSpan().ContainsAny("/|:"))
                _devices[parts[0]] = parts[1];
        }

        public override void Finish()
        {
            if (_devices.Count == 0)
                return;
            Run.Configure("gpu_name", _devices.Values.First());
            Run.Configure("gpu_count", _devices.Count.ToString(CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex(@"^={4,}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^step:(?<step>[0-9]{1,15})/(?<planned>[0-9]{1,15})(?<rest>(?: +[a-zA-Z_][a-zA-Z0-9_]*:[-+.0-9a-zA-Z]+%?){1,60})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Record();
}
