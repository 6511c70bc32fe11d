using System.Numerics;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>Vectorized steps that several rules share.</summary>
internal static class Elementwise
{
    /// <summary>x ← x − s·y.</summary>
    public static void SubtractScaled<T>(Span<T> x, ReadOnlySpan<T> y, T scale) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var ys = MemoryMarshal.Cast<T, Vector<T>>(y);
        for (var i = 0; i < xs.Length; i++)
            xs[i] -= ys[i] * scale;
        for (var i = xs.Length * Vector<T>.Count; i < x.Length; i++)
            x[i] -= y[i] * scale;
    }

    /// <summary>x ← a·x + b·y.</summary>
    public static void Blend<T>(Span<T> x, T a, ReadOnlySpan<T> y, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var ys = MemoryMarshal.Cast<T, Vector<T>>(y);
        for (var i = 0; i < xs.Length; i++)
            xs[i] = xs[i] * a + ys[i] * b;
        for (var i = xs.Length * Vector<T>.Count; i < x.Length; i++)
            x[i] = x[i] * a + y[i] * b;
    }

    /// <summary>x ← s·x.</summary>
    public static void Scale<T>(Span<T> x, T scale) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        for (var i = 0; i < xs.Length; i++)
            xs[i] *= scale;
        for (var i = xs.Length * Vector<T>.Count; i < x.Length; i++)
            x[i] *= scale;
    }

    /// <summary>Σ x².</summary>
    public static T SumOfSquares<T>(ReadOnlySpan<T> x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in x)
            sum += value * value;
        return sum;
    }

    /// <summary>√(mean of x²).</summary>
    public static T RootMeanSquare<T>(ReadOnlySpan<T> x) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.Sqrt(SumOfSquares(x) / T.CreateChecked(x.Length));
}
