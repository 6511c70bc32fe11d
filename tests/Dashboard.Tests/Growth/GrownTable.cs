using System.Globalization;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Tests.Growth;

/// <summary>Grown runs as the Lab logs them, whose savings are known: the same curve, begun further along.</summary>
internal static class GrownTable
{
    internal const string Project = "grown";
    internal const double Small = 20e3;
    internal const double Large = 50e3;
    internal const double OperatorFlops = 1.5e10;

    internal const string Matrices = """{\"before\":{\"width\":[[1,0],[0,1],[0.4,0.6]],\"depth\":{\"query\":[[1],[1]],\"value\":[[1],[0.9]]}},\"after\":{\"width\":[[1,0],[0,1],[0.2,0.8]],\"depth\":{\"query\":[[0.9],[0.5]],\"value\":[[1],[0.8]]}}}""";

    private const int Rows = 40;
    private const double Flops = 3e11;

    /// <summary>Savings of a run that begins a share further along the curve.</summary>
    internal static double Savings(double ahead, double operatorFlops) => ahead - operatorFlops / Flops;

    /// <summary>JSON Lines, one row a logged step.</summary>
    internal static string Jsonl(int seeds = 3)
    {
        var lines = new StringBuilder();
        for (var seed = 1; seed <= seeds; seed++)
        {
            Add(lines, $"small-{seed}", Small, seed, 0, "");
            Add(lines, $"scratch-{seed}", Large, seed, 0, "");
            Add(lines, $"ligo-{seed}", Large, seed, 0.5 + 0.02 * (seed - 2), Grown(seed, "ligo", OperatorFlops, 0.01 * seed, $", \"operator_steps\": 100, \"growth_matrices\": \"{Matrices}\""));
            Add(lines, $"stack-{seed}", Large, seed, 0.3, Grown(seed, "stack", 0, 0.2, ""));
            Add(lines, $"ki-{seed}", Large, seed, -0.1, Grown(seed, "ki", 6e10, 1.5, ""));
        }

        return lines.ToString();
    }

    internal static async Task<GrowthScene> SceneAsync(GrowthState state, int seeds = 3)
    {
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Jsonl(seeds)));
        var table = await SweepTableReader.ReadAsync(stream, "grown.jsonl", new SweepTableOptions(), CancellationToken.None);
        var source = new RunSet { Observations = table.Observations, InputSha256 = table.Sha256 };
        return GrowthScene.Of(state, GrowthComparison.Run(GrowthRuns.Of(table.Runs), state.Options, source));
    }

    private static string Grown(int seed, string growthOperator, double flops, double change, string more) => string.Create(
        CultureInfo.InvariantCulture,
        $", \"grown_from\": \"small-{seed}\", \"growth_operator\": \"{growthOperator}\", \"operator_flops\": {flops}, \"operator_seconds\": 2, \"small_flops\": 1.2e11, \"small_seconds\": 10, \"function_change\": {change}{more}");

    private static void Add(StringBuilder lines, string run, double parameters, int seed, double ahead, string growth)
    {
        for (var i = 0; i <= Rows; i++)
        {
            var share = (double)i / Rows;
            // Falls on a straight line, so that interpolation between rows is exact.
            var loss = 5 - 2 * (share + ahead);
            lines.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"run": "{{run}}", "family": "tiny", "parameters": {{parameters}}, "step": {{10 * i}}, "tokens": {{Flops * share / (6 * parameters)}}, "flops": {{Flops * share}}, "seconds": {{100 * share}}, "loss": {{loss}}, "seed": {{seed}}{{growth}}}"""));
        }
    }
}
