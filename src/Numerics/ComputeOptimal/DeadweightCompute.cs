using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>Compute that an allocation wastes: C − C_eq, C_eq the budget whose optimum reaches the same loss (arXiv 2603.22339, §5).</summary>
public static class DeadweightCompute
{
    // An allocation that wastes all but a part in 10¹² of its compute.
    private const double LargestRatio = 1e12;

    /// <summary>C − C_eq in FLOP, by a law; NaN where the law allocates no compute or gives the allocation no finite loss.</summary>
    /// <param name="law">A law that predicts the loss and allocates compute.</param>
    /// <param name="chosen">What is judged: N and D at C.</param>
    public static double Of(Law law, Allocation chosen)
    {
        if (!law.Form.AllocatesCompute)
            return double.NaN;
        var loss = law.Predict(LawPoint.Of(chosen));
        var best = law.Optimum(chosen.Flops).Loss;
        if (!double.IsFinite(loss) || !double.IsFinite(best))
            return double.NaN;
        // The optimal loss falls with compute: halve the interval of ln C.
        var (low, high) = (Math.Log(chosen.Flops / LargestRatio), Math.Log(chosen.Flops));
        if (loss <= best)
            return 0;
        while (high - low > 1e-14 * high)
        {
            var middle = 0.5 * (low + high);
            (low, high) = law.Optimum(Math.Exp(middle)).Loss > loss ? (middle, high) : (low, middle);
        }

        return chosen.Flops - Math.Exp(0.5 * (low + high));
    }
}
