using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What the page of runs shows.</summary>
public sealed record RunsState : IViewState<RunsState>
{
    /// <summary>Empty: the project that was imported to last.</summary>
    public string Project { get; init; } = "";

    /// <summary>As typed; read by <see cref="RunFilter"/>.</summary>
    public string Filter { get; init; } = "";

    public RunColumn Sort { get; init; }
    public bool Descending { get; init; }
    public bool WithExcluded { get; init; } = true;

    /// <summary>Id of the run whose details are open; empty for none.</summary>
    public string Run { get; init; } = "";

    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("filter", Filter)
        .With("sort", Sort, RunColumn.Added)
        .With("descending", Descending, false)
        .With("excluded", WithExcluded, true)
        .With("run", Run);

    public static RunsState FromQuery(ViewQuery query) => new()
    {
        Project = query.Text("project"),
        Filter = query.Text("filter"),
        Sort = query.Choice("sort", RunColumn.Added),
        Descending = query.Flag("descending", false),
        WithExcluded = query.Flag("excluded", true),
        Run = query.Text("run"),
    };
}
