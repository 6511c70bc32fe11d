using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Numbers as programs print them: also nan and inf, with a unit where a format has one.</summary>
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
    public static bool TryReadTime(ReadOnlySpan<char> text, out double seconds)
    {
        var unit = text.EndsWith("ms") ? 1e-3 : 1;
        var number = text.EndsWith("ms") ? text[..^2] : text is [.., 's'] ? text[..^1] : text;
        if (!TryRead(number, out seconds))
            return false;
        seconds *= unit;
        return true;
    }

    /// <summary>A number, a time in seconds, or a percentage as a fraction.</summary>
    public static bool TryReadWithUnit(ReadOnlySpan<char> text, out double value)
    {
        if (text is not [.., '%'])
            return TryRead(text, out value) || (text is [.., 's'] && TryReadTime(text, out value));
        if (!TryRead(text[..^1], out value))
            return false;
        value /= 100;
        return true;
    }
}

/// <summary>What a trainer prints, line by line; lines of another form are passed over, colours and the number of the rank before a line are dropped.</summary>
internal abstract partial class ConsoleFormat : LogFormat
{
    /// <summary>Characters; no trainer prints longer records.</summary>
    private const int LongestRecord = 16 * 1024;

    // Records behind the end to hold its last line against; some trainers print a line for each of many metrics.
    private const int MostRecent = 256;

    /// <summary>Whether a line is one that this format reads values from.</summary>
    protected abstract bool IsRecord(string line);

    /// <summary>Makes the reader of one file's lines.</summary>
    protected abstract ConsoleReader Reader(LoggedRunBuilder run);

    public override double Confidence(LogHead head) => head.Text.Length > 0 && Records(head) ? 0.8 : 0;

    /// <summary>Whether any line of the head is a record.</summary>
    protected bool Records(LogHead head) => head.Lines.Any(line => line.Length <= LongestRecord && IsRecord(Plain(line)));

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        await using var source = await input.OpenTextAsync(cancellationToken).ConfigureAwait(false);
        var lines = new Utf8LineReader(source.Utf8, input.Path, TableLimits.Line);
        var name = PathText.Stem(input.Path);
        var run = runs.Run(input.Path, name is "main" or "log" or "train" or "stdout" or "output" or "console" && input.Folder is { Length: > 0 } folder ? folder : name, Key, input.Path);
        var reader = Reader(run);
        var recent = new Queue<string>();
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // A progress bar writes over its line.
            foreach (var part in Encoding.UTF8.GetString(lines.Line.Span).Split('\r').Where(part => part.Length <= LongestRecord).Select(Plain))
            {
                if (!lines.IsWhole && IsCutOff(part))
                {
                    run.Flag(LoggedRunBuilder.Truncated);
                    runs.LeaveOut(input.Path, lines.LineNumber, LoggedRunBuilder.EndsWithin);
                    break;
                }

                var before = reader.Values;
                reader.Read(part, lines.LineNumber);
                if (reader.Values > before || IsRecord(part))
                    Remember(part);
            }

            LogCollector.Refuse(input.Path, reader.Values);
        }

        reader.Finish();
        if (run.IsEmpty)
            throw new IngestException(input.Path, $"has no line as {Title} prints them. Choose another format, or check that the log is whole.");

        // It begins as a line of the log does, and stops before that one's end.
        bool IsCutOff(string part) => Shape(part) is { Length: > 0 } shape && recent.Select(Shape).Any(whole => whole.Length > shape.Length && whole.StartsWith(shape, StringComparison.Ordinal));

        void Remember(string part)
        {
            if (recent.Count == MostRecent)
                recent.Dequeue();
            recent.Enqueue(part);
        }
    }

    /// <summary>A line without its numbers and blanks.</summary>
    private static string Shape(string line) => string.Concat(line.Where(character => !char.IsAsciiDigit(character) && !char.IsWhiteSpace(character) && character is not ('.' or ',' or '+' or '-')));

    /// <summary>Without the codes of colours, and without the label a launcher puts before the lines of a rank.</summary>
    private static string Plain(string line)
    {
        if (line.Contains('\u001B', StringComparison.Ordinal))
            line = Escape().Replace(line, "");
        return line.Length > 0 && (line[0] == '[' || char.IsAsciiDigit(line[0])) ? Rank().Replace(line, "") : line;
    }

    [GeneratedRegex("\u001B\\[[0-9;?]{0,20}[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();

    // [rank0]: of torchrun, [default0]: of its logs, 0: of srun --label.
    [GeneratedRegex(@"^(?:\[(?:rank|default)[0-9]{1,6}\]:? ?|[0-9]{1,6}: )", RegexOptions.CultureInvariant)]
    private static partial Regex Rank();
}

/// <summary>Reads the lines of one console log into a run.</summary>
internal abstract partial class ConsoleReader(LoggedRunBuilder run)
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

    protected void Add(int line, string metric, double step, ReadOnlySpan<char> value)
    {
        if (LogNumber.TryRead(value, out var number))
            Add(line, metric, step, number);
    }

    /// <summary>Takes the moment a logger wrote before the record of a step.</summary>
    protected void AddMoment(double step, string line)
    {
        if (Moment().Match(line) is { Success: true } moment
            && DateTimeOffset.TryParse(moment.Value.Replace(',', '.'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            run.AddWallTime(step, (time - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    [GeneratedRegex(@"(?<![0-9])20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,7})?(?:Z|[+-][0-9]{2}:[0-9]{2})?", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();
}
