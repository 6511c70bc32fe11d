using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Number formats as the laws of formats read them from the columns of runs.</summary>
public class FormatColumnsTests
{
    private static readonly FitRecipeOptions s_options = new() { Bootstrap = 20, Fit = new FitOptions { Method = FitMethod.LogSquared } };

    [Fact]
    public void Layouts_come_from_columns_of_their_own_or_from_the_format()
    {
        Assert.Equal((4.0, 3.0, 32.0), Read(("exponent_bits", "4"), ("mantissa_bits", "3"), ("block_size", "32")));
        Assert.Equal((2.0, 0.0, 128.0), Read(("cfg.precision", "e2m0"), ("quant_group_size", "128")));
        // Without a count of values it is that of a channel, as Sun et al. fitted it.
        var (exponent, mantissa, group) = Read(("precision", "bf16"));
        Assert.Equal((8.0, 7.0, 13.1567), (exponent, mantissa, Math.Round(Math.Log2(group), 4)));
        Assert.Equal((5.0, 10.0), Split("torch.float16"));
        Assert.Equal((8.0, 23.0), Split("fp32"));
        Assert.Equal((8.0, 10.0), Split("tf32"));
        Assert.Equal(LawPoint.NotQuantised, Split("none").Exponent);
        Assert.Equal(LawPoint.NotQuantised, Split("16").Exponent);

        (double Exponent, double Mantissa, double Group) Read(params (string, string)[] cells)
        {
            var point = new LawPoint(1e9, 1e10, 6e19).WithFormats(PrecisionSweeps.Row("a", 1e9, 1e10, 3, cells), LawForms.Find("floating")!);
            return (point.ExponentBits, point.MantissaBits, point.GroupSize);
        }

        (double Exponent, double Mantissa) Split(string format) => Read(("precision", format)) is var (e, m, _) ? (e, m) : default;
    }

    [Theory]
    [InlineData("floating", "precision", "fp8", "a (line 2) has 'fp8' in the column 'precision', which does not say how its bits are split. Write a layout such as e4m3, or add the columns exponent_bits and mantissa_bits. Correct it, or leave the run out.")]
    [InlineData("floating", "exponent_bits", "4", "which says one of exponent and mantissa bits and not the other")]
    [InlineData("floating", "mantissa_bits", "many", "a (line 2) has 'many' in the column 'mantissa_bits', which is not a count of mantissa bits")]
    [InlineData("granularity", "group_size", "0", "which is not a count of values that share a scale, such as 128")]
    [InlineData("lowbit", "post_bits", "few", "which is no number of bits")]
    public void A_format_that_cannot_be_read_names_the_cell(string law, string column, string cell, string words)
    {
        var failure = Assert.Throws<AnalysisException>(() => new LawPoint(1e9, 1e10, 6e19).WithFormats(PrecisionSweeps.Row("a", 1e9, 1e10, 3, (column, cell)), LawForms.Find(law)!));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("floating")]
    [InlineData("lowbit")]
    [InlineData("granularity")]
    public void Runs_that_name_their_formats_give_the_law_back(string key)
    {
        var form = LawForms.Find(key)!;
        var truth = key switch
        {
            "floating" => form.With(1.9061, 69.2343, 68973.0621, 0.2368, 0.5162, 11334.5197, 3.1926, 2.9543),
            "lowbit" => form.With(1.8, 480, 2100, 0.35, 0.37, 0.017, 0.5251, 0.2261, 5.4967),
            _ => form.With(1.8, 480, 2100, 0.35, 0.37, 0.1582, 0.0745, 0.2186, 0.7779),
        };
        (string, string)[][] formats = key switch
        {
            "floating" => [[], [("precision", "e2m1"), ("block_size", "128")], [("precision", "e4m3"), ("block_size", "32")], [("exponent_bits", "3"), ("mantissa_bits", "2"), ("block_size", "512")], [("precision", "e2m3"), ("block_size", "128")], [("precision", "e5m0"), ("block_size", "64")]],
            "lowbit" => [[], [("post_bits", "2")], [("post_bits", "int3")], [("post_bits", "4")]],
            _ => [[], [("group_size", "16")], [("group_size", "128")], [("group_size", "4096")]],
        };
        Observation[] rows =
        [
            .. from parameters in new[] { 41e6, 85e6, 180e6, 400e6, 900e6 }
               from tokens in new[] { 5e9, 15e9, 40e9, 110e9 }
               from format in formats
               let row = PrecisionSweeps.Row(string.Create(CultureInfo.InvariantCulture, $"{parameters} {tokens} {format.Length}"), parameters, tokens, 1, format)
               select row with { Loss = truth.Predict(new LawPoint(row.Parameters, row.Tokens, row.Flops).WithFormats(row, form)) },
        ];
        var fit = FitRecipe.Run(rows, s_options with { Law = key });
        Assert.Equal(FitStatus.Converged, fit.Fit.Status);
        Assert.All(form.Parameters, parameter => Assert.Equal(1, fit.Fit.Law[parameter.Key] / truth[parameter.Key], 2e-3));
    }
}
