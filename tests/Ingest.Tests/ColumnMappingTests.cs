using FsCheck;
using FsCheck.Fluent;

namespace ScalingDashboard.Ingest.Tests;

public sealed class ColumnMappingTests
{
    [Fact]
    public void Reads_columns_joins_and_switches()
    {
        var mapping = ColumnMapping.Parse("parameters=Model Size, run = model+total_steps +peak_lr,budget=none", "loss=a=b");
        Assert.Equal(["Model Size"], mapping.Columns(SweepQuantity.Parameters)!);
        Assert.Equal(["model", "total_steps", "peak_lr"], mapping.Columns(SweepQuantity.Run)!);
        Assert.Equal([], mapping.Columns(SweepQuantity.Budget)!);
        Assert.Equal(["a=b"], mapping.Columns(SweepQuantity.Loss)!);
        Assert.Null(mapping.Columns(SweepQuantity.Tokens));
        Assert.Equal("run=model+total_steps+peak_lr,parameters=Model Size,loss=a=b,budget=none", mapping.ToString());
    }

    [Fact]
    public void Quotes_keep_commas_pluses_and_the_word_none()
    {
        var mapping = ColumnMapping.Parse("loss=\"eval, \"\"mean\"\"\",run=\"a+b\"+c,tokens=\"none\",flops=C4+x");
        Assert.Equal(["eval, \"mean\""], mapping.Columns(SweepQuantity.Loss)!);
        Assert.Equal(["a+b", "c"], mapping.Columns(SweepQuantity.Run)!);
        Assert.Equal(["none"], mapping.Columns(SweepQuantity.Tokens)!);
        Assert.Equal(["C4+x"], mapping.Columns(SweepQuantity.Flops)!);
    }

    [Fact]
    public void A_column_may_be_multiplied()
    {
        var mapping = ColumnMapping.Parse("flops=gflops*3,tokens=\"tokens, B\"*1e9,loss=\"a*2\",run=a*b");
        Assert.Equal((3.0, 1e9, 1.0), (mapping.Factor(SweepQuantity.Flops), mapping.Factor(SweepQuantity.Tokens), mapping.Factor(SweepQuantity.Loss)));
        Assert.Equal(["gflops"], mapping.Columns(SweepQuantity.Flops)!);
        Assert.Equal(["tokens, B"], mapping.Columns(SweepQuantity.Tokens)!);
        Assert.Equal(["a*2"], mapping.Columns(SweepQuantity.Loss)!);
        Assert.Equal(["a*b"], mapping.Columns(SweepQuantity.Run)!);
        Assert.Equal("run=\"a*b\",tokens=\"tokens, B\"*1000000000,flops=gflops*3,loss=\"a*2\"", mapping.ToString());
        Assert.Equal("flops=gflops", mapping.With(SweepQuantity.Flops, ["gflops"]).With(SweepQuantity.Run, null).With(SweepQuantity.Tokens, null).With(SweepQuantity.Loss, null).ToString());
    }

    [Theory]
    [InlineData("params=N", "unknown quantity 'params'. Known quantities: run, parameters, non_embedding_parameters, tokens, flops, loss, budget, family, step, seconds, eval_loss, lr.")]
    [InlineData("loss", "'loss' is not of the form quantity=column")]
    [InlineData("", "'' is not of the form quantity=column")]
    [InlineData("loss=a,b", "'b' is not of the form quantity=column. Quote a column name that contains a comma")]
    [InlineData("loss=", "loss names an empty column")]
    [InlineData("run=a+", "run names an empty column")]
    [InlineData("loss=a,Loss=b", "Loss is mapped twice")]
    [InlineData("loss=\"a", "is never closed")]
    [InlineData("loss=\"a\"b", "text follows the closing quote")]
    [InlineData("loss=a*0", "loss cannot be multiplied by 0")]
    [InlineData("flops=a*-3", "flops cannot be multiplied by -3")]
    [InlineData("run=a*3", "run cannot be multiplied by 3")]
    [InlineData("loss=\"a\"*x", "text follows the closing quote")]
    public void A_bad_mapping_says_what_is_wrong(string text, string part)
    {
        var exception = Assert.Throws<FormatException>(() => ColumnMapping.Parse(text));
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_round_trips()
    {
        var name = Gen.Elements("a", "none", "a*3", "*", "a+b", "c,d", "\"q\"", " padded ", "=", "", "N one").ListOf(1)
            .Or(Gen.Elements("x", "y+z", "NONE", ",", "\"", " ").ListOf(2))
            .Or(Gen.Constant(new List<string>()));
        Prop.ForAll(name.Select(list => list.ToList()).ToArbitrary(), columns =>
        {
            var quantity = columns.Count > 1 ? SweepQuantity.Run : SweepQuantity.Loss;
            var mapping = ColumnMapping.From([new(quantity, columns), new(SweepQuantity.Step, ["_step"])]);
            var back = ColumnMapping.Parse(mapping.ToString());
            return back.ToString() == mapping.ToString() && back.Columns(quantity)!.SequenceEqual(columns);
        }).Check(Fixed.Config(300));
    }
}
