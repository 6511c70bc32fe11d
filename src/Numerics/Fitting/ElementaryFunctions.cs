using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// e^x and ln x of four numbers, each to less than one unit in the last place. Built of multiplications, additions and divisions that are never fused, so that a fit has the same digits from
/// the first call of a process to the last, and on every machine: those of <see cref="Vector256"/> change theirs when the runtime compiles them anew.
/// </summary>
internal static class ElementaryFunctions
{
    private const double LargestExponent = 709.782712893384;
    private const double SmallestExponent = -745.13321910194122;

    // ln 2 in two parts; the first ends in zeros, so that its product with a whole number below 2^20 is exact.
    private const double LogTwoHigh = 6.93147180369123816490e-01;
    private const double LogTwoLow = 1.90821492927058770002e-10;
    private const double PerLogTwo = 1.44269504088896338700;

    private const double SmallestNormal = 2.2250738585072014e-308;
    private const long ExponentBias = 1023;
    private const int MantissaBits = 52;

    // 1.5·2^52: a number added to it is rounded to a whole one, which stands in the lowest bits.
    private const double Rounder = 6755399441055744;

    // x = k ln 2 + r, |r| ≤ ln 2 / 2; e^r = 1 + r + r c/(2 − c), c = r − P(r²), P the minimax polynomial of r·coth(r/2) − 2 (Sun's fdlibm, e_exp.c).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Exp(Vector256<double> x)
    {
        var inside = Vector256.Min(Vector256.Max(x, Vector256.Create(SmallestExponent)), Vector256.Create(LargestExponent));
        var rounded = inside * Vector256.Create(PerLogTwo) + Vector256.Create(Rounder);
        var k = rounded - Vector256.Create(Rounder);
        var high = inside - k * Vector256.Create(LogTwoHigh);
        var low = k * Vector256.Create(LogTwoLow);
        var r = high - low;
        var t = r * r;
        var p = Vector256.Create(4.13813679705723846039e-08);
        p = t * p + Vector256.Create(-1.65339022054652515390e-06);
        p = t * p + Vector256.Create(6.61375632143793436117e-05);
        p = t * p + Vector256.Create(-2.77777777770155933842e-03);
        p = t * p + Vector256.Create(1.66666666666666019037e-01);
        var c = r - t * p;
        var two = Vector256.Create(2.0);
        var power = Vector256<double>.One - (low - r * c / (two - c) - high);
        // 2^k in two steps, because k reaches −1075.
        var whole = rounded.AsInt64() - Vector256.Create(Rounder).AsInt64();
        var half = (whole.AsUInt64() + Vector256.Create(1UL << 62) >>> 1).AsInt64() - Vector256.Create(1L << 61);
        var result = power * PowerOfTwo(half) * PowerOfTwo(whole - half);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256.Create(LargestExponent)), Vector256.Create(double.PositiveInfinity), result);
        result = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(SmallestExponent)), default, result);
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), result, x);
    }

    // x = 2^k (1 + f), √½ ≤ 1 + f < √2; with s = f/(2 + f) and z = s²: ln(1 + f) = f − (f²/2 − s(f²/2 + R(z))), R the minimax polynomial of ln((1 + s)/(1 − s))/s − 2 (fdlibm, e_log.c).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Log(Vector256<double> x)
    {
        var small = Vector256.LessThan(x, Vector256.Create(SmallestNormal));
        var scaled = Vector256.ConditionalSelect(small, x * Vector256.Create((double)(1L << 54)), x);
        // Moved so that the exponent steps at √½, not at 1.
        var bits = scaled.AsInt64() + Vector256.Create(0x3FF0000000000000L - 0x3FE6A09E667F3BCDL);
        var exponent = (bits.AsUInt64() >>> MantissaBits).AsInt64() - Vector256.Create(ExponentBias);
        var mantissa = ((bits & Vector256.Create(0x000FFFFFFFFFFFFFL)) + Vector256.Create(0x3FE6A09E667F3BCDL)).AsDouble();
        var k = WholeNumber(exponent) - (small.AsDouble() & Vector256.Create(54.0));
        var f = mantissa - Vector256<double>.One;
        var s = f / (Vector256.Create(2.0) + f);
        var z = s * s;
        var q = Vector256.Create(1.479819860511658591e-01);
        q = z * q + Vector256.Create(1.531383769920937332e-01);
        q = z * q + Vector256.Create(1.818357216161805012e-01);
        q = z * q + Vector256.Create(2.222219843214978396e-01);
        q = z * q + Vector256.Create(2.857142874366239149e-01);
        q = z * q + Vector256.Create(3.999999999940941908e-01);
        q = z * q + Vector256.Create(6.666666666666735130e-01);
        var halfSquare = Vector256.Create(0.5) * f * f;
        var result = k * Vector256.Create(LogTwoHigh) - (halfSquare - (s * (halfSquare + z * q) + k * Vector256.Create(LogTwoLow)) - f);
        result = Vector256.ConditionalSelect(Vector256.Equals(x, Vector256.Create(double.PositiveInfinity)), x, result);
        result = Vector256.ConditionalSelect(Vector256.Equals(x, default), Vector256.Create(double.NegativeInfinity), result);
        return Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(x, default), result, Vector256.Create(double.NaN));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<long> exponent) => (exponent + Vector256.Create(ExponentBias) << MantissaBits).AsDouble();

    // Of whole numbers far below 2^51, by the same trick backwards.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> WholeNumber(Vector256<long> k) => (k + Vector256.Create(Rounder).AsInt64()).AsDouble() - Vector256.Create(Rounder);
}
