using ScalingDashboard.Ingest.Logs;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>A format that <see cref="LogReader"/> knows.</summary>
/// <param name="Key">As <c>--format</c> spells it.</param>
/// <param name="Title">As pages show it.</param>
public sealed record LogFormatName(string Key, string Title);

/// <summary>Reads run logs of every known format, told apart by their content.</summary>
public static class LogReader
{
    // Any table at all may be a sweep whose columns are to be named; that is below.
    private const double RatherSure = 0.3;

    /// <summary>All formats that can be asked for.</summary>
    public static IReadOnlyList<LogFormatName> Formats { get; } = [.. LogFormats.All.Where(format => format is not HparamsFormat).Select(format => new LogFormatName(format.Key, format.Title))];

    /// <summary>Reads all files of a source. In a source of several files one that cannot be read is left out with the reason.</summary>
    /// <exception cref="IngestException">Nothing can be read, or strict and a row cannot.</exception>
    public static async Task<LoggedRuns> ReadAsync(LogSource source, LogReadOptions options, CancellationToken cancellationToken)
    {
        var forced = options.Format is { } key
            ? LogFormats.All.FirstOrDefault(format => format.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
                ?? throw new FormatException($"'{key}' is not a format. Known formats: {string.Join(", ", Formats.Select(format => format.Key))}.")
            : null;
        var runs = new LogCollector();
        var formats = new List<string>();
        var siblings = source.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        IngestException? problem = null;
        // Event files by their numbers, checkpoint-500 before checkpoint-1000.
        foreach (var file in source.Files.OrderBy(file => file.Path, NaturalOrder.Instance))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await using var content = file.Open();
                var head = new byte[LogHead.Size];
                var count = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                var format = forced ?? Detect(new LogHead(file.Path, head.AsMemory(0, count), count < head.Length, options.Mapping, siblings))
                    ?? throw await UnknownAsync(file.Path, head.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                await using var whole = new HeadedStream(head.AsMemory(0, count), content);
                await format.ReadAsync(new LogInput(file.Path, whole, options, source.Root), runs, cancellationToken).ConfigureAwait(false);
                if (content is UnpackingStream { IsCutOff: true })
                    runs.CutOff(file.Path);
                if (format is not HparamsFormat && !formats.Contains(format.Key))
                    formats.Add(format.Key);
            }
            catch (IngestException exception) when (source.Files.Count > 1 && !options.Strict && exception.FileName == file.Path)
            {
                problem ??= exception;
                runs.Drop(file.Path);
                runs.LeaveOut(file.Path, (int)(exception.Line ?? 0), exception.Message[(exception.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
            }
        }

        var logged = runs.Finish();
        if (logged.Count == 0 && runs.Tables.Count == 0)
        {
            var reasons = string.Join("; ", runs.LeftOut.Take(3).Select(row => row.Line > 0 ? $"{row.File}, line {row.Line}: {row.Reason}" : $"{row.File}: {row.Reason}"));
            throw problem is not null && source.Files.Count == 1 ? problem
                : new IngestException(source.Name, $"holds no run{(reasons.Length > 0 ? $": {reasons}" : "")}{(runs.LeftOut.Count > 3 ? $"; and {runs.LeftOut.Count - 3} more" : "")}. Check that it is the log of a training run, or choose its format with --format.");
        }

        var jobs = RestartedJobs.Find(logged);
        if (options.Stitch)
            logged.AddRange(jobs.Select(job => RestartedJobs.Stitch(job, logged)).ToList());
        return new LoggedRuns
        {
            Formats = formats,
            Runs = logged,
            Tables = runs.Tables,
            LeftOut = runs.LeftOut,
            Warnings = runs.Warnings,
            RestartedJobs = jobs,
        };
    }

    /// <summary>Whether a file nobody named looks like a log, surely enough to complain where it then cannot be read.</summary>
    /// <param name="file">The file.</param>
    /// <param name="siblings">Paths of all files of its source.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<bool> RecognisesAsync(LogFile file, IReadOnlyCollection<string> siblings, CancellationToken cancellationToken)
    {
        await using var content = file.Open();
        var head = new byte[LogHead.Size];
        var count = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Detect(new LogHead(file.Path, head.AsMemory(0, count), count < head.Length, ColumnMapping.Empty, siblings), RatherSure) is not (null or HparamsFormat);
    }

    private static LogFormat? Detect(LogHead head, double atLeast = 0)
    {
        var (best, sure) = ((LogFormat?)null, atLeast);
        foreach (var format in LogFormats.All)
        {
            if (format.Confidence(head) is var confidence && confidence > sure)
                (best, sure) = (format, confidence);
        }

        return best;
    }

    /// <summary>Why a file is of no known format: what it is where that shows.</summary>
    private static async Task<IngestException> UnknownAsync(string path, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        try
        {
            await using var text = await SourceText.OpenAsync(new HeadedStream(head, Stream.Null), path, cancellationToken).ConfigureAwait(false);
            return text.Head.AsSpan().TrimStart() is ['[', ..] ? new IngestException(path, "is one JSON array. Write one JSON object a line (JSONL).")
                : text.Head.AsSpan().TrimStart() is ['<', ..] ? new IngestException(path, "is a web page or XML, not a table. Download the file itself, or export the runs as CSV.")
                : new IngestException(path, "is of no format that is known. Choose one with --format, or export the run as CSV.");
        }
        catch (IngestException noText)
        {
            return noText;
        }
    }
}
