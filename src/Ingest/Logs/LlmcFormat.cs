using System.Globalization;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>llm.c: <c>s:250 trl:3.9 lr:0.0006 norm:0.7</c> and <c>s:250 tel:3.9</c> for validation. Source: karpathy/llm.c, llmc/logger.h.</summary>
internal sealed partial class LlmcFormat : ConsoleFormat
{
    public override string Key => "llm.c";

    public override string Title => "llm.c main.log";

    protected override bool IsRecord(string line) => Record().IsMatch(line);

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        public override void Read(string line, int number)
        {
            if (Record().Match(line) is not { Success: true } record)
                return;
            var step = double.Parse(record.Groups["step"].Value, CultureInfo.InvariantCulture);
            foreach (var pair in record.Groups["rest"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = pair.IndexOf(':', StringComparison.Ordinal);
                var metric = pair[..colon] switch { "trl" => "train_loss", "tel" => "val_loss", "eval" => "hellaswag", var other => other };
                Add(number, metric, step, pair.AsSpan(colon + 1));
            }
        }
    }

    [GeneratedRegex(@"^s:(?<step>[0-9]{1,15})(?<rest>(?: +(?:trl|tel|eval|lr|norm):[-+.0-9a-zA-Z]+)+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Record();
}
