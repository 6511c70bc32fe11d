using System.Globalization;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Estimate;

/// <summary>Studies of simulated families, whose truth is known.</summary>
internal static class SampleStudy
{
    internal static ChinchillaLaw Truth { get; } = (ChinchillaLaw)PublishedLaws.Epoch.Law;

    internal static IReadOnlyList<SimulatedFamilyRow> Rows { get; } = FamilySimulation.Run(new FamilySimulationOptions
    {
        Families =
        [
            new("amber", "dec", Truth),
            new("basalt", "dec", new ChinchillaLaw(1.55, 320, 1250, 0.318, 0.345)),
            new("cedar", "enc-dec", new ChinchillaLaw(1.2, 95, 2600, 0.235, 0.392)),
        ],
        Sizes = 6,
        Smallest = 1e8,
        Largest = 1e10,
        Checkpoints = 24,
        Noise = 0.003,
        Seed = 5,
    });

    internal static EstimateState State => new() { Project = "p" };

    internal static EstimateStudy Of(EstimateState? state = null)
    {
        var traits = Rows.GroupBy(row => row.Row.Run).ToDictionary(run => run.Key, run => new RunTraits(run.First().Family.Name, "nats", run.First().Family.Architecture, null, "families.csv"));
        var rows = new RunSet { Observations = [.. Rows.Select(row => row.Row)], InputSha256 = "0f" };
        return EstimateStudy.Run(ModelFamilies.Of(rows, row => traits[row.Run]), (state ?? State).Options);
    }

    /// <summary>The rows as a file; the loss of one family in another kind where asked for.</summary>
    internal static string Csv(params string[] families)
    {
        var csv = new StringBuilder("run,family,arch,loss_kind,parameters,tokens,loss\n");
        foreach (var (family, row) in Rows.Where(row => families.Length == 0 || families.Contains(row.Family.Name)))
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{family.Name},{family.Architecture},nats,{row.Parameters:R},{row.Tokens:R},{row.Loss:R}\n");
        return csv.ToString();
    }
}
