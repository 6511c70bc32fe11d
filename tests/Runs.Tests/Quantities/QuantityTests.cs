using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Runs.Tests.Quantities;

public class QuantityTests
{
    [Theory]
    [InlineData("7B", 7e9)]
    [InlineData("7b", 7e9)]
    [InlineData("7G", 7e9)]
    [InlineData(" 1.4 T ", 1.4e12)]
    [InlineData("331M", 331e6)]
    [InlineData("64k", 64e3)]
    [InlineData("1e9", 1e9)]
    [InlineData("+1E+9", 1e9)]
    [InlineData("5.76e23", 5.76e23)]
    [InlineData("5.76e23 FLOP", 5.76e23)]
    [InlineData("6e18 flops", 6e18)]
    [InlineData("1e3K", 1e6)]
    [InlineData("-2.5", -2.5)]
    [InlineData("0", 0)]
    [InlineData(".5", 0.5)]
    // A product with 1e9 would be 67099999999.999992.
    [InlineData("67.1B", 67.1e9)]
    [InlineData("4.35M", 4_350_000)]
    public void Reads(string text, double expected)
    {
        Assert.True(Quantity.TryParse(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("1,234")]
    [InlineData("1.234,5")]
    [InlineData("1 234")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("∞")]
    [InlineData("1e999")]
    [InlineData("1e300B")]
    [InlineData("B")]
    [InlineData("FLOP")]
    [InlineData("7BB")]
    [InlineData("7Q")]
    [InlineData("--7")]
    [InlineData("1e")]
    [InlineData("1eB")]
    [InlineData("$7")]
    [InlineData("(7)")]
    public void Refuses(string? text)
    {
        Assert.False(Quantity.TryParse(text, out var value));
        Assert.True(double.IsNaN(value));
    }

    [Theory]
    [InlineData(70e9, "70B")]
    [InlineData(1.4e12, "1.4T")]
    [InlineData(331e6, "331M")]
    [InlineData(64_000, "64K")]
    [InlineData(999, "999")]
    [InlineData(999.96e6, "1B")]
    [InlineData(999.4e6, "999M")]
    [InlineData(999.6, "1K")]
    [InlineData(12.345, "12.3")]
    [InlineData(0, "0")]
    [InlineData(-7e9, "-7B")]
    [InlineData(999.96e12, "1e15")]
    [InlineData(5e16, "5e16")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "–")]
    public void Writes_counts(double value, string expected) => Assert.Equal(expected, Quantity.Count(value));

    [Theory]
    [InlineData(5.76e23, "5.76e23")]
    [InlineData(6e18, "6e18")]
    [InlineData(9.999e22, "1e23")]
    [InlineData(1e20, "1e20")]
    [InlineData(1.5e-4, "1.5e-4")]
    [InlineData(0, "0")]
    [InlineData(-2e10, "-2e10")]
    [InlineData(double.NegativeInfinity, "–")]
    public void Writes_scientific(double value, string expected) => Assert.Equal(expected, Quantity.Scientific(value));

    [Theory]
    [InlineData(2.34567, 3, "2.35")]
    [InlineData(9.996, 3, "10")]
    [InlineData(99.96, 3, "100")]
    [InlineData(0.0012345, 3, "0.00123")]
    [InlineData(1234.5, 3, "1230")]
    [InlineData(2.5, 3, "2.5")]
    [InlineData(100, 3, "100")]
    [InlineData(0, 3, "0")]
    public void Writes_significant_digits(double value, int digits, string expected) =>
        Assert.Equal(expected, Quantity.Significant(value, digits));

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1_500)]
    [InlineData(44e6)]
    [InlineData(70e9)]
    [InlineData(67.1e9)]
    [InlineData(1.41e12)]
    [InlineData(999e12)]
    [InlineData(2e15)]
    public void What_is_written_reads_back(double value)
    {
        Assert.True(Quantity.TryParse(Quantity.Count(value), out var count));
        Assert.Equal(value, count);
        Assert.True(Quantity.TryParse(Quantity.Scientific(value), out var scientific));
        Assert.Equal(value, scientific);
    }

    [Fact]
    public void A_culture_with_decimal_commas_changes_nothing()
    {
        // Built by hand: the invariant build has no de-DE data.
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        german.NumberFormat.NegativeSign = "~";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = german;
        try
        {
            Assert.True(Quantity.TryParse("3.1415", out var value));
            Assert.Equal(3.1415, value);
            Assert.False(Quantity.TryParse("3,1415", out _));
            Assert.Equal("1.4T", Quantity.Count(1.4e12));
            Assert.Equal("5.76e-23", Quantity.Scientific(5.76e-23));
            Assert.Equal("-2.35", Quantity.Significant(-2.345678, 3));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
