using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Tests.Precision;

public class PrecisionTableTests
{
    [Fact]
    public void Common_bits_with_what_is_left_of_the_model()
    {
        var rows = PrecisionTable.Rows(SamplePrecision.Published());
        Assert.Equal([3, 4, 5, 6, 7, 8, 10, 12, 16], rows.Select(row => row.Bits));
        Assert.Equal((0.696, 0.331, 0.828, 0.191, 0.0477), (Round(rows[1].Parts[0], 3), Round(rows[1].Parts[1], 3), Round(rows[1].Parts[2], 3), Round(rows[1].Share, 3), Round(rows[1].PerBit, 4)));
        // Three bits: the weights go on, the activations do not.
        Assert.True(rows[0].Parts[0] > 0 && double.IsNaN(rows[0].Parts[1]) && double.IsNaN(rows[0].Loss));
        Assert.StartsWith("bits\tN_eff/N, weights alone\t", PrecisionTable.Text(rows), StringComparison.Ordinal);
        Assert.Equal(10, PrecisionTable.Text(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(PrecisionTable.Rows(SamplePrecision.Published(new PrecisionState { Law = "sun" })));
    }

    [Fact]
    public void Every_published_law_is_asked_of_the_same_model()
    {
        var rows = PrecisionTable.Published(SamplePrecision.Published());
        Assert.Equal(PublishedPrecisions.All.Count + 2, rows.Count);
        Assert.Equal("2.8 decades beyond", rows[0].Beyond);
        Assert.Equal(PublishedPrecisions.Ouyang.Law.AddedLoss(8e9, 15e12, 4), rows.Single(row => row.Law == PublishedPrecisions.Ouyang).Added);
        var outside = PrecisionTable.Published(SamplePrecision.Published(new PrecisionState().WithBits(3)));
        Assert.True(double.IsNaN(outside[0].Added));
    }

    [Fact]
    public void The_fit_is_the_same_on_the_fit_page()
    {
        var fit = PrecisionLinks.ToFit(SamplePrecision.Fitted());
        Assert.Equal(("precision-w-a-kv-post", FitMethod.LogSquared, Analysis.Resampling.Models), (fit.Law, fit.Method, fit.Resampling));
        Assert.Same(LawForms.Find("precision-w-a-kv-post"), fit.Form);
        var published = Assert.Single(PublishedSurfaces.Of(fit.Form));
        Assert.Equal(2.6745, published.Law["gamma_w"]);
        Assert.Equal(0.0598 * Math.Exp(1.1277), published.Law["C_T"], 1e-12);
        Assert.Empty(PublishedSurfaces.Of(LawForms.Find("precision-wakv")!));
    }

    [Theory]
    [InlineData("", "precision --parameters 8000000000 --tokens 15000000000000 --weights 8 --activations 8 --kv 8")]
    [InlineData("?view=budget&given=1&c=1e22", "precision --optimum --flops 1e22 --parameters 8000000000")]
    [InlineData("?view=served&cw=0.5&plain=1&w=16", "precision --form plain --parameters 8000000000 --tokens 15000000000000 --activations 8 --kv 8 --robust 0.5,1,1 --post 4")]
    [InlineData("?law=sun&e=5&m=2", "precision --law sun --parameters 8000000000 --tokens 15000000000000 --format E5M2 --group 128")]
    [InlineData("?law=ouyang&post=3", "precision --law ouyang --parameters 8000000000 --tokens 15000000000000 --post 3")]
    public async Task The_command_answers_the_same_question(string query, string command)
    {
        var scene = SamplePrecision.Published(PrecisionState.FromQuery(ViewQuery.Parse(query)));
        Assert.Equal(command, PrecisionLinks.Command(scene));
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(0, await Dashboard.Commands.CommandLine.RunAsync(command.Split(' '), output, error));
    }

    [Fact]
    public void A_command_cannot_leave_out_what_only_the_view_does()
    {
        Assert.StartsWith("precision --project p --bootstrap 60 --parameters", PrecisionLinks.Command(SamplePrecision.Fitted(new PrecisionState { Project = "p", Draws = 60 })), StringComparison.Ordinal);
        Assert.Null(PrecisionLinks.Command(SamplePrecision.Fitted(new PrecisionState { Project = "p", Excluded = ["r1"] })));
    }

    private static double Round(double value, int digits) => Math.Round(value, digits);
}
