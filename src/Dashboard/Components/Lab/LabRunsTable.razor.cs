using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Components.Lab;

/// <summary>The runs of a training with how each stands, or those asked for with how long each would take.</summary>
public sealed partial class LabRunsTable
{
    [Parameter, EditorRequired] public required IReadOnlyList<LabRun> Runs { get; set; }

    /// <summary>The training; null where none is looked at.</summary>
    [Parameter, EditorRequired] public required LabJobView? Job { get; set; }

    /// <summary>Of the runs asked for.</summary>
    [Parameter] public SweepEstimate? Estimate { get; set; }

    /// <summary>What they learn.</summary>
    [Parameter] public ILanguage? Language { get; set; }

    private IEnumerable<RunProgress> Rows => Job?.Runs ?? Runs.Select(run => new RunProgress(new LabCheckpoint(run, [], Ended: false, Diverged: false), 0));

    private string Time(RunProgress run) => Estimate?.Seconds.GetValueOrDefault(run.Checkpoint.Run.Name) is { } seconds
        ? $"{LabLimits.Time(seconds)} to {LabLimits.Time(SweepEstimate.Busy * seconds)}"
        : "–";
}
