using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Analysis;

/// <summary>Intervals over pairs of seeds; null with fewer than two pairs.</summary>
public sealed record OptimizerIntervalsReport(
    [property: JsonPropertyName("steps_ratio")] IntervalReport? StepsRatio,
    [property: JsonPropertyName("speedup")] IntervalReport? Speedup,
    [property: JsonPropertyName("effective_data")] IntervalReport? EffectiveData,
    [property: JsonPropertyName("tokens_ratio")] IntervalReport? TokensRatio,
    [property: JsonPropertyName("flops_ratio")] IntervalReport? FlopsRatio,
    [property: JsonPropertyName("time_ratio")] IntervalReport? TimeRatio,
    [property: JsonPropertyName("loss_difference")] IntervalReport? LossDifference);

/// <summary>Baseline and challenger at one size and amount of data.</summary>
public sealed record OptimizerPairReport
{
    /// <summary>Family; null for none.</summary>
    [JsonPropertyName("family")] public required string? Family { get; init; }

    /// <summary>N.</summary>
    [JsonPropertyName("size")] public required double Size { get; init; }

    /// <summary>D.</summary>
    [JsonPropertyName("tokens")] public required double Tokens { get; init; }

    /// <summary>reached, never_reached (in no pair), at_once or no_curve.</summary>
    [JsonPropertyName("status")] public required string Status { get; init; }

    /// <summary>Steps of the challenger to the baseline's final loss over those of the baseline: below 1 it is faster. Null where no pair reached it.</summary>
    [JsonPropertyName("steps_ratio")] public required double StepsRatio { get; init; }

    /// <summary>1/steps_ratio.</summary>
    [JsonPropertyName("speedup")] public required double Speedup { get; init; }

    /// <summary>D_eff/D; null where the baseline has no law at this size.</summary>
    [JsonPropertyName("effective_data")] public required double EffectiveData { get; init; }

    /// <summary>As steps_ratio, over tokens.</summary>
    [JsonPropertyName("tokens_ratio")] public required double TokensRatio { get; init; }

    /// <summary>As steps_ratio, over FLOP.</summary>
    [JsonPropertyName("flops_ratio")] public required double FlopsRatio { get; init; }

    /// <summary>As steps_ratio, over wall time.</summary>
    [JsonPropertyName("time_ratio")] public required double TimeRatio { get; init; }

    /// <summary>Where no pair reached the baseline's final loss: steps of the challenger to its own final loss over those of the baseline to the same, above 1.</summary>
    [JsonPropertyName("steps_ratio_at_own_loss"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double? StepsRatioAtOwnLoss { get; init; }

    /// <summary>Mean final loss of the challenger less that of the baseline, nats per token.</summary>
    [JsonPropertyName("loss_difference")] public required double LossDifference { get; init; }

    /// <summary>Pairs of seeds.</summary>
    [JsonPropertyName("seeds")] public required int Seeds { get; init; }

    /// <summary>Pairs whose challenger reached the baseline's final loss.</summary>
    [JsonPropertyName("reached")] public required int Reached { get; init; }

    /// <summary>Pairs whose challenger never did; they are compared at its own final loss.</summary>
    [JsonPropertyName("never_reached")] public required int NeverReached { get; init; }

    /// <summary>Pairs that had it at their first logged point, which are left out of the ratios.</summary>
    [JsonPropertyName("at_once")] public required int AtOnce { get; init; }

    /// <summary>Setting of the baseline that is compared.</summary>
    [JsonPropertyName("baseline_setting")] public required string BaselineSetting { get; init; }

    /// <summary>Setting of the challenger that is compared.</summary>
    [JsonPropertyName("challenger_setting")] public required string ChallengerSetting { get; init; }

    /// <summary>Why a number is null, by its name.</summary>
    [JsonPropertyName("reasons")] public required IReadOnlyDictionary<string, string> Reasons { get; init; }

    /// <summary>Their intervals.</summary>
    [JsonPropertyName("intervals")] public required OptimizerIntervalsReport Intervals { get; init; }

    /// <summary>From a comparison.</summary>
    public static OptimizerPairReport Of(RaceComparison race, OptimizerComparison comparison)
    {
        var (reached, never, atOnce) = (race.Count(TargetReach.Reached), race.Count(TargetReach.Never), race.Count(TargetReach.AtOnce));
        var steps = race.Ratios[CurveAxis.Step];
        var isNever = reached == 0 && never > 0;
        PairedEstimate Of(CurveAxis axis) => isNever ? PairedEstimate.None("no challenger reached the baseline's final loss") : race.Ratios[axis];
        var (ratio, tokens, flops, time) = (Of(CurveAxis.Step), Of(CurveAxis.Tokens), Of(CurveAxis.Flops), Of(CurveAxis.Time));
        return new OptimizerPairReport
        {
            Family = race.Race.Family,
            Size = race.Race.Parameters,
            Tokens = race.Race.Tokens,
            Status = reached > 0 ? "reached" : never > 0 ? "never_reached" : atOnce > 0 ? "at_once" : "no_curve",
            StepsRatio = ratio.Value,
            Speedup = 1 / ratio.Value,
            EffectiveData = race.EffectiveData.Value,
            TokensRatio = tokens.Value,
            FlopsRatio = flops.Value,
            TimeRatio = time.Value,
            StepsRatioAtOwnLoss = isNever ? steps.Value : null,
            LossDifference = race.LossDifference.Value,
            Seeds = race.Pairs.Count,
            Reached = reached,
            NeverReached = never,
            AtOnce = atOnce,
            BaselineSetting = race.Race[comparison.Baseline]!.Setting(race.Race[comparison.Baseline]!.Chosen),
            ChallengerSetting = race.Race[comparison.Challenger]!.Setting(race.Race[comparison.Challenger]!.Chosen),
            Reasons = new[] { ("steps_ratio", ratio), ("effective_data", race.EffectiveData), ("tokens_ratio", tokens), ("flops_ratio", flops), ("time_ratio", time) }
                .Where(one => !double.IsFinite(one.Item2.Value)).ToDictionary(one => one.Item1, one => one.Item2.WhyNot),
            Intervals = new(
                IntervalReport.Of(ratio.Interval), IntervalReport.Of(ratio.Inverse.Interval), IntervalReport.Of(race.EffectiveData.Interval), IntervalReport.Of(tokens.Interval), IntervalReport.Of(flops.Interval),
                IntervalReport.Of(time.Interval), IntervalReport.Of(race.LossDifference.Interval)),
        };
    }
}

/// <summary>Interval of a slope.</summary>
public sealed record SlopeIntervalsReport([property: JsonPropertyName("slope_per_decade")] IntervalReport? SlopePerDecade);

/// <summary>How a speed-up changes with size.</summary>
/// <param name="Of">speedup (1/steps_ratio), effective_data or time_speedup.</param>
/// <param name="SlopePerDecade">Change of it for ten times the size: below 0 the gain shrinks.</param>
/// <param name="Significant">The 95 % interval does not hold zero; null without an interval.</param>
/// <param name="Sizes">Sizes behind it.</param>
/// <param name="Reason">Why there is no slope, or no interval; null where there are both.</param>
/// <param name="Intervals">Its interval.</param>
public sealed record SizeTrendReport(
    [property: JsonPropertyName("of")] string Of,
    [property: JsonPropertyName("slope_per_decade")] double SlopePerDecade,
    [property: JsonPropertyName("significant")] bool? Significant,
    [property: JsonPropertyName("sizes")] int Sizes,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("intervals")] SlopeIntervalsReport Intervals)
{
    /// <summary>From a comparison.</summary>
    public static SizeTrendReport From(OptimizerComparison comparison, SpeedupMeasure measure)
    {
        var trend = comparison.Trends[measure];
        return new(
            measure switch { SpeedupMeasure.EffectiveData => "effective_data", SpeedupMeasure.Time => "time_speedup", _ => "speedup" },
            trend.Slope.Value, trend.Slope.Interval is null ? null : trend.IsSignificant, trend.Sizes, trend.Slope.WhyNot.Length > 0 ? trend.Slope.WhyNot : null, new(IntervalReport.Of(trend.Slope.Interval)));
    }
}

/// <summary>How an optimizer was tuned in one race.</summary>
public sealed record TuningReport(
    [property: JsonPropertyName("optimizer")] string Optimizer,
    [property: JsonPropertyName("family")] string? Family,
    [property: JsonPropertyName("size")] double Size,
    [property: JsonPropertyName("tokens")] double Tokens,
    [property: JsonPropertyName("trials")] int Trials,
    [property: JsonPropertyName("learning_rates")] IReadOnlyList<LearningRateReport> LearningRates,
    [property: JsonPropertyName("compared")] string Compared,
    [property: JsonPropertyName("at_edge")] bool AtEdge,
    [property: JsonPropertyName("width_low")] double? WidthLow,
    [property: JsonPropertyName("width_high")] double? WidthHigh);

/// <summary>Mean final loss at a peak learning rate.</summary>
public sealed record LearningRateReport(
    [property: JsonPropertyName("learning_rate")] double LearningRate,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonPropertyName("seeds")] int Seeds);

/// <summary>Area below the performance profile.</summary>
public sealed record ProfileScoreReport([property: JsonPropertyName("optimizer")] string Optimizer, [property: JsonPropertyName("score")] double Score, [property: JsonPropertyName("ratios")] IReadOnlyList<double> Ratios,
    [property: JsonPropertyName("intervals")] ScoreIntervalsReport Intervals);

/// <summary>Interval of an area score over seeds.</summary>
public sealed record ScoreIntervalsReport([property: JsonPropertyName("score")] IntervalReport? Score);

/// <summary>Times to the baseline's final loss of all optimizers that ran the same races.</summary>
public sealed record ProfileReport(
    [property: JsonPropertyName("axis")] string Axis,
    [property: JsonPropertyName("r_max")] double Most,
    [property: JsonPropertyName("sizes")] IReadOnlyList<double> Sizes,
    [property: JsonPropertyName("scores")] IReadOnlyList<ProfileScoreReport> Scores);

/// <summary>A run that is in no pair.</summary>
public sealed record UnmatchedReport([property: JsonPropertyName("run")] string Run, [property: JsonPropertyName("reason")] string Reason);

/// <summary>What <c>optimizers --json</c> prints.</summary>
public sealed record OptimizersReport
{
    /// <summary>Key of the baseline.</summary>
    [JsonPropertyName("baseline")] public required string Baseline { get; init; }

    /// <summary>Key of the challenger.</summary>
    [JsonPropertyName("challenger")] public required string Challenger { get; init; }

    /// <summary>One a size and amount of data, ascending.</summary>
    [JsonPropertyName("pairs")] public required IReadOnlyList<OptimizerPairReport> Pairs { get; init; }

    /// <summary>Of the speed-up in steps.</summary>
    [JsonPropertyName("trend")] public required SizeTrendReport Trend { get; init; }

    /// <summary>Of every measure.</summary>
    [JsonPropertyName("trends")] public required IReadOnlyList<SizeTrendReport> Trends { get; init; }

    /// <summary>How each optimizer was tuned.</summary>
    [JsonPropertyName("tuning")] public required IReadOnlyList<TuningReport> Tuning { get; init; }

    /// <summary>Null where no race has curves of both.</summary>
    [JsonPropertyName("profile")] public required ProfileReport? Profile { get; init; }

    /// <summary>Runs of the two that are in no pair, with the reason.</summary>
    [JsonPropertyName("unmatched")] public required IReadOnlyList<UnmatchedReport> Unmatched { get; init; }

    /// <summary>What to know before trusting it.</summary>
    [JsonPropertyName("warnings")] public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    [JsonPropertyName("provenance")] public required Provenance Provenance { get; init; }

    /// <summary>From a comparison.</summary>
    public static OptimizersReport Of(OptimizerComparison comparison) => new()
    {
        Baseline = comparison.Baseline,
        Challenger = comparison.Challenger,
        Pairs = [.. comparison.Compared.Select(race => OptimizerPairReport.Of(race, comparison))],
        Trend = SizeTrendReport.From(comparison, SpeedupMeasure.Steps),
        Trends = [.. Enum.GetValues<SpeedupMeasure>().Select(measure => SizeTrendReport.From(comparison, measure))],
        Tuning =
        [
            .. comparison.Races.SelectMany(race => race.Basins.Select(basin => new TuningReport(
                basin.Optimizer, race.Family, race.Parameters, race.Tokens, basin.Trials.Count,
                [.. basin.Rates.Select(rate => new LearningRateReport(rate.LearningRate!.Value, rate.Loss, rate.Runs.Count))],
                basin.Setting(basin.Chosen), basin.IsAtEdge, Known(basin.Width?.Low), Known(basin.Width?.High)))),
        ],
        Profile = comparison.Profile is not { } profile ? null : new(
            profile.Axis == CurveAxis.Time ? "seconds" : "steps", PerformanceProfile.UsualMost, [.. profile.Races.Select(race => race.Parameters)],
            [.. profile.Optimizers.Select((optimizer, i) => new ProfileScoreReport(optimizer, profile.Scores[i].Value, profile.Profile.Ratios[i], new(IntervalReport.Of(profile.Scores[i].Interval))))]),
        Unmatched = [.. comparison.Unmatched.Select(one => new UnmatchedReport(one.Run.Name, one.Reason))],
        Warnings = [.. comparison.Warnings.Select(warning => warning.Text)],
        Provenance = comparison.Provenance,
    };

    private static double? Known(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
