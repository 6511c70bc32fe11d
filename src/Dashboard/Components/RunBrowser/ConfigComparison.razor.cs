using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.RunBrowser;

/// <summary>The configurations of a few runs side by side.</summary>
public sealed partial class ConfigComparison
{
    [Parameter, EditorRequired] public required RunsState State { get; set; }
    [Parameter, EditorRequired] public required RunColumns Columns { get; set; }
    [Parameter] public EventCallback<RunsState> OnChange { get; set; }

    private RunTable Table => Columns.Table;

    private int[] Rows { get; set; } = [];

    private IReadOnlyList<ConfigLine> Lines { get; set; } = [];

    private ConfigLine[] Shown => [.. Lines.Where(line => State.WithEqual || line.Differs)];

    private string Summary
    {
        get
        {
            var gone = State.Compared.Count - Rows.Length;
            return $"{Words.Count(Lines.Count(line => line.Differs), "setting")} of {Lines.Count} {(Lines.Count(line => line.Differs) == 1 ? "differs" : "differ")} between {Words.Count(Rows.Length, "run")}.{(gone > 0 ? $" {Words.Count(gone, "run")} of this link {(gone == 1 ? "is" : "are")} not in the project any more." : "")}";
        }
    }

    protected override void OnParametersSet()
    {
        Rows = [.. State.Compared.Select(Table.Row).Where(row => row >= 0)];
        Lines = Rows.Length < 2 ? [] : ConfigDiff.Of(Columns, Rows);
    }

    private Task RemoveAsync(int row) => OnChange.InvokeAsync(State with { Compared = [.. State.Compared.Where(id => id != Table.Id(row))] });
}
