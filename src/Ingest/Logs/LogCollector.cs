using System.Globalization;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Gathers the runs of all files of a source. Files that name the same key add to the same run.</summary>
internal sealed class LogCollector
{
    private const int MostValues = 200_000_000;
    private const int MostMetrics = 1_000_000;

    private readonly Dictionary<string, LoggedRunBuilder> _byKey = new(StringComparer.Ordinal);
    private readonly List<LoggedRunBuilder> _runs = [];
    private readonly LeftOutRows _leftOut = new();
    private readonly List<(string Folder, string Key, string Value)> _folders = [];
    private readonly List<string> _warnings = [];
    private int _metrics;

    public List<SweepTable> Tables { get; } = [];

    public IReadOnlyList<LeftOutRow> LeftOut => _leftOut.All;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The run of this key; made when it is new.</summary>
    /// <param name="key">What tells the run apart inside the source.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="format">Key of the format.</param>
    /// <param name="file">File it is found in.</param>
    public LoggedRunBuilder Run(string key, string name, string format, string file)
    {
        if (_byKey.TryGetValue(key, out var run))
            return run;
        run = new LoggedRunBuilder(name, format, file, CountMetric);
        _byKey.Add(key, run);
        _runs.Add(run);
        return run;
    }

    /// <summary>A setting of the runs found in a folder.</summary>
    public void ConfigureFolder(string folder, string key, string value) => _folders.Add((folder, key, value));

    public void LeaveOut(string file, int line, string reason) => _leftOut.Add(new LeftOutRow(file, line, reason));

    /// <summary>The archive a file came from ends too early.</summary>
    public void CutOff(string file)
    {
        Warn($"{file}: the archive is cut off; what could be unpacked was read. Copy it again to have the rest.");
        foreach (var run in _runs.Where(run => run.File == file))
            run.Flag(LoggedRunBuilder.Truncated);
    }

    /// <summary>Says something once, however often it is met.</summary>
    public void Warn(string warning)
    {
        if (!_warnings.Contains(warning))
            _warnings.Add(warning);
    }

    /// <summary>All runs that logged anything; runs of one name are numbered.</summary>
    public List<LoggedRun> Finish()
    {
        var runs = new List<LoggedRun>();
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var builder in _runs)
        {
            if (builder.IsEmpty)
                continue;
            foreach (var (folder, key, value) in _folders)
            {
                if (PathText.Folder(builder.File) == folder)
                    builder.Configure(key, value);
            }

            var run = builder.Finish();
            var times = taken[run.Name] = taken.GetValueOrDefault(run.Name) + 1;
            if (times > 1)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{run.Name} ({times})");
                while (!taken.TryAdd(name, 1))
                    name = string.Create(CultureInfo.InvariantCulture, $"{run.Name} ({++times})");
                run = run with { Name = name, Flags = [.. run.Flags, "another run has the same name"] };
            }

            runs.Add(run);
        }

        return runs;
    }

    /// <exception cref="IngestException">Each metric of each run takes room of its own.</exception>
    private void CountMetric(string file)
    {
        if (++_metrics > MostMetrics)
            throw new IngestException(file, string.Create(CultureInfo.InvariantCulture, $"holds more than {MostMetrics:N0} metrics of runs. Export fewer metrics, or fewer runs at a time."));
    }

    /// <summary>Forgets the values read so far from what turned out to be unreadable.</summary>
    /// <param name="file">File whose runs go.</param>
    public void Drop(string file)
    {
        foreach (var run in _runs.Where(run => run.File == file).ToList())
        {
            _runs.Remove(run);
            _byKey.Remove(_byKey.First(pair => pair.Value == run).Key);
        }
    }

    /// <exception cref="IngestException">The values would not fit into memory.</exception>
    public static void Refuse(string file, long values)
    {
        if (values > MostValues)
            throw new IngestException(file, string.Create(CultureInfo.InvariantCulture, $"holds more than {MostValues:N0} values. Split it, or export fewer metrics."));
    }
}
