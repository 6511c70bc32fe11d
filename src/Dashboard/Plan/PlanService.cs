using System.Collections.Concurrent;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>A saved fit that a project offers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">"baseline v2".</param>
/// <param name="WhyNot">Why nothing can be planned by it; null where something can.</param>
public sealed record OfferedFit(string Id, string Label, string? WhyNot);

/// <summary>What the Plan page takes from the store: read when a page opens or its choice of project and fits changes, never while a slider is dragged.</summary>
public sealed class PlanService(RunStore store)
{
    // A saved fit never changes.
    private readonly ConcurrentDictionary<string, TrainingLaw> _laws = new();

    // One a project: the newest state of it.
    private readonly ConcurrentDictionary<string, (string Stamp, MeasuredUtilization Measured)> _measured = new();

    /// <summary>The saved fits of a project, newest first.</summary>
    public async Task<IReadOnlyList<OfferedFit>> FitsAsync(string project, CancellationToken cancellationToken) =>
        [.. (await store.FitsAsync(project, cancellationToken)).Select(SavedFitEntry.Of).Select(entry => new OfferedFit(entry.Saved.Id, entry.Label, WhyNot(entry)))];

    /// <summary>The laws of saved fits, in the order of the ids, and what is wrong with the others.</summary>
    public async Task<(IReadOnlyList<TrainingLaw> Laws, IReadOnlyList<string> Problems)> LawsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        string[] unknown = [.. ids.Where(id => !_laws.ContainsKey(id))];
        var problems = new List<string>();
        var found = unknown.Length == 0 ? [] : await store.FindFitsAsync(unknown, cancellationToken);
        foreach (var fit in found)
        {
            try
            {
                _laws[fit.Id] = SavedLaws.Of(fit);
            }
            catch (Exception exception) when (exception is AnalysisException or StoreException)
            {
                problems.Add(exception.Message);
            }
        }

        var missing = unknown.Except(found.Select(fit => fit.Id)).Count();
        if (missing > 0)
            problems.Add($"{Words.Count(missing, "saved fit")} named by this link {(missing == 1 ? "is" : "are")} not in this store.");
        return ([.. ids.Select(id => _laws.GetValueOrDefault(id)).OfType<TrainingLaw>()], problems);
    }

    /// <summary>How fast the runs of a project trained.</summary>
    public async Task<MeasuredUtilization> MeasuredAsync(string project, CancellationToken cancellationToken)
    {
        var stamp = await store.StampAsync(project, cancellationToken);
        if (_measured.TryGetValue(project, out var kept) && kept.Stamp == stamp)
            return kept.Measured;
        var measured = await MeasuredUtilization.ReadAsync(store, project, cancellationToken);
        _measured[project] = (stamp, measured);
        return measured;
    }

    private static string? WhyNot(SavedFitEntry entry)
    {
        if (entry.Document is null)
            return entry.Problem;
        try
        {
            SavedLaws.Of(entry.Saved);
            return null;
        }
        catch (AnalysisException exception)
        {
            return exception.Message;
        }
    }
}
