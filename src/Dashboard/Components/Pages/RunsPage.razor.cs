using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>The runs of a project: found, compared, looked after.</summary>
public sealed partial class RunsPage
{
    private static readonly TimeSpan s_readingInterval = TimeSpan.FromMilliseconds(300);

    private readonly RunSelection _selection = new();

    // First runs of the groups that are open.
    private readonly HashSet<int> _open = [];
    private IReadOnlyList<ProjectRow> _projects = [];
    private (string Project, string Stamp)? _projectsStamp;
    private RunArrangement? _shown;
    private int _version;
    private RunLineCollection _lines = null!;
    private RunRow? _detail;
    private bool _unknown;
    private string? _loadFailure;
    private string? _linkNotice;
    private string? _deletedRun;
    private Reading? _reading;
    private bool _stopped;

    [Inject] public required PageScript Page { get; init; }

    /// <summary>Curves that are being read.</summary>
    private sealed class Reading(string what, int count, CancellationTokenSource cancellation)
    {
        public int Done { get; set; }

        public string Message => string.Create(CultureInfo.InvariantCulture, $"Reading {what}: {Done:N0} of {count:N0} curves");

        public double Share => (double)Done / count;

        public CancellationTokenSource Cancellation => cancellation;
    }

    private RunCounts Counts => _shown!.Columns.Counts;

    private int Counting => Counts.Runs - Counts.Excluded - Counts.Lacking;

    private IReadOnlyList<Choice<RunsPresentation>> Presentations =>
    [
        new(RunsPresentation.Table, "Table"), new(RunsPresentation.Scatter, "Scatter"),
        .. State.Compared.Count > 0 ? [new Choice<RunsPresentation>(RunsPresentation.Compare, "Compare")] : Array.Empty<Choice<RunsPresentation>>(),
    ];

    private string AnswerNote
    {
        get
        {
            var excluded = (Counts.Excluded == 0 ? "none is excluded" : $"{Words.Count(Counts.Excluded, "run")} excluded")
                + (Counts.Lacking == 0 ? "" : $", {Words.Count(Counts.Lacking, "run")} without parameters, tokens or loss");
            return $"({excluded}{(Counts.Flagged > 0 ? $", {Number(Counts.Flagged)} flagged" : "")}{(Counts.Archived > 0 ? $"; {Number(Counts.Archived)} archived" : "")}).";
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _reading is { } reading)
        {
            _reading = null;
            reading.Cancellation.Cancel();
        }

        base.Dispose(disposing);
    }

    protected override Task OnStateChangedAsync(CancellationToken cancellationToken) => ShowAsync(thenRead: true, cancellationToken);

    private async Task ShowAsync(bool thenRead, CancellationToken cancellationToken)
    {
        var version = ++_version;
        _loadFailure = null;
        try
        {
            var state = State;
            var columns = await Tables.ReadAsync(state.Project, cancellationToken);
            if (_projectsStamp != (state.Project, columns.Table.Stamp))
            {
                _projects = await Store.ProjectsAsync(cancellationToken);
                if (state.Project.Length == 0 && _projects.Count > 0)
                {
                    await ChangeAsync(State with { Project = _projects.MaxBy(row => row.LastImport)!.Name }, replace: true);
                    return;
                }

                _projectsStamp = (state.Project, columns.Table.Stamp);
            }

            var known = _shown is { } shown && ReferenceEquals(shown.Columns, columns) && thenRead && shown.IsFor(state);
            // Not on the circuit, where a large project would hold up keys.
            var arrangement = known ? _shown! : await Task.Run(() => RunArrangement.OfAsync(columns, Readings, state, cancellationToken), cancellationToken);
            // What was asked for since is on its way.
            if (version != _version)
                return;
            if (!known)
            {
                Take(arrangement);
                if (thenRead)
                    StartReading();
            }

            await ExplainLinkAsync(cancellationToken);
        }
        catch (StoreException exception)
        {
            _loadFailure = exception.Message;
        }
    }

    private void Take(RunArrangement arrangement)
    {
        if (_shown is { } shown && !ReferenceEquals(shown.Columns, arrangement.Columns))
        {
            int[] open = [.. _open.Select(row => arrangement.Columns.Table.RowOf(shown.Columns.Table.Key(row))).Where(row => row >= 0)];
            _open.Clear();
            _open.UnionWith(open);
        }

        _shown = arrangement;
        _unknown = arrangement.State.Project.Length > 0 && _projects.All(row => row.Name != arrangement.State.Project);
        _lines = new RunLineCollection(arrangement, _open);
        _selection.MoveTo(arrangement);
    }

    /// <summary>Reads the curves that what is shown needs, and shows it again when they are there.</summary>
    private void StartReading()
    {
        _reading?.Cancellation.Cancel();
        (_reading, _stopped) = (null, false);
        if (_shown is not { Unread.Count: > 0 } shown)
            return;
        _ = InvokeAsync(async () =>
        {
            try
            {
                await ReadAsync(shown);
            }
#pragma warning disable CA1031 // Handed on, to the error boundary of the layout.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                await DispatchExceptionAsync(exception);
            }
        });
    }

    private async Task ReadAsync(RunArrangement shown)
    {
        string? failure = null;
        foreach (var (column, rows) in shown.Unread)
        {
            using var cancellation = new CancellationTokenSource();
            var reading = _reading = new Reading(RunColumnText.Label(column), rows.Length, cancellation);
            StateHasChanged();
            try
            {
                await Task.Run(() => Readings.ReadAsync(shown.Columns, column, rows, new Progress(this, reading), cancellation.Token));
            }
            catch (OperationCanceledException)
            {
                // By the user, who then sees what was read, or because something else is shown by now.
                if (_reading != reading)
                    return;
                _stopped = true;
                break;
            }
            catch (StoreException exception)
            {
                if (_reading != reading)
                    return;
                (_stopped, failure) = (true, exception.Message);
                break;
            }

            if (_reading != reading)
                return;
        }

        _reading = null;
        await ShowAsync(thenRead: false, CancellationToken.None);
        _loadFailure ??= failure;
        StateHasChanged();
    }

    private void StopReading() => _reading?.Cancellation.Cancel();

    private void ReadOn() => StartReading();

    /// <summary>A link may name a run that is not in the list.</summary>
    private async Task ExplainLinkAsync(CancellationToken cancellationToken)
    {
        (_linkNotice, _deletedRun) = (null, null);
        if (State.Run.Length == 0 || _unknown)
        {
            _detail = null;
            return;
        }

        var run = (await Store.FindRunsAsync([State.Run], cancellationToken)).FirstOrDefault(row => row.Project == State.Project);
        _detail = run is { Deleted: null } ? run : null;
        if (_detail is not null)
            return;
        _deletedRun = run?.Id;
        _linkNotice = run is null
            ? "The run this link names was never in this project."
            : FormattableString.Invariant($"The run “{run.Name}” was deleted on {run.Deleted:yyyy-MM-dd}.");
    }

    private Task SetFilterAsync(string filter) => ChangeAsync(State with { Filter = filter }, replace: true);

    private void Toggle(RunGroup group)
    {
        if (!_open.Remove(group.First))
            _open.Add(group.First);
        _lines = new RunLineCollection(_shown!, _open);
    }

    private void ClearSelection() => _selection.Clear();

    private void OpenRun(string id) => Navigation.NavigateTo(PageUrls.For(PageUrls.Run, RunState.Of(State, id)));

    private Task EditSelectedAsync(Func<RunEdits, RunEdit> choose) => EditAsync(State.Project, [.. _selection.Rows.Select(_shown!.Columns.Table.Id)], choose);

    private Task BringBackAsync() => _deletedRun is { } id
        ? WorkAsync(async () => new UndoNotice(
            await Store.UndeleteAsync([id]) == 0 ? "The run is there again already: its file was imported anew." : "1 run brought back.",
            () => Store.DeleteAsync([id])))
        : Task.CompletedTask;

    private async Task SaveCsvAsync()
    {
        var shown = _shown!;
        await Page.SaveAsync("runs.csv", "text/csv", await Task.Run(() => RunCsv.Write(shown)));
    }

    private static string GroupNote(RunGroups groups)
    {
        var count = Words.Count(groups.Groups.Count, "group");
        return groups.Seeds switch
        {
            null => $"{count}.",
            [] => $"{count} of the same family, size and configuration; no setting is called seed, so all count.",
            var seeds => $"{count} of the same family, size and configuration but for {Words.List(seeds)}, taken as the seed.",
        };
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Tells the page three times a second how many curves were read.</summary>
    private sealed class Progress(RunsPage page, Reading reading) : IProgress<int>
    {
        private long _last = page.Clock.GetTimestamp();

        public void Report(int value)
        {
            var last = Interlocked.Read(ref _last);
            if (page.Clock.GetElapsedTime(last) < s_readingInterval || Interlocked.CompareExchange(ref _last, page.Clock.GetTimestamp(), last) != last)
                return;
            _ = page.InvokeAsync(() =>
            {
                if (page._reading != reading)
                    return;
                reading.Done = value;
                page.StateHasChanged();
            });
        }
    }
}
