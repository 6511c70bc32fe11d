using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Puts a text on the clipboard, and says where the browser does not let it.</summary>
public sealed partial class CopyButton
{
    private bool? _copied;

    [Inject] public required PageScript Page { get; init; }

    [Parameter, EditorRequired] public required string Text { get; set; }

    [Parameter] public string Label { get; set; } = "Copy";

    private async Task CopyAsync() => _copied = await Page.CopyAsync(Text);
}
