using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>The command that gives the numbers of the page.</summary>
public sealed partial class CommandText
{
    private string? _copied;

    [Inject] public required PageScript Page { get; init; }

    /// <summary>Without the program before it.</summary>
    [Parameter, EditorRequired] public required string Command { get; set; }

    private async Task CopyAsync() => _copied = await Page.CopyAsync("dotnet run --project src/Dashboard -- " + Command) ? Command : null;
}
