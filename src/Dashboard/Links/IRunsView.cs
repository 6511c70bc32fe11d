using ScalingDashboard.Dashboard.Components.Controls;

namespace ScalingDashboard.Dashboard.Links;

/// <summary>The view state of a page that analyses the runs of one project: what such pages have in common, under the same names in the address.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IRunsView<TSelf> : IViewState<TSelf> where TSelf : IRunsView<TSelf>
{
    /// <summary>Project; empty for the one imported last.</summary>
    string Project { get; }

    /// <summary>Filters as COL=VALUE; all must hold.</summary>
    IReadOnlyList<string> Where { get; }

    /// <summary>Short ids of runs that only this view leaves out.</summary>
    IReadOnlyList<string> Excluded { get; }

    /// <summary>Bootstrap draws.</summary>
    int Draws { get; }

    /// <summary>The same view of another project; what named this one's runs and columns is dropped, where it has one.</summary>
    TSelf OfProject(string project);

    /// <summary>With other filters.</summary>
    TSelf WithFilters(IReadOnlyList<string> filters);

    /// <summary>With other runs left out.</summary>
    TSelf WithExcluded(IReadOnlyList<string> runIds);

    /// <summary>With another count of draws.</summary>
    TSelf WithDraws(int draws);

    /// <summary>With another tab open.</summary>
    TSelf WithTab(PageTab tab);
}

/// <summary>Limits of such views, and how they are read from an address.</summary>
public static class RunsView
{
    /// <summary>Most points a link may exclude.</summary>
    public const int MostExcluded = 50;

    /// <summary>Longest reason of an exclusion that a link holds, in characters.</summary>
    public const int LongestReason = 100;

    /// <summary>Most bootstrap draws a page or a request may ask for: every core is busy while they run.</summary>
    public const int MostDraws = 20_000;

    /// <summary>Leaves a run out of a view, or takes it back in.</summary>
    public static TState Toggle<TState>(this TState state, string runId) where TState : IRunsView<TState> => state.WithExcluded(
        state.Excluded.Contains(runId) ? [.. state.Excluded.Where(id => id != runId)] : [.. state.Excluded.Append(runId).Take(MostExcluded)]);

    /// <summary>Filters; what is none is left out.</summary>
    public static IReadOnlyList<string> Filters(this ViewQuery query) => [.. query.List("where", []).Where(filter => filter.AsSpan().TrimStart().IndexOf('=') > 0)];

    /// <summary>Ids of the runs left out.</summary>
    public static IReadOnlyList<string> Without(this ViewQuery query) => query.List("without", [], MostExcluded);

    /// <summary>Bounds of the exponents of a law; the defaults where they are no range.</summary>
    public static (double Low, double High) Exponents(this ViewQuery query)
    {
        var low = query.Number("low", 0, 0, 5);
        var high = query.Number("high", 5, 0.01, 20);
        return low < high ? (low, high) : (0, 5);
    }

    /// <summary>Bootstrap draws.</summary>
    public static int Draws(this ViewQuery query) => query.WholeNumber("draws", 1000, 0, MostDraws);
}
