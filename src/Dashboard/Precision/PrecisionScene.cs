using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>A number that follows from a law of precision.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Interval">Its interval; null by published constants, and without draws.</param>
/// <param name="Format">As people read it.</param>
public sealed record PrecisionEstimate(double Value, Interval? Interval, Func<double, string> Format)
{
    /// <summary>"6.62B".</summary>
    public string Text => Format(Value);

    /// <summary>"80 %: 6.5B–6.7B"; null where there is none.</summary>
    public string? Eighty => Interval is null ? null : $"80 %: {Range}";

    /// <summary>"6.5B–6.7B"; null where there is none.</summary>
    public string? Range => Interval is null ? null : IsoFlopWords.Range(Interval.Low80, Interval.High80, Format);
}

/// <summary>What the Precision page shows, with the law that answers.</summary>
public sealed class PrecisionScene
{
    private static readonly IReadOnlyList<PrecisionView> s_all = Enum.GetValues<PrecisionView>();

    private PrecisionScene(PrecisionState state, PrecisionRuns? runs, IReadOnlyList<LandmarkModel> landmarks)
    {
        (State, Runs) = (state, runs);
        Landmarks = state.Landmarks ? landmarks : [];
        var largest = runs?.Rows.Select(row => row.Row).OrderByDescending(row => row.Parameters).ThenByDescending(row => row.Tokens).FirstOrDefault();
        Fitted = state.Law is "" or PrecisionState.Own && runs?.Analysis is { Fit.Result.Fit.IsUsable: true } analysis ? analysis : null;
        Published = Fitted is null ? state.Published : null;
        switch (Published)
        {
            case null:
                Law = Fitted!.Law with { Robustness = state.Robustness };
                Draws = [.. Fitted.Draws.Select(draw => draw with { Robustness = state.Robustness })];
                break;
            case PublishedPrecision<PrecisionLaw> kumar:
                Law = (state.Plain ? kumar.Law.Plain() : kumar.Law) with { Robustness = state.Robustness };
                break;
        }

        Parameters = state.Parameters ?? (Fitted is null ? PrecisionState.DefaultParameters : largest!.Parameters);
        Tokens = state.Tokens ?? (Fitted is null ? PrecisionState.DefaultTokens : largest!.Tokens);
        Covered = Fitted is null
            ? (Published!.Parameters, Published.Tokens)
            : (Over(row => row.Row.Parameters), Over(row => row.Row.Tokens));
        Views = Published switch
        {
            PublishedPrecision<FloatingPointLaw> => [PrecisionView.Training, PrecisionView.Budget],
            PublishedPrecision<LowBitLaw> => [PrecisionView.Served],
            PublishedPrecision<GroupedTrainingLaw> => [PrecisionView.Training],
            _ => Law!.PostTraining is null ? [PrecisionView.Training, PrecisionView.Budget] : s_all,
        };
        View = Views.Contains(state.View) ? state.View : Views[0];

        CoveredRange Over(Func<PrecisionRow, double> of) => new(Fitted!.Design.Rows.Min(of), Fitted.Design.Rows.Max(of));
    }

    /// <summary>The page's state.</summary>
    public PrecisionState State { get; }

    /// <summary>The runs of the project; null without one.</summary>
    public PrecisionRuns? Runs { get; }

    /// <summary>The fit that answers; null where a published law does.</summary>
    public PrecisionAnalysis? Fitted { get; }

    /// <summary>The published law that answers; null where a fit does.</summary>
    public PublishedPrecision? Published { get; }

    /// <summary>The law in bits of the parts; null where the published one is of another kind.</summary>
    public PrecisionLaw? Law { get; }

    /// <summary>The same of each bootstrap draw.</summary>
    public IReadOnlyList<PrecisionLaw> Draws { get; } = [];

    /// <summary>N.</summary>
    public double Parameters { get; }

    /// <summary>D.</summary>
    public double Tokens { get; }

    /// <summary>C, FLOP of 16 bits.</summary>
    public double Flops => State.Flops;

    /// <summary>Bits in training.</summary>
    public TrainingBits Bits => State.Bits;

    /// <summary>The questions this law can answer.</summary>
    public IReadOnlyList<PrecisionView> Views { get; }

    /// <summary>The question it answers.</summary>
    public PrecisionView View { get; }

    /// <summary>Landmark models drawn.</summary>
    public IReadOnlyList<LandmarkModel> Landmarks { get; }

    /// <summary>N and D of the runs behind the law.</summary>
    public (CoveredRange Parameters, CoveredRange Tokens) Covered { get; }

    /// <summary>Name of the law.</summary>
    public string Name => Published?.Name ?? "The law of your runs";

    /// <summary>log₂ of the values that share a scale, for the law in floating point.</summary>
    public double LogBlock => Math.Log2(State.Group);

    /// <summary>The format, for the law in floating point.</summary>
    public FloatingPointFormat Format => new(State.Exponent, State.Mantissa);

    /// <summary>Runs that count, with their formats.</summary>
    public IReadOnlyList<PrecisionRow> Rows => Runs?.Rows ?? [];

    /// <summary>Runs of the view, excluded ones too.</summary>
    public IReadOnlyList<RunRow> All => Runs?.Selection.Rows ?? [];

    /// <summary>What is shown in a state.</summary>
    public static PrecisionScene Of(PrecisionState state, PrecisionRuns? runs, IReadOnlyList<LandmarkModel> landmarks) => new(state, runs, landmarks);

    /// <summary>A number of the law in bits, with the kind of interval that the state names.</summary>
    public PrecisionEstimate Estimate(Func<PrecisionLaw, double> of, Func<double, string> format)
    {
        var interval = Fitted is null ? null
            : State.Intervals == IntervalKind.Percentile ? Interval.Of(Draws.Select(of))
            : Fitted.Fit.Intervals.Of([law => of(PrecisionAnalysis.LawOf(law) with { Robustness = State.Robustness })])[0];
        return new(of(Law!), interval, format);
    }

    /// <summary>Several numbers of one answer of the law in bits, which each draw works out once.</summary>
    public IReadOnlyList<PrecisionEstimate> Estimates<T>(Func<PrecisionLaw, T?> answer, params (Func<T, double> Of, Func<double, string> Format)[] numbers)
        where T : class
    {
        if (State.Intervals != IntervalKind.Percentile)
            return [.. numbers.Select(number => Estimate(law => Number(answer(law), number.Of), number.Format))];
        var drawn = new T?[Draws.Count];
        Parallel.For(0, drawn.Length, i => drawn[i] = answer(Draws[i]));
        var own = answer(Law!);
        return [.. numbers.Select(number => new PrecisionEstimate(Number(own, number.Of), Fitted is null ? null : Interval.Of(drawn.Select(one => Number(one, number.Of))), number.Format))];

        static double Number(T? one, Func<T, double> of) => one is null ? double.NaN : of(one);
    }
}
