using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ScalingDashboard.Lab.Transformers;

/// <summary>
/// The nonlinear parts of the feed-forward block and their derivatives, element by element, so that it does not matter how the elements are shared out.
/// A result may take the place of an argument.
/// </summary>
internal static class Activations
{
    private const float GeluScale = 0.7978845608f; // √(2/π)
    private const float GeluCube = 0.044715f;

    /// <summary>y = ½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    public static void Gelu(ReadOnlySpan<float> x, Span<float> y) => Map<GeluOf>(x, x, x, y);

    /// <summary>dx = dy·GELU′(x).</summary>
    public static void GeluBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx) => Map<GeluSlope>(x, dy, dy, dx);

    /// <summary>y = SiLU(x)·z with SiLU(x) = x·σ(x).</summary>
    public static void SwiGlu(ReadOnlySpan<float> x, ReadOnlySpan<float> z, Span<float> y) => Map<SiluTimes>(x, z, z, y);

    /// <summary>dx = dy·z·SiLU′(x) and dz = dy·SiLU(x), which is the same product as forward.</summary>
    public static void SwiGluBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> z, ReadOnlySpan<float> dy, Span<float> dx, Span<float> dz)
    {
        Map<SiluSlope>(x, z, dy, dx);
        Map<SiluTimes>(x, dy, dy, dz);
    }

    private static void Map<T>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> result) where T : IElement
    {
        var count = Vector256<float>.Count;
        var i = 0;
        for (; i + count <= a.Length; i += count)
            T.Of(Load(a, i), Load(b, i), Load(c, i)).CopyTo(result[i..]);
        if (i == a.Length)
            return;
        // The same vector arithmetic for the last few elements, so that none depends on where a part ends.
        Span<float> tail = stackalloc float[3 * count];
        tail.Clear();
        a[i..].CopyTo(tail);
        b[i..].CopyTo(tail[count..]);
        c[i..].CopyTo(tail[(2 * count)..]);
        T.Of(Load(tail, 0), Load(tail, count), Load(tail, 2 * count)).CopyTo(tail);
        tail[..(a.Length - i)].CopyTo(result[i..]);
    }

    private static Vector256<float> Load(ReadOnlySpan<float> values, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)at);

    private static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));

    // tanh(x) = 2σ(2x) − 1.
    private static Vector256<float> Tanh(Vector256<float> x) => 2 * Sigmoid(2 * x) - Vector256<float>.One;

    private static Vector256<float> GeluTanh(Vector256<float> x) => Tanh(GeluScale * x * (Vector256<float>.One + GeluCube * x * x));

    private interface IElement
    {
        static abstract Vector256<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c);
    }

    private readonly struct GeluOf : IElement
    {
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> b, Vector256<float> c) => 0.5f * x * (Vector256<float>.One + GeluTanh(x));
    }

    private readonly struct GeluSlope : IElement
    {
        // GELU′ = ½(1 + t) + ½x(1 − t²)·√(2/π)(1 + 3·0.044715x²), t the hyperbolic tangent above.
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> dy, Vector256<float> c)
        {
            var t = GeluTanh(x);
            var inner = GeluScale * (Vector256<float>.One + 3 * GeluCube * x * x);
            return dy * 0.5f * (Vector256<float>.One + t + x * (Vector256<float>.One - t * t) * inner);
        }
    }

    private readonly struct SiluTimes : IElement
    {
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> z, Vector256<float> c) => x * Sigmoid(x) * z;
    }

    private readonly struct SiluSlope : IElement
    {
        // SiLU′ = σ + x·σ·(1 − σ)
        public static Vector256<float> Of(Vector256<float> x, Vector256<float> z, Vector256<float> dy)
        {
            var sigmoid = Sigmoid(x);
            return dy * z * sigmoid * (Vector256<float>.One + x * (Vector256<float>.One - sigmoid));
        }
    }
}
