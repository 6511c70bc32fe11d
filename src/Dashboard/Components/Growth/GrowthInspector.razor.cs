using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Growth;

/// <summary>The controls of the Growth page: question, operator, sizes, accounting; or the schedule.</summary>
public sealed partial class GrowthInspector
{
    private static readonly Choice<GrowthView>[] s_views = [new(GrowthView.Savings, "Savings"), new(GrowthView.Operator, "Operator"), new(GrowthView.Schedule, "Schedule")];
    private static readonly Choice<bool>[] s_costs = [new(false, "FLOP"), new(true, "Time")];

    private string? _badSizes;
    private string? _badFactor;

    [Parameter, EditorRequired] public required GrowthState State { get; set; }

    /// <summary>What is shown; null where nothing is.</summary>
    [Parameter] public GrowthScene? Scene { get; set; }

    /// <summary>All runs of the project.</summary>
    [Parameter] public IReadOnlyList<RunRow> Rows { get; set; } = [];

    /// <summary>Hears of every choice.</summary>
    [Parameter] public EventCallback<GrowthState> OnChange { get; set; }

    private Task SetAsync(GrowthState next) => OnChange.InvokeAsync(next);

    private Task SetSizesAsync(ChangeEventArgs change)
    {
        if (GrowthState.ParseSizes(Text(change)) is not { } sizes)
        {
            _badSizes = Text(change);
            return Task.CompletedTask;
        }

        _badSizes = null;
        return SetAsync(State with { Sizes = sizes });
    }

    private Task SetFactorAsync(ChangeEventArgs change)
    {
        _badFactor = null;
        if (Text(change).Trim().Length == 0)
            return SetAsync(State with { Factor = null });
        return ComputeFactor.Parse(Text(change), out _badFactor) is { } factor ? SetAsync(State with { Factor = factor }) : Task.CompletedTask;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double? Size(ChangeEventArgs change) => double.TryParse(Text(change), NumberStyles.Float, CultureInfo.InvariantCulture, out var size) ? size : null;

    private static string Text(ChangeEventArgs change) => (string?)change.Value ?? "";
}
