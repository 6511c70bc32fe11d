using ScalingDashboard.Dashboard.RunBrowser;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class RunColumnTests
{
    [Theory]
    [InlineData("loss", "Loss, last")]
    [InlineData("parameters", "N")]
    [InlineData("tokens_per_parameter", "D/N")]
    [InlineData("config(lr)", "lr")]
    [InlineData("config(opt(x))", "opt(x)")]
    [InlineData("last(eval/loss)", "eval/loss, last")]
    [InlineData("min(loss)", "Loss, min")]
    [InlineData("max(acc)", "acc, max")]
    [InlineData("at(1e10 tokens, loss)", "Loss at 10B tokens")]
    [InlineData("at(1e21 flops, eval_loss)", "eval_loss at 1e21 FLOP")]
    [InlineData("at(1500 steps, loss)", "Loss at step 1,500")]
    [InlineData("ema(0.99, loss)", "Loss, EMA 0.99")]
    public void A_column_is_its_text_and_says_which_value_it_shows(string text, string label)
    {
        var column = RunColumn.Parse(text)!;

        Assert.Equal(column, RunColumn.Parse(column.ToString()));
        Assert.Equal(label, RunColumnText.Label(column));
    }

    [Fact]
    public void Every_field_has_a_text_of_its_own_and_reads_back()
    {
        var fields = Enum.GetValues<RunField>();

        Assert.All(fields, field => Assert.Equal(RunColumn.Of(field), RunColumn.Parse(RunColumn.Of(field).ToString())));
        Assert.Equal(fields.Length, fields.Select(field => RunColumn.Of(field).ToString()).Distinct().Count());
        Assert.Equal("tokens", RunColumn.Of(RunField.Tokens).ToString());
        Assert.Equal("imported", RunColumn.Of(RunField.Imported).ToString());
    }

    [Fact]
    public void Quantities_may_be_typed_as_people_write_them() =>
        Assert.Equal("at(1e10 tokens, loss)", RunColumn.Parse(" AT( 10B Tokens , loss )")!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("speed")]
    [InlineData("min()")]
    [InlineData("min(loss")]
    [InlineData("mean(loss)")]
    [InlineData("at(10B, loss)")]
    [InlineData("at(-1 tokens, loss)")]
    [InlineData("at(10B tokens)")]
    [InlineData("ema(1, loss)")]
    [InlineData("ema(0.9)")]
    [InlineData("config( )")]
    [InlineData(null)]
    public void What_is_no_column_is_none(string? text) => Assert.Null(RunColumn.Parse(text));

    [Theory]
    [InlineData(double.NaN, "–")]
    [InlineData(double.PositiveInfinity, "∞")]
    [InlineData(3.14159, "3.142")]
    [InlineData(0.00004, "4e-5")]
    [InlineData(-12345678, "-1.23e7")]
    [InlineData(0, "0")]
    [InlineData(524288, "524288")]
    [InlineData(52428.5, "52430")]
    public void Any_number_has_a_short_text(double value, string expected) => Assert.Equal(expected, RunColumnText.Plain(value, 4));
}
