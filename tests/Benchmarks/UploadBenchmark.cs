using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Benchmarks;

/// <summary>What an upload of 512 MB over HTTP adds to the memory of a server in a process of its own: sent whole, in pieces, and imported.</summary>
/// <remarks>Each way on a server of its own. Extra memory is the peak resident set above the peak after a small upload of the same kind, which holds the start and the compilation.</remarks>
internal static class UploadBenchmark
{
    private const string Ready = "Scaling Dashboard: ";
    private const int Piece = 4 * 1024 * 1024;

    /// <summary>Prints a table.</summary>
    internal static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("upload-benchmark-").FullName;
        try
        {
            var (small, large) = (Path.Combine(folder, "small.tfevents"), Path.Combine(folder, "large.tfevents"));
            await IngestBenchmarks.WritePicturesAsync(small, 2);
            await IngestBenchmarks.WritePicturesAsync(large, 512);
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores; {new FileInfo(large).Length / 1e6:F0} MB over HTTP");
            Console.WriteLine();
            Console.WriteLine("| upload | seconds | peak before | peak after | extra memory |");
            Console.WriteLine("|---|---:|---:|---:|---:|");
            await MeasureAsync("whole: POST /api/v1/uploads", WholeAsync);
            await MeasureAsync($"in pieces of {Piece / 1024 / 1024} MB: PUT, PATCH", PiecesAsync);
            await MeasureAsync("imported, a log of 512 scalars and pictures: POST …/import", ImportAsync);

            async Task MeasureAsync(string what, Func<HttpClient, string, Task> upload)
            {
                var (process, address) = await StartAsync(Path.Combine(folder, $"{Path.GetRandomFileName()}", "store.db"));
                try
                {
                    using var client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
                    await upload(client, small);
                    process.Refresh();
                    var before = process.PeakWorkingSet64;
                    var watch = Stopwatch.StartNew();
                    await upload(client, large);
                    var seconds = watch.Elapsed.TotalSeconds;
                    process.Refresh();
                    var after = process.PeakWorkingSet64;
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {seconds:F1} | {before / 1e6:F0} MB | {after / 1e6:F0} MB | {(after - before) / 1e6:F0} MB |"));
                }
                finally
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                    process.Dispose();
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WholeAsync(HttpClient client, string path) => await SendAsync(client, HttpMethod.Post, "/api/v1/uploads?name=a.tfevents", File.OpenRead(path));

    private static async Task PiecesAsync(HttpClient client, string path)
    {
        var id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        await using var file = File.OpenRead(path);
        await SendAsync(client, HttpMethod.Put, FormattableString.Invariant($"/api/v1/uploads/{id}?name=a.tfevents&length={file.Length}"), Stream.Null);
        var piece = new byte[Piece];
        while (file.Position < file.Length)
        {
            var offset = file.Position;
            var count = await file.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false);
            await SendAsync(client, HttpMethod.Patch, FormattableString.Invariant($"/api/v1/uploads/{id}?offset={offset}"), new MemoryStream(piece, 0, count));
        }
    }

    private static async Task ImportAsync(HttpClient client, string path) =>
        await SendAsync(client, HttpMethod.Post, $"/api/v1/projects/p/import?name={Path.GetFileName(path)}", File.OpenRead(path));

    private static async Task SendAsync(HttpClient client, HttpMethod method, string address, Stream body)
    {
        using var request = new HttpRequestMessage(method, address) { Content = new StreamContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await client.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private static async Task<(Process Process, Uri Address)> StartAsync(string store)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [IngestBenchmarks.Child, "serve", "--urls", "http://127.0.0.1:0", "--store", store]) { RedirectStandardOutput = true };
        // As the dashboard itself runs.
        start.Environment["DOTNET_gcServer"] = "1";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
                return (process, new Uri(line[Ready.Length..].Split(' ')[0]));
        }

        throw new InvalidOperationException("The server ended before it listened.");
    }
}
