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
        var kept = 0;
        for (var from = 0; from < steps.Length; from += ExactCount)
        {
            var ones = Vector<T>.Zero;
            var end = Math.Min(steps.Length, from + ExactCount);
            for (var i = from; i < end; i++)
                steps[i] = Agreement.Keep(steps[i], slopes[i], ref ones);
            kept += Sum(ones);
        }

        for (var i = steps.Length * Vector<T>.Count; i < update.Length; i++)
            update[i] = Agreement.Keep(update[i], gradient[i], ref kept);
        return kept;
    }

    // Ones added up in the number type itself stay exact below 2^24 a lane.
    internal const int ExactCount = 1 << 20;

    internal static int Sum<T>(Vector<T> ones) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = 0;
        for (var lane = 0; lane < Vector<T>.Count; lane++)
            sum += int.CreateChecked(ones[lane]);
        return sum;
    }

    /// <summary>What becomes of a step that is still in a register.</summary>
    internal interface IKeep
    {
        /// <summary>What is kept of some coordinates, counted lane by lane.</summary>
        static abstract Vector<T> Keep<T>(Vector<T> step, Vector<T> gradient, ref Vector<T> ones) where T : unmanaged, IBinaryFloatingPointIeee754<T>;

        /// <summary>The same of one.</summary>
        static abstract T Keep<T>(T step, T gradient, ref int kept) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
    }

    /// <summary>All of it.</summary>
    internal readonly struct Everything : IKeep
    {
        public static Vector<T> Keep<T>(Vector<T> step, Vector<T> gradient, ref Vector<T> ones) where T : unmanaged, IBinaryFloatingPointIeee754<T> => step;

        public static T Keep<T>(T step, T gradient, ref int kept) where T : unmanaged, IBinaryFloatingPointIeee754<T> => step;
    }

    /// <summary>1[u∘g &gt; 0]∘u.</summary>
    internal readonly struct Agreement : IKeep
    {
        public static Vector<T> Keep<T>(Vector<T> step, Vector<T> gradient, ref Vector<T> ones) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var agrees = Vector.GreaterThan(step * gradient, Vector<T>.Zero);
            ones += Vector.ConditionalSelect(agrees, Vector<T>.One, Vector<T>.Zero);
            return Vector.ConditionalSelect(agrees, step, Vector<T>.Zero);
        }

        public static T Keep<T>(T step, T gradient, ref int kept) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (!(step * gradient > T.Zero))
                return T.Zero;
            kept++;
            return step;
        }
    }

    /// <summary>α.</summary>
    public static double Scale(MaskScaling scaling, int kept, int length) => scaling == MaskScaling.CountPlusOne
        ? length / (kept + 1.0)
        : 1 / Math.Max((double)kept / length, LeastMean);
}
