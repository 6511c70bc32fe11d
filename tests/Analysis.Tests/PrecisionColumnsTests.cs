using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class PrecisionColumnsTests
{
    [Theory]
    [InlineData("8", 8.0)]
    [InlineData("4.0", 4.0)]
    [InlineData("1.58", 1.58)]
    [InlineData("fp8", 8.0)]
    [InlineData("FP4_E2M1", 4.0)]
    [InlineData("e4m3", 8.0)]
    [InlineData("e5m6", 12.0)]
    [InlineData("torch.float8_e4m3fn", 8.0)]
    [InlineData("int4", 4.0)]
    [InlineData("uint8", 8.0)]
    [InlineData("nf4", 4.0)]
    [InlineData("mxfp6", 6.0)]
    [InlineData("8bit", 8.0)]
    [InlineData("4-bits", 4.0)]
    [InlineData("16", null)]
    [InlineData("32", null)]
    [InlineData("bf16", null)]
    [InlineData("torch.bfloat16", null)]
    [InlineData("bf16-mixed", null)]
    [InlineData("32-true", null)]
    [InlineData("tf32", null)]
    [InlineData(" None ", null)]
    [InlineData("", null)]
    public void Formats_are_bits(string text, double? bits)
    {
        Assert.True(PrecisionColumns.TryParse(text, out var read));
        Assert.Equal(bits, read);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-4")]
    [InlineData("128")]
    [InlineData("mixed")]
    [InlineData("fp")]
    [InlineData("int0")]
    [InlineData("8B")]
    public void Other_texts_are_none(string text) => Assert.False(PrecisionColumns.TryParse(text, out _));

    [Fact]
    public void One_column_sets_all_parts_and_a_part_s_own_column_goes_before()
    {
        Assert.Equal(TrainingBits.Tied(8), Read(("precision", "fp8")).Training);
        Assert.Equal(new TrainingBits(4, 8, 8), Read(("precision", "fp8"), ("weight_bits", "4")).Training);
        Assert.Equal(new TrainingBits(4, 8, null), Read(("dtype", "w4a8")).Training);
        Assert.Equal(new TrainingBits(4, null, 8), Read(("precision", "W4A16KV8")).Training);
        Assert.True(Read(("optimizer", "adamw"), ("precision", "bf16")).IsFull);
    }

    [Fact]
    public void Names_are_taken_in_any_case_and_below_a_prefix()
    {
        var read = Read(("config.W_Bits", "6"), ("quant/act_bits", "5"), ("P_kv", "4"), ("PTQ_bits", "3"), ("parent", "base"), ("bf16_loss", "3.1"));
        Assert.Equal(new RunPrecision(new(6, 5, 4), 3, "base", 3.1), read);
        Assert.True(PrecisionColumns.Recognises("model.kv_bits"));
        Assert.False(PrecisionColumns.Recognises("model.n_heads"));
    }

    [Fact]
    public void A_cell_that_is_no_format_is_named_with_its_run_line_and_column()
    {
        var failure = Assert.Throws<AnalysisException>(() => Read(("quant.weight_bits", "small")));
        Assert.StartsWith("r (line 7) has 'small' in the column 'quant.weight_bits', which is no number of bits", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_words()
    {
        Assert.Equal("no quantisation", Read().Words);
        Assert.Equal("8 bits, 4 bits after training", Read(("precision", "8"), ("post_bits", "4")).Words);
        Assert.Equal("weights 4, KV cache 6 bits", Read(("weight_bits", "4"), ("kv_bits", "6")).Words);
    }

    private static RunPrecision Read(params (string Column, string Cell)[] cells) => PrecisionColumns.Read(new Observation
    {
        Run = "r",
        Line = 7,
        Parameters = 1e9,
        Tokens = 1e10,
        Flops = 6e19,
        Loss = 3,
        Config = [.. cells.Select(cell => KeyValuePair.Create(cell.Column, cell.Cell))],
    });
}
