using System.Globalization;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Megatron-LM: <c>iteration 10/ 24000 | consumed samples: 1024 | … | lm loss: 1.19E+01 | …|</c>. Source: NVIDIA/Megatron-LM, megatron/training/training.py.</summary>
/// <remarks>
/// Split at bars, then at the first colon, or where there is none at the last space. Tokens are samples times the sequence length, which stands only in
/// the arguments printed at the start, if at all. Parameters are counted for each rank of tensor and pipeline parallelism, or in all in billions.
/// </remarks>
internal sealed partial class MegatronFormat : ConsoleFormat
{
    private const string ParameterCount = "number of parameters";

    public override string Key => "megatron";

    public override string Title => "Megatron console";

    protected override bool IsRecord(string line) => Iteration().IsMatch(line);

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        private readonly Dictionary<string, double> _ranks = [];
        private string? _billions;

        public override void Read(string line, int number)
        {
            if (Iteration().Match(line) is { Success: true } iteration)
            {
                var step = double.Parse(iteration.Groups["step"].Value, CultureInfo.InvariantCulture);
                AddMoment(step, line);
                ReadParts(line[(iteration.Index + iteration.Length)..], number, step, metric => metric);
            }
            else if (Evaluation().Match(line) is { Success: true } evaluation)
            {
                var step = double.Parse(evaluation.Groups["step"].Value, CultureInfo.InvariantCulture);
                var set = evaluation.Groups["set"].Value is { Length: > 0 } named ? named : evaluation.Groups["first"].Value.ToLowerInvariant();
                var panel = evaluation.Groups["panel"].Value;
                ReadParts(line[(evaluation.Index + evaluation.Length)..], number, step, metric =>
                    $"{(metric.EndsWith(" value", StringComparison.Ordinal) ? metric[..^" value".Length] : metric)} {set}{(panel.Length > 0 ? $" {panel}" : "")}");
            }
            else if (RankParameters().Match(line) is { Success: true } rank)
            {
                _ranks[rank.Groups["rank"].Value] = double.Parse(rank.Groups["count"].Value, CultureInfo.InvariantCulture);
            }
            else if (Billions().Match(line) is { Success: true } billions)
            {
                _billions = billions.Groups["count"].Value;
            }
            else if (WorldSize().Match(line) is { Success: true } world)
            {
                Run.Configure("world_size", world.Groups["size"].Value);
            }
            else if (Argument().Match(line) is { Success: true } argument)
            {
                Run.Configure(argument.Groups["name"].Value, Setting(argument.Groups["value"].Value));
            }
        }

        public override void Finish()
        {
            if (_ranks.Count == 1 || (_ranks.Count > 1 && _billions is null))
                Run.Configure(ParameterCount, _ranks.Values.Sum().ToString("R", CultureInfo.InvariantCulture));
            else if (_billions is not null)
                Run.Configure(ParameterCount, _billions + "B");
            if (_ranks.Count > 1 && _billions is null)
                Run.Flag(string.Create(CultureInfo.InvariantCulture, $"parameters are the sum over {_ranks.Count} ranks of model parallelism, which may count shared ones twice"));
        }

        /// <summary>Of a fork the value is followed by dots and whether it was the default.</summary>
        private static string Setting(string value)
        {
            foreach (var ending in (string[])["...default", "...updated"])
            {
                if (value.EndsWith(ending, StringComparison.Ordinal))
                    value = value[..^ending.Length].TrimEnd('.');
            }

            return value.Trim();
        }

        private void ReadParts(string parts, int number, double step, Func<string, string> name)
        {
            foreach (var part in parts.Split('|'))
            {
                var colon = part.IndexOf(':', StringComparison.Ordinal);
                // Early versions have none between a name and its number: "lm loss 7.4E+00".
                if (colon < 0)
                    colon = part.AsSpan().TrimEnd().LastIndexOf(' ');
                if (colon <= 0)
                    continue;
                var key = part[..colon].Trim();
                // Printed behind the last bar of a line, without a line end.
                if (key.StartsWith("Number of parameters in", StringComparison.Ordinal))
                    continue;
                // Some forks print two numbers for one key, or words behind it; the first is the one upstream prints.
                var value = part.AsSpan(colon + 1).Trim();
                var end = value.IndexOfAny('/', ' ');
                Add(number, name(key), step, end < 0 ? value : value[..end]);
            }
        }
    }

    [GeneratedRegex(@"iteration\s+(?<step>[0-9]{1,15})\s*/\s*[0-9]{1,15}\s*\|", RegexOptions.CultureInvariant)]
    private static partial Regex Iteration();

    [GeneratedRegex(@"(?<first>validation|test) loss at iteration (?<step>[0-9]{1,15})(?:\s+(?<panel>\[[^\]|]{1,40}\]))?(?:\s+on (?<set>validation|test) set)?[^|]{0,40}\|", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Evaluation();

    [GeneratedRegex(@"number of parameters on \(tensor, pipeline\) model parallel rank \((?<rank>[0-9]{1,6}, [0-9]{1,6})\): (?<count>[0-9]{1,15})", RegexOptions.CultureInvariant)]
    private static partial Regex RankParameters();

    [GeneratedRegex(@"Total number of parameters in billions: (?<count>[0-9.]{1,12})", RegexOptions.CultureInvariant)]
    private static partial Regex Billions();

    [GeneratedRegex(@"using world size: (?<size>[0-9]{1,7})\b", RegexOptions.CultureInvariant)]
    private static partial Regex WorldSize();

    [GeneratedRegex(@"^(?:\[[^\]]{0,40}\]:?)?\s*(?<name>[a-z][a-z0-9_]{1,60}) \.{3,} (?<value>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Argument();
}
