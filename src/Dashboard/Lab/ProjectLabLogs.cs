using ScalingDashboard.Ingest;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>Appends the logs of runs of the Lab to a project while they train, through the code that takes live lines from anywhere.</summary>
public sealed class ProjectLabLogs(RunStore store, string project, LabFolder folder)
{
    /// <summary>Checks that the project has no other run of these names before anything is trained.</summary>
    /// <param name="runs">To be trained.</param>
    /// <param name="there">Those that the folder has already.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <inheritdoc cref="AppendAsync" path="/exception"/>
    public async Task CheckAsync(IEnumerable<LabRun> runs, IReadOnlyDictionary<string, LabCheckpoint> there, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runs);
        foreach (var run in runs)
        {
            if (!there.ContainsKey(run.Name) && await store.LiveRunAsync(project, run.Name, cancellationToken) is not null)
                throw Other(run.Name);
        }
    }

    /// <summary>Appends what the project lacks of a run's log.</summary>
    /// <exception cref="LabException">The project has another run of this name.</exception>
    public async Task AppendAsync(LabCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var name = checkpoint.Run.Name;
        ReadOnlyMemory<byte> lines = LabLog.Lines(checkpoint, folder.Language(checkpoint.Run.Language), withName: false);
        var state = await store.LiveRunAsync(project, name, cancellationToken) ?? LiveState.None;
        // The log in the folder is written first, so that the project's is never longer.
        if (state.Offset > lines.Length || !(await store.LiveLinesAsync(project, name, 0, lines.Length, cancellationToken)).AsSpan().SequenceEqual(lines.Span[..(int)state.Offset]))
            throw Other(name);
        var rest = lines[(int)state.Offset..];
        if (!rest.IsEmpty)
            await store.AppendAsync(project, name, state.Offset, rest, LiveLineReader.Read(name, rest.Span, state), cancellationToken);
    }

    private LabException Other(string name) => new($"The project {project} has another run {name}. Delete that run, or name another project.");
}
