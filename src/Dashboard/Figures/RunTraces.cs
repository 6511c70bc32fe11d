using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>Runs as points, on whichever page.</summary>
internal static class RunTraces
{
    /// <summary>Most runs drawn: beyond it browsers get slow.</summary>
    internal const int MostRuns = 5_000;

    internal const string ExcludedColor = "--ink-faint";

    /// <summary>Crosses where the runs were that are left out; a click takes back those that only this view leaves out.</summary>
    internal static Trace? LeftOut(IReadOnlyList<RunRow> rows, IReadOnlyList<string> excluded, Func<RunRow, double?> x, Func<RunRow, double?> y)
    {
        var shown = rows.Where(row => (row.ExclusionReason is not null || excluded.Contains(row.Id)) && x(row) is not null && y(row) is not null).Take(MostRuns).ToArray();
        if (shown.Length == 0)
            return null;
        return new Trace
        {
            Name = "Excluded",
            Kind = TraceKind.Points,
            X = [.. shown.Select(row => x(row)!.Value)],
            Y = [.. shown.Select(row => y(row)!.Value)],
            Color = ExcludedColor,
            Symbol = MarkerSymbol.X,
            Size = 7,
            Hover = [.. shown.Select(row => $"{row.Name}\n{(row.ExclusionReason is { } reason ? $"excluded for everyone: {reason}" : "excluded in this view; click to take it back")}")],
            Ids = [.. shown.Select(row => row.Id)],
        };
    }
}
