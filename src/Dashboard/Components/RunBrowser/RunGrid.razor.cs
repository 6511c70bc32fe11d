using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>The table of runs and groups: drawn as far as it can be seen, sorted by its heads, selected by mouse and keys.</summary>
public sealed partial class RunGrid : IAsyncDisposable
{
    public const string ModulePath = "./js/rows.js";

    private const int RowHeight = 36;
    private const int PageOfRows = 10;

    private static readonly RunColumn s_name = RunColumn.Of(RunField.Run);

    private ElementReference _region;
    private IReadOnlyList<Head> _heads = [];
    private RunArrangement? _drawn;
    private int? _cursorRow;
    private int? _anchor;
    private bool _reveal;
    private IJSObjectReference? _module;
    private DotNetObjectReference<RunGrid>? _self;
    private bool _disposed;

    [Inject] public required IJSRuntime Browser { get; init; }

    [Parameter, EditorRequired] public required RunArrangement Arrangement { get; set; }
    [Parameter, EditorRequired] public required RunLineCollection Lines { get; set; }
    [Parameter, EditorRequired] public required RunsState State { get; set; }
    [Parameter, EditorRequired] public required RunSelection Selection { get; set; }

    /// <summary>First runs of the groups that are open.</summary>
    [Parameter, EditorRequired] public required IReadOnlySet<int> Open { get; set; }

    /// <summary>Another order.</summary>
    [Parameter] public EventCallback<RunsState> OnChange { get; set; }

    /// <summary>A group to be opened or closed.</summary>
    [Parameter] public EventCallback<RunGroup> OnToggle { get; set; }

    /// <summary>Other runs are selected.</summary>
    [Parameter] public EventCallback OnSelect { get; set; }

    /// <summary>A run to be opened, by its id.</summary>
    [Parameter] public EventCallback<string> OnOpen { get; set; }

    /// <summary>What stands below the rows.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <summary>The line that keys act on; null before the first key.</summary>
    private int? Cursor { get; set; }

    private RunTable Table => Arrangement.Columns.Table;

    private string NameHead => Arrangement.Groups is { } groups ? string.Join(" · ", groups.Keys.Select(RunColumnText.Label)) is { Length: > 0 } keys ? keys : "Group" : RunColumnText.Label(s_name);

    /// <summary>A column of the table after the name.</summary>
    /// <param name="Statistic">What of a group's values it shows; null for what its runs have in common.</param>
    private sealed record Head(RunColumn Column, GroupOrder Order, string? Statistic, bool IsText, int Width);

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_drawn, Arrangement))
            return;
        _drawn = Arrangement;
        _heads = Arrangement.Groups is null
            ? [.. Arrangement.State.ShownColumns.Select(column => RunHead(column, GroupOrder.Mean, null))]
            : [RunHead(RunColumn.Of(RunField.Count), GroupOrder.Mean, null), .. Arrangement.State.ShownColumns.SelectMany(GroupHeads)];
        // The same run keeps the cursor, wherever it stands now.
        if (_cursorRow is { } row && row < Table.Count && Lines.IndexOf(row) is >= 0 and var at)
            Cursor = at;
        else if (Cursor >= Lines.Count)
            (Cursor, _cursorRow) = (Lines.Count > 0 ? Lines.Count - 1 : null, null);
        _anchor = null;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (firstRender)
            {
                _self = DotNetObjectReference.Create(this);
                _module = await Browser.InvokeAsync<IJSObjectReference>("import", ModulePath);
                if (_disposed)
                    return;
                await _module.InvokeVoidAsync("attach", _region, _self);
            }

            if (_reveal && _module is not null && Cursor is { } cursor)
            {
                _reveal = false;
                await _module.InvokeVoidAsync("reveal", _region, cursor, RowHeight);
            }
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        try
        {
            if (_module is not null)
                await _module.DisposeAsync();
        }
        catch (Exception exception) when (exception is JSDisconnectedException or TaskCanceledException)
        {
            // The browser is gone and took the module along.
        }

        _self?.Dispose();
    }

    /// <summary>Called by rows.js: a key that the table takes.</summary>
    /// <param name="key">As the browser names it; "All" for Control or Command with A.</param>
    /// <param name="shift">Shift is held.</param>
    [JSInvokable]
    public Task KeyAsync(string key, bool shift) => InvokeAsync(async () =>
    {
        if (Lines.Count == 0)
            return;
        switch (key)
        {
            case "ArrowDown" or "ArrowUp" or "PageDown" or "PageUp" or "Home" or "End":
                Move(key, shift);
                if (shift)
                    await OnSelect.InvokeAsync();
                break;
            case " " or "x" or "X" when Cursor is { } cursor:
                await ClickAsync(Lines[cursor], range: false);
                break;
            case "All":
                Select(Arrangement.Rows, true);
                await OnSelect.InvokeAsync();
                break;
            case "Escape":
                Selection.Clear();
                _anchor = null;
                await OnSelect.InvokeAsync();
                break;
            case "Enter" when Cursor is { } cursor:
                if (Lines[cursor] is { IsGroup: true, Group: var chosen })
                    await OnToggle.InvokeAsync(chosen);
                else
                    await OnOpen.InvokeAsync(Table.Id(Lines[cursor].Row));
                break;
            case "ArrowRight" or "ArrowLeft" when Cursor is { } cursor && Lines[cursor] is { IsGroup: true, Group: { } group } && Open.Contains(group.First) != (key == "ArrowRight"):
                await OnToggle.InvokeAsync(group);
                break;
        }

        StateHasChanged();
    });

    private void Move(string key, bool shift)
    {
        var from = Cursor ?? (key is "ArrowUp" or "PageUp" ? Lines.Count : -1);
        var to = Math.Clamp(
            key switch
            {
                "ArrowDown" => from + 1,
                "ArrowUp" => from - 1,
                "PageDown" => from + PageOfRows,
                "PageUp" => from - PageOfRows,
                "Home" => 0,
                _ => Lines.Count - 1,
            },
            0, Lines.Count - 1);
        if (shift)
        {
            var anchor = _anchor ??= Math.Clamp(from, 0, Lines.Count - 1);
            // What the range no longer holds is let go.
            foreach (var index in Between(from, to).Where(index => !Between(anchor, to).Contains(index)))
                Select(Lines[index].Rows, false);
            foreach (var index in Between(anchor, to))
                Select(Lines[index].Rows, true);
        }
        else
            _anchor = to;
        MoveTo(to);
        _reveal = true;

        IEnumerable<int> Between(int one, int other) => Enumerable.Range(Math.Max(Math.Min(one, other), 0), Math.Abs(one - other) + 1).Where(index => index < Lines.Count);
    }

    private void MoveTo(int index) => (Cursor, _cursorRow) = (index, Lines[index] is { IsGroup: false, Row: var row } ? row : null);

    private Task ClickAsync(RunLine clicked, bool range)
    {
        // A quick second click may be on a line that stands elsewhere by now.
        var at = clicked.Index < Lines.Count && Lines[clicked.Index] == clicked ? clicked.Index : Lines.IndexOf(clicked);
        if (at < 0)
            return Task.CompletedTask;
        var select = !IsSelected(clicked);
        var from = range && _anchor is { } anchor && anchor < Lines.Count ? anchor : at;
        for (var index = Math.Min(from, at); index <= Math.Max(from, at); index++)
            Select(Lines[index].Rows, select);
        MoveTo(at);
        _anchor = at;
        return OnSelect.InvokeAsync();
    }

    private Task SelectAllAsync()
    {
        var all = Selection.Count == Arrangement.Rows.Length;
        Selection.Clear();
        if (!all)
            Select(Arrangement.Rows, true);
        return OnSelect.InvokeAsync();
    }

    private void Select(IEnumerable<int> rows, bool select)
    {
        foreach (var row in rows)
            Selection.Set(row, select);
    }

    private bool IsSelected(RunLine line) => line.IsGroup ? Array.TrueForAll(line.Group!.Rows, Selection.Contains) : Selection.Contains(line.Row);

    /// <summary>Ascending, descending, as added.</summary>
    private Task SortAsync(RunColumn column, GroupOrder order) => OnChange.InvokeAsync(
        !IsSort(column, order) ? State with { Sort = column, Order = order, Descending = false }
        : !State.Descending ? State with { Descending = true }
        : State with { Sort = RunColumn.Added, Order = default, Descending = false });

    private bool IsSort(RunColumn column, GroupOrder order) => column == Arrangement.State.Sort && (Arrangement.Groups is null || order == Arrangement.State.Order);

    private string? Direction(RunColumn column, GroupOrder order) => !IsSort(column, order) ? null : Arrangement.State.Descending ? "descending" : "ascending";

    private MarkupString Arrow(RunColumn column, GroupOrder order) => new(!IsSort(column, order) ? "" : $"<span aria-hidden=\"true\">{(Arrangement.State.Descending ? "↓" : "↑")}</span>");

    private Head RunHead(RunColumn column, GroupOrder order, string? statistic)
    {
        var label = Math.Max(RunColumnText.Label(column).Length, 5 * (statistic?.Length ?? 0) / 6);
        var text = column switch
        {
            RunColumn.FieldColumn { Field: RunField.Run or RunField.Family or RunField.Tags or RunField.Note or RunField.Flags or RunField.Status or RunField.File } => true,
            RunColumn.ConfigColumn => !Arrangement.Values(column).IsNumber,
            _ => false,
        };
        var width = column switch
        {
            RunColumn.FieldColumn { Field: RunField.Parameters or RunField.Tokens or RunField.Points or RunField.Ratio or RunField.Line or RunField.Count } => 65,
            RunColumn.FieldColumn { Field: RunField.Flops or RunField.Budget } => 82,
            RunColumn.FieldColumn { Field: RunField.Tags } => 94,
            RunColumn.FieldColumn { Field: RunField.Flags } => 146,
            RunColumn.FieldColumn { Field: RunField.Note } => 180,
            RunColumn.FieldColumn { Field: RunField.Status } => 130,
            RunColumn.FieldColumn { Field: RunField.Imported } => 130,
            _ => Math.Clamp(7 * label + 34, text ? 110 : 80, 220),
        };
        return new Head(column, order, statistic, text, width);
    }

    private IEnumerable<Head> GroupHeads(RunColumn column)
    {
        if (!RunArrangement.IsMeasured(column))
            return [RunHead(column, GroupOrder.Mean, null)];
        return
        [
            RunHead(column, GroupOrder.Mean, "mean"),
            RunHead(column, GroupOrder.Deviation, "standard deviation"),
            RunHead(column, GroupOrder.Error, "standard error"),
        ];
    }

    private string Text(Head head, int row) => head.Order != GroupOrder.Mean || head.Column is RunColumn.FieldColumn { Field: RunField.Count } ? "" : Arrangement.Values(head.Column).Text(row);

    private string GroupCell(RunGroup group, Head head)
    {
        if (head.Column is RunColumn.FieldColumn { Field: RunField.Count })
            return group.Rows.Length.ToString("N0", CultureInfo.InvariantCulture);
        var values = Arrangement.Values(head.Column);
        if (head.Statistic is null)
            return group.Common(values);
        var statistics = group.Statistics(values);
        return head.Order switch
        {
            GroupOrder.Deviation => RunColumnText.Plain(statistics.Deviation, 2),
            GroupOrder.Error => RunColumnText.Plain(statistics.Error, 2),
            // Of fewer runs than the group has.
            _ => RunColumnText.Number(head.Column, statistics.Mean) + (statistics.Count > 0 && statistics.Count < group.Rows.Length ? string.Create(CultureInfo.InvariantCulture, $" (n {statistics.Count})") : ""),
        };
    }

    private string? GroupTitle(RunGroup group, Head head) =>
        head.Statistic is null ? null
        : group.Statistics(Arrangement.Values(head.Column)) is { Count: < 2 } && head.Order != GroupOrder.Mean ? "One value has no deviation"
        : null;

    private string RunHref(int row) => PageUrls.For(PageUrls.Runs, State with { Run = Table.Id(row) });

    private string CompareHref(RunGroup group) =>
        PageUrls.For(PageUrls.Runs, State with { Show = RunsPresentation.Compare, Compared = [.. group.Rows.Take(RunsState.MostCompared).Select(Table.Id)] });

    private static string RowId(int index) => string.Create(CultureInfo.InvariantCulture, $"line-{index}");

    private string RowClass(RunLine line) => string.Join(' ', new[]
    {
        line.IsGroup ? "group" : Table.ExclusionReason[line.Row] is null ? "" : "excluded",
        !line.IsGroup && line.Group is not null ? "member" : "",
        !line.IsGroup && Table.IsArchived(line.Row) ? "archived" : "",
        IsSelected(line) ? "selected" : "",
        !line.IsGroup && State.Run.Length > 0 && Table.Id(line.Row) == State.Run ? "open" : "",
        line.Index == Cursor ? "cursor" : "",
    }.Where(name => name.Length > 0));

    private static string? CellClass(Head head) => head.Column is RunColumn.FieldColumn { Field: RunField.Status } ? "text status" : head.IsText ? "text" : null;
}
