using System.Diagnostics;
using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Benchmarks;

/// <summary>How time and memory of a fit grow with its points: time should be linear once all of them are seen, memory flat.</summary>
internal static class PointsBenchmark
{
    private const double Megabyte = 1 << 20;
    private const double Slow = 2;

    /// <summary>Prints a table, one row a method and count of points.</summary>
    internal static void Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Global fits of L = E + A·N^−α + B·D^−β, {Environment.ProcessorCount} cores, median of five; what takes longer than {Slow:0} s is measured once. Memory is what the fit takes beside its points: allocated in all, and the most at one time."));
        Console.WriteLine();
        Console.WriteLine("| method | points | time | a point | against a tenth of the points | allocated | most at one time | ended |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---|");
        foreach (var method in Enum.GetValues<FitMethod>())
        {
            var tenth = double.NaN;
            foreach (var count in new[] { 1_000, 10_000, 100_000, 1_000_000 })
            {
                var points = BenchmarkData.Checkpoints(count);
                var options = new FitOptions { Method = method };
                var first = Measure(points, options);
                var measured = first.Seconds > Slow ? [first] : Enumerable.Range(0, 5).Select(_ => Measure(points, options)).OrderBy(one => one.Seconds).ToArray();
                var (seconds, allocated, _, status) = measured[measured.Length / 2];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {FitRecipeOptions.MethodName(method)} | {count:N0} | {1000 * seconds:F1} ms | {1e9 * seconds / count:N0} ns | {(double.IsNaN(tenth) ? "" : $"{seconds / tenth:F1}×")} | {allocated / Megabyte:F1} MB | {measured.Max(one => one.Most) / Megabyte:F1} MB | {StatusName.Of(status)} |"));
                tenth = seconds;
            }
        }
    }

    private static (double Seconds, double Allocated, double Most, FitStatus Status) Measure(FitPoints points, FitOptions options)
    {
        GC.Collect();
        var (before, heap) = (GC.GetTotalAllocatedBytes(precise: true), GC.GetTotalMemory(forceFullCollection: true));
        var most = heap;
        using var done = new ManualResetEventSlim();
        // Looks once a millisecond: what lives shorter is missed, what was freed and not yet collected counts.
        var watcher = new Thread(() =>
        {
            do
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            while (!done.Wait(1));
        });
        watcher.Start();
        var watch = Stopwatch.StartNew();
        var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
        var seconds = watch.Elapsed.TotalSeconds;
        done.Set();
        watcher.Join();
        return (seconds, GC.GetTotalAllocatedBytes(precise: true) - before, most - heap, fit.Status);
    }
}
