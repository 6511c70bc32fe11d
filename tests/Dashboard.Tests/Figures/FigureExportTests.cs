using System.Text.Json;
using ScalingDashboard.Dashboard.Figures;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class FigureExportTests
{
    private static Trace Points(string name, string? hover = null) => new()
    {
        Name = name,
        Kind = TraceKind.Points,
        X = [5.7612345678901234e23],
        Y = [double.NaN],
        YLow = [0.1],
        YHigh = [1.0 / 3],
        Color = "--cat-1",
        Hover = hover is null ? null : [hover],
    };

    [Fact]
    public void Csv_has_a_row_for_each_point_and_numbers_that_read_back()
    {
        var lines = FigureExport.Csv(PlotlySpecTests.Example(Points("runs", "run 7\nloss 2.1"))).Split('\n');
        Assert.Equal("trace,x,y,low,high,label", lines[0]);
        Assert.Equal("runs,5.7612345678901236E+23,,0.1,0.3333333333333333,run 7; loss 2.1", lines[1]);
        Assert.Equal("", lines[2]);
    }

    [Fact]
    public void A_band_has_edges_and_no_height()
    {
        var band = new Trace { Name = "80 %", Kind = TraceKind.Band, X = [1], YLow = [2], YHigh = [3], Color = "--cat-1" };
        Assert.Equal("80 %,1,,2,3,", FigureExport.Csv(PlotlySpecTests.Example(band)).Split('\n')[1]);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a=b", "a=b")]
    public void Text_cells_cannot_become_formulas_or_break_the_row(string name, string cell) =>
        Assert.StartsWith(cell + ",", FigureExport.Csv(PlotlySpecTests.Example(Points(name)))["trace,x,y,low,high,label\n".Length..], StringComparison.Ordinal);

    [Fact]
    public void Json_holds_the_same_with_null_for_what_is_not_finite()
    {
        var trace = JsonDocument.Parse(FigureExport.Json(PlotlySpecTests.Example(Points("<b> & ≤")))).RootElement.GetProperty("traces")[0];
        Assert.Equal("<b> & ≤", trace.GetProperty("name").GetString());
        Assert.Equal("points", trace.GetProperty("kind").GetString());
        Assert.Equal(5.7612345678901234e23, trace.GetProperty("x")[0].GetDouble());
        Assert.Equal(JsonValueKind.Null, trace.GetProperty("y")[0].ValueKind);
        Assert.Equal(0.1, trace.GetProperty("low")[0].GetDouble());
    }
}
