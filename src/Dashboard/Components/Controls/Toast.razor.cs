using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>
/// A notice at the foot of the page, with a way back. Shown as long as it is rendered; asks to be taken away after
/// 12 seconds, when dismissed and after its action. A new notice takes a new <c>@key</c>.
/// </summary>
public sealed partial class Toast : IDisposable
{
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(12);

    private ITimer? _timer;

    [Inject] public required TimeProvider Clock { get; init; }

    [Parameter, EditorRequired] public required string Message { get; set; }
    [Parameter] public string ActionLabel { get; set; } = "Undo";
    [Parameter] public EventCallback OnAction { get; set; }
    [Parameter] public EventCallback OnClose { get; set; }

    protected override void OnInitialized() =>
        _timer = Clock.CreateTimer(_ => InvokeAsync(CloseAsync), null, s_duration, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer?.Dispose();

    private async Task ActAsync()
    {
        await OnAction.InvokeAsync();
        await CloseAsync();
    }

    private Task CloseAsync() => OnClose.InvokeAsync();
}
