using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>What can be done to the selected runs, all at once.</summary>
public sealed partial class BulkBar
{
    private static readonly string[] s_reasons = ["diverged", "unfinished", "wrong configuration", "duplicate of another run", "far from the optimum"];

    private string _tag = "";
    private string _note = "";
    private string _reason = "";
    private string _size = "";
    private SelectionFacts _facts = SelectionFacts.None;
    private Popover? _tagging;
    private Popover? _noting;
    private Popover? _excluding;
    private Popover? _sizing;

    [Parameter, EditorRequired] public required RunSelection Selection { get; set; }
    [Parameter, EditorRequired] public required RunColumns Columns { get; set; }
    [Parameter, EditorRequired] public required RunsState State { get; set; }

    /// <summary>A change to the selected runs.</summary>
    [Parameter] public EventCallback<Func<RunEdits, RunEdit>> OnEdit { get; set; }

    [Parameter] public EventCallback OnClear { get; set; }

    private bool HasSize => Quantity.TryParse(_size, out var parameters) && parameters > 0;

    private string NoteLabel => Selection.Count == 1 ? "Note" : _facts.Noted > 0 ? $"Note, in place of {Words.Count(_facts.Noted, "note")} there" : "Note for all of them";

    private string CompareHref => PageUrls.For(
        PageUrls.Runs,
        State with { Show = RunsPresentation.Compare, Compared = [.. Selection.Rows.Take(RunsState.MostCompared).Select(Columns.Table.Id)] });

    protected override void OnParametersSet() => _facts = SelectionFacts.Of(Columns.Table, Selection);

    private Task TagOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_tag) ? TagAsync(_tag) : Task.CompletedTask;

    private Task ExcludeOnEnterAsync(KeyboardEventArgs key) => key.Key == "Enter" && !string.IsNullOrWhiteSpace(_reason) ? ExcludeAsync(_reason) : Task.CompletedTask;

    private Task TagAsync(string tag)
    {
        _tagging?.Close();
        _tag = "";
        return OnEdit.InvokeAsync(edits => edits.Tag(tag));
    }

    private Task UntagAsync(string tag)
    {
        _tagging?.Close();
        return OnEdit.InvokeAsync(edits => edits.Untag(tag));
    }

    // Of one run the note that it has; of several a new one.
    private void ShowNote() => _note = Selection.Count == 1 ? Columns.Table.Note[Selection.Rows.First()] ?? "" : "";

    private Task NoteAsync()
    {
        _noting?.Close();
        var note = _note;
        return OnEdit.InvokeAsync(edits => edits.Note(note));
    }

    private Task ExcludeAsync(string reason)
    {
        _excluding?.Close();
        _reason = "";
        return OnEdit.InvokeAsync(edits => edits.Exclude(reason));
    }

    private Task SetSizeAsync()
    {
        if (!Quantity.TryParse(_size, out var parameters))
            return Task.CompletedTask;
        _sizing?.Close();
        _size = "";
        return OnEdit.InvokeAsync(edits => edits.SetParameters(parameters));
    }
}
