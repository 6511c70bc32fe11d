using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class ElementaryFunctionsTests
{
    [Theory]
    [InlineData(-745, 709)]
    [InlineData(-30, 30)]
    [InlineData(-1, 1)]
    [InlineData(-1e-8, 1e-8)]
    public void Exponentials_are_right_to_the_last_digit(double low, double high)
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var x = low + (high - low) * random.NextDouble();
            Near(Math.Exp(x), Exp(x), x);
        }
    }

    [Theory]
    [InlineData(-740, 700)]
    [InlineData(-1, 1)]
    [InlineData(-1e-6, 1e-6)]
    public void Logarithms_are_right_to_the_last_digit(double low, double high)
    {
        var random = new Random(2);
        for (var i = 0; i < 20_000; i++)
        {
            var x = Math.Exp(low + (high - low) * random.NextDouble());
            Near(Math.Log(x), Log(x), x);
        }
    }

    [Fact]
    public void Ends_of_the_range_and_beyond_are_those_of_the_scalar_functions()
    {
        foreach (var x in (double[])[0, -0.0, 1, -1, 709.78, 709.79, 1e9, double.MaxValue, double.PositiveInfinity, -708.5, -745.1, -745.2, -1e9, double.MinValue, double.NegativeInfinity, double.NaN, Math.Log(2) / 2, -Math.Log(2) / 2])
            Near(Math.Exp(x), Exp(x), x);
        foreach (var x in (double[])[0, -0.0, 1, Math.Sqrt(0.5), Math.BitDecrement(Math.Sqrt(0.5)), Math.Sqrt(2), Math.BitIncrement(1), Math.BitDecrement(1), double.Epsilon, 1e-310, 2.2250738585072014e-308, double.MaxValue, double.PositiveInfinity, -1, -double.Epsilon, double.NegativeInfinity, double.NaN])
            Near(Math.Log(x), Log(x), x);
    }

    [Fact]
    public void Each_of_the_four_numbers_is_its_own()
    {
        var x = Vector256.Create(-3, 0.25, 800, double.NaN);
        Assert.Equal([Exp(-3), Exp(0.25), double.PositiveInfinity, double.NaN], Enumerable.Range(0, 4).Select(i => ElementaryFunctions.Exp(x)[i]));
        var y = Vector256.Create(3, 1e-320, -1, 0);
        Assert.Equal([Log(3), Log(1e-320), double.NaN, double.NegativeInfinity], Enumerable.Range(0, 4).Select(i => ElementaryFunctions.Log(y)[i]));
    }

    private static double Exp(double x) => ElementaryFunctions.Exp(Vector256.Create(x))[0];

    private static double Log(double x) => ElementaryFunctions.Log(Vector256.Create(x))[0];

    /// <summary>The scalar functions are right to within a unit in the last place too.</summary>
    private static void Near(double expected, double actual, double x) =>
        Assert.True(
            expected.Equals(actual) || Math.Abs(expected - actual) <= 2 * Math.Max(double.Epsilon, Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected)),
            FormattableString.Invariant($"at {x:R}: {actual:R} where {expected:R} is right"));
}
