using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>Which question the Growth page answers.</summary>
public enum GrowthView
{
    /// <summary>What growing saves, by runs.</summary>
    Savings,

    /// <summary>What an operator does to the weights.</summary>
    Operator,

    /// <summary>What a schedule of sizes costs.</summary>
    Schedule,
}

/// <summary>What the Growth page shows; its URL.</summary>
public sealed record GrowthState : IRunsView<GrowthState>
{
    /// <summary>Most models of a schedule.</summary>
    public const int MostStages = 8;

    private const double DefaultTokensPerParameter = 20;
    private static readonly double[] s_defaultSizes = [1e9, 10e9];
    private static readonly string s_defaultLaw = Numerics.Laws.PublishedLaws.Epoch.Key;

    /// <inheritdoc/>
    public string Project { get; init; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>The question.</summary>
    public GrowthView View { get; init; }

    /// <summary>Key of the operator in front; empty leaves it to the recipe.</summary>
    public string Operator { get; init; } = "";

    /// <summary>N of the large model in front; null for the largest.</summary>
    public double? Size { get; init; }

    /// <summary>The small model's training is charged.</summary>
    public bool Charge { get; init; }

    /// <summary>Loss is drawn against wall time instead of FLOP.</summary>
    public bool ByTime { get; init; }

    /// <summary>Logarithmic horizontal axis of the curves.</summary>
    public bool LogX { get; init; }

    /// <summary>Published savings are drawn beside the user's.</summary>
    public bool Published { get; init; }

    /// <summary>Tensor whose mixing of layers is drawn; empty for the first.</summary>
    public string Tensor { get; init; } = "";

    /// <summary>N of the models of a schedule, ascending.</summary>
    public IReadOnlyList<double> Sizes { get; init; } = s_defaultSizes;

    /// <summary>D/N of each.</summary>
    public double TokensPerParameter { get; init; } = DefaultTokensPerParameter;

    /// <summary>Key of the law that says their losses.</summary>
    public string Law { get; init; } = s_defaultLaw;

    /// <summary>1 − savings of each growth; null for that of the comparison in front, or LiGO's published one.</summary>
    public ComputeFactor? Factor { get; init; }

    /// <summary>The first model of a schedule is there already.</summary>
    public bool FirstPaid { get; init; }

    /// <summary>Key of the accelerator of a schedule.</summary>
    public string Accelerator { get; init; } = AcceleratorTable.DefaultKey;

    /// <summary>Accelerators at once.</summary>
    public int Count { get; init; } = DefaultCount;

    private const int DefaultCount = 64;

    /// <inheritdoc/>
    public int Draws { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>What the comparison is asked.</summary>
    public GrowthComparisonOptions Options => new() { Operator = Operator, Parameters = Size, ChargeSmall = Charge, Bootstrap = Draws, Seed = Seed };

    /// <inheritdoc/>
    public GrowthState OfProject(string project) => this with { Project = project, Where = [], Excluded = [], Operator = "", Size = null, Tensor = "" };

    /// <inheritdoc/>
    public GrowthState WithFilters(IReadOnlyList<string> filters) => this with { Where = filters };

    /// <inheritdoc/>
    public GrowthState WithExcluded(IReadOnlyList<string> runIds) => this with { Excluded = runIds };

    /// <inheritdoc/>
    public GrowthState WithDraws(int draws) => this with { Draws = draws };

    /// <inheritdoc/>
    public GrowthState WithTab(PageTab tab) => this with { Tab = tab };

    /// <summary>Sizes as they are typed: "1B, 10B".</summary>
    public string SizesText => string.Join(", ", Sizes.Select(Quantity.Count));

    /// <summary>Reads sizes: up to eight, ascending; null where the text is none.</summary>
    public static IReadOnlyList<double>? ParseSizes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split([',', ';', ' ', '→', '~'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var sizes = new List<double>();
        foreach (var part in parts)
        {
            if (!Quantity.TryParse(part, out var size) || size is < 1 or > 1e18 || (sizes.Count > 0 && size <= sizes[^1]))
                return null;
            sizes.Add(size);
        }

        return sizes.Count is >= 2 and <= MostStages ? sizes : null;
    }

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("where", Where, [])
        .With("view", View, GrowthView.Savings)
        .With("operator", Operator)
        .With("size", Size)
        .With("charge", Charge, false)
        .With("time", ByTime, false)
        .With("logx", LogX, false)
        .With("published", Published, false)
        .With("tensor", Tensor)
        .With("sizes", Text(Sizes), Text(s_defaultSizes))
        .With("ratio", TokensPerParameter, DefaultTokensPerParameter)
        .With("law", Law, s_defaultLaw)
        .With("factor", Factor?.ToString('~') ?? "")
        .With("paid", FirstPaid, false)
        .With("on", Accelerator, AcceleratorTable.DefaultKey)
        .With("count", Count, DefaultCount)
        .With("draws", Draws, 1000)
        .With("seed", Seed, 0)
        .With("without", Excluded, [])
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static GrowthState FromQuery(ViewQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return new GrowthState
        {
            Project = query.Text("project"),
            Where = query.Filters(),
            View = query.Choice("view", GrowthView.Savings),
            Operator = query.Text("operator"),
            Size = query.NumberOrNull("size", 1, 1e18),
            Charge = query.Flag("charge", false),
            ByTime = query.Flag("time", false),
            LogX = query.Flag("logx", false),
            Published = query.Flag("published", false),
            Tensor = query.Text("tensor"),
            Sizes = ParseSizes(query.Text("sizes")) ?? s_defaultSizes,
            TokensPerParameter = query.Number("ratio", DefaultTokensPerParameter, 1e-3, 1e6),
            Law = TrainingLaw.Find(query.Text("law", s_defaultLaw))?.Key ?? s_defaultLaw,
            Factor = ComputeFactor.Parse(query.Text("factor"), out _),
            FirstPaid = query.Flag("paid", false),
            Accelerator = AcceleratorTable.Find(query.Text("on", AcceleratorTable.DefaultKey))?.Key ?? AcceleratorTable.DefaultKey,
            Count = query.WholeNumber("count", DefaultCount, 1, 10_000_000),
            Draws = query.Draws(),
            Seed = query.WholeNumber("seed", 0),
            Excluded = query.Without(),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }

    private static string Text(IReadOnlyList<double> sizes) => string.Join('~', sizes.Select(size => size.ToString("R", CultureInfo.InvariantCulture)));
}
