using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;

namespace ScalingDashboard.Dashboard.Optimizers;

/// <summary>Which question the Optimizers page answers.</summary>
public enum OptimizersView
{
    /// <summary>How much faster one optimizer is, by runs.</summary>
    Compare,

    /// <summary>How a step comes about, on problems of two weights.</summary>
    Why,
}

/// <summary>What the Optimizers page shows; its URL.</summary>
public sealed record OptimizersState : IRunsView<OptimizersState>
{
    /// <summary>Most steps of a path.</summary>
    public const int MostSteps = 500;

    private const PlaneKind DefaultProblem = PlaneKind.Turned;
    private const double DefaultCondition = 20;
    private const int DefaultSteps = 120;
    private const int DefaultAt = 8;

    // Of two weights the paper's scale 2/(nnz + 1) would shorten a step that keeps both.
    private const MaskScaling DefaultScaling = MaskScaling.ClampedMean;

    /// <inheritdoc/>
    public string Project { get; init; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>The question.</summary>
    public OptimizersView View { get; init; }

    /// <summary>Key of the baseline; empty leaves it to the recipe.</summary>
    public string Baseline { get; init; } = "";

    /// <summary>Key of the challenger; empty likewise.</summary>
    public string Challenger { get; init; } = "";

    /// <summary>What is called faster.</summary>
    public SpeedupMeasure Measure { get; init; }

    /// <summary>What loss curves are drawn against.</summary>
    public CurveAxis Axis { get; init; }

    /// <summary>Logarithmic horizontal axis of the curves.</summary>
    public bool LogX { get; init; }

    /// <summary>N of the race shown; null for the largest compared.</summary>
    public double? Size { get; init; }

    /// <summary>D of the race shown; null for the longest of its size.</summary>
    public double? Tokens { get; init; }

    /// <summary>Published speed-ups are drawn beside the user's.</summary>
    public bool Published { get; init; }

    /// <inheritdoc/>
    public int Draws { get; init; } = 1000;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Rule of the paths: one that has a momentum.</summary>
    public OptimizerRule Rule { get; init; } = OptimizerRule.AdamW;

    /// <summary>Problem of the paths.</summary>
    public PlaneKind Problem { get; init; } = DefaultProblem;

    /// <summary>κ.</summary>
    public double Condition { get; init; } = DefaultCondition;

    /// <summary>lr of the paths; null for one that suits the rule.</summary>
    public double? LearningRate { get; init; }

    /// <summary>β₁.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Scale of the cautious form's mask.</summary>
    public MaskScaling Scaling { get; init; } = DefaultScaling;

    /// <summary>Noise of each coordinate of the gradient, where the problem is noisy.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>Steps of the paths.</summary>
    public int Steps { get; init; } = DefaultSteps;

    /// <summary>The step whose momentum, gradient and mask are drawn.</summary>
    public int At { get; init; } = DefaultAt;

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>Rules whose steps come of a momentum and of each weight by itself; Muon and SOAP need a matrix, and a schedule-free rule steps elsewhere than it evaluates.</summary>
    public static IReadOnlyList<OptimizerRule> Rules { get; } = [OptimizerRule.AdamW, OptimizerRule.Lion, OptimizerRule.Sgd, OptimizerRule.Adafactor];

    /// <summary>lr in force: where none is chosen, one with which the rule overshoots without diverging.</summary>
    public double Rate => LearningRate ?? (Rule switch { OptimizerRule.Sgd => 0.002, OptimizerRule.Lion => 0.02, _ => 0.05 });

    /// <inheritdoc/>
    public OptimizersState OfProject(string project) => new()
    {
        Project = project, View = View, Measure = Measure, Axis = Axis, LogX = LogX, Published = Published, Draws = Draws, Seed = Seed, Rule = Rule, Problem = Problem, Condition = Condition,
        LearningRate = LearningRate, Beta1 = Beta1, Beta2 = Beta2, Scaling = Scaling, Noise = Noise, Steps = Steps, At = At,
    };

    /// <inheritdoc/>
    public OptimizersState WithFilters(IReadOnlyList<string> filters) => this with { Where = filters };

    /// <inheritdoc/>
    public OptimizersState WithExcluded(IReadOnlyList<string> runIds) => this with { Excluded = runIds };

    /// <inheritdoc/>
    public OptimizersState WithDraws(int draws) => this with { Draws = draws };

    /// <inheritdoc/>
    public OptimizersState WithTab(PageTab tab) => this with { Tab = tab };

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("where", Where, [])
        .With("view", View, OptimizersView.Compare)
        .With("baseline", Baseline)
        .With("challenger", Challenger)
        .With("measure", Measure, SpeedupMeasure.Steps)
        .With("x", Axis, CurveAxis.Step)
        .With("logx", LogX, false)
        .With("size", Size)
        .With("tokens", Tokens)
        .With("published", Published, false)
        .With("draws", Draws, 1000)
        .With("seed", Seed, 0)
        .With("without", Excluded, [])
        .With("rule", Rule, OptimizerRule.AdamW)
        .With("problem", Problem, DefaultProblem)
        .With("kappa", Condition, DefaultCondition)
        .With("lr", LearningRate)
        .With("beta1", Beta1, 0.9)
        .With("beta2", Beta2, 0.99)
        .With("mask", Scaling, DefaultScaling)
        .With("noise", Noise, 1)
        .With("steps", Steps, DefaultSteps)
        .With("at", At, DefaultAt)
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static OptimizersState FromQuery(ViewQuery query)
    {
        var rule = query.Choice("rule", OptimizerRule.AdamW);
        var steps = query.WholeNumber("steps", DefaultSteps, 10, MostSteps);
        return new()
        {
            Project = query.Text("project"),
            Where = query.Filters(),
            View = query.Choice("view", OptimizersView.Compare),
            Baseline = query.Text("baseline"),
            Challenger = query.Text("challenger"),
            Measure = query.Choice("measure", SpeedupMeasure.Steps),
            Axis = query.Choice("x", CurveAxis.Step) is var axis && axis != CurveAxis.Cost ? axis : CurveAxis.Step,
            LogX = query.Flag("logx", false),
            Size = query.NumberOrNull("size", 1, 1e18),
            Tokens = query.NumberOrNull("tokens", 1, 1e18),
            Published = query.Flag("published", false),
            Draws = query.Draws(),
            Seed = query.WholeNumber("seed", 0),
            Excluded = query.Without(),
            Rule = Rules.Contains(rule) ? rule : OptimizerRule.AdamW,
            Problem = query.Choice("problem", DefaultProblem),
            Condition = query.Number("kappa", DefaultCondition, 1, 1000),
            LearningRate = query.NumberOrNull("lr", 1e-6, 10),
            Beta1 = query.Number("beta1", 0.9, 0, 0.999),
            Beta2 = query.Number("beta2", 0.99, 0.5, 0.9999),
            Scaling = query.Choice("mask", DefaultScaling),
            Noise = query.Number("noise", 1, 0, 100),
            Steps = steps,
            At = Math.Min(query.WholeNumber("at", DefaultAt, 1, MostSteps), steps),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }
}
