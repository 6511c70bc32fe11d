using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>The runs of a project: found, looked at, tagged, left out of the fits, deleted.</summary>
public sealed partial class RunsPage
{
    private static readonly string[] s_reasons = ["diverged", "unfinished", "wrong configuration", "duplicate of another run", "far from the optimum"];

    private static readonly (RunColumn Column, string Label, bool Text)[] s_columns =
    [
        (RunColumn.Run, "Run", true),
        (RunColumn.Parameters, "N", false),
        (RunColumn.Tokens, "D", false),
        (RunColumn.Flops, "C, FLOP", false),
        (RunColumn.Loss, "Loss", false),
        (RunColumn.Budget, "Budget", false),
        (RunColumn.Tags, "Tags", true),
        (RunColumn.Flags, "Flags", true),
        (RunColumn.Points, "Points", false),
        (RunColumn.Status, "Status", true),
    ];

    private readonly HashSet<string> _selected = [];
    private IReadOnlyList<ProjectRow> _projects = [];
    private IReadOnlyList<RunRow> _rows = [];
    private RunRow[] _shown = [];
    private IReadOnlyList<string> _filterProblems = [];
    private (string Project, string Stamp)? _loadedFor;
    private int _excluded;
    private int _lacking;
    private bool _loaded;
    private bool _unknown;
    private bool _working;
    private string? _failure;
    private string? _loadFailure;
    private string? _linkNotice;
    private string? _deletedRun;
    private string? _anchor;
    private string _tag = "";
    private string _reason = "";
    private string _size = "";
    private Popover? _sizing;
    private Popover? _tagging;
    private Popover? _excluding;
    private Notice? _toast;

    [Inject] public required RunStore Store { get; init; }

    private sealed record Notice(string Message, Func<Task> Undo);

    private IEnumerable<RunRow> Selected => _rows.Where(row => _selected.Contains(row.Id));

    private string[] TagsOfSelected => [.. Selected.SelectMany(row => row.Tags).Distinct().Order(StringComparer.Ordinal)];

    private string[] TagsElsewhere => [.. _rows.SelectMany(row => row.Tags).Distinct().Where(tag => Selected.Any(row => !row.Tags.Contains(tag))).Order(StringComparer.Ordinal).Take(12)];

    private string AnswerNote
    {
        get
        {
            var flagged = _rows.Count(row => row.Flags.Count > 0);
            var excluded = (_excluded == 0 ? "none is excluded" : $"{Words.Count(_excluded, "run")} excluded")
                + (_lacking == 0 ? "" : $", {Words.Count(_lacking, "run")} without parameters, tokens or loss");
            return $"({excluded}{(flagged > 0 ? $", {flagged} flagged" : "")}).";
        }
    }

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        _loadFailure = null;
        try
        {
            var project = State.Project;
            var stamp = project.Length == 0 ? "" : await Store.StampAsync(project, cancellationToken);
            if (_loadedFor != (project, stamp))
            {
                _projects = await Store.ProjectsAsync(cancellationToken);
                if (project.Length == 0 && _projects.Count > 0)
                {
                    await ChangeAsync(State with { Project = _projects.MaxBy(row => row.LastImport)!.Name }, replace: true);
                    return;
                }

                var rows = await Store.RunsAsync(project, false, cancellationToken);
                // Another project was chosen after a change to this one, which is not to be cancelled.
                if (project != State.Project)
                    return;
                _rows = rows;
                _unknown = _projects.All(row => row.Name != project);
                _excluded = _rows.Count(row => row.ExclusionReason is not null);
                _lacking = _rows.Count(row => row.ExclusionReason is null && ProjectRuns.Lacks(row) is not null);
                _loadedFor = (project, stamp);
            }

            await ExplainLinkAsync(cancellationToken);
        }
        catch (StoreException exception)
        {
            _loadFailure = exception.Message;
        }

        Arrange();
        _loaded = true;
    }

    private void Arrange()
    {
        var filter = RunFilter.Parse(State.Filter);
        _filterProblems = filter.Problems(_rows);
        _shown = [.. RunTable.Arrange(_rows, filter, State.WithExcluded, State.Sort, State.Descending)];
        // Nothing happens to a run that cannot be seen.
        _selected.IntersectWith(_shown.Select(row => row.Id));
    }

    /// <summary>A link may name a run that was deleted since.</summary>
    private async Task ExplainLinkAsync(CancellationToken cancellationToken)
    {
        (_linkNotice, _deletedRun) = (null, null);
        if (State.Run.Length == 0 || _unknown || _rows.Any(row => row.Id == State.Run))
            return;
        var run = (await Store.FindRunsAsync([State.Run], cancellationToken)).FirstOrDefault(row => row.Project == State.Project);
        _deletedRun = run?.Id;
        _linkNotice = run is null
            ? "The run this link names was never in this project."
            : FormattableString.Invariant($"The run “{run.Name}” was deleted on {run.Deleted:yyyy-MM-dd}.");
    }

    private Task SetFilterAsync(string filter) => ChangeAsync(State with { Filter = filter }, replace: true);

    /// <summary>Ascending, descending, as added.</summary>
    private Task SortAsync(RunColumn column) => ChangeAsync(
        State.Sort != column ? State with { Sort = column, Descending = false }
        : !State.Descending ? State with { Descending = true }
        : State with { Sort = RunColumn.Added, Descending = false });

    private string? Direction(RunColumn column) => column != State.Sort ? null : State.Descending ? "descending" : "ascending";

    private string RowClass(RunRow row) =>
        string.Join(' ', new[] { row.ExclusionReason is null ? "" : "excluded", _selected.Contains(row.Id) ? "selected" : "", row.Id == State.Run ? "open" : "" }.Where(name => name.Length > 0));

    private void Select(RunRow row, bool range)
    {
        var select = !_selected.Contains(row.Id);
        var here = Array.FindIndex(_shown, other => other.Id == row.Id);
        var anchor = range ? Array.FindIndex(_shown, other => other.Id == _anchor) : -1;
        var from = anchor < 0 ? here : anchor;
        foreach (var other in _shown[Math.Min(from, here)..(Math.Max(from, here) + 1)])
        {
            if (select)
                _selected.Add(other.Id);
            else
                _selected.Remove(other.Id);
        }

        _anchor = row.Id;
    }

    private void SelectAll()
    {
        var all = _selected.Count == _shown.Length;
        _selected.Clear();
        if (!all)
            _selected.UnionWith(_shown.Select(row => row.Id));
    }

    private void ClearSelection() => _selected.Clear();

    private Task TagOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_tag) ? TagAsync(_tag) : Task.CompletedTask;

    private Task ExcludeOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_reason) ? ExcludeAsync(_reason) : Task.CompletedTask;

    private Task TagAsync(string tag)
    {
        _tagging?.Close();
        _tag = "";
        string[] ids = [.. Selected.Where(row => !row.Tags.Contains(tag.Trim())).Select(row => row.Id)];
        return WorkAsync(() => Store.TagAsync(ids, tag), changed => $"{Words.Count(changed, "run")} tagged “{tag.Trim()}”.", () => Store.UntagAsync(ids, tag));
    }

    private Task UntagAsync(string tag)
    {
        _tagging?.Close();
        string[] ids = [.. Selected.Where(row => row.Tags.Contains(tag)).Select(row => row.Id)];
        return WorkAsync(() => Store.UntagAsync(ids, tag), changed => $"“{tag}” taken off {Words.Count(changed, "run")}.", () => Store.TagAsync(ids, tag));
    }

    private Task ExcludeAsync(string reason)
    {
        _excluding?.Close();
        _reason = "";
        var before = Selected.Select(row => (row.Id, row.ExclusionReason)).ToArray();
        return WorkAsync(
            () => Store.ExcludeAsync([.. before.Select(run => run.Id)], reason),
            changed => $"{Words.Count(changed, "run")} excluded: {reason.Trim()}.",
            () => RestoreExclusionsAsync(before));
    }

    private Task IncludeAsync()
    {
        var before = Selected.Select(row => (row.Id, row.ExclusionReason)).ToArray();
        return WorkAsync(
            () => Store.IncludeAsync([.. before.Select(run => run.Id)]),
            changed => changed == 1 ? "1 run counts again." : $"{changed} runs count again.",
            () => RestoreExclusionsAsync(before));
    }

    private bool HasSize => Quantity.TryParse(_size, out var parameters) && parameters > 0;

    private Task SetSizeAsync()
    {
        if (!Quantity.TryParse(_size, out var parameters))
            return Task.CompletedTask;
        _sizing?.Close();
        _size = "";
        string[] ids = [.. Selected.Where(row => row.Parameters is null).Select(row => row.Id)];
        return WorkAsync(() => Store.SetParametersAsync(ids, parameters), changed => $"{Words.Count(changed, "run")} given {Quantity.Count(parameters)} parameters.", () => Store.SetParametersAsync(ids, null));
    }

    private Task DeleteAsync()
    {
        string[] ids = [.. _selected];
        return WorkAsync(() => Store.DeleteAsync(ids), changed => $"{Words.Count(changed, "run")} deleted.", () => Store.UndeleteAsync(ids));
    }

    private Task BringBackAsync() => _deletedRun is { } id
        ? WorkAsync(() => Store.UndeleteAsync([id]), changed => changed == 0 ? "The run is there again already: its file was imported anew." : "1 run brought back.", () => Store.DeleteAsync([id]))
        : Task.CompletedTask;

    private async Task RestoreExclusionsAsync((string Id, string? Reason)[] before)
    {
        foreach (var group in before.GroupBy(run => run.Reason, run => run.Id))
            await (group.Key is { } reason ? Store.ExcludeAsync(group, reason) : Store.IncludeAsync(group));
    }

    /// <summary>Does one thing to runs, shows what changed and how to take it back.</summary>
    private async Task WorkAsync(Func<Task<int>> change, Func<int, string> say, Func<Task> undo)
    {
        // A second click may be on its way before the first is done.
        if (_working)
            return;
        _working = true;
        _failure = null;
        try
        {
            var changed = await change();
            _toast = new Notice(say(changed), undo);
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
        }
        finally
        {
            _working = false;
        }

        await OnStateChangedAsync(CancellationToken.None);
    }

    private async Task UndoAsync()
    {
        if (_toast is not { } notice)
            return;
        try
        {
            await notice.Undo();
        }
        catch (StoreException exception)
        {
            _failure = exception.Message;
        }

        await OnStateChangedAsync(CancellationToken.None);
    }
}
