using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public class CountingTableTests
{
    [Theory]
    [InlineData(FitStatus.Converged, 0.5, "0.500", "no interval")]
    [InlineData(FitStatus.AtBound, 0.126, "0.126", "no interval, at a bound")]
    [InlineData(FitStatus.NotIdentifiable, 0.5, "–", "not identifiable")]
    [InlineData(FitStatus.TooFewPoints, double.NaN, "–", "too few runs")]
    public void A_fit_says_how_it_ended(FitStatus status, double exponent, string value, string note)
    {
        var result = new ApproachResult { Approach = 3, Status = status, Law = new AllocationLine(new PowerLaw(exponent, 0)), Draws = [], Budgets = [], Warnings = [] };
        var row = Assert.Single(CountingTable.Rows(new CountingResult(
            [new CountingRow { Key = "k", Name = "n", Formula = "f", Runs = 1200, Missing = [new MissingCount("vocabulary", ["x", "y"])], Surface = result }], "", [])));
        Assert.Equal(new TableCell("–", "too few runs"), row.Exponents[0]);
        Assert.Equal(
            new TableCell("–", "no line through minima"),
            CountingTable.Rows(new CountingResult([new CountingRow { Key = "k", Name = "n", Formula = "f", Runs = 9, Missing = [], Profiles = result with { Approach = 2, Status = FitStatus.TooFewPoints } }], "", []))[0].Exponents[0]);
        Assert.Equal(new TableCell(value, note), row.Exponents[2]);
        Assert.Equal(new TableCell("1,200 of 1,202", "no vocabulary"), row.Runs);
    }
}
