using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>What stands below every chart: the same numbers, how they came about, and the runs they came from.</summary>
public sealed partial class Tabs
{
    private static readonly PageTab[] s_tabs = Enum.GetValues<PageTab>();

    private readonly string _id = "tabs-" + Guid.NewGuid().ToString("N");
    private readonly ElementReference[] _buttons = new ElementReference[s_tabs.Length];

    [Parameter] public PageTab Selected { get; set; }
    [Parameter] public EventCallback<PageTab> SelectedChanged { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Table { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Method { get; set; }
    [Parameter, EditorRequired] public required RenderFragment Data { get; set; }

    private string PanelId => _id + "-panel";

    private string TabId(PageTab tab) => $"{_id}-{tab}";

    private Task SelectAsync(PageTab tab) => tab == Selected ? Task.CompletedTask : SelectedChanged.InvokeAsync(tab);

    private async Task MoveAsync(KeyboardEventArgs key)
    {
        var count = s_tabs.Length;
        int? next = key.Key switch
        {
            "ArrowRight" => ((int)Selected + 1) % count,
            "ArrowLeft" => ((int)Selected + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => null,
        };
        if (next is not { } index)
            return;
        await SelectAsync((PageTab)index);
        await _buttons[index].FocusAsync();
    }
}

public enum PageTab { Table, Method, Data }
