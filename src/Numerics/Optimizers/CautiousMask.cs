using System.Numerics;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// u ← α·1[u∘g &gt; 0]∘u: a step goes only where it agrees with the gradient. Liang et al. 2024, "Cautious optimizers", arXiv 2411.16085, algorithm 1; a zero
/// gradient is masked. Per tensor.
/// </summary>
public static class CautiousMask
{
    private const double LeastMean = 1e-3;

    /// <summary>Takes out of a step, in place, what does not agree with the gradient. <see cref="Scale"/> makes up for it, as a factor of the learning rate.</summary>
    /// <returns>Coordinates that were kept.</returns>
    public static int Apply<T>(Span<T> update, ReadOnlySpan<T> gradient) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var steps = MemoryMarshal.Cast<T, Vector<T>>(update);
        var slopes = MemoryMarshal.Cast<T, Vector<T>>(gradient);
        // Ones added up in the number type itself stay exact below 2^24 a lane.
        const int exact = 1 << 20;
        var kept = 0;
        for (var from = 0; from < steps.Length; from += exact)
        {
            var ones = Vector<T>.Zero;
            var end = Math.Min(steps.Length, from + exact);
            for (var i = from; i < end; i++)
            {
                var agrees = Vector.GreaterThan(steps[i] * slopes[i], Vector<T>.Zero);
                steps[i] = Vector.ConditionalSelect(agrees, steps[i], Vector<T>.Zero);
                ones += Vector.ConditionalSelect(agrees, Vector<T>.One, Vector<T>.Zero);
            }

            for (var lane = 0; lane < Vector<T>.Count; lane++)
                kept += int.CreateChecked(ones[lane]);
        }

        for (var i = steps.Length * Vector<T>.Count; i < update.Length; i++)
        {
            if (update[i] * gradient[i] > T.Zero)
                kept++;
            else
                update[i] = T.Zero;
        }

        return kept;
    }

    /// <summary>α.</summary>
    public static double Scale(MaskScaling scaling, int kept, int length) => scaling == MaskScaling.CountPlusOne
        ? length / (kept + 1.0)
        : 1 / Math.Max((double)kept / length, LeastMean);
}
