using System.Globalization;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>OLMo's console: <c>[step=12/739328]</c>, then indented lines <c>name=value</c> with thousands separators. Source: allenai/OLMo, olmo/train.py, log_metrics_to_console.</summary>
internal sealed partial class OlmoFormat : ConsoleFormat
{
    public override string Key => "olmo";

    public override string Title => "OLMo console";

    protected override bool IsRecord(string line) => Step().IsMatch(line);

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        private double _step = double.NaN;

        public override void Read(string line, int number)
        {
            if (Step().Match(line) is { Success: true } header && double.TryParse(header.Groups["step"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var step))
            {
                _step = step;
                AddMoment(_step, line);
                return;
            }

            if (double.IsNaN(_step) || Value().Match(line) is not { Success: true } value)
                return;
            Add(number, value.Groups["name"].Value, _step, value.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal));
        }

        public override void Finish() => Run.Flag("values are rounded as the console prints them, to 3 or 4 digits");
    }

    [GeneratedRegex(@"\[step=(?<step>[0-9][0-9,]{0,18})(?:/[^\],]{0,40})?(?:,[^\]]{0,200})?\]\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Step();

    [GeneratedRegex(@"^\s+(?<name>\S(?:[^=]*\S)?)=(?<value>[-+.,0-9a-zA-Z]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Value();
}
