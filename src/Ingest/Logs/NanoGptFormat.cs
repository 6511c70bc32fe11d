using System.Globalization;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>nanoGPT: <c>step 250: train loss 2.1, val loss 2.2</c> and <c>iter 250: loss 2.1, time 31.2ms, mfu 40.1%</c>. Source: karpathy/nanoGPT, train.py.</summary>
/// <remarks>Further pairs that forks print behind the loss are metrics too. The settings it prints, <c>batch_size = 12</c>, are configuration.</remarks>
internal sealed partial class NanoGptFormat : ConsoleFormat
{
    public override string Key => "nanogpt";

    public override string Title => "nanoGPT log";

    protected override bool IsRecord(string line) => Evaluation().IsMatch(line) || Iteration().IsMatch(line);

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        private double _tokensPerIteration;

        public override void Read(string line, int number)
        {
            if (Iteration().Match(line) is { Success: true } iteration)
                ReadIteration(line, number, iteration);
            else if (Evaluation().Match(line) is { Success: true } evaluation)
                ReadEvaluation(line, number, evaluation);
            else
                ReadSetting(line);
        }

        private void ReadIteration(string line, int number, Match iteration)
        {
            var step = double.Parse(iteration.Groups["step"].Value, CultureInfo.InvariantCulture);
            Add(number, "loss", step, iteration.Groups["loss"].Value);
            Tokens(number, step);
            AddMoment(step, line);
            foreach (var pair in iteration.Groups["rest"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var space = pair.LastIndexOf(' ');
                if (space <= 0 || !LogNumber.TryReadWithUnit(pair.AsSpan(space + 1), out var value))
                    continue;
                var metric = pair[..space].TrimEnd(' ', ':');
                // −100 stands for "not measured yet".
                if (metric == "mfu" && value < 0)
                    continue;
                Add(number, metric == "time" ? "seconds_per_step" : metric, step, value);
            }
        }

        private void ReadEvaluation(string line, int number, Match evaluation)
        {
            var step = double.Parse(evaluation.Groups["step"].Value, CultureInfo.InvariantCulture);
            Add(number, "train_loss", step, evaluation.Groups["train"].Value);
            Add(number, "val_loss", step, evaluation.Groups["val"].Value);
            Tokens(number, step);
            AddMoment(step, line);
        }

        private void ReadSetting(string line)
        {
            if (TokensPerIteration().Match(line) is { Success: true } tokens
                && double.TryParse(tokens.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var count))
            {
                Run.Configure("tokens_per_iteration", count.ToString("R", CultureInfo.InvariantCulture));
                _tokensPerIteration = count;
            }
            else if (Parameters().Match(line) is { Success: true } parameters)
            {
                Run.Configure("number of parameters", parameters.Groups[1].Value);
            }
            else if (Optimizer().Match(line) is { Success: true } optimizer)
            {
                Run.Configure("optimizer", optimizer.Groups[1].Value);
            }
            else if (Setting().Match(line) is { Success: true } setting)
            {
                Run.Configure(setting.Groups["name"].Value, setting.Groups["value"].Value.Trim('\'', '"'));
            }
        }

        private void Tokens(int line, double step)
        {
            if (_tokensPerIteration > 0 && !Run.Metric("tokens").EndsAt(step))
                Add(line, "tokens", step, step * _tokensPerIteration);
        }
    }

    [GeneratedRegex(@"(?:^|\s)iter (?<step>[0-9]{1,15}): loss (?<loss>[-+.0-9a-zA-Z]+)(?<rest>(?:, [^,]{1,60}){0,20})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Iteration();

    [GeneratedRegex(@"(?:^|\s)step (?<step>[0-9]{1,15}): train loss (?<train>[-+.0-9a-zA-Z]+), val loss (?<val>[-+.0-9a-zA-Z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Evaluation();

    [GeneratedRegex(@"^tokens per iteration(?: will be)?: ([0-9,]{1,20})", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex TokensPerIteration();

    [GeneratedRegex(@"^number of parameters: ([0-9.]+[KMB]?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Parameters();

    [GeneratedRegex(@"^using fused ([A-Za-z]{1,20}):", RegexOptions.CultureInvariant)]
    private static partial Regex Optimizer();

    [GeneratedRegex(@"^(?:Overriding: )?(?<name>[a-z][a-z0-9_]{0,40}) = (?<value>[^#\s][^#]{0,80}?)\s*(?:#.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}
