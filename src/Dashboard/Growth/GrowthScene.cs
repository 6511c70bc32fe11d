using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>What growing saves, as the page shows it: one operator and pair of sizes in front.</summary>
public sealed class GrowthScene
{
    // LiGO, BERT-Small to Base, arXiv 2303.00980, Table 1; no interval is printed.
    private static readonly ComputeFactor s_published = new(1 - PublishedGrowth.Savings[0].Flops);

    private GrowthScene(GrowthState state, GrowthComparison? comparison)
    {
        (State, Comparison) = (state, comparison);
        Matrices = comparison?.Headline.Pairs.Select(pair => GrowthMatrices.Parse(pair.Grown.Growth.Matrices)).FirstOrDefault(one => one is not null);
        var accelerator = AcceleratorTable.Find(state.Accelerator)!;
        Scenario = new TrainingScenario { Accelerator = accelerator, Format = accelerator.UsualFormat };
        Law = TrainingLaw.Find(state.Law)!;
        Schedule = GrowthSchedule.Of(Law, state.Sizes, state.TokensPerParameter, Factor, state.FirstPaid);
    }

    /// <summary>The page's state.</summary>
    public GrowthState State { get; }

    /// <summary>Runs compared; null where there are none.</summary>
    public GrowthComparison? Comparison { get; }

    /// <summary>Numbers of the operator in front, of its first seed; null where its runs logged none.</summary>
    public GrowthMatrices? Matrices { get; }

    /// <summary>What the schedule runs on.</summary>
    public TrainingScenario Scenario { get; }

    /// <summary>The law of the schedule.</summary>
    public TrainingLaw Law { get; }

    /// <summary>The schedule.</summary>
    public GrowthSchedule Schedule { get; }

    /// <summary>Operators from and to the sizes in front, best first.</summary>
    public IReadOnlyList<OperatorComparison> Operators =>
        Comparison is null ? [] : [.. Comparison.Operators.Where(one => one.LargeParameters.Equals(Comparison.Headline.LargeParameters) && one.SmallParameters.Equals(Comparison.Headline.SmallParameters))];

    /// <summary>Tensor whose mixing of layers is drawn; null where none is logged.</summary>
    public string? Tensor => Matrices is null || Matrices.After.Depth.Count == 0 ? null
        : Matrices.After.Depth.ContainsKey(State.Tensor) ? State.Tensor : Matrices.After.Depth.Keys.First();

    /// <summary>1 − savings in FLOP of the comparison in front, as a plan takes it; null where there is none that a plan takes.</summary>
    public ComputeFactor? Measured => Comparison?.Savings(CurveAxis.Flops) is { } savings && double.IsFinite(savings.Value)
        && new ComputeFactor(1 - savings.Value, Math.Min(1 - savings.Value, 1 - (savings.Interval?.High95 ?? savings.Value)), Math.Max(1 - savings.Value, 1 - (savings.Interval?.Low95 ?? savings.Value)))
            is { Low95: >= ComputeFactor.Least, High95: <= ComputeFactor.Most } factor ? factor : null;

    /// <summary>1 − savings of each growth of the schedule: as set, as measured, or as published.</summary>
    public ComputeFactor Factor => State.Factor ?? Measured ?? s_published;

    /// <summary>Where that number comes from.</summary>
    public string FactorSource => State.Factor is not null ? "set by you" : Measured is not null ? $"{Comparison!.Headline.Name} of these runs" : "LiGO, BERT-Small to Base, arXiv 2303.00980, Table 1, which prints no interval";

    /// <summary>What the link to a plan takes along: of a schedule the compute of all its models over that of the largest from scratch; else 1 − the savings measured.</summary>
    public ComputeFactor? Taken => State.View != GrowthView.Schedule ? Measured
        : new ComputeFactor(Schedule.Total / Schedule.Scratch, Schedule.TotalLow95 / Schedule.Scratch, Schedule.TotalHigh95 / Schedule.Scratch) is { Low95: >= ComputeFactor.Least, High95: <= ComputeFactor.Most } whole ? whole : null;

    /// <summary>The link that takes it into a plan.</summary>
    public string? Plan => Taken is { } factor ? PageUrls.PlanWith(State.Project, factor) : null;

    /// <summary>Money, energy or emissions of compute; NaN where no rate is known.</summary>
    public double Cost(double flops, TrainingQuantity quantity) => GrowthSchedule.Cost(Scenario.Rates, flops, quantity);

    /// <summary>Days that compute takes on the accelerators of the schedule.</summary>
    public double Days(double flops) => flops / Scenario.Rates.PerHour(TrainingQuantity.Flops) / State.Count / 24;

    /// <summary>What is shown in a state.</summary>
    public static GrowthScene Of(GrowthState state, GrowthComparison? comparison) => new(state, comparison);
}
