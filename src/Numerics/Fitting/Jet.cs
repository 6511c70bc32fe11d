using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Value, gradient and Hessian of an expression in θ at four points at once: second-order forward differentiation, exact to rounding
/// (Griewank and Walther 2008, §3 and §13). Only the derivatives with respect to coordinates the expression depends on are stored and touched.
/// </summary>
internal readonly struct Jet
{
    private readonly JetTape _tape;
    private readonly int _offset;
    private readonly uint _mask;

    // False for expressions linear in θ, whose Hessian is not stored.
    private readonly bool _curved;

    internal Jet(JetTape tape, int offset, uint mask, bool curved) => (_tape, _offset, _mask, _curved) = (tape, offset, mask, curved);

    internal Vector256<double> Value => _tape.Memory[_offset];

    private Vector256<double> Gradient(int i) => (_mask >> i & 1) != 0 ? _tape.Memory[_offset + 1 + i] : default;

    private Vector256<double> Hessian(int i, int j) =>
        _curved && (_mask >> i & _mask >> j & 1) != 0 ? _tape.Memory[_offset + _tape.HessianAt(i, j)] : default;

    public static Jet operator +(Jet a, Jet b) => Linear(a, Vector256<double>.One, b, Vector256<double>.One, a.Value + b.Value);

    public static Jet operator -(Jet a, Jet b) => Linear(a, Vector256<double>.One, b, -Vector256<double>.One, a.Value - b.Value);

    public static Jet operator +(Jet a, Vector256<double> b) => a.Scaled(Vector256<double>.One, a.Value + b);

    public static Jet operator -(Jet a, Vector256<double> b) => a.Scaled(Vector256<double>.One, a.Value - b);

    public static Jet operator -(Vector256<double> a, Jet b) => b.Scaled(-Vector256<double>.One, a - b.Value);

    public static Jet operator *(Jet a, Vector256<double> b) => a.Scaled(b, a.Value * b);

    public static Jet operator *(Jet a, double b) => a * Vector256.Create(b);

    public static Jet operator +(Jet a, double b) => a + Vector256.Create(b);

    public static Jet operator -(Jet a, double b) => a - Vector256.Create(b);

    public static Jet operator -(double a, Jet b) => Vector256.Create(a) - b;

    public static Jet operator -(Jet a) => a * -1;

    // ∇(ab) = b∇a + a∇b;  ∇²(ab) = b∇²a + a∇²b + ∇a∇bᵀ + ∇b∇aᵀ
    public static Jet operator *(Jet a, Jet b)
    {
        var (x, y) = (a.Value, b.Value);
        var result = a._tape.Take(a._mask | b._mask, curved: true, x * y);
        for (var mi = result._mask; mi != 0; mi &= mi - 1)
        {
            var i = BitOperations.TrailingZeroCount(mi);
            var (ai, bi) = (a.Gradient(i), b.Gradient(i));
            result.Memory(1 + i) = ai * y + bi * x;
            for (var mj = result._mask & ((2u << i) - 1); mj != 0; mj &= mj - 1)
            {
                var j = BitOperations.TrailingZeroCount(mj);
                result.Memory(result._tape.HessianAt(i, j)) = a.Hessian(i, j) * y + b.Hessian(i, j) * x + ai * b.Gradient(j) + bi * a.Gradient(j);
            }
        }

        return result;
    }

    public static Jet operator /(Jet a, Jet b)
    {
        var inverse = Vector256<double>.One / b.Value;
        return a * b.Chain(inverse, -inverse * inverse, Vector256.Create(2.0) * inverse * inverse * inverse);
    }

    internal static Jet Exp(Jet a)
    {
        var value = ElementaryFunctions.Exp(a.Value);
        return a.Chain(value, value, value);
    }

    internal static Jet Log(Jet a)
    {
        var inverse = Vector256<double>.One / a.Value;
        return a.Chain(ElementaryFunctions.Log(a.Value), inverse, -inverse * inverse);
    }

    /// <summary>1/(1 + e^−a).</summary>
    internal static Jet Logistic(Jet a)
    {
        var one = Vector256<double>.One;
        var value = one / (one + ElementaryFunctions.Exp(-a.Value));
        var slope = value * (one - value);
        return a.Chain(value, slope, slope * (one - value - value));
    }

    /// <summary>ln(e^a + e^b), without overflow.</summary>
    internal static Jet LogSumExp(Jet a, Jet b)
    {
        // With u = logistic(a − b):  ∇ = u∇a + (1 − u)∇b;  ∇² = u∇²a + (1 − u)∇²b + u(1 − u)(∇a − ∇b)(∇a − ∇b)ᵀ
        var one = Vector256<double>.One;
        var difference = a.Value - b.Value;
        var small = ElementaryFunctions.Exp(-Vector256.Abs(difference));
        var value = Vector256.Max(a.Value, b.Value) + ElementaryFunctions.Log(one + small);
        var u = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(difference, default), one, small) / (one + small);
        var v = one - u;
        var uv = u * v;
        var result = a._tape.Take(a._mask | b._mask, curved: true, value);
        for (var mi = result._mask; mi != 0; mi &= mi - 1)
        {
            var i = BitOperations.TrailingZeroCount(mi);
            var (ai, bi) = (a.Gradient(i), b.Gradient(i));
            result.Memory(1 + i) = u * ai + v * bi;
            for (var mj = result._mask & ((2u << i) - 1); mj != 0; mj &= mj - 1)
            {
                var j = BitOperations.TrailingZeroCount(mj);
                result.Memory(result._tape.HessianAt(i, j)) =
                    u * a.Hessian(i, j) + v * b.Hessian(i, j) + uv * (ai - bi) * (a.Gradient(j) - b.Gradient(j));
            }
        }

        return result;
    }

    /// <summary>The smaller of the expression and a number, point by point.</summary>
    internal static Jet AtMost(Jet a, Vector256<double> most)
    {
        var slope = Vector256<double>.One & Vector256.LessThan(a.Value, most);
        return a.Scaled(slope, Vector256.Min(a.Value, most));
    }

    /// <summary>The larger of the expression and zero, point by point.</summary>
    internal static Jet Positive(Jet a)
    {
        var slope = Vector256<double>.One & Vector256.GreaterThan(a.Value, default);
        return a.Scaled(slope, Vector256.Max(a.Value, default));
    }

    /// <summary>Adds w·g ∇aᵢ to the gradient sums and w·(h ∇a∇aᵀ + g ∇²a) to those of the Hessian, n×n and row-major, lower triangle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Accumulate(Vector256<double> g, Vector256<double> h, Span<Vector256<double>> gradient, Span<Vector256<double>> hessian)
    {
        var n = gradient.Length;
        for (var mi = _mask; mi != 0; mi &= mi - 1)
        {
            var i = BitOperations.TrailingZeroCount(mi);
            var ai = Gradient(i);
            gradient[i] += g * ai;
            for (var mj = _mask & ((2u << i) - 1); mj != 0; mj &= mj - 1)
            {
                var j = BitOperations.TrailingZeroCount(mj);
                hessian[i * n + j] += h * ai * Gradient(j) + g * Hessian(i, j);
            }
        }
    }

    /// <summary>Gradient of one of the four points.</summary>
    internal void CopyGradient(int lane, Span<double> gradient)
    {
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = Gradient(i)[lane];
    }

    private ref Vector256<double> Memory(int at) => ref _tape.Memory[_offset + at];

    // f(a): ∇ = f′∇a;  ∇² = f′∇²a + f″∇a∇aᵀ
    private Jet Chain(Vector256<double> value, Vector256<double> first, Vector256<double> second)
    {
        var result = _tape.Take(_mask, curved: true, value);
        for (var mi = _mask; mi != 0; mi &= mi - 1)
        {
            var i = BitOperations.TrailingZeroCount(mi);
            var ai = Gradient(i);
            result.Memory(1 + i) = first * ai;
            for (var mj = _mask & ((2u << i) - 1); mj != 0; mj &= mj - 1)
            {
                var j = BitOperations.TrailingZeroCount(mj);
                result.Memory(_tape.HessianAt(i, j)) = first * Hessian(i, j) + second * ai * Gradient(j);
            }
        }

        return result;
    }

    private Jet Scaled(Vector256<double> factor, Vector256<double> value) => Linear(this, factor, this, default, value);

    private static Jet Linear(Jet a, Vector256<double> s, Jet b, Vector256<double> t, Vector256<double> value)
    {
        var result = a._tape.Take(a._mask | b._mask, a._curved || b._curved, value);
        for (var mi = result._mask; mi != 0; mi &= mi - 1)
        {
            var i = BitOperations.TrailingZeroCount(mi);
            result.Memory(1 + i) = s * a.Gradient(i) + t * b.Gradient(i);
            if (!result._curved)
                continue;
            for (var mj = result._mask & ((2u << i) - 1); mj != 0; mj &= mj - 1)
            {
                var j = BitOperations.TrailingZeroCount(mj);
                result.Memory(result._tape.HessianAt(i, j)) = s * a.Hessian(i, j) + t * b.Hessian(i, j);
            }
        }

        return result;
    }
}

/// <summary>Memory of the expressions of one evaluation, taken anew for each block of points. Not for more than one thread.</summary>
internal sealed class JetTape
{
    private const int MostCoordinates = 31;

    [ThreadStatic]
    private static JetTape?[]? s_tapes;

    private readonly int _count;
    private readonly int _size;
    private int _next;

    /// <param name="count">Coordinates differentiated with respect to; at most 31.</param>
    private JetTape(int count)
    {
        _count = count;
        _size = 1 + count + count * (count + 1) / 2;
        Memory = new Vector256<double>[64 * _size];
    }

    internal Vector256<double>[] Memory { get; private set; }

    /// <summary>The tape of this thread for a count of coordinates.</summary>
    internal static JetTape OfThread(int count) => (s_tapes ??= new JetTape?[MostCoordinates + 1])[count] ??= new JetTape(count);

    /// <summary>Forgets all expressions.</summary>
    internal void Reset() => _next = 0;

    /// <summary>A coordinate of θ.</summary>
    internal Jet Coordinate(int i, double value)
    {
        var jet = Take(1u << i, curved: false, Vector256.Create(value));
        Memory[_next - _size + 1 + i] = Vector256<double>.One;
        return jet;
    }

    internal int HessianAt(int i, int j) => i >= j ? 1 + _count + i * (i + 1) / 2 + j : 1 + _count + j * (j + 1) / 2 + i;

    internal Jet Take(uint mask, bool curved, Vector256<double> value)
    {
        var offset = _next;
        _next += _size;
        if (_next > Memory.Length)
        {
            var memory = Memory;
            Array.Resize(ref memory, 2 * memory.Length);
            Memory = memory;
        }

        Memory[offset] = value;
        return new Jet(this, offset, mask, curved);
    }
}
