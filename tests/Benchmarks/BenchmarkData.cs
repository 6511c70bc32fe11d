using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Benchmarks;

/// <summary>What is measured on: published points where they are beside the clone, else the sample sweep.</summary>
internal static class BenchmarkData
{
    internal const string MetricColumn = "accuracy";
    internal const string UniqueTokensColumn = "unique_tokens";

    private static readonly string s_repository = FindRepository();

    internal static Task<RunSet> SampleAsync() => ReadAsync(Path.Combine(s_repository, "samples", "chinchilla-sweep", "sweep.csv"));

    internal static async Task<(FitPoints Points, string Name)> PointsAsync(RunSet sample)
    {
        var (rows, name) = await RowsAsync(sample);
        return (FitPoints.From([.. rows.Select(row => row.Parameters)], [.. rows.Select(row => row.Tokens)], [.. rows.Select(row => row.Loss)]), name);
    }

    /// <summary>The same points as text: N, D and loss, a line each.</summary>
    internal static async Task<string> TripletsAsync(RunSet sample) =>
        string.Concat((await RowsAsync(sample)).Rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Parameters:R} {row.Tokens:R} {row.Loss:R}\n")));

    internal static async Task<(IReadOnlyList<Observation> Rows, string Name)> CurvesAsync(RunSet sample) =>
        Shared("gemstones/checkpoints.csv") is { } file
            ? ((await ReadAsync(file, "subset=hot_477")).Observations, "Gemstones")
            : (sample.Observations, "the sample");

    /// <summary>The sample sweep over number formats.</summary>
    internal static async Task<RunSet> FormatsAsync()
    {
        var file = Path.Combine(s_repository, "samples", "precision-sweep", "sweep.csv");
        await using var stream = File.OpenRead(file);
        var table = await SweepTableReader.ReadAsync(stream, file, new SweepTableOptions { KeepsColumn = PrecisionColumns.Recognises }, CancellationToken.None);
        return new RunSet { Observations = table.Observations, InputSha256 = table.Sha256 };
    }

    /// <summary>Runs and their fit as the Precision page holds them.</summary>
    internal static PrecisionRuns Runs(RunSet rows, PrecisionAnalysis analysis) =>
        new(new ProjectSelection { All = [], Rows = [], Final = rows, Checkpoints = rows with { Observations = [] } }, PrecisionRows.Of(rows.Observations), analysis, null);

    /// <summary>As many checkpoints of as many models, 1,000 each of a million, each off the law by half a percent.</summary>
    internal static FitPoints Checkpoints(int count)
    {
        var models = (int)Math.Sqrt(count);
        var each = (count + models - 1) / models;
        var law = new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37);
        var random = new Random(1);
        var (parameters, tokens, losses) = (new double[count], new double[count], new double[count]);
        for (var i = 0; i < losses.Length; i++)
        {
            parameters[i] = 1e7 * Math.Pow(1000, i / each / (double)models);
            tokens[i] = parameters[i] * 0.1 * Math.Pow(1000, (i % each + 1) / (double)each);
            losses[i] = law.Loss(parameters[i], tokens[i]) * (1 + 0.01 * (random.NextDouble() - 0.5));
        }

        return FitPoints.From(parameters, tokens, losses);
    }

    internal static RunSet MillionRows()
    {
        var points = Checkpoints(1_000_000);
        return new RunSet
        {
            Observations =
            [
                .. Enumerable.Range(0, points.Count).Select(i => (Index: i, Point: points.Run(i), Loss: points.Response[i])).Select(one => new Observation
                {
                    Run = $"run {one.Index / 1000}",
                    Line = one.Index + 2,
                    Parameters = one.Point.Parameters,
                    Tokens = one.Point.Tokens,
                    Flops = one.Point.Flops,
                    Loss = one.Loss,
                }),
            ],
            InputSha256 = "",
        };
    }

    /// <summary>The same points as rows that every law can be fitted to: with a metric, a noisy sigmoid of the loss, and unique tokens, up to a quarter of all.</summary>
    internal static async Task<RunSet> FitRowsAsync(RunSet sample)
    {
        var random = new Random(2);
        return new RunSet
        {
            Observations =
            [
                .. (await RowsAsync(sample)).Rows.Select((row, i) => row with
                {
                    Config =
                    [
                        new(MetricColumn, (0.25 + 0.6 / (1 + Math.Exp(4 * (row.Loss - 2.6) + 0.1 * (random.NextDouble() - 0.5)))).ToString("R", CultureInfo.InvariantCulture)),
                        new(UniqueTokensColumn, (row.Tokens / (1 + i % 4)).ToString("R", CultureInfo.InvariantCulture)),
                    ],
                }),
            ],
            InputSha256 = "",
        };
    }

    /// <summary>Four scenarios by two fits with 500 draws and three published laws, and what a moved slider makes of one of them.</summary>
    internal static (IReadOnlyList<TrainingLaw> Laws, PlanView Earlier, PlanState Moved, PlanState MovedLimited) Plans()
    {
        var epoch = TrainingLaw.Find("epoch")!;
        var random = new Random(1);
        double Near(double value) => value * (1 + 0.02 * (random.NextDouble() - 0.5));
        TrainingLaw[] fits = [.. new[] { "f1", "f2" }.Select(id => epoch with
        {
            Key = id,
            Draws = [.. Enumerable.Range(0, 500).Select(_ => LawForms.Chinchilla.With(Near(1.81), Near(480), Near(2085), Near(0.348), Near(0.366)))],
        })];
        TrainingLaw[] laws = [.. fits, epoch, TrainingLaw.Find("hoffmann3")!, TrainingLaw.Find("kaplan")!];
        var state = new PlanState().WithCopy().WithCopy().WithCopy();
        var moved = state.With(new ScenarioState { Goals = new() { Loss = 2.0, Accelerators = 1024 } });
        var limited = state.With(new ScenarioState { Goals = new() { Loss = 2.0, Accelerators = 1024, UniqueTokens = 2e11, ServedTokens = 1e13 } });
        return (laws, PlanView.Of(state, laws, null), moved, limited);
    }

    internal static async Task WriteMillionRowsAsync(string path)
    {
        await using var writer = new StreamWriter(path);
        await writer.WriteLineAsync("run,parameters,step,tokens,flops,loss");
        for (var run = 0; run < 1000; run++)
        {
            var parameters = 1e8 + 1e6 * run;
            for (var step = 1; step <= 1000; step++)
            {
                var tokens = step * 1e7;
                var loss = 1.8 + 480 * Math.Pow(parameters, -0.35) + 2000 * Math.Pow(tokens, -0.37);
                await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"run-{run},{parameters:F0},{step},{tokens:F0},{6 * parameters * tokens:E6},{loss:F6}"));
            }
        }
    }

    private static async Task<(IReadOnlyList<Observation> Rows, string Name)> RowsAsync(RunSet sample) =>
        Shared("epoch-chinchilla/chinchilla240.csv") is { } file
            ? ((await ReadAsync(file)).Observations, "Epoch's extraction of Hoffmann et al., Figure 4")
            : (sample.Final().Observations, "the sample sweep");

    internal static Task<ModelFamilies> FamiliesAsync() => FamiliesAsync(Path.Combine(s_repository, "samples", "model-families", "families.csv"), []);

    /// <summary>The collection behind the estimation guide; null where it is not beside the clone.</summary>
    internal static async Task<ModelFamilies?> GuideFamiliesAsync() =>
        Shared("hitchhiker/checkpoints.csv") is { } file
            ? await FamiliesAsync(file, ["run=model_name", "family=scaled_set", "parameters=num_params", "tokens=tokens_seen"])
            : null;

    private static async Task<ModelFamilies> FamiliesAsync(string file, string[] map)
    {
        await using var stream = File.OpenRead(file);
        var table = await SweepTableReader.ReadAsync(
            stream, Path.GetFileName(file), new SweepTableOptions { Mapping = ColumnMapping.Parse(map) }, CancellationToken.None);
        var traits = table.Runs.ToDictionary(run => run.Name, run => RunTraits.Of(run.Family, run.Config, table.FileName));
        return ModelFamilies.Of(new RunSet { Observations = table.Observations, InputSha256 = table.Sha256 }, row => traits[row.Run]);
    }

    private static async Task<RunSet> ReadAsync(string file, params string[] where)
    {
        await using var stream = File.OpenRead(file);
        var table = await SweepTableReader.ReadAsync(
            stream, Path.GetFileName(file), new SweepTableOptions { Where = [.. where.Select(RowFilter.Parse)] }, CancellationToken.None);
        return new RunSet { Observations = table.Observations, InputSha256 = table.Sha256 };
    }

    internal static string? Shared(string path)
    {
        var file = Path.Combine(Path.GetDirectoryName(s_repository)!, "shared", "data", path);
        return File.Exists(file) ? file : null;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run the benchmarks from inside the repository: they read its samples.");
    }
}
