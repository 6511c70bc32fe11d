using System.Globalization;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Takes what a log says about one run, in the order of the log.</summary>
internal sealed class LoggedRunBuilder(string name, string format, string file, Action<string> countMetric)
{
    /// <summary>Flag of a run whose log ends too early.</summary>
    public const string Truncated = "truncated: the file ends within a record, it was still being written or is cut off; what is before it was read";

    /// <summary>Why the last line of such a log is left out.</summary>
    public const string EndsWithin = "the file ends within this line: it was still being written or is cut off";

    private readonly Dictionary<string, MetricBuilder> _byName = new(StringComparer.Ordinal);
    private readonly List<MetricBuilder> _metrics = [];
    private readonly Dictionary<string, int> _configIndex = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _config = [];
    private readonly List<string> _flags = [];
    private readonly MetricBuilder _wall = new("seconds");

    /// <summary>What the run is called; a log may say so late.</summary>
    public string Name { get; set; } = name;

    public string File { get; } = file;

    /// <summary>Line of the last record; 0 where the file has no lines.</summary>
    public int Line { get; set; }

    public bool IsEmpty => _metrics.TrueForAll(metric => metric.Count == 0);

    public MetricBuilder Metric(string metric)
    {
        if (_byName.TryGetValue(metric, out var builder))
            return builder;
        countMetric(File);
        builder = new MetricBuilder(metric);
        _byName.Add(metric, builder);
        _metrics.Add(builder);
        return builder;
    }

    public void Add(string metric, double step, double value) => Metric(metric).Add(step, value);

    /// <summary>Adds a value unless the metric has one at this step already.</summary>
    public void AddOnce(string metric, double step, double value)
    {
        if (!Metric(metric).EndsAt(step))
            Add(metric, step, value);
    }

    /// <summary>The moment at which a step was logged, in seconds since some fixed moment.</summary>
    public void AddWallTime(double step, double seconds)
    {
        if (double.IsFinite(seconds) && !_wall.EndsAt(step))
            _wall.Add(step, seconds);
    }

    /// <summary>Forgets the values, because a later file of the run has all of them.</summary>
    public void Clear()
    {
        _metrics.Clear();
        _byName.Clear();
    }

    /// <summary>A setting of the run; said again it replaces what was said before.</summary>
    public void Configure(string key, string value)
    {
        if (_configIndex.TryGetValue(key, out var index))
        {
            _config[index] = new(key, value);
            return;
        }

        _configIndex.Add(key, _config.Count);
        _config.Add(new(key, value));
    }

    public void Flag(string flag)
    {
        if (!_flags.Contains(flag))
            _flags.Add(flag);
    }

    public LoggedRun Finish()
    {
        var series = new List<ImportedSeries>(_metrics.Count + 1);
        var (restarts, firstRestart, replaced, unordered) = (0, double.PositiveInfinity, 0, false);
        foreach (var metric in _metrics)
        {
            if (metric.Count == 0)
                continue;
            var ordered = metric.InOrder();
            series.Add(ordered.Series);
            restarts = Math.Max(restarts, ordered.Restarts.Count);
            if (ordered.Restarts.Count > 0)
                firstRestart = Math.Min(firstRestart, ordered.Restarts[0]);
            replaced += ordered.Replaced;
            unordered |= ordered.Sorted;
        }

        if (_wall.Count > 1 && !_byName.ContainsKey(_wall.Name))
        {
            var wall = _wall.InOrder().Series;
            var start = wall.Values.Min();
            series.Add(wall with { Values = Array.ConvertAll(wall.Values, value => value - start) });
        }

        var flags = _flags.ToList();
        if (restarts > 0)
        {
            flags.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"restarted at step {firstRestart:R}{(restarts > 1 ? $" and {restarts - 1} more time{(restarts == 2 ? "" : "s")}" : "")}: from a restart's first step on the later values count, {replaced} earlier one{(replaced == 1 ? "" : "s")} replaced"));
        }

        if (unordered)
            flags.Add("its rows were not in the order of steps and were sorted");
        flags.AddRange(series.Select(NotFinite).OfType<string>());
        return new LoggedRun { Name = Name, Format = format, File = File, Line = Line, Metrics = series, Config = _config, Flags = flags };
    }

    /// <summary>Losses that blew up are worth a word; a metric such as an accuracy over no samples is not.</summary>
    private static string? NotFinite(ImportedSeries series)
    {
        if (!series.Metric.Contains("loss", StringComparison.OrdinalIgnoreCase))
            return null;
        var first = Array.FindIndex(series.Values, value => !double.IsFinite(value));
        if (first < 0)
            return null;
        var step = series.Steps[first].ToString("R", CultureInfo.InvariantCulture);
        if (Array.FindLastIndex(series.Values, double.IsFinite) < first)
            return $"diverged: {series.Metric} is not finite from step {step} on";
        var more = series.Values.Count(value => !double.IsFinite(value)) - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{series.Metric} is not finite at step {step}{(more > 0 ? $" and {more} more" : "")}");
    }
}

/// <summary>One metric while its log is read: steps in the order of the log.</summary>
internal sealed class MetricBuilder(string name)
{
    private readonly List<double> _steps = [];
    private readonly List<double> _values = [];

    public string Name { get; } = name;

    public int Count => _steps.Count;

    public void Add(double step, double value)
    {
        _steps.Add(step);
        _values.Add(value);
    }

    public bool EndsAt(double step) => _steps.Count > 0 && _steps[^1].Equals(step);

    /// <summary>
    /// The values at non-decreasing steps. A step back is a restart: from its step on, the values logged before it are dropped, last write wins.
    /// Steps that only fall are turned round, and those that go back more often than every fourth time are sorted: no job restarts like that.
    /// </summary>
    public (ImportedSeries Series, IReadOnlyList<double> Restarts, int Replaced, bool Sorted) InOrder()
    {
        var back = 0;
        for (var i = 1; i < _steps.Count; i++)
            back += _steps[i] < _steps[i - 1] ? 1 : 0;
        if (back == 0)
            return (new ImportedSeries(Name, [.. _steps], [.. _values]), [], 0, false);
        if (back * 4 > _steps.Count)
        {
            var order = Enumerable.Range(0, _steps.Count).OrderBy(index => _steps[index]).ToArray();
            return (new ImportedSeries(Name, Array.ConvertAll(order, index => _steps[index]), Array.ConvertAll(order, index => _values[index])), [], 0, back < _steps.Count - 1);
        }

        var steps = new List<double>(_steps.Count);
        var values = new List<double>(_steps.Count);
        var restarts = new List<double>();
        for (var i = 0; i < _steps.Count; i++)
        {
            if (steps.Count > 0 && _steps[i] < steps[^1])
            {
                restarts.Add(_steps[i]);
                var keep = steps.Count;
                while (keep > 0 && steps[keep - 1] >= _steps[i])
                    keep--;
                steps.RemoveRange(keep, steps.Count - keep);
                values.RemoveRange(keep, values.Count - keep);
            }

            steps.Add(_steps[i]);
            values.Add(_values[i]);
        }

        return (new ImportedSeries(Name, [.. steps], [.. values]), restarts, _steps.Count - steps.Count, false);
    }
}
