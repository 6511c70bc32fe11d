namespace ScalingDashboard.Lab.Sweeps;

/// <summary>How far a sweep has come and how long it still takes, by the estimated time of its runs and how fast those went that were trained so far.</summary>
public sealed class SweepProgress : IProgress<RunProgress>
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly SweepEstimate _estimate;
    private readonly Dictionary<string, RunProgress> _runs;
    private readonly Dictionary<string, int> _begun;
    private readonly long _start;

    /// <param name="runs">The sweep.</param>
    /// <param name="there">Those that had begun or ended before.</param>
    /// <param name="estimate">Of what was left to do.</param>
    /// <param name="clock">For the time left.</param>
    public SweepProgress(IReadOnlyList<LabRun> runs, IReadOnlyDictionary<string, LabCheckpoint> there, SweepEstimate estimate, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(clock);
        _estimate = estimate;
        _clock = clock;
        _start = clock.GetTimestamp();
        _runs = runs.ToDictionary(run => run.Name, run => there.GetValueOrDefault(run.Name) is { } checkpoint
            ? new RunProgress(checkpoint, checkpoint.Rows is [.., var last] ? last.Step : 0)
            : new RunProgress(new LabCheckpoint(run, [], Ended: false, Diverged: false), 0));
        _begun = _runs.ToDictionary(run => run.Key, run => run.Value.Step);
    }

    /// <summary>Takes in how far a run is; of several threads.</summary>
    public void Report(RunProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (_lock)
            _runs[value.Checkpoint.Run.Name] = value;
    }

    /// <summary>All runs, as they stand, in the order of the sweep.</summary>
    public IReadOnlyList<RunProgress> Runs
    {
        get
        {
            lock (_lock)
                return [.. _runs.Values];
        }
    }

    /// <summary>Runs that have ended.</summary>
    public int Ended
    {
        get
        {
            lock (_lock)
                return _runs.Values.Count(run => run.Checkpoint.Ended);
        }
    }

    /// <summary>Share of the time that was estimated, 0 to 1.</summary>
    public double Share
    {
        get
        {
            lock (_lock)
            {
                var all = _estimate.Seconds.Values.Sum();
                return all == 0 ? 1 : Done() / all;
            }
        }
    }

    /// <summary>Seconds to go.</summary>
    public double Left
    {
        get
        {
            lock (_lock)
            {
                var done = Done() / Math.Max(1e-9, _estimate.Seconds.Values.Sum());
                var elapsed = _clock.GetElapsedTime(_start).TotalSeconds;
                // In the beginning the estimate tells more than the little that was done.
                var byEstimate = (1 - done) * _estimate.Wall;
                return done <= 0 ? byEstimate : done * (elapsed / done - elapsed) + (1 - done) * byEstimate;
            }
        }
    }

    private double Done() => _runs.Sum(run => _estimate.Seconds[run.Key] * (run.Value.Checkpoint.Ended ? 1 : Part(run.Value, _begun[run.Key])));

    private static double Part(RunProgress run, int begun)
    {
        var steps = run.Checkpoint.Run.Training.Steps;
        return steps == begun ? 1 : Math.Clamp((double)(run.Step - begun) / (steps - begun), 0, 1);
    }
}
