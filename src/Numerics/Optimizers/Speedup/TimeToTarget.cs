using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Numerics.Optimizers.Speedup;

/// <summary>How a challenger came to a baseline's final loss.</summary>
public enum TargetReach
{
    /// <summary>Between two of its logged points.</summary>
    Reached,

    /// <summary>At its first logged point already, or the baseline was: how soon is not known.</summary>
    AtOnce,

    /// <summary>Not at all: the two are compared at the challenger's final loss.</summary>
    Never,
}

/// <summary>
/// How much sooner one training is at a loss than another: the horizontal distance between two curves at the baseline's final loss, each by its first crossing, linear
/// between logged points. Liang et al. 2024, arXiv 2411.16085, figure 1. Where the challenger never gets there, at its own final loss, so that of two optimizers that are
/// alike neither looks faster because only the lucky half of its seeds counts.
/// </summary>
/// <param name="Reach">Whether the challenger came to the baseline's final loss.</param>
/// <param name="Target">The loss both are compared at.</param>
/// <param name="Baseline">Where the baseline first has it.</param>
/// <param name="Challenger">Where the challenger first has it.</param>
public sealed record TimeToTarget(TargetReach Reach, double Target, FirstCrossing Baseline, FirstCrossing Challenger)
{
    /// <summary>Challenger over baseline: below 1 the challenger is faster. NaN where it was there at once.</summary>
    public double Ratio => Reach == TargetReach.AtOnce ? double.NaN : Challenger.X / Baseline.X;

    /// <summary>Baseline over challenger: above 1 the challenger is faster.</summary>
    public double Speedup => 1 / Ratio;

    /// <summary>Compares two trainings; null where one has no finite loss.</summary>
    /// <param name="baselineX">Steps, tokens, FLOP or time of the baseline, non-decreasing.</param>
    /// <param name="baselineLoss">Its loss there.</param>
    /// <param name="challengerX">The same of the challenger, logged wherever it likes.</param>
    /// <param name="challengerLoss">Its loss there.</param>
    public static TimeToTarget? Of(double[] baselineX, double[] baselineLoss, double[] challengerX, double[] challengerLoss)
    {
        var (ofBaseline, ofChallenger) = (Array.FindLastIndex(baselineLoss, double.IsFinite), Array.FindLastIndex(challengerLoss, double.IsFinite));
        if (ofBaseline < 0 || ofChallenger < 0)
            return null;
        var target = baselineLoss[ofBaseline];
        var reach = TargetReach.Reached;
        var challenger = FirstCrossing.Of(challengerX, challengerLoss, target);
        if (challenger is null)
        {
            (target, reach) = (challengerLoss[ofChallenger], TargetReach.Never);
            challenger = FirstCrossing.Of(challengerX, challengerLoss, target);
        }

        var baseline = FirstCrossing.Of(baselineX, baselineLoss, target)!.Value;
        if (double.IsNaN(baseline.After) || double.IsNaN(challenger!.Value.After))
            reach = TargetReach.AtOnce;
        return new TimeToTarget(reach, target, baseline, challenger!.Value);
    }
}
