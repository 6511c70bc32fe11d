using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>
/// A text that is reported with every key. What is being typed belongs to the browser: an answer to an earlier key never overwrites it, so that
/// nothing is lost however fast the keys and however slow the connection. Only a value from elsewhere (Back, a link, a button) replaces it.
/// </summary>
public sealed partial class SearchBox
{
    private string _initial = "";
    private string _known = "";
    private int _version;

    [Parameter, EditorRequired] public string Label { get; set; } = "";
    [Parameter] public string Placeholder { get; set; } = "";

    /// <summary>Id of the element that explains the input.</summary>
    [Parameter] public string? DescribedBy { get; set; }

    [Parameter, EditorRequired] public string Value { get; set; } = "";
    [Parameter] public EventCallback<string> ValueChanged { get; set; }

    protected override void OnParametersSet()
    {
        if (Value == _known)
            return;
        // A new element: the old one may hold keys that this value knows nothing of.
        (_initial, _known) = (Value, Value);
        _version++;
    }

    // A method and not a lambda: its handler stays the same from one rendering to the next, so that no key meets one that is gone.
    private Task TypeAsync(ChangeEventArgs change)
    {
        _known = (string?)change.Value ?? "";
        return ValueChanged.InvokeAsync(_known);
    }
}
