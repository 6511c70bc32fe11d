using System.Globalization;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Sweeps over number formats with a known answer.</summary>
internal static class PrecisionSweeps
{
    internal static PrecisionLaw Truth { get; } = PublishedPrecisions.Kumar.Law;

    /// <summary>The sample's grid with other noise.</summary>
    internal static RunSet Simulated(double noise = 0.002, int seed = 1, Func<SimulatedPrecisionRow, bool>? keep = null) => Sweeps.Rows(
        PrecisionSimulation.Run(new PrecisionSimulationOptions { Law = Truth, Tokens = [1.5e9, 6e9, 26e9], Noise = noise, Seed = seed }).Where(keep ?? (_ => true)).Select(Row));

    /// <summary>A run as a table names it.</summary>
    internal static Observation Row(SimulatedPrecisionRow row) => row.Row with
    {
        Config =
        [
            Cell("weight_bits", row.Bits.Weights), Cell("activation_bits", row.Bits.Activations), Cell("kv_bits", row.Bits.KvCache), Cell("post_bits", row.Post),
            KeyValuePair.Create("parent", row.Parent ?? ""),
        ],
    };

    internal static Observation Row(string run, double parameters, double tokens, double loss, params (string Column, string Cell)[] cells) =>
        Sweeps.Row(run, parameters, tokens, loss) with { Config = [.. cells.Select(cell => KeyValuePair.Create(cell.Column, cell.Cell))] };

    private static KeyValuePair<string, string> Cell(string column, double? bits) => KeyValuePair.Create(column, bits?.ToString("R", CultureInfo.InvariantCulture) ?? "");
}
