using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>What stands below every chart: the same numbers, how they came about, and the runs they came from.</summary>
public sealed partial class Tabs
{

    private readonly string _id = "tabs-" + Guid.NewGuid().ToString("N");
    private readonly ElementReference[] _buttons = new ElementReference[Enum.GetValues<PageTab>().Length];

    [Parameter] public PageTab Selected { get; set; }
    [Parameter] public EventCallback<PageTab> SelectedChanged { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Table { get; set; }

    /// <summary>What a page without it has no tab for; the same of the two that follow.</summary>
    [Parameter] public RenderFragment? Diagnostics { get; set; }
    [Parameter] public RenderFragment? Counting { get; set; }
    [Parameter] public RenderFragment? Saved { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Method { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Data { get; set; }

    private PageTab[] Shown => [.. Enum.GetValues<PageTab>().Where(tab => Content(tab) is not null)];

    // An address may name a tab that only other pages have.
    private PageTab Open => Content(Selected) is null ? PageTab.Table : Selected;

    private string PanelId => _id + "-panel";

    private string TabId(PageTab tab) => $"{_id}-{tab}";

    private RenderFragment? Content(PageTab tab) => tab switch
    {
        PageTab.Table => Table,
        PageTab.Diagnostics => Diagnostics,
        PageTab.Counting => Counting,
        PageTab.Saved => Saved,
        PageTab.Method => Method,
        _ => Data,
    };

    private Task SelectAsync(PageTab tab) => tab == Open ? Task.CompletedTask : SelectedChanged.InvokeAsync(tab);

    private async Task MoveAsync(KeyboardEventArgs key)
    {
        var tabs = Shown;
        var (at, count) = (Array.IndexOf(tabs, Open), tabs.Length);
        int? next = key.Key switch
        {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => null,
        };
        if (next is not { } index)
            return;
        await SelectAsync(tabs[index]);
        await _buttons[(int)tabs[index]].FocusAsync();
    }
}

public enum PageTab { Table, Diagnostics, Counting, Saved, Method, Data }
