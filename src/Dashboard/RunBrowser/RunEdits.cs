using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>One change to runs: how it is made, what is said of it, how it is taken back.</summary>
/// <param name="Make">Returns how many runs changed.</param>
/// <param name="Say">What happened to so many runs.</param>
/// <param name="Undo">Brings back what was before, of each run its own.</param>
public sealed record RunEdit(Func<Task<int>> Make, Func<int, string> Say, Func<Task> Undo);

/// <summary>What can be done to some runs of a table.</summary>
/// <param name="store">Where they are.</param>
/// <param name="table">As it is now: what an undo brings back is what stands in it.</param>
/// <param name="rows">The runs.</param>
public sealed class RunEdits(RunStore store, RunTable table, IReadOnlyList<int> rows)
{
    public RunEdit Tag(string tag)
    {
        var ids = Ids(row => !table.TagsOf(row).Contains(tag.Trim()));
        return new RunEdit(() => store.TagAsync(ids, tag), changed => $"{Words.Count(changed, "run")} tagged “{tag.Trim()}”.", () => store.UntagAsync(ids, tag));
    }

    public RunEdit Untag(string tag)
    {
        var ids = Ids(row => table.TagsOf(row).Contains(tag));
        return new RunEdit(() => store.UntagAsync(ids, tag), changed => $"“{tag}” taken off {Words.Count(changed, "run")}.", () => store.TagAsync(ids, tag));
    }

    /// <param name="note">Blank takes notes away.</param>
    public RunEdit Note(string note)
    {
        KeyValuePair<string, string?>[] before = [.. rows.Select(row => KeyValuePair.Create(table.Id(row), table.Note[row]))];
        return new RunEdit(
            () => store.SetNotesAsync([.. before.Select(run => KeyValuePair.Create<string, string?>(run.Key, note))]),
            changed => string.IsNullOrWhiteSpace(note) ? $"Note taken off {Words.Count(changed, "run")}." : $"Note written to {Words.Count(changed, "run")}.",
            () => store.SetNotesAsync(before));
    }

    public RunEdit Exclude(string reason)
    {
        var before = Before(row => table.ExclusionReason[row]);
        return new RunEdit(() => store.ExcludeAsync(Ids(), reason), changed => $"{Words.Count(changed, "run")} excluded: {reason.Trim()}.", () => RestoreExclusionsAsync(before));
    }

    public RunEdit Include()
    {
        var before = Before(row => table.ExclusionReason[row]);
        return new RunEdit(() => store.IncludeAsync(Ids()), changed => changed == 1 ? "1 run counts again." : $"{changed} runs count again.", () => RestoreExclusionsAsync(before));
    }

    public RunEdit Archive()
    {
        var ids = Ids(row => !table.IsArchived(row));
        return new RunEdit(() => store.ArchiveAsync(ids), changed => $"{Words.Count(changed, "run")} archived.", () => store.UnarchiveAsync(ids));
    }

    public RunEdit Unarchive()
    {
        var before = Before(table.Archived);
        return new RunEdit(
            () => store.UnarchiveAsync(Ids()),
            changed => $"{Words.Count(changed, "run")} taken out of the archive.",
            async () =>
            {
                foreach (var group in before.Where(group => group.Key is not null))
                    await store.ArchiveAsync(group, group.Key);
            });
    }

    public RunEdit Delete()
    {
        var ids = Ids();
        return new RunEdit(() => store.DeleteAsync(ids), changed => $"{Words.Count(changed, "run")} deleted.", () => store.UndeleteAsync(ids));
    }

    /// <summary>Gives those runs N that have none.</summary>
    public RunEdit SetParameters(double parameters)
    {
        var ids = Ids(row => double.IsNaN(table.Parameters[row]));
        return new RunEdit(() => store.SetParametersAsync(ids, parameters), changed => $"{Words.Count(changed, "run")} given {Quantity.Count(parameters)} parameters.", () => store.SetParametersAsync(ids, null));
    }

    private string[] Ids(Func<int, bool>? condition = null) => [.. rows.Where(condition ?? (_ => true)).Select(table.Id)];

    private ILookup<TValue, string> Before<TValue>(Func<int, TValue> value) => rows.ToLookup(value, table.Id);

    private async Task RestoreExclusionsAsync(ILookup<string?, string> before)
    {
        foreach (var group in before)
            await (group.Key is { } reason ? store.ExcludeAsync(group, reason) : store.IncludeAsync(group));
    }
}
