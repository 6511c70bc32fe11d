using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.IsoFlop;

/// <summary>What stands on the horizontal axis of the loss curves.</summary>
public enum SizeAxis
{
    /// <summary>Parameters.</summary>
    N,

    /// <summary>Tokens.</summary>
    D,

    /// <summary>Tokens per parameter.</summary>
    Ratio,
}

/// <summary>Which approach gives the answer in the headline.</summary>
public enum HeadlineChoice
{
    /// <summary>Approach 3 when it converged and is identifiable, else 2.</summary>
    Auto,

    /// <summary>Envelope of training curves.</summary>
    One,

    /// <summary>Parabolas.</summary>
    Two,

    /// <summary>Parametric surface.</summary>
    Three,
}

/// <summary>What the IsoFLOP page shows; its URL.</summary>
public sealed record IsoFlopState : IRunsView<IsoFlopState>
{
    /// <summary>Gopher's budget, FLOP.</summary>
    public const double DefaultTarget = 5.76e23;

    private static readonly IReadOnlyList<string> s_defaultShown = ["1", "2", "3", "kaplan", "hoffmann1"];

    /// <summary>All published laws and landmark models, without a project.</summary>
    public static IsoFlopState PublishedLaws { get; } = new()
    {
        PublishedOnly = true,
        Shown = [.. Numerics.Laws.PublishedLaws.All.Select(law => law.Key)],
        Landmarks = true,
    };

    /// <summary>Project; empty for the one imported last.</summary>
    public string Project { get; init; } = "";

    /// <summary>Published laws only, no project.</summary>
    public bool PublishedOnly { get; init; }

    /// <summary>Filters as COL=VALUE.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>Target budget, FLOP.</summary>
    public double Target { get; init; } = DefaultTarget;

    /// <summary>Keys of the approaches (1, 2, 3) and published laws that are drawn.</summary>
    public IReadOnlyList<string> Shown { get; init; } = s_defaultShown;

    /// <summary>Who answers.</summary>
    public HeadlineChoice Headline { get; init; }

    /// <summary>Horizontal axis of the loss curves.</summary>
    public SizeAxis Axis { get; init; }

    /// <summary>Logarithmic horizontal axes.</summary>
    public bool LogX { get; init; } = true;

    /// <summary>Logarithmic loss axes.</summary>
    public bool LogLoss { get; init; }

    /// <summary>Group by compute even where runs name a budget.</summary>
    public bool GroupByCompute { get; init; }

    /// <summary>Tolerance of grouping by compute.</summary>
    public double Tolerance { get; init; } = 0.2;

    /// <summary>How far in size from its budget's best run a run of Approach 2 may be; null for no limit.</summary>
    public double? Within { get; init; }

    /// <summary>Window that smooths training curves for Approach 1, logged rows; 0 for none.</summary>
    public int SmoothingRows { get; init; }

    /// <summary>Count parameters without embeddings.</summary>
    public bool NonEmbedding { get; init; }

    /// <summary>Landmark models over the size charts.</summary>
    public bool Landmarks { get; init; }

    /// <summary>Objective of Approach 3.</summary>
    public FitMethod Method { get; init; }

    /// <summary>δ of the Huber loss.</summary>
    public double Delta { get; init; } = 1e-3;

    /// <summary>Bounds of α and β.</summary>
    public double ExponentLow { get; init; }

    /// <inheritdoc cref="ExponentLow"/>
    public double ExponentHigh { get; init; } = 5;

    /// <summary>Bootstrap draws.</summary>
    public int Draws { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>Short ids of runs that only this view leaves out.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>Options of the analysis.</summary>
    public IsoFlopOptions Options => new()
    {
        IgnorePlannedBudgets = GroupByCompute,
        BudgetTolerance = Tolerance,
        SizeWindow = Within,
        SmoothingRows = SmoothingRows,
        Surface = new FitRecipeOptions
        {
            Fit = new FitOptions { Method = Method, Delta = Delta, ExponentLow = ExponentLow, ExponentHigh = ExponentHigh },
            Bootstrap = Draws,
            Seed = Seed,
        },
    };

    /// <summary>An approach or published law is drawn.</summary>
    public bool Shows(string key) => Shown.Contains(key);

    /// <summary>Draws a law, or no longer draws it.</summary>
    public IsoFlopState WithShown(string key, bool shown) =>
        this with { Shown = shown ? [.. Shown.Append(key).Distinct()] : [.. Shown.Where(other => other != key)] };

    /// <inheritdoc/>
    public IsoFlopState OfProject(string project) => Project.Length == 0 && !PublishedOnly ? this with { Project = project } : this with
    {
        Project = project,
        PublishedOnly = false,
        Shown = PublishedOnly ? s_defaultShown : Shown,
        Where = [],
        Excluded = [],
        GroupByCompute = false,
        NonEmbedding = false,
    };

    /// <inheritdoc/>
    public IsoFlopState WithFilters(IReadOnlyList<string> filters) => this with { Where = filters };

    /// <inheritdoc/>
    public IsoFlopState WithExcluded(IReadOnlyList<string> runIds) => this with { Excluded = runIds };

    /// <inheritdoc/>
    public IsoFlopState WithDraws(int draws) => this with { Draws = draws };

    /// <inheritdoc/>
    public IsoFlopState WithTab(PageTab tab) => this with { Tab = tab };

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("published", PublishedOnly, false)
        .With("where", Where, [])
        .With("c", Target, DefaultTarget)
        .With("show", Shown, s_defaultShown)
        .With("by", Headline, HeadlineChoice.Auto)
        .With("x", Axis, SizeAxis.N)
        .With("logx", LogX, true)
        .With("logloss", LogLoss, false)
        .With("bycompute", GroupByCompute, false)
        .With("tolerance", Tolerance, 0.2)
        .With("within", Within)
        .With("smooth", SmoothingRows, 0)
        .With("nonembedding", NonEmbedding, false)
        .With("landmarks", Landmarks, false)
        .With("method", Method, FitMethod.Huber)
        .With("delta", Delta, 1e-3)
        .With("low", ExponentLow, 0)
        .With("high", ExponentHigh, 5)
        .With("draws", Draws, 1000)
        .With("seed", Seed, 0)
        .With("without", Excluded, [])
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static IsoFlopState FromQuery(ViewQuery query)
    {
        var (low, high) = query.Exponents();
        return new()
        {
            Project = query.Text("project"),
            PublishedOnly = query.Flag("published", false),
            Where = query.Filters(),
            Target = query.Number("c", DefaultTarget, 1e6, 1e35),
            Shown = query.List("show", s_defaultShown),
            Headline = query.Choice("by", HeadlineChoice.Auto),
            Axis = query.Choice("x", SizeAxis.N),
            LogX = query.Flag("logx", true),
            LogLoss = query.Flag("logloss", false),
            GroupByCompute = query.Flag("bycompute", false),
            Tolerance = query.Number("tolerance", 0.2, 0, 100),
            Within = query.NumberOrNull("within", Math.BitIncrement(1), 1e6),
            SmoothingRows = query.WholeNumber("smooth", 0, 0, 10_000),
            NonEmbedding = query.Flag("nonembedding", false),
            Landmarks = query.Flag("landmarks", false),
            Method = query.Choice("method", FitMethod.Huber),
            Delta = query.Number("delta", 1e-3, 1e-9, 1e6),
            ExponentLow = low,
            ExponentHigh = high,
            Draws = query.Draws(),
            Seed = query.WholeNumber("seed", 0),
            Excluded = query.Without(),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }
}
