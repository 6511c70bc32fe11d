using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>Which question the Precision page answers.</summary>
public enum PrecisionView
{
    /// <summary>What training in few bits costs.</summary>
    Training,

    /// <summary>Which bits are best for a budget.</summary>
    Budget,

    /// <summary>What quantising after training costs.</summary>
    Served,
}

/// <summary>What stands on the vertical axis of the lines of equal loss, against bits.</summary>
public enum PrecisionAxis
{
    /// <summary>Parameters.</summary>
    N,

    /// <summary>Tokens.</summary>
    D,
}

/// <summary>What the Precision page shows; its URL.</summary>
public sealed record PrecisionState : IRunsView<PrecisionState>
{
    /// <summary>Key of the law fitted to the runs of the project.</summary>
    public const string Own = "own";

    /// <summary>Bits from here on stand for no quantisation.</summary>
    public const double Full = 16;

    /// <summary>A model of today: Llama 3.1 8B.</summary>
    public const double DefaultParameters = 8e9;

    /// <inheritdoc cref="DefaultParameters"/>
    public const double DefaultTokens = 15e12;

    /// <summary>Budget, FLOP of 16 bits.</summary>
    public const double DefaultFlops = 1e23;

    private const double DefaultBits = 8;
    private const double DefaultPost = 4;
    private const double DefaultGroup = 128;

    /// <inheritdoc/>
    public string Project { get; init; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>Key of a published law, <see cref="Own"/>, or empty: the runs' own where they vary their bits, else Kumar's.</summary>
    public string Law { get; init; } = "";

    /// <summary>Without the shifts of appendix K.</summary>
    public bool Plain { get; init; }

    /// <summary>The question.</summary>
    public PrecisionView View { get; init; }

    /// <summary>N; null for that of a model of today, or of the largest run.</summary>
    public double? Parameters { get; init; }

    /// <summary>D; null alike.</summary>
    public double? Tokens { get; init; }

    /// <summary>C, FLOP of 16 bits.</summary>
    public double Flops { get; init; } = DefaultFlops;

    /// <summary>Bits of the weights in training; <see cref="Full"/> for no quantisation.</summary>
    public double Weights { get; init; } = DefaultBits;

    /// <summary>Bits of the activations.</summary>
    public double Activations { get; init; } = DefaultBits;

    /// <summary>Bits of the KV cache.</summary>
    public double KvCache { get; init; } = DefaultBits;

    /// <summary>Each part has a slider of its own.</summary>
    public bool Apart { get; init; }

    /// <summary>Bits of the weights after training.</summary>
    public double Post { get; init; } = DefaultPost;

    /// <summary>The best bits are sought for <see cref="Parameters"/> instead of the best size.</summary>
    public bool SizeGiven { get; init; }

    /// <summary>C_w, C_a and C_kv of robustness.</summary>
    public double RobustWeights { get; init; } = 1;

    /// <inheritdoc cref="RobustWeights"/>
    public double RobustActivations { get; init; } = 1;

    /// <inheritdoc cref="RobustWeights"/>
    public double RobustKvCache { get; init; } = 1;

    /// <summary>Exponent bits, for the law in floating point.</summary>
    public double Exponent { get; init; } = 4;

    /// <summary>Mantissa bits.</summary>
    public double Mantissa { get; init; } = 3;

    /// <summary>Values that share a scale, for laws that ask.</summary>
    public double Group { get; init; } = DefaultGroup;

    /// <summary>Vertical axis of the lines of equal loss.</summary>
    public PrecisionAxis Axis { get; init; }

    /// <summary>Logarithmic loss axes.</summary>
    public bool LogLoss { get; init; } = true;

    /// <summary>Landmark models are drawn.</summary>
    public bool Landmarks { get; init; } = true;

    /// <summary>Objective of the fit.</summary>
    public FitMethod Method { get; init; } = FitMethod.LogSquared;

    /// <inheritdoc/>
    public int Draws { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <summary>How intervals are made.</summary>
    public IntervalKind Intervals { get; init; }

    /// <summary>What a draw resamples; where models were quantised after training, points are drawn with their models.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>Count parameters without embeddings.</summary>
    public bool NonEmbedding { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>Bits in training; null where a part is not quantised.</summary>
    public TrainingBits Bits => new(Quantised(Weights), Quantised(Activations), Quantised(KvCache));

    /// <summary>Constants of robustness.</summary>
    public Robustness Robustness => new(RobustWeights, RobustActivations, RobustKvCache);

    /// <summary>The published law; Kumar's where none is named.</summary>
    public PublishedPrecision Published => PublishedPrecisions.Find(Law) ?? PublishedPrecisions.Kumar;

    /// <summary>Options of the fit.</summary>
    public FitRecipeOptions Options => new() { Bootstrap = Draws, Seed = Seed, Intervals = Intervals, Resampling = Resampling, Fit = new FitOptions { Method = Method } };

    /// <summary>All parts in the same bits.</summary>
    public PrecisionState WithBits(double bits) => this with { Weights = bits, Activations = bits, KvCache = bits, Apart = false };

    /// <inheritdoc/>
    public PrecisionState OfProject(string project) => Project.Length == 0
        ? this with { Project = project }
        : this with { Project = project, Where = [], Excluded = [], Parameters = null, Tokens = null, NonEmbedding = false };

    /// <inheritdoc/>
    public PrecisionState WithFilters(IReadOnlyList<string> filters) => this with { Where = filters };

    /// <inheritdoc/>
    public PrecisionState WithExcluded(IReadOnlyList<string> runIds) => this with { Excluded = runIds };

    /// <inheritdoc/>
    public PrecisionState WithDraws(int draws) => this with { Draws = draws };

    /// <inheritdoc/>
    public PrecisionState WithTab(PageTab tab) => this with { Tab = tab };

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("where", Where, [])
        .With("law", Law)
        .With("plain", Plain, false)
        .With("view", View, PrecisionView.Training)
        .With("n", Parameters)
        .With("d", Tokens)
        .With("c", Flops, DefaultFlops)
        .With("w", Weights, DefaultBits)
        .With("a", Activations, DefaultBits)
        .With("kv", KvCache, DefaultBits)
        .With("apart", Apart, false)
        .With("post", Post, DefaultPost)
        .With("given", SizeGiven, false)
        .With("cw", RobustWeights, 1)
        .With("ca", RobustActivations, 1)
        .With("ckv", RobustKvCache, 1)
        .With("e", Exponent, 4)
        .With("m", Mantissa, 3)
        .With("group", Group, DefaultGroup)
        .With("y", Axis, PrecisionAxis.N)
        .With("logloss", LogLoss, true)
        .With("landmarks", Landmarks, true)
        .With("method", Method, FitMethod.LogSquared)
        .With("draws", Draws, 1000)
        .With("seed", Seed, 0)
        .With("interval", Intervals, IntervalKind.Percentile)
        .With("resample", Resampling, Resampling.Points)
        .With("nonembedding", NonEmbedding, false)
        .With("without", Excluded, [])
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static PrecisionState FromQuery(ViewQuery query)
    {
        var law = query.Text("law");
        return new()
        {
            Project = query.Text("project"),
            Where = query.Filters(),
            Law = law == Own || PublishedPrecisions.Find(law) is not null ? law : "",
            Plain = query.Flag("plain", false),
            View = query.Choice("view", PrecisionView.Training),
            Parameters = query.NumberOrNull("n", PrecisionQuestion.LeastCount, 1e18),
            Tokens = query.NumberOrNull("d", PrecisionQuestion.LeastCount, 1e20),
            Flops = query.Number("c", DefaultFlops, PrecisionQuestion.LeastFlops, 1e35),
            Weights = query.Number("w", DefaultBits, 1, Full),
            Activations = query.Number("a", DefaultBits, 1, Full),
            KvCache = query.Number("kv", DefaultBits, 1, Full),
            Apart = query.Flag("apart", false),
            Post = query.Number("post", DefaultPost, 1, Full),
            SizeGiven = query.Flag("given", false),
            RobustWeights = query.Number("cw", 1, 1e-3, 1e3),
            RobustActivations = query.Number("ca", 1, 1e-3, 1e3),
            RobustKvCache = query.Number("ckv", 1, 1e-3, 1e3),
            Exponent = query.Number("e", 4, 0, 11),
            Mantissa = query.Number("m", 3, 0, 52),
            Group = query.Number("group", DefaultGroup, 2, 1e9),
            Axis = query.Choice("y", PrecisionAxis.N),
            LogLoss = query.Flag("logloss", true),
            Landmarks = query.Flag("landmarks", true),
            Method = query.Choice("method", FitMethod.LogSquared),
            Draws = query.Draws(),
            Seed = query.WholeNumber("seed", 0),
            Intervals = query.Choice("interval", IntervalKind.Percentile),
            Resampling = query.Choice("resample", Resampling.Points),
            NonEmbedding = query.Flag("nonembedding", false),
            Excluded = query.Without(),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }

    private static double? Quantised(double bits) => bits < Full ? bits : null;
}
