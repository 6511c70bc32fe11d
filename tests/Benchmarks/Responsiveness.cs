using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Benchmarks;

/// <summary>How soon work that a page can start stops when it is cancelled, and how long another user's requests take while it runs on all cores.</summary>
internal static class Responsiveness
{
    private const int Moments = 12;
    private const int Requests = 60;

    // Moments of cancelling are spread by chance over this much of the work.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Something a page can start.</summary>
    private sealed record Work(string Name, Action<CancellationToken> Run);

    /// <summary>Prints a table.</summary>
    /// <param name="parts">Parts of names of work; all of it if empty.</param>
    internal static async Task RunAsync(IReadOnlyList<string> parts)
    {
        var folder = Directory.CreateTempSubdirectory("dashboard-benchmark");
        try
        {
            await using var store = await RunStore.OpenAsync(new StoreLocation(Path.Combine(folder.FullName, "dashboard.db")), TimeProvider.System);
            await using var app = DashboardServer.Build(new DashboardOptions { Urls = ["http://127.0.0.1:0"] }, store);
            await app.StartAsync();
            await app.Services.GetRequiredService<Samples>().Sweep.LoadAsync(store, CancellationToken.None);
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            var work = (await AllAsync()).DistinctBy(one => one.Name).Where(one => parts.Count == 0 || parts.Any(part => one.Name.Contains(part, StringComparison.Ordinal))).ToArray();

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Time from cancelling to the return, over {Moments} random moments of the first {s_longest.TotalSeconds:0} s; and requests of another user of the same server, {Environment.ProcessorCount} cores, while the work runs over and over."));
            Console.WriteLine();
            Console.WriteLine("| work | alone | stops after, median | most | runs API, p95 | most | page, p95 | most |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
            await LatencyAsync(client, 20);
            Print("nothing", "", [], await LatencyAsync(client, Requests));
            foreach (var one in work)
                await MeasureAsync(one, client);
            await app.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(Work work, HttpClient client)
    {
        // The first time is mostly compilation.
        await RunForAsync(work, s_longest);
        var (alone, finished) = await RunForAsync(work, s_patience);
        var random = new Random(1);
        var stops = new List<double>();
        // Work that ends before it is cancelled says nothing.
        for (var attempt = 0; stops.Count < Moments && attempt < 10 * Moments; attempt++)
        {
            var (took, ended) = await RunForAsync(work, TimeSpan.FromSeconds(random.NextDouble() * Math.Min(finished ? alone : double.PositiveInfinity, s_longest.TotalSeconds)));
            if (!ended)
                stops.Add(took);
        }

        using var stop = new CancellationTokenSource();
        var busy = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    Try(work, stop.Token);
            },
            CancellationToken.None);
        var latency = await LatencyAsync(client, Requests);
        await stop.CancelAsync();
        await busy;
        Print(work.Name, finished ? Milliseconds(alone) : $"> {Milliseconds(s_patience.TotalSeconds)}", stops, latency);
    }

    /// <summary>Seconds until it ended by itself within this time, else from cancelling to the return.</summary>
    private static async Task<(double Seconds, bool Ended)> RunForAsync(Work work, TimeSpan time)
    {
        using var source = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var running = Task.Run(() => Try(work, source.Token), CancellationToken.None);
        if (await Task.WhenAny(running, Task.Delay(time, CancellationToken.None)) == running && await running)
            return (watch.Elapsed.TotalSeconds, true);
        watch.Restart();
        await source.CancelAsync();
        return await running ? (time.TotalSeconds, true) : (watch.Elapsed.TotalSeconds, false);
    }

    // True where it ended by itself.
    private static bool Try(Work work, CancellationToken cancellationToken)
    {
        try
        {
            work.Run(cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<(double[] Api, double[] Page)> LatencyAsync(HttpClient client, int requests)
    {
        string[] addresses = [$"/api/v1/projects/{Uri.EscapeDataString(Samples.SweepProject)}/runs", PageUrls.OfProject(PageUrls.Runs, Samples.SweepProject)];
        var seconds = new[] { new double[requests], new double[requests] };
        for (var i = 0; i < requests; i++)
        {
            for (var k = 0; k < addresses.Length; k++)
            {
                await Task.Delay(s_pause);
                var watch = Stopwatch.StartNew();
                using var response = await client.GetAsync(new Uri(addresses[k], UriKind.Relative));
                response.EnsureSuccessStatusCode();
                seconds[k][i] = watch.Elapsed.TotalSeconds;
            }
        }

        return (seconds[0], seconds[1]);
    }

    private static void Print(string name, string alone, List<double> stops, (double[] Api, double[] Page) latency)
    {
        string[] cells =
        [
            name, alone,
            stops.Count == 0 ? "" : Milliseconds(Quantile(stops, 0.5)), stops.Count == 0 ? "" : Milliseconds(stops.Max()),
            Milliseconds(Quantile(latency.Api, 0.95)), Milliseconds(latency.Api.Max()),
            Milliseconds(Quantile(latency.Page, 0.95)), Milliseconds(latency.Page.Max()),
        ];
        Console.WriteLine($"| {string.Join(" | ", cells)} |");
    }

    private static double Quantile(IEnumerable<double> values, double probability) => Interval.Quantile([.. values.Order()], probability);

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F0} ms");

    private static async Task<IReadOnlyList<Work>> AllAsync()
    {
        var sample = await BenchmarkData.SampleAsync();
        var input = await BenchmarkData.FitRowsAsync(sample);
        var million = BenchmarkData.MillionRows();
        var families = await BenchmarkData.GuideFamiliesAsync() ?? await BenchmarkData.FamiliesAsync();
        var (curves, _) = await BenchmarkData.CurvesAsync(sample);
        var huber = Options("chinchilla", FitMethod.Huber, 200, IntervalKind.Percentile);
        var fitted = FitAnalysis.Run(input, huber);

        return
        [
            Fit(Options("chinchilla", FitMethod.Huber, 4000, IntervalKind.Percentile)),
            Fit(Options("kaplan", FitMethod.AbsoluteDeviation, 1000, IntervalKind.Percentile)),
            Fit(Options("chinchilla", FitMethod.ScaledHuber, 1000, IntervalKind.BiasCorrected)),
            Fit(Options("chinchilla", FitMethod.Huber, 0, IntervalKind.Profile)),
            new("1,000,000 checkpoints, huber", cancel => FitAnalysis.Run(million, Options("chinchilla", FitMethod.Huber, 0, IntervalKind.Percentile), null, cancel)),
            new("1,000,000 checkpoints, vpnls, 1,000 draws", cancel => FitAnalysis.Run(million, Options("chinchilla", FitMethod.VariableProjection, 1000, IntervalKind.Percentile), null, cancel)),
            new("1,000,000 checkpoints, kaplan huber, profile", cancel => FitAnalysis.Run(million, Options("kaplan", FitMethod.Huber, 0, IntervalKind.Profile), null, cancel)),
            new("isoflop, all approaches", cancel => IsoFlopAnalysis.Run(input, curves, new IsoFlopOptions(), null, cancel)),
            new("diagnostics", cancel => FitDiagnostics.Run(fitted.Result, huber, fitted.Intervals, 1e24, 1, null, cancel)),
            new("estimate, the page's study", cancel => EstimateStudy.Run(families, new EstimateOptions(), null, cancel)),
            new("estimate, all plans", cancel => EstimateRecipe.Run(families, new EstimateOptions { All = true }, null, cancel)),
            .. from form in LawForms.All
               from method in FitRecipeOptions.Methods.Values
               select Fit(Options(form.Key, method, 1000, IntervalKind.Percentile)),
            .. from form in LawForms.All
               from kind in FitRecipeOptions.IntervalKinds.Values
               where kind != IntervalKind.Percentile
               select Fit(Options(form.Key, FitMethod.Huber, 100, kind)),
        ];

        Work Fit(FitRecipeOptions options) => new(
            string.Create(CultureInfo.InvariantCulture, $"{options.Law} {FitRecipeOptions.MethodName(options.Fit.Method)}, {options.Bootstrap:N0} draws, {FitRecipeOptions.IntervalName(options.Intervals)}"),
            cancel => FitAnalysis.Run(input, options, null, cancel));
    }

    private static FitRecipeOptions Options(string law, FitMethod method, int draws, IntervalKind intervals) => new()
    {
        Law = law,
        Fit = new FitOptions { Method = method },
        Bootstrap = draws,
        Intervals = intervals,
        MetricColumn = BenchmarkData.MetricColumn,
        UniqueTokensColumn = BenchmarkData.UniqueTokensColumn,
    };
}
