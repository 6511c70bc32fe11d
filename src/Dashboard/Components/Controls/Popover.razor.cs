using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>A button that opens a small panel below it; Escape or a click elsewhere closes it.</summary>
public sealed partial class Popover
{
    private readonly string _id = "popover-" + Guid.NewGuid().ToString("N");
    private ElementReference _button;
    private bool _open;

    [Parameter, EditorRequired] public required string Label { get; set; }
    [Parameter] public string? ButtonClass { get; set; }

    /// <summary>What the button shows instead of its label.</summary>
    [Parameter] public RenderFragment? Face { get; set; }

    [Parameter, EditorRequired] public RenderFragment? ChildContent { get; set; }
    [Parameter] public EventCallback OnOpen { get; set; }

    /// <summary>Closes the panel, for a choice inside it that is done.</summary>
    public void Close()
    {
        _open = false;
        StateHasChanged();
    }

    private async Task ToggleAsync()
    {
        _open = !_open;
        if (_open)
            await OnOpen.InvokeAsync();
    }

    private async Task CloseOnEscapeAsync(KeyboardEventArgs key)
    {
        if (key.Key != "Escape" || !_open)
            return;
        _open = false;
        await _button.FocusAsync();
    }
}
