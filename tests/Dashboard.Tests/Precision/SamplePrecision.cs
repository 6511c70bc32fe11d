using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Precision;

/// <summary>Scenes of the Precision page, by published laws and by a fit to a simulated sweep.</summary>
internal static class SamplePrecision
{
    private static readonly Dictionary<int, PrecisionRuns> s_runs = [];

    internal static IReadOnlyList<LandmarkModel> Landmarks { get; } =
        [new("Llama 3.1 8B", 2024, 8e9, 15e12, "arXiv 2407.21783"), new("Gemma 2 9B", 2024, 9e9, 8e12, "arXiv 2408.00118"), new("GPT-3", 2020, 175e9, 300e9, "arXiv 2005.14165")];

    internal static PrecisionScene Published(PrecisionState? state = null) => PrecisionScene.Of(state ?? new PrecisionState(), null, Landmarks);

    internal static PrecisionScene Fitted(PrecisionState? state = null, int draws = 60) =>
        PrecisionScene.Of(state ?? new PrecisionState { Project = "p" }, Runs(draws), Landmarks);

    /// <summary>The sample's grid at two sizes and three counts of tokens, fitted once.</summary>
    internal static PrecisionRuns Runs(int draws = 60)
    {
        lock (s_runs)
        {
            if (s_runs.TryGetValue(draws, out var kept))
                return kept;
            var rows = Rows();
            RunRow[] all = [.. rows.Select(Run)];
            var input = new RunSet { Observations = rows, InputSha256 = "00" };
            var selection = new ProjectSelection { All = all, Rows = all, Final = input, Checkpoints = input with { Observations = [] } };
            var analysis = PrecisionAnalysis.Run(input, new PrecisionState { Draws = draws }.Options);
            return s_runs[draws] = new PrecisionRuns(selection, PrecisionRows.Of(rows), analysis, null);
        }
    }

    internal static Observation[] Rows() =>
    [
        .. PrecisionSimulation.Run(new PrecisionSimulationOptions { Law = PublishedPrecisions.Kumar.Law, Sizes = 3, Tokens = [1.5e9, 6e9, 26e9], Noise = 0.001, Seed = 2 })
            .Select((row, i) => row.Row with
            {
                RunId = "r" + i.ToString(CultureInfo.InvariantCulture),
                Config =
                [
                    Cell("weight_bits", row.Bits.Weights), Cell("activation_bits", row.Bits.Activations), Cell("kv_bits", row.Bits.KvCache), Cell("post_bits", row.Post),
                    KeyValuePair.Create("parent", row.Parent ?? ""),
                ],
            }),
    ];

    /// <summary>The same runs as a table to upload.</summary>
    internal static string Csv() => "run,parameters,tokens,loss,weight_bits,activation_bits,kv_bits,post_bits,parent\n" + string.Concat(Rows().Select(row =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Run},{row.Parameters:R},{row.Tokens:R},{row.Loss:R},{string.Join(',', row.Config.Select(cell => cell.Value))}\n")));

    private static KeyValuePair<string, string> Cell(string column, double? bits) => KeyValuePair.Create(column, bits?.ToString("R", CultureInfo.InvariantCulture) ?? "");

    private static RunRow Run(Observation row) => new()
    {
        Id = row.RunId,
        Project = "p",
        Name = row.Run,
        Line = row.Line,
        Parameters = row.Parameters,
        Tokens = row.Tokens,
        Flops = row.Flops,
        Loss = row.Loss,
        Points = 1,
        Tags = [],
        Flags = [],
        Config = row.Config,
        FileName = "sweep.csv",
        Sha256 = "00",
        Imported = default,
    };
}
