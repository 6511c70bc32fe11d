using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Numbers as programs print them: also nan and inf, with thousands separators or a unit where a format has them.</summary>
internal static class LogNumber
{
    public static bool TryRead(ReadOnlySpan<char> text, out double value)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        (value, var known) = text.Trim().ToString().ToUpperInvariant() switch
        {
            "NAN" or "-NAN" => (double.NaN, true),
            "INF" or "+INF" => (double.PositiveInfinity, true),
            "-INF" => (double.NegativeInfinity, true),
            _ => (double.NaN, false),
        };
        return known;
    }

    /// <summary>A time in seconds: 194.3s, 29159ms, nanms.</summary>
    public static bool TryReadTime(string text, out double seconds)
    {
        var (number, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1e-3) : text.EndsWith('s') ? (text[..^1], 1.0) : (text, 1.0);
        if (!TryRead(number, out seconds))
            return false;
        seconds *= unit;
        return true;
    }
}

/// <summary>What a trainer prints, line by line; lines of another form are passed over.</summary>
internal abstract class ConsoleFormat : LogFormat
{
    /// <summary>Whether a line is one that this format reads values from.</summary>
    protected abstract bool IsRecord(string line);

    /// <summary>Characters; no trainer prints longer records.</summary>
    private const int LongestRecord = 16 * 1024;

    /// <summary>Makes the reader of one file's lines.</summary>
    protected abstract ConsoleReader Reader(LoggedRunBuilder run);

    public override double Confidence(LogHead head) => head.Text.Length > 0 && Records(head) ? 0.8 : 0;

    /// <summary>Whether any line of the head is a record.</summary>
    protected bool Records(LogHead head) => head.Lines.Any(line => line.Length <= LongestRecord && IsRecord(line));

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        await using var source = await input.OpenTextAsync(cancellationToken).ConfigureAwait(false);
        var lines = new Utf8LineReader(source.Utf8, input.Path, TableLimits.Line);
        var name = PathText.Stem(input.Path);
        var run = runs.Run(input.Path, name is "main" or "log" or "train" or "stdout" or "output" && PathText.Folder(input.Path) is { Length: > 0 } folder ? folder : name, Key, input.Path);
        var reader = Reader(run);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // A progress bar writes over its line.
            foreach (var part in Encoding.UTF8.GetString(lines.Line.Span).Split('\r'))
            {
                if (part.Length <= LongestRecord)
                    reader.Read(part, lines.LineNumber);
            }

            LogCollector.Refuse(input.Path, reader.Values);
        }

        reader.Finish();
        if (run.IsEmpty)
            throw new IngestException(input.Path, $"has no line as {Title} prints them. Choose another format, or check that the log is whole.");
    }
}

/// <summary>Reads the lines of one console log into a run.</summary>
internal abstract class ConsoleReader(LoggedRunBuilder run)
{
    public long Values { get; private set; }

    protected LoggedRunBuilder Run => run;

    public abstract void Read(string line, int number);

    /// <summary>Called after the last line.</summary>
    public virtual void Finish()
    {
    }

    protected void Add(int line, string metric, double step, double value)
    {
        run.Line = line;
        run.Add(metric, step, value);
        Values++;
    }

    protected void Add(int line, string metric, double step, string value)
    {
        if (LogNumber.TryRead(value, out var number))
            Add(line, metric, step, number);
    }
}

/// <summary>nanoGPT: <c>step 250: train loss 2.1, val loss 2.2</c> and <c>iter 250: loss 2.1, time 31.2ms, mfu 40.1%</c>. Source: karpathy/nanoGPT, train.py.</summary>
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
            {
                var step = double.Parse(iteration.Groups["step"].Value, CultureInfo.InvariantCulture);
                Add(number, "loss", step, iteration.Groups["loss"].Value);
                Tokens(number, step);
                if (LogNumber.TryReadTime(iteration.Groups["time"].Value, out var seconds))
                    Add(number, "seconds_per_step", step, seconds);
                // −100 stands for "not measured yet".
                if (LogNumber.TryRead(iteration.Groups["mfu"].Value, out var utilisation) && utilisation >= 0)
                    Add(number, "mfu", step, utilisation / 100);
            }
            else if (Evaluation().Match(line) is { Success: true } evaluation)
            {
                var step = double.Parse(evaluation.Groups["step"].Value, CultureInfo.InvariantCulture);
                Add(number, "train_loss", step, evaluation.Groups["train"].Value);
                Add(number, "val_loss", step, evaluation.Groups["val"].Value);
                Tokens(number, step);
            }
            else if (TokensPerIteration().Match(line) is { Success: true } tokens)
            {
                Run.Configure("tokens_per_iteration", tokens.Groups[1].Value.Replace(",", "", StringComparison.Ordinal));
                _tokensPerIteration = double.Parse(tokens.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            }
            else if (Parameters().Match(line) is { Success: true } parameters)
            {
                Run.Configure("number of parameters", parameters.Groups[1].Value);
            }
        }

        private void Tokens(int line, double step)
        {
            if (_tokensPerIteration > 0 && !Run.Metric("tokens").EndsAt(step))
                Add(line, "tokens", step, step * _tokensPerIteration);
        }
    }

    [GeneratedRegex(@"^iter (?<step>[0-9]{1,15}): loss (?<loss>[-+.0-9a-zA-Z]+), time (?<time>[-+.0-9a-zA-Z]+ms)(?:, mfu (?<mfu>[-+.0-9a-zA-Z]+)%)?", RegexOptions.CultureInvariant)]
    private static partial Regex Iteration();

    [GeneratedRegex(@"^step (?<step>[0-9]{1,15}): train loss (?<train>[-+.0-9a-zA-Z]+), val loss (?<val>[-+.0-9a-zA-Z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Evaluation();

    [GeneratedRegex(@"^tokens per iteration will be: ([0-9,]{1,20})", RegexOptions.CultureInvariant)]
    private static partial Regex TokensPerIteration();

    [GeneratedRegex(@"^number of parameters: ([0-9.]+[KMB]?)", RegexOptions.CultureInvariant)]
    private static partial Regex Parameters();
}

/// <summary>modded-nanogpt: the training source, a rule of equals signs, then <c>step:1250/3250 val_loss:3.6 train_time:194.3s step_avg:155.8ms</c>.</summary>
/// <remarks>The source code holds lines that look like records, so everything before the last rule is forgotten. Source: KellerJordan/modded-nanogpt, records.</remarks>
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
        public override void Read(string line, int number)
        {
            if (Rule().IsMatch(line))
            {
                Run.Clear();
                return;
            }

            if (Record().Match(line) is not { Success: true } record)
                return;
            var step = double.Parse(record.Groups["step"].Value, CultureInfo.InvariantCulture);
            Run.Configure("steps planned", record.Groups["planned"].Value);
            foreach (var pair in record.Groups["rest"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = pair.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0)
                    continue;
                var (metric, value) = (pair[..colon], pair[(colon + 1)..]);
                if (metric is "train_time" or "step_avg")
                {
                    if (LogNumber.TryReadTime(value, out var seconds) && !double.IsNaN(seconds))
                        Add(number, metric == "train_time" ? "seconds" : "seconds_per_step", step, seconds);
                }
                else
                {
                    Add(number, metric, step, value);
                }
            }
        }
    }

    [GeneratedRegex(@"^={4,}\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^step:(?<step>[0-9]{1,15})/(?<planned>[0-9]{1,15})(?<rest>(?: +[a-zA-Z_]+:[-+.0-9a-zA-Z]+)+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Record();
}

/// <summary>llm.c: <c>s:250 trl:3.9 lr:0.0006 norm:0.7</c> and <c>s:250 tel:3.9</c> for validation.</summary>
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
                Add(number, metric, step, pair[(colon + 1)..]);
            }
        }
    }

    [GeneratedRegex(@"^s:(?<step>[0-9]{1,15})(?<rest>(?: +(?:trl|tel|eval|lr|norm):[-+.0-9a-zA-Z]+)+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Record();
}

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
            if (Step().Match(line) is { Success: true } header)
            {
                _step = double.Parse(header.Groups["step"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
                return;
            }

            if (double.IsNaN(_step) || Value().Match(line) is not { Success: true } value)
                return;
            Add(number, value.Groups["name"].Value, _step, value.Groups["value"].Value.Replace(",", "", StringComparison.Ordinal));
        }

        public override void Finish() => Run.Flag("values are rounded as the console prints them, to 3 or 4 digits");
    }

    [GeneratedRegex(@"\[step=(?<step>[0-9][0-9,]{0,18})(?:/[^\],]*)?(?:,[^\]]*)?\]\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Step();

    [GeneratedRegex(@"^\s+(?<name>\S(?:[^=]*\S)?)=(?<value>[-+.,0-9a-zA-Z]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Value();
}

/// <summary>Megatron-LM: <c>iteration 10/ 24000 | consumed samples: 1024 | … | lm loss: 1.19E+01 | …|</c>. Source: NVIDIA/Megatron-LM, megatron/training/training.py.</summary>
/// <remarks>Split at bars, then at the first colon. Tokens are samples times the sequence length, which stands only in the arguments printed at the start, if at all.</remarks>
internal sealed partial class MegatronFormat : ConsoleFormat
{
    public override string Key => "megatron";

    public override string Title => "Megatron console";

    protected override bool IsRecord(string line) => Iteration().IsMatch(line);

    protected override ConsoleReader Reader(LoggedRunBuilder run) => new Lines(run);

    private sealed class Lines(LoggedRunBuilder run) : ConsoleReader(run)
    {
        public override void Read(string line, int number)
        {
            if (Iteration().Match(line) is { Success: true } iteration)
            {
                var step = double.Parse(iteration.Groups["step"].Value, CultureInfo.InvariantCulture);
                foreach (var part in line[(iteration.Index + iteration.Length)..].Split('|'))
                {
                    var colon = part.IndexOf(':', StringComparison.Ordinal);
                    if (colon <= 0)
                        continue;
                    // Some forks print two numbers for one key; the first is the one upstream prints.
                    var value = part[(colon + 1)..].Split('/')[0];
                    Add(number, part[..colon].Trim(), step, value);
                }
            }
            else if (Argument().Match(line) is { Success: true } argument)
            {
                Run.Configure(argument.Groups["name"].Value, argument.Groups["value"].Value.Trim());
            }
        }
    }

    [GeneratedRegex(@"iteration\s+(?<step>[0-9]{1,15})\s*/\s*[0-9]{1,15}\s*\|", RegexOptions.CultureInvariant)]
    private static partial Regex Iteration();

    [GeneratedRegex(@"^(?:\[[^\]]{0,40}\]:?\s*)?\s*(?<name>[a-z][a-z0-9_]{1,60}) \.{3,} (?<value>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Argument();
}
