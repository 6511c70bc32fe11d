using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ScalingDashboard.Analysis;
using ScalingDashboard.Benchmarks;
using ScalingDashboard.Dashboard.Commands;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

// Prints one table of how long things take on this machine. With an argument, another one: "coverage", how often intervals hold the truth;
// "points", how time and memory of a fit grow with its points; "responsiveness", how soon work stops when cancelled and whether other users' requests are answered meanwhile; "ingest", imports; "upload", the memory of large uploads; "curves", curves; "runs",
// the browser of runs; "drag", sliders until the charts are painted in a browser; "draw", curves from the click until they are; "optimizers", steps of the update rules; "fuzz", whether mutated files break the readers.
// Wants a Release build and nothing else running.
switch (args)
{
    case ["coverage", ..]:
        Coverage.Run(args[1..]);
        return 0;
    case ["points"]:
        PointsBenchmark.Run();
        return 0;
    case ["responsiveness", ..]:
        await Responsiveness.RunAsync(args[1..]);
        return 0;
    case ["drag"]:
        await DragBenchmark.RunAsync();
        return 0;
    case ["draw"]:
        await DrawBenchmark.RunAsync();
        return 0;
    case ["lab"]:
        LabBenchmark.Run();
        return 0;
    case ["runs"]:
        await RunBrowserBenchmark.RunAsync();
        return 0;
    case ["curves"]:
        await CurveBenchmarks.RunAsync();
        return 0;
    case ["optimizers"]:
        OptimizerBenchmarks.Run();
        return 0;
    case ["upload"]:
        await UploadBenchmark.RunAsync();
        return 0;
    case ["ingest", ..]:
        return await IngestBenchmarks.RunAsync(args.ElementAtOrDefault(1));
    case ["fuzz", ..]:
        return await Fuzz.RunAsync(args[1..]);
    case [IngestBenchmarks.Child, ..]:
        return await CommandLine.RunAsync(args[1..], Console.Out, Console.Error);
}

var sweep = await BenchmarkData.SampleAsync();
var (points, pointsName) = await BenchmarkData.PointsAsync(sweep);
var (curves, curvesName) = await BenchmarkData.CurvesAsync(sweep);

var huber = new FitOptions();
var vpnls = new FitOptions { Method = FitMethod.VariableProjection };
var profiles = new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 1000 } };

// The very first fit of the process, compilation included.
var first = Seconds(() => LawFitter.Fit(LawForms.Chinchilla, points, huber));
var warm = Median(30, () => LawFitter.Fit(LawForms.Chinchilla, points, huber));
var fit = LawFitter.Fit(LawForms.Chinchilla, points, huber);
var thousand = Median(5, () => BootstrapDraws.Run(points, fit, huber, 1000, 1));
var fourThousand = Median(3, () => BootstrapDraws.Run(points, fit, huber, 4000, 1));
var profileIntervals = Median(10, () => LawIntervals.For(IntervalKind.Profile, fit, points, huber, BootstrapDraws.None).Of([.. LawForms.Chinchilla.Parameters.Select(parameter => (Func<Law, double>)(law => law[parameter.Key]))]));
var projection = Median(30, () => LawFitter.Fit(LawForms.Chinchilla, points, vpnls));
var million = BenchmarkData.Checkpoints(1_000_000);
var millionHuber = Median(3, () => LawFitter.Fit(LawForms.Chinchilla, million, huber));
var millionSquared = Median(3, () => LawFitter.Fit(LawForms.Chinchilla, million, vpnls));
var final = sweep.Final().Observations;
var parabolas = Median(10, () => IsoFlopRecipe.Profiles(IsoFlopRecipe.Group(final, profiles), profiles));
var envelope = Median(3, () => IsoFlopRecipe.Envelope(curves, profiles));
var families = await BenchmarkData.FamiliesAsync();
var everyPlan = new EstimateOptions { All = true };
var plans = Median(3, () => EstimateRecipe.Run(families, everyPlan));
var guide = await BenchmarkData.GuideFamiliesAsync();
var guidePlans = guide is null ? double.NaN : Seconds(() => EstimateRecipe.Run(guide, everyPlan));
var planned = BenchmarkData.Plans();
var plan = Median(20, () => PlanView.Of(planned.Moved, planned.Laws, planned.Earlier));
var planLimited = Median(20, () => PlanView.Of(planned.MovedLimited, planned.Laws, planned.Earlier));
var planFirst = Median(5, () => PlanView.Of(planned.Moved, planned.Laws, null));
var formats = await BenchmarkData.FormatsAsync();
var precision = Median(3, () => PrecisionAnalysis.Run(formats, new PrecisionState().Options));
var fitted = BenchmarkData.Runs(formats, PrecisionAnalysis.Run(formats, new PrecisionState().Options));
var drag = Enum.GetValues<PrecisionView>().Max(view => Median(20, () => Drag(new PrecisionState { Project = "p", View = view, SizeGiven = true, Flops = 1e20 })));
var read = await MillionRowsAsync();
var reference = await ScipyReference.RunAsync(points: await BenchmarkData.TripletsAsync(sweep));

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {Words.Count(points.Count, "point")} of {pointsName}");
#if DEBUG
Console.WriteLine("**Debug build**: use dotnet run -c Release --project tests/Benchmarks.");
#endif
Console.WriteLine();
Console.WriteLine("| what | here | SciPy | factor |");
Console.WriteLine("|---|---:|---:|---:|");
Row("global Huber fit, first call of the process", first, reference?.GridSeconds);
Row("global Huber fit, warm", warm, reference?.GridSeconds);
Row("1,000 bootstrap refits", thousand, reference?.SecondsPerDraw * 1000);
Row("4,000 bootstrap refits", fourThousand, reference?.SecondsPerDraw * 4000);
Row("global fit and 4,000 refits, warm", warm + fourThousand, reference?.GridSeconds + reference?.SecondsPerDraw * 4000);
Row("profile likelihood intervals of the five parameters", profileIntervals, reference?.ProfileSeconds);
Row("variable projection, global, warm", projection, reference?.ProjectionSeconds);
Row("global Huber fit of 1,000,000 checkpoints", millionHuber, null);
Row("variable projection of 1,000,000 checkpoints", millionSquared, null);
Row($"approach 2 with 1,000 draws, {final.Count} runs of the sample", parabolas, null);
Row($"approach 1 with 1,000 draws, {curves.Count} rows of {curvesName}", envelope, null);
Row($"estimate: all {EstimateRecipe.Run(families, everyPlan).LawsFitted:N0} combinations of the sample families", plans, null);
if (guide is not null)
    Row($"estimate: all {EstimateRecipe.Run(guide, everyPlan).LawsFitted:N0} combinations of the guide's families", guidePlans, null);
Row("plan: one of four scenarios moved, two fits of 500 draws and three published laws", plan, null);
Row("plan: the same with repeated tokens and serving", planLimited, null);
Row("plan: all of it for the first time", planFirst, null);
Row($"law of precision, {formats.Observations.Count} runs of the sample, with 1,000 draws", precision, null);
Row("precision page: a drag with 1,000 draws, the slowest of its questions", drag, null);
Row("CSV of 1,000,000 rows into runs", read, null);
Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Huber sum here: {fit.Objective:E6} ({fit.Status}); residual sum of squares of variable projection: {LawFitter.Fit(LawForms.Chinchilla, points, vpnls).Objective:E6}."));
Console.WriteLine(reference is null
    ? "No SciPy found: install Python 3 with SciPy, or name an interpreter in the environment variable BENCHMARK_PYTHON, to see what a notebook takes for the same."
    : string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SciPy {reference.Version}, on one core; here all {Environment.ProcessorCount}. What it does there:
        - global Huber fit: minimize(method='L-BFGS-B') with its defaults from each of the 4,500 starts of Hoffmann et al., best sum {reference.GridObjective:E6};
        - refits: one minimize(method='BFGS') from the published parameters each, as in arXiv 2404.10102, extrapolated from {reference.Draws} draws;
        - variable projection: nnls on 32 × 32 exponents, then Nelder-Mead from the best, as in arXiv 2603.22339, residual sum of squares {reference.ProjectionObjective:E6};
        - profiles: brentq for the ends of 80 and 95 % intervals, the other parameters and the scale refitted by L-BFGS-B from the point before; it found {reference.ProfileEnds} of 20 ends.
        """));
return 0;

static void Row(string what, double seconds, double? reference) => Console.WriteLine(
    $"| {what} | {Duration(seconds)} | {(reference is { } there ? Duration(there) : "")} | {(reference is { } slower ? $"{Quantity.Significant(slower / seconds, 2)}×" : "")} |");

static string Duration(double seconds) => seconds < 1 ? $"{Quantity.Significant(seconds * 1000, 3)} ms" : $"{Quantity.Significant(seconds, 3)} s";

void Drag(PrecisionState state)
{
    var scene = PrecisionScene.Of(state, fitted, []);
    PrecisionWords.Answer(scene);
    foreach (var figure in PrecisionFigures.Of(scene))
        PlotlySpec.From(figure, 380);
}

static double Seconds(Action action)
{
    var watch = Stopwatch.StartNew();
    action();
    return watch.Elapsed.TotalSeconds;
}

static double Median(int times, Action action)
{
    action();
    var measured = Enumerable.Range(0, times).Select(_ => Seconds(action)).Order().ToArray();
    return measured[times / 2];
}

static async Task<double> MillionRowsAsync()
{
    var path = Path.GetTempFileName();
    try
    {
        await BenchmarkData.WriteMillionRowsAsync(path);
        var measured = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            var watch = Stopwatch.StartNew();
            await using var stream = File.OpenRead(path);
            await SweepTableReader.ReadAsync(stream, "million.csv", new SweepTableOptions(), CancellationToken.None);
            measured.Add(watch.Elapsed.TotalSeconds);
        }

        return measured.Skip(1).Order().ElementAt(1);
    }
    finally
    {
        File.Delete(path);
    }
}
