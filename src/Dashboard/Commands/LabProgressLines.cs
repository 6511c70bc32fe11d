using System.Globalization;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Prints how far a sweep is: a line when a run ends, and one every half minute.</summary>
internal sealed class LabProgressLines(SweepProgress progress, TextWriter error) : IProgress<RunProgress>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _ended = [.. progress.Runs.Where(run => run.Checkpoint.Ended).Select(run => run.Checkpoint.Run.Name)];
    private long _last = TimeProvider.System.GetTimestamp();

    public void Report(RunProgress value)
    {
        progress.Report(value);
        var run = value.Checkpoint;
        lock (_lock)
        {
            if (run.Ended && _ended.Add(run.Run.Name))
                Print($"{run.Run.Name} {(run.Diverged ? string.Create(CultureInfo.InvariantCulture, $"diverged at step {value.Step:N0}") : $"loss {Quantity.Significant(run.Rows[^1].Loss, 5)}")}; ");
            else if (TimeProvider.System.GetElapsedTime(_last) >= s_interval)
                Print("");
        }
    }

    private void Print(string what)
    {
        _last = TimeProvider.System.GetTimestamp();
        var runs = progress.Runs.Count;
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}{progress.Ended:N0} of {runs:N0} ended, {Math.Floor(100 * progress.Share):0} % of the work{(progress.Ended == runs ? "" : $", about {LabLimits.Time(progress.Left)} left")}"));
    }
}
