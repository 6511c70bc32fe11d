using System.Globalization;

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>A server with the sample sweep: nine budgets of eight runs with curves.</summary>
public class SampleDashboard : DashboardFixture
{
    internal const string Project = "sample";
    internal const string IsoFlop = "/isoflop?project=sample";
    internal const string RunsPage = "/runs?project=sample";
    internal static readonly int Runs = 72;

    protected override Task FillAsync() => ImportAsync(Repository.Sample("chinchilla-sweep/sweep.csv"), Project);

    internal static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
