using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ScalingDashboard.Ingest.Tests.Logs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Benchmarks;

/// <summary>How long imports take and how much memory, as the command <c>import</c> in a process of its own, beside a loop of Python over the same file.</summary>
/// <remarks>
/// Seconds are wall time from start to end of the process, processor seconds those of all its threads. Extra memory is the peak resident set above that
/// of the first line, an import of one row: it holds the start of the program and of the store.
/// </remarks>
internal static class IngestBenchmarks
{
    /// <summary>First argument of a process that runs one command.</summary>
    public const string Child = "command";

    private const int Million = 1_000_000;

    // What a user without an importer writes; floats because the importer makes them too.
    private const string PythonLoop = """
        import csv, sys, time
        start = time.perf_counter()
        with open(sys.argv[1], newline="") as file:
            rows = csv.reader(file)
            next(rows)
            if sys.argv[2] == "run":
                kept = [(row[0], float(row[1]), float(row[2])) for row in rows]
            else:
                kept = [(float(row[0]), float(row[1]), float(row[2])) for row in rows]
        print(time.perf_counter() - start)
        """;

    private const string NumpyLoop = """
        import sys, time
        import numpy
        start = time.perf_counter()
        numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1, usecols=(1, 2))
        print(time.perf_counter() - start)
        """;

    private sealed record Measured(double Seconds, double ProcessorSeconds, long Peak, long Stored);

    /// <param name="executable">A published dashboard to measure; null for the one built with this.</param>
    internal static async Task<int> RunAsync(string? executable)
    {
        var folder = Directory.CreateTempSubdirectory("ingest-benchmark-").FullName;
        try
        {
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores; import of files by the command line, start of the process included");
#if DEBUG
            Console.WriteLine("**Debug build**: use dotnet run -c Release --project tests/Benchmarks -- ingest.");
#endif
            Console.WriteLine();
            Console.WriteLine("| file | seconds | processor seconds | extra memory | stored bytes a row | csv.reader | numpy.loadtxt |");
            Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");

            var row = Path.Combine(folder, "row.csv");
            await File.WriteAllTextAsync(row, "parameters,tokens,loss\n1e8,2e9,3.5\n");
            var start = await MedianAsync(row);
            Row("one row: start of the process and of the store", start, start with { Peak = 0 }, 0);

            var curves = Path.Combine(folder, "curves.csv");
            await WriteCurvesAsync(curves, 100);
            await CsvRowAsync("1,000,000 rows run,step,loss: 100 curves", curves, "run");
            await WriteCurvesAsync(curves, 1);
            await CsvRowAsync("1,000,000 rows run,step,loss: one curve", curves, "run");
            var sweep = Path.Combine(folder, "sweep.csv");
            await WriteSweepAsync(sweep);
            await CsvRowAsync("1,000,000 rows parameters,tokens,loss: each a run", sweep, "numbers");

            var events = Path.Combine(folder, "events.out.tfevents.1700000000.host");
            await WriteScalarsAsync(events);
            Row("tfevents of 1,000,000 scalars in 10 metrics", await MedianAsync(events), start, Million);
            await WritePicturesAsync(events, 512);
            Row("tfevents of 512 MB, mostly pictures, which are left out", await MedianAsync(events), start, 0);
            if (BenchmarkData.Shared("logs/olmo-ladder/190M-1xC.csv") is { } ladder)
                Row("the 18 runs of the OLMo ladder", await MedianAsync(Path.GetDirectoryName(ladder)!), start, 0);
            return 0;

            Task<Measured> MedianAsync(string path) => IngestBenchmarks.MedianAsync(path, folder, executable);

            async Task CsvRowAsync(string what, string file, string kind) =>
                Row(what, await MedianAsync(file), start, Million, await PythonAsync(PythonLoop, file, kind), kind == "run" ? null : await PythonAsync(NumpyLoop, file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Row(string what, Measured measured, Measured start, int rows, double? loop = null, double? numpy = null) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {measured.Seconds:F2} | {measured.ProcessorSeconds:F2} | {(start.Peak == 0 ? $"{measured.Peak / 1e6:F0} MB in all" : start == measured ? "" : $"{(measured.Peak - start.Peak) / 1e6:F0} MB")} | {(rows > 0 ? (measured.Stored - start.Stored) / (double)rows : double.NaN):F1} | {(loop is { } one ? $"{Quantity.Significant(one, 3)} s" : "")} | {(numpy is { } other ? $"{Quantity.Significant(other, 3)} s" : "")} |"));

    /// <summary>The middle one of three imports into new stores, by seconds.</summary>
    private static async Task<Measured> MedianAsync(string path, string folder, string? executable)
    {
        var measured = new List<Measured>();
        for (var i = 0; i < 3; i++)
            measured.Add(await ImportAsync(path, folder, executable));
        return measured.OrderBy(one => one.Seconds).ElementAt(1);
    }

    private static async Task<Measured> ImportAsync(string path, string folder, string? executable)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        var store = Path.Combine(data, "store.db");
        string[] import = ["import", path, "--project", "benchmark", "--store", store];
        var start = new ProcessStartInfo(executable ?? Environment.ProcessPath!, executable is null ? [Child, .. import] : import) { RedirectStandardOutput = true, RedirectStandardError = true };
        // As the dashboard itself runs.
        start.Environment["DOTNET_gcServer"] = "1";
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var (peak, processor) = (0L, TimeSpan.Zero);
        while (!process.HasExited)
        {
            try
            {
                process.Refresh();
                (peak, processor) = (Math.Max(peak, process.PeakWorkingSet64), process.TotalProcessorTime);
            }
            catch (InvalidOperationException)
            {
                // It ended between the two looks.
            }

            await Task.Delay(5);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"import {path}: {await error}");
        await output;
        var stored = new FileInfo(store).Length;
        Directory.Delete(data, recursive: true);
        return new Measured(seconds, processor.TotalSeconds, peak, stored);
    }

    /// <summary>Seconds a script prints; null where there is no Python, or not what the script imports.</summary>
    private static async Task<double?> PythonAsync(string script, params string[] arguments)
    {
        foreach (var python in ScipyReference.Interpreters())
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var printed = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            await error;
            if (process.ExitCode == 0)
                return double.Parse(printed, CultureInfo.InvariantCulture);
        }

        return null;
    }

    internal static async Task WriteCurvesAsync(string path, int runs)
    {
        await using var writer = new StreamWriter(path);
        await writer.WriteLineAsync("run,step,loss");
        var random = new Random(1);
        for (var i = 0; i < Million; i++)
        {
            var step = i % (Million / runs) + 1;
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"run-{i / (Million / runs)},{step},{1.8 + 8 * Math.Pow(step, -0.3) + 0.02 * random.NextDouble():F6}"));
        }
    }

    private static async Task WriteSweepAsync(string path)
    {
        await using var writer = new StreamWriter(path);
        await writer.WriteLineAsync("parameters,tokens,loss");
        var random = new Random(1);
        for (var i = 0; i < Million; i++)
        {
            var (parameters, tokens) = (1e7 * Math.Pow(1000, random.NextDouble()), 1e9 * Math.Pow(1000, random.NextDouble()));
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{parameters:F0},{tokens:F0},{1.8 + 480 * Math.Pow(parameters, -0.35) + 2000 * Math.Pow(tokens, -0.37):F6}"));
        }
    }

    private static async Task WriteScalarsAsync(string path)
    {
        await using var file = File.Create(path);
        var random = new Random(1);
        for (var step = 0; step < Million / 10;)
        {
            var events = new EventFile();
            var versionRecord = step == 0 ? 0 : events.Length;
            for (var end = step + 1000; step < end; step++)
            {
                for (var metric = 0; metric < 10; metric++)
                    events.Scalar($"train/metric_{metric}", step, (float)random.NextDouble(), 1.7e9 + step);
            }

            await file.WriteAsync(events.ToArray().AsMemory(versionRecord));
        }
    }

    /// <summary>One scalar and one picture of 1 MB, so many times.</summary>
    internal static async Task WritePicturesAsync(string path, int times)
    {
        var events = new EventFile();
        var versionRecord = events.Length;
        events.Scalar("train/loss", 1, 3.5f).Event(1, 1.7e9, EventFile.Join(EventFile.Bytes(1, "samples"u8.ToArray()), EventFile.Bytes(4, EventFile.Bytes(4, new byte[1024 * 1024]))));
        var bytes = events.ToArray().AsMemory();
        await using var file = File.Create(path);
        await file.WriteAsync(bytes[..versionRecord]);
        for (var i = 0; i < times; i++)
            await file.WriteAsync(bytes[versionRecord..]);
    }
}
