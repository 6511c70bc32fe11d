using System.Collections.ObjectModel;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Which rows of a run are points of the fit.</summary>
public enum FitRowChoice
{
    /// <summary>The last row of every run.</summary>
    Final,

    /// <summary>Every checkpoint.</summary>
    Checkpoints,
}

/// <summary>What stands on the horizontal axis of the iso-loss chart, against N.</summary>
public enum ContourAxis
{
    /// <summary>Tokens.</summary>
    D,

    /// <summary>Training compute.</summary>
    C,
}

/// <summary>What the Fit page shows; its URL.</summary>
public sealed record FitState : IRunsView<FitState>
{
    /// <summary>Most saved fits laid over the charts: more lines could not be told apart.</summary>
    public const int MostOverlaid = 6;

    /// <summary>Most columns by which runs are taken apart.</summary>
    public const int MostSetUpColumns = 6;

    private const string DefaultUniqueTokens = "unique_tokens";
    private static readonly IReadOnlyList<string> s_defaultShown = ["hoffmann3", "epoch"];

    /// <inheritdoc/>
    public string Project { get; init; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>Target budget, FLOP.</summary>
    public double Target { get; init; } = IsoFlopState.DefaultTarget;

    /// <summary>Loss at which a law of a metric is read, nats per token; null for the lowest loss of the runs.</summary>
    public double? TargetLoss { get; init; }

    /// <summary>Tokens served over the model's life; null where only training counts.</summary>
    public double? ServedTokens { get; init; }

    /// <summary>Key of the law.</summary>
    public string Law { get; init; } = LawForms.Chinchilla.Key;

    /// <summary>Objective.</summary>
    public FitMethod Method { get; init; }

    /// <summary>δ of the Huber loss.</summary>
    public double Delta { get; init; } = 1e-3;

    /// <summary>Bounds of the exponents.</summary>
    public double ExponentLow { get; init; }

    /// <inheritdoc cref="ExponentLow"/>
    public double ExponentHigh { get; init; } = 5;

    /// <summary>Bounds of the irreducible loss, nats per token; null for none above.</summary>
    public double IrreducibleLow { get; init; }

    /// <inheritdoc cref="IrreducibleLow"/>
    public double? IrreducibleHigh { get; init; }

    /// <inheritdoc/>
    public int Draws { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>What a draw resamples.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>How intervals are made.</summary>
    public IntervalKind Intervals { get; init; }

    /// <summary>Column of weights; empty for equal ones.</summary>
    public string WeightColumn { get; init; } = "";

    /// <summary>Column of the unique tokens, for laws that need them.</summary>
    public string UniqueTokensColumn { get; init; } = DefaultUniqueTokens;

    /// <summary>Column of the metric, for laws that predict one.</summary>
    public string MetricColumn { get; init; } = "";

    /// <summary>Rows that are points.</summary>
    public FitRowChoice Rows { get; init; }

    /// <summary>Count parameters without embeddings.</summary>
    public bool NonEmbedding { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Why runs are left out, by their short ids. One that counts again keeps its reason until the page is left, but not in the address.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Ids of saved fits laid over the charts.</summary>
    public IReadOnlyList<string> Overlaid { get; init; } = [];

    /// <summary>Id of the saved fit whose state this is, computed again and compared with it; empty for none.</summary>
    public string Recomputed { get; init; } = "";

    /// <summary>Keys of the published surfaces that are drawn.</summary>
    public IReadOnlyList<string> Shown { get; init; } = s_defaultShown;

    /// <summary>Horizontal axis of the iso-loss chart.</summary>
    public ContourAxis Axis { get; init; }

    /// <summary>Logarithmic loss axes.</summary>
    public bool LogLoss { get; init; }

    /// <summary>Largest budgets that the tab on diagnostics holds out.</summary>
    public int Holdout { get; init; } = 1;

    /// <summary>What that tab draws residuals against.</summary>
    public ResidualAxis Residuals { get; init; }

    /// <summary>What its roll-out follows, where the law has it.</summary>
    public RollOutQuantity Follow { get; init; }

    /// <summary>The model whose cost the tab on counting works out.</summary>
    public Architecture Shape { get; init; } = ArchitectureText.Default;

    /// <summary>Columns by which the tab on counting takes the runs apart.</summary>
    public IReadOnlyList<string> SetUp { get; init; } = [];

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>The form of the law.</summary>
    public LawForm Form => LawForms.Find(Law)!;

    /// <summary>Options of the fit.</summary>
    public FitRecipeOptions Options => new()
    {
        Law = Law,
        Fit = new FitOptions
        {
            Method = Method,
            Delta = Delta,
            ExponentLow = ExponentLow,
            ExponentHigh = ExponentHigh,
            IrreducibleLow = IrreducibleLow,
            IrreducibleHigh = IrreducibleHigh ?? double.PositiveInfinity,
        },
        Bootstrap = Draws,
        Resampling = Resampling,
        Seed = Seed,
        Intervals = Intervals,
        UniqueTokensColumn = UniqueTokensColumn,
        MetricColumn = MetricColumn,
        WeightColumn = WeightColumn,
    };

    /// <summary>Why this view leaves a run out; empty where nobody said.</summary>
    public string ReasonOf(string runId) => Reasons.GetValueOrDefault(runId, "");

    /// <summary>With the reason why a run is left out; an empty one takes it back.</summary>
    public FitState WithReason(string runId, string reason)
    {
        var reasons = Reasons.ToDictionary(StringComparer.Ordinal);
        reasons.Remove(runId);
        if (Trimmed(reason) is { Length: > 0 } said)
            reasons.Add(runId, said);
        return this with { Reasons = reasons };
    }

    /// <summary>The address holds every reason: it has a longest length, and reasons come last.</summary>
    public bool HoldsReasons => FromQuery(ViewQuery.Parse(ToQuery().ToString())) is var read && Excluded.All(id => read.ReasonOf(id) == ReasonOf(id));

    /// <summary>A published surface is drawn.</summary>
    public bool Shows(string key) => Shown.Contains(key);

    /// <summary>Draws a published surface, or no longer draws it.</summary>
    public FitState WithShown(string key, bool shown) =>
        this with { Shown = shown ? [.. Shown.Append(key).Distinct()] : [.. Shown.Where(other => other != key)] };

    /// <inheritdoc/>
    public FitState OfProject(string project) => Project.Length == 0 ? this with { Project = project } : this with
    {
        Project = project,
        Where = [],
        Excluded = [],
        Reasons = ReadOnlyDictionary<string, string>.Empty,
        Overlaid = [],
        Recomputed = "",
        TargetLoss = null,
        WeightColumn = "",
        UniqueTokensColumn = DefaultUniqueTokens,
        MetricColumn = "",
        NonEmbedding = false,
        SetUp = [],
        Resampling = default,
    };

    /// <inheritdoc/>
    public FitState WithFilters(IReadOnlyList<string> filters) => this with { Where = filters };

    /// <inheritdoc/>
    public FitState WithExcluded(IReadOnlyList<string> runIds) => this with { Excluded = runIds };

    /// <inheritdoc/>
    public FitState WithDraws(int draws) => this with { Draws = draws };

    /// <inheritdoc/>
    public FitState WithTab(PageTab tab) => this with { Tab = tab };

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("where", Where, [])
        .With("c", Target, IsoFlopState.DefaultTarget)
        .With("loss", TargetLoss)
        .With("served", ServedTokens)
        .With("law", Law, LawForms.Chinchilla.Key)
        .With("method", Method, FitMethod.Huber)
        .With("delta", Delta, 1e-3)
        .With("low", ExponentLow, 0)
        .With("high", ExponentHigh, 5)
        .With("elow", IrreducibleLow, 0)
        .With("ehigh", IrreducibleHigh)
        .With("draws", Draws, 1000)
        .With("seed", Seed, 0)
        .With("resample", Resampling, Resampling.Points)
        .With("interval", Intervals, IntervalKind.Percentile)
        .With("weight", WeightColumn)
        .With("unique", UniqueTokensColumn, DefaultUniqueTokens)
        .With("metric", MetricColumn)
        .With("rows", Rows, FitRowChoice.Final)
        .With("nonembedding", NonEmbedding, false)
        .With("without", Excluded, [])
        .With("fits", Overlaid, [])
        .With("again", Recomputed)
        .With("show", Shown, s_defaultShown)
        .With("x", Axis, ContourAxis.D)
        .With("logloss", LogLoss, false)
        .With("holdout", Holdout, 1)
        .With("residuals", Residuals, ResidualAxis.C)
        .With("follow", Follow, RollOutQuantity.Exponent)
        .With("shape", ArchitectureText.Write(Shape), ArchitectureText.Write(ArchitectureText.Default))
        .With("setup", SetUp, [])
        .With("tab", Tab, PageTab.Table)
        .With("why", [.. Excluded.Where(Reasons.ContainsKey).GroupBy(ReasonOf, StringComparer.Ordinal).Select(same => $"{string.Join('.', same)}:{same.Key}")], []);

    /// <inheritdoc/>
    public static FitState FromQuery(ViewQuery query)
    {
        var (low, high) = query.Exponents();
        var least = query.Number("elow", 0, 0, 1e3);
        var law = query.Text("law", LawForms.Chinchilla.Key);
        return new()
        {
            Project = query.Text("project"),
            Where = query.Filters(),
            Target = query.Number("c", IsoFlopState.DefaultTarget, 1e6, 1e35),
            TargetLoss = query.NumberOrNull("loss", 1e-6, 1e3),
            ServedTokens = query.NumberOrNull("served", 1, 1e30),
            Law = LawForms.Find(law) is null ? LawForms.Chinchilla.Key : law,
            Method = query.Choice("method", FitMethod.Huber),
            Delta = query.Number("delta", 1e-3, 1e-9, 1e6),
            ExponentLow = low,
            ExponentHigh = high,
            IrreducibleLow = least,
            IrreducibleHigh = query.NumberOrNull("ehigh", 1e-6, 1e3) is { } most && most > least ? most : null,
            Draws = query.Draws(),
            Seed = query.WholeNumber("seed", 0),
            Resampling = query.Choice("resample", Resampling.Points),
            Intervals = query.Choice("interval", IntervalKind.Percentile),
            WeightColumn = query.Text("weight"),
            UniqueTokensColumn = query.Text("unique", DefaultUniqueTokens),
            MetricColumn = query.Text("metric"),
            Rows = query.Choice("rows", FitRowChoice.Final),
            NonEmbedding = query.Flag("nonembedding", false),
            Excluded = query.Without(),
            Overlaid = query.List("fits", [], MostOverlaid),
            Recomputed = query.Text("again"),
            Shown = query.List("show", s_defaultShown),
            Axis = query.Choice("x", ContourAxis.D),
            LogLoss = query.Flag("logloss", false),
            Holdout = query.WholeNumber("holdout", 1, 1, 100),
            Residuals = query.Choice("residuals", ResidualAxis.C),
            Follow = query.Choice("follow", RollOutQuantity.Exponent),
            Shape = ArchitectureText.Read(query.Text("shape")),
            SetUp = query.List("setup", [], MostSetUpColumns),
            Tab = query.Choice("tab", PageTab.Table),
            Reasons = ReadReasons(query),
        };
    }

    /// <summary>Reads "id.id:reason"; what is written otherwise is left out.</summary>
    private static IReadOnlyDictionary<string, string> ReadReasons(ViewQuery query)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in query.List("why", []))
        {
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || Trimmed(value[(colon + 1)..]) is not { Length: > 0 } reason)
                continue;
            foreach (var id in value[..colon].Split('.', StringSplitOptions.RemoveEmptyEntries))
                reasons.TryAdd(id, reason);
        }

        return reasons.Count == 0 ? ReadOnlyDictionary<string, string>.Empty : reasons;
    }

    private static string Trimmed(string reason) => (reason.Length > RunsView.LongestReason ? reason[..RunsView.LongestReason] : reason).Trim();
}
