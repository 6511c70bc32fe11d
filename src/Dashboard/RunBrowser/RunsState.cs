using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.RunBrowser;

public enum RunsPresentation { Table, Scatter, Compare }

/// <summary>What of a group it is sorted by.</summary>
public enum GroupOrder { Mean, Deviation, Error, Count }

public enum AxisScale { Auto, Linear, Log }

/// <summary>What the page of runs shows.</summary>
public sealed record RunsState : IViewState<RunsState>
{
    /// <summary>Most columns, keys of groups and keys left out that an address holds.</summary>
    public const int MostColumns = 40;

    /// <summary>Most runs compared side by side.</summary>
    public const int MostCompared = 20;

    /// <summary>The key of <see cref="Group"/> that stands for every setting but the seed.</summary>
    public const string AllButSeed = "all-but-seed";

    public static readonly IReadOnlyList<string> DefaultColumns = ["parameters", "tokens", "flops", "loss", "budget", "tags", "flags", "points", "status"];

    /// <summary>Empty: the project that was imported to last.</summary>
    public string Project { get; init; } = "";

    /// <summary>As typed; read by <see cref="RunFilter"/>.</summary>
    public string Filter { get; init; } = "";

    public RunColumn Sort { get; init; } = RunColumn.Added;

    /// <summary>What of a group counts where groups are sorted by a metric.</summary>
    public GroupOrder Order { get; init; }

    public bool Descending { get; init; }
    public bool WithExcluded { get; init; } = true;

    /// <summary>Archived runs are shown among the others.</summary>
    public bool WithArchived { get; init; }

    /// <summary>Columns after the name, as <see cref="RunColumn"/> writes them.</summary>
    public IReadOnlyList<string> Columns { get; init; } = DefaultColumns;

    /// <summary>What runs of one group have in common: columns, or <see cref="AllButSeed"/> alone; empty for no groups.</summary>
    public IReadOnlyList<string> Group { get; init; } = [];

    /// <summary>Settings that are taken as the seed besides those called so.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    public RunsPresentation Show { get; init; }

    /// <summary>Axes and colour of the scatter; null colours nothing.</summary>
    public RunColumn X { get; init; } = DefaultX;
    public RunColumn Y { get; init; } = RunColumn.Loss;
    public RunColumn? Color { get; init; }
    public AxisScale XScale { get; init; }
    public AxisScale YScale { get; init; }

    /// <summary>Ids of the runs whose configurations are compared.</summary>
    public IReadOnlyList<string> Compared { get; init; } = [];

    /// <summary>The comparison lists what is equal too.</summary>
    public bool WithEqual { get; init; }

    /// <summary>Id of the run whose details are open; empty for none.</summary>
    public string Run { get; init; } = "";

    private static readonly RunColumn DefaultX = RunColumn.Of(RunField.Flops);

    public bool IsGrouped => Group.Count > 0;

    /// <summary>The columns after the name; what is none is left out.</summary>
    public IReadOnlyList<RunColumn> ShownColumns => [.. Columns.Select(RunColumn.Parse).OfType<RunColumn>().Distinct()];

    /// <summary>What a saved view keeps: everything but the open details.</summary>
    public RunsState AsView => this with { Run = "" };

    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("filter", Filter)
        .With("sort", Sort.ToString()!, RunColumn.Added.ToString()!)
        .With("by", Order, GroupOrder.Mean)
        .With("descending", Descending, false)
        .With("excluded", WithExcluded, true)
        .With("archived", WithArchived, false)
        .With("columns", Columns, DefaultColumns)
        .With("group", Group, [])
        .With("but", Ignored, [])
        .With("show", Show, RunsPresentation.Table)
        .With("x", X.ToString()!, DefaultX.ToString()!)
        .With("y", Y.ToString()!, RunColumn.Loss.ToString()!)
        .With("color", Color?.ToString() ?? "")
        .With("xscale", XScale, AxisScale.Auto)
        .With("yscale", YScale, AxisScale.Auto)
        .With("compare", Compared, [])
        .With("equal", WithEqual, false)
        .With("run", Run);

    public static RunsState FromQuery(ViewQuery query) => new()
    {
        Project = query.Text("project"),
        Filter = query.Text("filter"),
        Sort = RunColumn.Parse(query.Text("sort")) ?? RunColumn.Added,
        Order = query.Choice("by", GroupOrder.Mean),
        Descending = query.Flag("descending", false),
        WithExcluded = query.Flag("excluded", true),
        WithArchived = query.Flag("archived", false),
        Columns = query.List("columns", DefaultColumns, MostColumns),
        Group = query.List("group", [], MostColumns),
        Ignored = query.List("but", [], MostColumns),
        Show = query.Choice("show", RunsPresentation.Table),
        X = RunColumn.Parse(query.Text("x")) ?? DefaultX,
        Y = RunColumn.Parse(query.Text("y")) ?? RunColumn.Loss,
        Color = RunColumn.Parse(query.Text("color")),
        XScale = query.Choice("xscale", AxisScale.Auto),
        YScale = query.Choice("yscale", AxisScale.Auto),
        Compared = query.List("compare", [], MostCompared),
        WithEqual = query.Flag("equal", false),
        Run = query.Text("run"),
    };
}
