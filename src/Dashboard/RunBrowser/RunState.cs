using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>What the page of one run shows: the run, and the list it was opened from, which says what comes before and after it.</summary>
public sealed record RunState : IViewState<RunState>
{
    public string Project { get; init; } = "";
    public string Id { get; init; } = "";

    /// <summary>Only settings that hold this text are listed.</summary>
    public string Search { get; init; } = "";

    /// <summary>The list, as on the page of runs.</summary>
    public string Filter { get; init; } = "";
    public RunColumn Sort { get; init; } = RunColumn.Added;
    public bool Descending { get; init; }
    public bool WithExcluded { get; init; } = true;
    public bool WithArchived { get; init; }

    /// <summary>The list it was opened from.</summary>
    public RunsState List => new() { Project = Project, Filter = Filter, Sort = Sort, Descending = Descending, WithExcluded = WithExcluded, WithArchived = WithArchived, Columns = [] };

    /// <summary>The page of a run of a list.</summary>
    public static RunState Of(RunsState list, string id) => new()
    {
        Project = list.Project, Id = id, Filter = list.Filter, Sort = list.Sort, Descending = list.Descending, WithExcluded = list.WithExcluded, WithArchived = list.WithArchived,
    };

    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("id", Id)
        .With("search", Search)
        .With("filter", Filter)
        .With("sort", Sort.ToString()!, RunColumn.Added.ToString()!)
        .With("descending", Descending, false)
        .With("excluded", WithExcluded, true)
        .With("archived", WithArchived, false);

    public static RunState FromQuery(ViewQuery query) => new()
    {
        Project = query.Text("project"),
        Id = query.Text("id"),
        Search = query.Text("search"),
        Filter = query.Text("filter"),
        Sort = RunColumn.Parse(query.Text("sort")) ?? RunColumn.Added,
        Descending = query.Flag("descending", false),
        WithExcluded = query.Flag("excluded", true),
        WithArchived = query.Flag("archived", false),
    };
}
