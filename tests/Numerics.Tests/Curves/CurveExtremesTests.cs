using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Numerics.Tests.Curves;

public class CurveExtremesTests
{
    public static TheoryData<int> Seeds => RandomCurves.Seeds;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_pyramid_finds_what_looking_at_every_row_finds(int seed)
    {
        var values = RandomCurves.Next(seed).Y;
        var pyramid = new CurveExtremes(values);
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var start = random.Next(values.Length + 1);
            var end = i == 0 ? values.Length : random.Next(start, values.Length + 1);
            Assert.Equal(CurveExtremes.Scan(values, i == 0 ? 0 : start, end), pyramid.Between(i == 0 ? 0 : start, end));
        }
    }

    [Fact]
    public void Of_equal_values_the_first_is_taken()
    {
        var values = Enumerable.Repeat(1.5, 1000).ToArray();
        Assert.Equal((3, 3), new CurveExtremes(values).Between(3, 997));
        (values[500], values[501], values[700], values[701]) = (9, 9, -9, -9);
        Assert.Equal((700, 500), new CurveExtremes(values).Between(3, 997));
    }

    [Fact]
    public void Where_nothing_is_finite_there_is_none()
    {
        var values = Enumerable.Repeat(double.NaN, 300).Concat([double.PositiveInfinity, double.NegativeInfinity]).ToArray();
        Assert.Equal((-1, -1), new CurveExtremes(values).Between(0, values.Length));
        Assert.Equal((-1, -1), new CurveExtremes([]).Between(0, 0));
    }
}
