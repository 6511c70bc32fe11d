using System.Diagnostics;
using System.Globalization;
using ScalingDashboard.Ingest;
using ScalingDashboard.Ingest.Tests.Logs;

namespace ScalingDashboard.Benchmarks;

/// <summary>Mutated files of every format by the hundred thousand: none may crash the readers, take more than a second a megabyte, or more memory than ten times the file and 32 MB.</summary>
/// <remarks>A failure names the format, the seed and the number of the case, from which the same bytes come again; it belongs into the tests as a file built in code.</remarks>
internal static class Fuzz
{
    private const long Spare = 32 * 1024 * 1024;
    private const int Times = 10;

    // A case that takes longer is looked at again, because the machine may have been busy.
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hangs = TimeSpan.FromMinutes(5);

    /// <param name="arguments">Cases a format, first case, formats; all of them if none is named.</param>
    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var cases = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var first = arguments.Count > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 0;
        var failures = 0;
        Console.WriteLine("| format | cases | read | refused | failures | ms a case | most memory allocated |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var format in FuzzCorpus.Formats.Where(format => arguments.Count <= 2 || arguments.Skip(2).Contains(format)))
        {
            var seeds = FuzzCorpus.Seeds.Where(seed => seed.Format == format).ToArray();
            var forced = LogReader.Formats.Any(known => known.Key == format) ? format : null;
            var (read, failed, most) = (0, 0, 0L);
            var watch = Stopwatch.StartNew();
            for (var number = first; number < first + cases; number++)
            {
                var seed = seeds[number % seeds.Length];
                var bytes = FuzzCorpus.Mutate(seed, number);
                var options = new LogImportOptions { AcceptSuggestions = number % 2 == 0, Stitch = number % 3 == 0, Format = number % 4 == 3 ? forced : null };
                try
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var (seconds, wasRead) = await MeasureAsync(seed.Path, bytes, options);
                    // The streams are in memory, so that nothing leaves the thread; what is allocated in all is more than what is held at a time.
                    var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                    most = Math.Max(most, allocated);
                    read += wasRead ? 1 : 0;
                    if (seconds > s_slow.TotalSeconds * Math.Max(1, bytes.Length / 1e6))
                        seconds = Math.Min((await MeasureAsync(seed.Path, bytes, options)).Seconds, (await MeasureAsync(seed.Path, bytes, options)).Seconds);
                    if (seconds > s_slow.TotalSeconds * Math.Max(1, bytes.Length / 1e6))
                        failed += Fail(format, seed, number, $"took {seconds:F1} s for {bytes.Length} bytes");
                    if (allocated > Times * bytes.Length + Spare)
                        failed += Fail(format, seed, number, $"allocated {allocated:N0} bytes for {bytes.Length}");
                }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
                catch (Exception crash)
#pragma warning restore CA1031
                {
                    failed += Fail(format, seed, number, crash.ToString());
                }
            }

            failures += failed;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {format} | {cases:N0} | {read:N0} | {cases - read - failed:N0} | {failed:N0} | {watch.Elapsed.TotalMilliseconds / cases:F2} | {most / 1e6:F1} MB |"));
        }

        return failures == 0 ? 0 : 1;
    }

    private static async Task<(double Seconds, bool Read)> MeasureAsync(string path, byte[] bytes, LogImportOptions options)
    {
        var watch = Stopwatch.StartNew();
        using var alarm = new Timer(_ => Environment.FailFast($"A case of {path} hangs: {Convert.ToBase64String(bytes)}"), null, s_hangs, Timeout.InfiniteTimeSpan);
        var read = await FuzzCorpus.ReadAsync(path, bytes, options).ConfigureAwait(false);
        return (watch.Elapsed.TotalSeconds, read);
    }

    private static int Fail(string format, FuzzSeed seed, int number, string what)
    {
        Console.Error.WriteLine($"{format}, {seed.Path}, case {number}: {what}");
        return 1;
    }
}
