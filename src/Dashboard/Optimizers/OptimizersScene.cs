using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;
using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Dashboard.Optimizers;

/// <summary>A comparison as the page shows it: one race in front, one measure.</summary>
public sealed class OptimizersScene
{
    private OptimizersScene(OptimizersState state, OptimizerComparison comparison, IReadOnlyList<OptimizerComparison> others)
    {
        (State, Comparison, Others) = (state, comparison, others);
        var of = comparison.Compared.Where(race => state.Size is not { } size || race.Race.Parameters.Equals(size)).DefaultIfEmpty(comparison.Compared[^1]).ToArray();
        // The largest that says anything of what is asked; the longest of its size.
        Front = of.LastOrDefault(race => race.Race.Tokens.Equals(state.Tokens)) ?? of.LastOrDefault(race => double.IsFinite(race.Speedup(state.Measure).Value)) ?? of[^1];
    }

    /// <summary>The page's state.</summary>
    public OptimizersState State { get; }

    /// <summary>The comparison.</summary>
    public OptimizerComparison Comparison { get; }

    /// <summary>The baseline against every other optimizer.</summary>
    public IReadOnlyList<OptimizerComparison> Others { get; }

    /// <summary>The race in front.</summary>
    public RaceComparison Front { get; }

    /// <summary>"AdamW".</summary>
    public string Baseline => OptimizerColumns.Name(Comparison.Baseline);

    /// <summary>"C-AdamW".</summary>
    public string Challenger => OptimizerColumns.Name(Comparison.Challenger);

    /// <summary>What is called faster.</summary>
    public SpeedupMeasure Measure => State.Measure;

    /// <summary>The speed-up of the race in front.</summary>
    public PairedEstimate Speedup => Front.Speedup(Measure);

    /// <summary>How it changes with size.</summary>
    public SizeTrend Trend => Comparison.Trends[Measure];

    /// <summary>No pair of the race in front came to the baseline's final loss.</summary>
    public bool NeverReached => Front.Count(TargetReach.Reached) == 0 && Front.Count(TargetReach.Never) > 0;

    /// <summary>Runs of an optimizer in the race in front: those in pairs, and of others those at their setting compared.</summary>
    public IReadOnlyList<RacedRun> Runs(string optimizer) =>
        optimizer == Comparison.Baseline ? [.. Front.Pairs.Select(pair => pair.Baseline)]
        : optimizer == Comparison.Challenger ? [.. Front.Pairs.Select(pair => pair.Challenger)]
        : Front.Race[optimizer]?.Chosen.Runs ?? [];

    /// <summary>The link that takes the speed-up into a plan; null where there is none that a plan takes.</summary>
    public string? Plan => ComputeFactor.OfSpeedup(Speedup.Value, Speedup.Interval) is { Low95: >= ComputeFactor.Least, High95: <= ComputeFactor.Most } factor ? PageUrls.PlanWith(State.Project, factor) : null;

    /// <summary>The runs of the race in front on the page of curves, seeds as bands.</summary>
    public string Curves => PageUrls.For(PageUrls.Curves, new CurvesState
    {
        Project = State.Project,
        Runs = [.. Front.Race.Basins.SelectMany(basin => Runs(basin.Optimizer)).Select(run => run.Id)],
        Axis = State.Axis,
        LogX = State.LogX,
        Grouping = CurveGrouping.Seed,
    });

    /// <summary>What is shown in a state; null without a comparison.</summary>
    public static OptimizersScene? Of(OptimizersState state, OptimizersResult result) => result.Comparison is null ? null : new(state, result.Comparison, result.Others);
}

/// <summary>Two paths over a problem of two weights, one of a rule and one of its cautious form.</summary>
public sealed record PathScene
{
    private const int NoiseSeed = 1;

    /// <summary>The page's state.</summary>
    public required OptimizersState State { get; init; }

    /// <summary>The problem.</summary>
    public required PlaneProblem Problem { get; init; }

    /// <summary>The rule, without mask.</summary>
    public required OptimizerOptions Options { get; init; }

    /// <summary>Its path.</summary>
    public required IReadOnlyList<PathPoint> Base { get; init; }

    /// <summary>The path of its cautious form.</summary>
    public required IReadOnlyList<PathPoint> Cautious { get; init; }

    /// <summary>"AdamW".</summary>
    public string Name => OptimizerColumns.Name(Key);

    /// <summary>Key of the rule.</summary>
    public string Key => State.Rule switch { OptimizerRule.Lion => "lion", OptimizerRule.Sgd => "sgd", OptimizerRule.Adafactor => "adafactor", _ => "adamw" };

    /// <summary>The cautious point whose step is drawn.</summary>
    public PathPoint At => Cautious[Math.Min(State.At, Cautious.Count - 1)];

    /// <summary>The paths of a state.</summary>
    public static PathScene Of(OptimizersState state)
    {
        var problem = new PlaneProblem(state.Problem, state.Condition);
        var options = new OptimizerOptions { Rule = state.Rule, Beta1 = state.Beta1, Beta2 = state.Beta2 };
        var noise = state.Problem == PlaneKind.Noisy ? state.Noise : 0;
        return new PathScene
        {
            State = state,
            Problem = problem,
            Options = options,
            Base = PlanePath.Of(problem, options, state.Rate, state.Steps, noise, NoiseSeed),
            Cautious = PlanePath.Of(problem, options with { Caution = state.Scaling }, state.Rate, state.Steps, noise, NoiseSeed),
        };
    }
}
