using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.RunBrowser;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>Chooses what runs are grouped by.</summary>
public sealed partial class GroupMenu
{
    private static readonly RunField[] s_fields = [RunField.Family, RunField.Budget, RunField.Parameters, RunField.Tokens, RunField.Tags, RunField.Flags, RunField.Status, RunField.File];

    [Parameter, EditorRequired] public required RunsState State { get; set; }
    [Parameter, EditorRequired] public required RunColumns Columns { get; set; }
    [Parameter] public EventCallback<RunsState> OnChange { get; set; }

    private bool AllButSeed => State.Group.Contains(RunsState.AllButSeed);

    private RunColumn[] Keys => [.. State.Group.Select(RunColumn.Parse).OfType<RunColumn>()];

    private string[] Seeds => [.. Columns.Table.Config.Keys.Where(key => SeedKeys.IsSeed(key) || State.Ignored.Contains(key))];

    private IEnumerable<RunColumn> Choices => s_fields.Select(RunColumn.Of).Concat(Columns.Table.Config.Keys.Select(key => new RunColumn.ConfigColumn(key))).Except(Keys);

    private string Face => AllButSeed ? "Group: all but seed" : Keys is { Length: > 0 } keys ? $"Group: {RunColumnText.Label(keys[0])}{(keys.Length > 1 ? " …" : "")}" : "Group";

    private Task AddAsync(string? column) => string.IsNullOrEmpty(column) ? Task.CompletedTask : SetAsync([.. State.Group, column]);

    private Task IgnoreAsync(string? key) => string.IsNullOrEmpty(key) ? Task.CompletedTask : OnChange.InvokeAsync(State with { Ignored = [.. State.Ignored, key] });

    // What no longer exists cannot be sorted by.
    private Task SetAsync(IReadOnlyList<string> group) => OnChange.InvokeAsync(
        group.Count > 0 ? State with { Group = group } : State with { Group = [], Ignored = [], Order = default, Sort = State.Sort is RunColumn.FieldColumn { Field: RunField.Count } ? RunColumn.Added : State.Sort });
}
