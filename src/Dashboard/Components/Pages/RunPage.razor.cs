using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>Everything that is known about one run.</summary>
public sealed partial class RunPage
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private RunRow? _run;
    private SourceFile? _source;
    private IReadOnlyList<SeriesSummary> _metrics = [];
    private Dictionary<string, double?> _firsts = [];
    private IReadOnlyList<RunUse> _uses = [];
    private (string Id, string Name)? _previous;
    private (string Id, string Name)? _next;
    private int _place;
    private int _count;
    private (string Id, string Stamp)? _loadedFor;
    private bool _loaded;
    private string? _loadFailure;
    private string _note = "";
    private string _tag = "";
    private string _reason = "";
    private bool? _copied;
    private Popover? _tagging;
    private Popover? _excluding;

    [Inject] public required PageScript Page { get; init; }

    private RunsState ListState => State.List with { Columns = RunsState.DefaultColumns };

    private string Position => _count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{_place:N0} of {_count:N0}{(State.Filter.Length > 0 ? " that pass the filter" : "")}");

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        _loadFailure = null;
        try
        {
            var state = State;
            var columns = await Tables.ReadAsync(state.Project, cancellationToken);
            var key = (state.ToQuery().ToString(), columns.Table.Stamp);
            if (_loadedFor != key && _loadedFor?.Stamp == columns.Table.Stamp && _run?.Id == state.Id && _run.Project == state.Project)
            {
                // Only the search changed, or the list.
                await PlaceAsync(columns, state, cancellationToken);
                _loadedFor = key;
            }
            else if (_loadedFor != key)
            {
                await LoadAsync(columns, state, cancellationToken);
                _loadedFor = key;
            }
        }
        catch (StoreException exception)
        {
            _loadFailure = exception.Message;
        }

        _loaded = true;
    }

    private async Task LoadAsync(RunColumns columns, RunState state, CancellationToken cancellationToken)
    {
        var run = (await Store.FindRunsAsync([state.Id], cancellationToken)).FirstOrDefault(found => found.Project == state.Project);
        var (metrics, source) = run is null ? ([], null) : (await Store.MetricsAsync(run.Id, cancellationToken), await Store.SourceAsync(run.Id, cancellationToken));
        await PlaceAsync(columns, state, cancellationToken);
        // What is being written about a run stays, whoever else changes it; another run has its own.
        if (run?.Id != _run?.Id || _note.Trim() == (_run?.Note ?? ""))
            _note = run?.Note ?? "";
        var sameRun = run?.Id == _run?.Id && _metrics.SequenceEqual(metrics);
        (_run, _metrics, _source, _copied) = (run, metrics, source, null);
        _uses = run is null ? [] : RunUse.Of(run, metrics, columns.Table.Family.Values.Count > 0);
        if (sameRun || run is null)
            return;
        var series = (await Store.SeriesAsync([run.Id], [.. metrics.Select(metric => metric.Metric)], cancellationToken))[run.Id];
        _firsts = series.ToDictionary(one => one.Metric, one => one.Values.Where(value => !double.IsNaN(value)).Select(value => (double?)value).FirstOrDefault());
    }

    /// <summary>Finds the run's place in the list, and its neighbours.</summary>
    private async Task PlaceAsync(RunColumns columns, RunState state, CancellationToken cancellationToken)
    {
        var list = await Task.Run(() => RunArrangement.OfAsync(columns, Readings, state.List, cancellationToken), cancellationToken);
        var at = Array.IndexOf(list.Rows, columns.Table.Row(state.Id));
        (_place, _count) = (at + 1, at < 0 ? 0 : list.Rows.Length);
        _previous = at > 0 ? Neighbour(at - 1) : null;
        _next = at >= 0 && at + 1 < list.Rows.Length ? Neighbour(at + 1) : null;

        (string, string) Neighbour(int place) => (columns.Table.Id(list.Rows[place]), columns.Table.Names[list.Rows[place]]!);
    }

    private string Href((string Id, string Name) run) => PageUrls.For(PageUrls.Run, State with { Id = run.Id });

    private static string Sentence(RunRow run) =>
        (run.Parameters, run.Tokens, run.Loss) is ({ } parameters, { } tokens, { } loss)
            ? $"{Quantity.Count(parameters)} parameters on {Quantity.Count(tokens)} tokens reached a loss of {Quantity.Significant(loss, 4)} nats per token."
            : Capital(ProjectRuns.Lacks(run) ?? "") + ".";

    private IEnumerable<KeyValuePair<string, string>> Found(RunRow run) => run.Config.Where(pair =>
        pair.Key.Contains(State.Search, StringComparison.OrdinalIgnoreCase) || pair.Value.Contains(State.Search, StringComparison.OrdinalIgnoreCase));

    private async Task CopyConfigAsync()
    {
        var config = new Dictionary<string, string>();
        foreach (var (key, value) in _run!.Config)
            config.TryAdd(key, value);
        _copied = await Page.CopyAsync(JsonSerializer.Serialize(config, s_json));
    }

    private Task EditAsync(Func<RunEdits, RunEdit> choose) => EditAsync(State.Project, [State.Id], choose);

    private Task TagOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_tag) ? TagAsync() : Task.CompletedTask;

    private Task TagAsync()
    {
        var tag = _tag;
        _tagging?.Close();
        _tag = "";
        return EditAsync(edits => edits.Tag(tag));
    }

    private Task ExcludeAsync()
    {
        var reason = _reason;
        _excluding?.Close();
        _reason = "";
        return EditAsync(edits => edits.Exclude(reason));
    }

    private Task NoteAsync()
    {
        var note = _note;
        return EditAsync(edits => edits.Note(note));
    }

    private Task BringBackAsync() => WorkAsync(async () => new UndoNotice(
        await Store.UndeleteAsync([State.Id]) == 0 ? "The run is there again already: its file was imported anew." : "1 run brought back.",
        () => Store.DeleteAsync([State.Id])));

    private static string Value(double? value) => RunColumnText.Plain(value ?? double.NaN, 5);

    private static string Day(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
