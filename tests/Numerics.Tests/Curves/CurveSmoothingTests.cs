using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Numerics.Tests.Curves;

public class CurveSmoothingTests
{
    public static TheoryData<int> Seeds => RandomCurves.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_average_is_the_weighted_mean_of_the_past(int seed)
    {
        var values = RandomCurves.Next(seed, 300).Y;
        foreach (var weight in new[] { 0, 0.3, 0.9, 0.999 })
        {
            var smoothed = new CurveSmoothing(SmoothingKind.Average, weight).Apply(values);
            for (var i = 0; i < values.Length; i++)
            {
                // Σ w^(k−j) v_j / Σ w^(k−j) over the finite values so far, which is what the bias correction makes of it.
                var past = values[..(i + 1)].Where(double.IsFinite).Reverse().ToArray();
                var weights = past.Select((_, age) => Math.Pow(weight, age)).ToArray();
                var expected = double.IsFinite(values[i]) ? past.Zip(weights, (v, w) => v * w).Sum() / weights.Sum() : values[i];
                AssertClose(expected, smoothed[i]);
            }
        }
    }

    [Fact]
    public void A_constant_curve_stays_constant_from_its_first_row() =>
        Assert.All(new CurveSmoothing(SmoothingKind.Average, 0.99).Apply([.. Enumerable.Repeat(2.5, 500)]), value => Assert.Equal(2.5, value, 1e-12));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_window_is_the_mean_of_the_rows_around(int seed)
    {
        var values = RandomCurves.Next(seed, 300).Y;
        foreach (var rows in new[] { 1, 2, 3, 7, 50, 51, 1_000_001 })
        {
            var smoothed = new CurveSmoothing(SmoothingKind.Window, rows).Apply(values);
            for (var i = 0; i < values.Length; i++)
            {
                var around = values.Where((value, j) => Math.Abs(j - i) <= rows / 2 && double.IsFinite(value)).ToArray();
                AssertClose(double.IsFinite(values[i]) ? around.Average() : values[i], smoothed[i]);
            }
        }
    }

    [Fact]
    public void A_spike_leaves_no_trace_once_the_window_is_past_it()
    {
        double[] values = [1e30, .. Enumerable.Repeat(2.5, 40)];
        Assert.All(new CurveSmoothing(SmoothingKind.Window, 5).Apply(values)[3..], value => Assert.Equal(2.5, value));
    }

    [Fact]
    public void Not_a_number_stays_where_it_is_and_poisons_nothing()
    {
        double[] values = [3, double.NaN, 3, double.PositiveInfinity, 3];
        Assert.Equal(values, new CurveSmoothing(SmoothingKind.Average, 0.9).Apply(values).Select(value => Math.Round(value, 12)));
        Assert.Equal(values, new CurveSmoothing(SmoothingKind.Window, 3).Apply(values));
    }

    [Fact]
    public void Without_smoothing_the_curve_is_the_same_array()
    {
        double[] values = [1, 2];
        Assert.Same(values, CurveSmoothing.None.Apply(values));
    }

    [Theory]
    [InlineData(SmoothingKind.Average, 1)]
    [InlineData(SmoothingKind.Average, -0.1)]
    [InlineData(SmoothingKind.Window, 0)]
    public void What_is_no_weight_or_window_is_refused(SmoothingKind kind, double strength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CurveSmoothing(kind, strength).Apply([1, 2]));

    private static void AssertClose(double expected, double actual)
    {
        if (double.IsFinite(expected))
            Assert.Equal(expected, actual, Math.Abs(expected) * 1e-11);
        else
            Assert.Equal(expected, actual);
    }
}
