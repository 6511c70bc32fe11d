using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>A training that was started on the Lab page; kept in its folder as <c>job.json</c>.</summary>
/// <param name="Id">Unique; the name of its folder.</param>
/// <param name="Project">Project its runs go into.</param>
/// <param name="Query">Query string of the page that started it.</param>
/// <param name="Started">When.</param>
/// <param name="Runs">What is trained.</param>
public sealed record LabJob(string Id, string Project, string Query, DateTimeOffset Started, IReadOnlyList<LabRun> Runs);

/// <summary>How a training stands.</summary>
public enum LabJobStatus
{
    /// <summary>It trains now.</summary>
    Running,

    /// <summary>Every run has ended.</summary>
    Ended,

    /// <summary>It was cancelled, or the server was stopped, and can go on.</summary>
    Stopped,
}

/// <summary>A training as it stands.</summary>
/// <param name="Job">What it is.</param>
/// <param name="Status">Whether it runs.</param>
/// <param name="Runs">Its runs, in its order.</param>
/// <param name="SecondsLeft">Estimated; null where it does not run.</param>
/// <param name="Share">Of the estimated time that is done, 0 to 1; null where it does not run.</param>
/// <param name="Failure">Why it stopped by itself; null where it did not.</param>
public sealed record LabJobView(LabJob Job, LabJobStatus Status, IReadOnlyList<RunProgress> Runs, double? SecondsLeft, double? Share, string? Failure)
{
    /// <summary>Runs that have ended.</summary>
    public int Ended => Runs.Count(run => run.Checkpoint.Ended);
}
