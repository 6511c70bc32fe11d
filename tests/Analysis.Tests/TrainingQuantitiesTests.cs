using ScalingDashboard.Numerics.Compute;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis.Tests;

public class TrainingQuantitiesTests
{
    [Theory]
    [InlineData(Flops, "5.76e23 FLOP", 5.76e23)]
    [InlineData(Parameters, "7B", 7e9)]
    [InlineData(Tokens, " 3.2 T ", 3.2e12)]
    [InlineData(Loss, "2.1", 2.1)]
    [InlineData(Days, "30", 30.0)]
    [InlineData(Days, "30d", 30.0)]
    [InlineData(Days, "36 hours", 1.5)]
    [InlineData(Days, "2w", 14.0)]
    [InlineData(Money, "$2M", 2e6)]
    [InlineData(Money, "2M$", 2e6)]
    [InlineData(Money, "2e6 USD", 2e6)]
    [InlineData(Money, "$7", 7.0)]
    [InlineData(Energy, "1290MWh", 1.29e6)]
    [InlineData(Energy, "1.3 gwh", 1.3e6)]
    [InlineData(Carbon, "552t", 552e3)]
    [InlineData(Carbon, "12 kg", 12.0)]
    [InlineData(Accelerators, "1024", 1024.0)]
    [InlineData(Epochs, "4", 4.0)]
    public void Numbers_are_read_as_people_write_them(TrainingQuantity quantity, string text, double value)
    {
        var reading = TrainingQuantities.Read(quantity, text);
        Assert.Null(reading.Problem);
        Assert.Equal(value, reading.Value!.Value, 1e-9 * value);
    }

    [Theory]
    [InlineData(Parameters, "7", "7B", "7 parameters? Write 7B if that was meant.")]
    [InlineData(Parameters, "1", "1B", "1 parameter? Write 1B if that was meant.")]
    [InlineData(Tokens, "3.2", "3.2T", "3.2 tokens? Write 3.2T if that was meant.")]
    [InlineData(UniqueTokens, "400", "400B", "400 tokens? Write 400B if that was meant.")]
    [InlineData(Flops, "21", "1e21", "21 FLOP? Write 1e21 if that was meant.")]
    [InlineData(Money, "2", "$2M", "2 dollars? Write $2M if that was meant.")]
    [InlineData(Energy, "500", "500MWh", "500 of what? Write the unit: 1290MWh.")]
    [InlineData(Carbon, "500", "500t", "500 of what? Write the unit: 550t.")]
    public void A_number_in_another_unit_is_asked_about(TrainingQuantity quantity, string text, string suggestion, string problem)
    {
        var reading = TrainingQuantities.Read(quantity, text);
        Assert.Null(reading.Value);
        Assert.Equal((problem, suggestion), (reading.Problem, reading.Suggestion));
        Assert.NotNull(TrainingQuantities.Read(quantity, suggestion).Value);
    }

    [Theory]
    [InlineData(Parameters, "many", "“many” is not a count of parameters. Write it like 7B.")]
    [InlineData(Loss, "", "Write loss such as 2.1.")]
    [InlineData(Flops, "NaN", "“NaN” is not an amount of compute. Write it like 5.76e23.")]
    [InlineData(Flops, "0", "0 is too small for compute: 1e10 to 1e35 can be planned.")]
    [InlineData(Parameters, "-7B", "-7B is too small for parameters: 10K to 1e18 can be planned.")]
    [InlineData(Days, "1e9", "1e9 is too large for days: 0.0001d to 100000d are taken.")]
    public void What_is_no_such_number_is_refused_with_an_example(TrainingQuantity quantity, string text, string problem) =>
        Assert.Equal(problem, TrainingQuantities.Read(quantity, text).Problem);

    [Fact]
    public void What_is_typed_for_a_number_reads_back_as_the_same_number()
    {
        foreach (var quantity in TrainingQuantities.All)
        {
            var (low, high) = TrainingQuantities.Bounds(quantity);
            foreach (var share in new[] { 0, 0.123456789, 1 / 3.0, 0.5, 0.9876, 1 })
            {
                var value = Math.Clamp(low * Math.Pow(high / low, share), low, high);
                if (quantity == Loss)
                    value = 1 + share;
                Assert.Equal(value, TrainingQuantities.Read(quantity, TrainingQuantities.Typed(quantity, value)).Value!.Value, 1e-15 * value);
            }
        }
    }

    [Theory]
    [InlineData(Days, 0.5, "12 hours")]
    [InlineData(Days, 14.77, "14.8 days")]
    [InlineData(Days, 4000, "11 years")]
    [InlineData(Money, 1.7744e6, "$1.77M")]
    [InlineData(Money, 12.5, "$12.5")]
    [InlineData(Energy, 1.2871e6, "1.29 GWh")]
    [InlineData(Carbon, 552e3, "552 t CO2e")]
    [InlineData(Accelerators, 123.4, "124 accelerators")]
    [InlineData(Accelerators, 512, "512 accelerators")]
    [InlineData(Loss, 1.9739, "1.97 nats per token")]
    [InlineData(Parameters, 7.2356e10, "72.4B parameters")]
    public void Numbers_are_written_with_their_units(TrainingQuantity quantity, double value, string text) => Assert.Equal(text, TrainingQuantities.Format(quantity, value));
}
