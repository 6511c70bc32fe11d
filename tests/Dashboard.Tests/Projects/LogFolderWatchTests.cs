using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public sealed class LogFolderWatchTests : IAsyncLifetime, IDisposable
{
    private const string Head = "step,loss,tokens\n";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "watch-tests-" + Path.GetRandomFileName(), "sweep");
    private readonly Warnings _warnings = new();
    private TemporaryStore _temporary = null!;
    private LogFolderWatch _watch = null!;

    private RunStore Store => _temporary.Store;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder);
        _temporary = await TemporaryStore.OpenAsync();
        _watch = Watch();
    }

    public async Task DisposeAsync()
    {
        _watch.Dispose();
        await _temporary.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    public void Dispose() => _warnings.Dispose();

    [Fact]
    public async Task Every_log_below_the_folder_goes_into_its_project_and_nothing_else()
    {
        Write("a.csv", Head + "1,3,1e9\n2,2,2e9\n");
        Write("deep/er/b.jsonl", "{\"step\":1,\"loss\":4}\n");
        Write("gpt/main.log", "s:0 tel:11.0092\ns:1 trl:10.5 lr:0.000001 norm:15.37\n");
        Write("old.csv.gz", Zipped(Head + "1,3,1e9\n"));
        Write("readme.md", "# notes\nstep one\n");
        Write("train.py", "print('step', 1)\n");
        Write("weights.bin", new byte[100_000]);
        Write("names.csv", "who,what\nme,that\n");
        Write(".hidden/c.csv", Head + "1,3,1e9\n");
        Write("empty.csv", "");

        await _watch.LookAsync(default);

        var runs = await Store.RunsAsync("sweep");
        Assert.Equal([("a", 2), ("b", 1), ("gpt", 1), ("old", 1)], runs.Select(run => (run.Name, run.Points)));
        Assert.Equal(4, _watch.State!.Sources);
        Assert.Empty(_watch.State.Problems);
        Assert.Empty(_warnings.All);
        await using var kept = Store.OpenUpload(runs[0].Sha256);
        using var reader = new StreamReader(kept!);
        Assert.Equal(Head + "1,3,1e9\n2,2,2e9\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task The_shape_a_log_tells_gives_its_run_parameters()
    {
        Write("a.csv", "step,loss,tokens,layers,width,vocab\n1,3,1e9,2,8,10\n2,2,2e9,2,8,10\n");
        await _watch.LookAsync(default);
        Assert.Equal((2 * 768 + 160, 2 * 768), ((int)(await Store.RunsAsync("sweep")).Single().Parameters!.Value, (int)(await Store.RunsAsync("sweep")).Single().NonEmbeddingParameters!.Value));
    }

    [Fact]
    public async Task A_log_that_grows_makes_its_curve_grow_and_keeps_what_users_said_of_the_run()
    {
        Write("a.csv", Head + "1,3,1e9\n2,2,2e9\n");
        await _watch.LookAsync(default);
        var before = (await Store.RunsAsync("sweep")).Single();
        await Store.TagAsync([before.Id], "keep");
        await Store.ExcludeAsync([before.Id], "spike");
        await Store.SetParametersAsync([before.Id], 1e8);
        var stamp = await Store.StampAsync("sweep");

        Write("a.csv", Head + "1,3,1e9\n2,2,2e9\n3,1.5,3e9\n");
        await _watch.LookAsync(default);

        var after = (await Store.RunsAsync("sweep")).Single();
        Assert.Equal((before.Id, "keep", "spike", 1e8, 3, 4, 1.5, 3e9), (after.Id, after.Tags.Single(), after.ExclusionReason, after.Parameters, after.Points, after.Line, after.Loss, after.Tokens));
        Assert.NotEqual(stamp, await Store.StampAsync("sweep"));
        Assert.NotEqual(before.Sha256, after.Sha256);
        var loss = await Store.SeriesAsync(after.Id, "loss");
        Assert.Equal([3, 2, 1.5], loss!.Values);
        // Of a source only the last version is kept.
        Assert.Equal(after.Sha256, Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(Path.GetDirectoryName(_temporary.DatabasePath)!, "files")))));
    }

    [Fact]
    public async Task What_did_not_change_is_not_read_again_in_this_process_or_the_next()
    {
        Write("a.csv", Head + "1,3,1e9\n");
        await _watch.LookAsync(default);
        var stamp = await Store.StampAsync("sweep");
        await _watch.LookAsync(default);
        using (var next = Watch())
        {
            // Other bytes under the old length and time: whoever reads them would notice.
            var time = File.GetLastWriteTimeUtc(At("a.csv"));
            Write("a.csv", Head + "1,9,1e9\n");
            File.SetLastWriteTimeUtc(At("a.csv"), time);
            await next.LookAsync(default);
            Assert.Equal(1, next.State!.Sources);
        }

        Assert.Equal(stamp, await Store.StampAsync("sweep"));
        // The same bytes at another time: read, and nothing is new.
        Write("a.csv", Head + "1,3,1e9\n", age: TimeSpan.FromMinutes(1));
        await _watch.LookAsync(default);
        Assert.Equal(stamp, await Store.StampAsync("sweep"));
        Assert.Equal(3, (await Store.RunsAsync("sweep")).Single().Loss);
    }

    [Fact]
    public async Task A_last_line_that_is_half_there_is_left_until_it_is_whole_or_the_file_rests()
    {
        Write("a.csv", Head + "1,3,1e9\n2,2", age: TimeSpan.Zero);
        Write("b.jsonl", "{\"step\":1,\"loss\":4}\n{\"step\":2,\"lo", age: TimeSpan.Zero);
        await _watch.LookAsync(default);
        Assert.Equal([1, 1], (await Store.RunsAsync("sweep")).Select(run => run.Points));
        Assert.Empty(_watch.State!.Problems);

        Write("a.csv", Head + "1,3,1e9\n2,2.25,2e9\n3,", age: TimeSpan.Zero);
        await _watch.LookAsync(default);
        Assert.Equal(2.25, (await Store.RunsAsync("sweep"))[0].Loss);

        // It rests: what is there is all there is.
        File.SetLastWriteTimeUtc(At("b.jsonl"), File.GetLastWriteTimeUtc(At("b.jsonl")).AddMinutes(-1));
        Write("a.csv", Head + "1,3,1e9\n2,2.25,2e9\n3,2,3e9");
        await _watch.LookAsync(default);
        Assert.Equal([3, 1], (await Store.RunsAsync("sweep")).Select(run => run.Points));
        Assert.Equal(Encoding.UTF8.GetByteCount("{\"step\":1,\"loss\":4}\n{\"step\":2,\"lo"), (await ReadAsync((await Store.RunsAsync("sweep"))[1].Sha256)).Length);
    }

    [Fact]
    public async Task A_file_that_is_deleted_leaves_its_runs()
    {
        Write("a.csv", Head + "1,3,1e9\n");
        await _watch.LookAsync(default);
        File.Delete(At("a.csv"));
        await _watch.LookAsync(default);
        Assert.Single(await Store.RunsAsync("sweep"));
        Assert.Equal(0, _watch.State!.Sources);
        Directory.Delete(_folder);
        await _watch.LookAsync(default);
        Assert.Equal(_folder, Assert.Single(_watch.State.Problems).Path);
        Assert.Single(await Store.RunsAsync("sweep"));
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public async Task A_deleted_run_stays_deleted_while_its_file_grows_and_new_runs_of_the_file_are_added()
    {
        Write("a.csv", "run,step,loss\nleft,1,3\nright,1,4\n");
        await _watch.LookAsync(default);
        await Store.DeleteAsync([(await Store.RunsAsync("sweep"))[0].Id]);
        Write("a.csv", "run,step,loss\nleft,1,3\nright,1,4\nleft,2,2\nright,2,3\nthird,1,5\n");
        await _watch.LookAsync(default);
        Assert.Equal([("right", 3.0), ("third", 5.0)], (await Store.RunsAsync("sweep")).Select(run => (run.Name, run.Loss!.Value)));
        // One the file no longer has is left as it was.
        Write("a.csv", "run,step,loss\nthird,1,5\nthird,2,4\n");
        await _watch.LookAsync(default);
        Assert.Equal([("right", 3.0), ("third", 4.0)], (await Store.RunsAsync("sweep")).Select(run => (run.Name, run.Loss!.Value)));
    }

    [Fact]
    public async Task Files_that_are_a_run_only_together_are_one_source()
    {
        Write("exp/run 1/hparams.yaml", "params: 70e6\n");
        Write("exp/run 1/metrics.csv", "epoch,step,train_loss\n0,1,3\n0,2,2\n");
        Write("mlruns/0/abc/meta.yaml", "run_id: abc\nrun_name: quiet-fox\n");
        Write("mlruns/0/abc/metrics/loss", "1700000000000 3 0\n1700000001000 2 10\n");
        Write("hf/checkpoint-5/trainer_state.json", "{\"global_step\":5,\"log_history\":[{\"step\":5,\"loss\":3}]}");
        Write("hf/checkpoint-10/trainer_state.json", "{\"global_step\":10,\"log_history\":[{\"step\":5,\"loss\":3},{\"step\":10,\"loss\":2}]}");
        await _watch.LookAsync(default);
        Assert.Equal([("exp/run 1", 2, 70e6), ("hf", 2, null), ("quiet-fox", 2, (double?)null)], (await Store.RunsAsync("sweep")).Select(run => (run.Name, run.Points, run.Parameters)));
        Assert.Equal(3, _watch.State!.Sources);

        Write("mlruns/0/abc/metrics/loss", "1700000000000 3 0\n1700000001000 2 10\n1700000002000 1.5 20\n");
        await _watch.LookAsync(default);
        Assert.Equal([2, 2, 3], (await Store.RunsAsync("sweep")).Select(run => run.Points));
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_once_and_only_when_it_rests()
    {
        const string Broken = "{\"log_history\": [{\"step\": 1, \"loss\": 3}, {\"step\"";
        Write("x/trainer_state.json", Broken, age: TimeSpan.Zero);
        await _watch.LookAsync(default);
        Assert.Empty(_watch.State!.Problems);
        Assert.Empty(_warnings.All);

        File.SetLastWriteTimeUtc(At("x/trainer_state.json"), File.GetLastWriteTimeUtc(At("x/trainer_state.json")).AddMinutes(-1));
        for (var look = 0; look < 3; look++)
            await _watch.LookAsync(default);
        var problem = Assert.Single(_watch.State.Problems);
        Assert.Equal("x", problem.Path);
        Assert.Contains("is not valid JSON", problem.Message, StringComparison.Ordinal);
        Assert.Contains("is not valid JSON", Assert.Single(_warnings.All), StringComparison.Ordinal);

        Write("x/trainer_state.json", Broken + ": 2, \"loss\": 2}]}");
        await _watch.LookAsync(default);
        Assert.Empty(_watch.State.Problems);
        Assert.Equal(2, (await Store.RunsAsync("sweep")).Single().Points);
        Assert.Single(_warnings.All);
    }

    [Fact]
    public async Task A_file_that_was_imported_by_hand_is_that_source_from_then_on()
    {
        await _temporary.ImportAsync("sweep", Head + "1,3,1e9\n", "a.csv");
        Write("a.csv", Head + "1,3,1e9\n");
        await _watch.LookAsync(default);
        Assert.Single(await Store.RunsAsync("sweep"));
        Write("a.csv", Head + "1,3,1e9\n2,2,2e9\n");
        await _watch.LookAsync(default);
        Assert.Equal(2, (await Store.RunsAsync("sweep")).Single().Points);
    }

    [Fact]
    public async Task The_files_of_the_store_itself_are_no_logs()
    {
        using var watch = Watch(Path.GetDirectoryName(_temporary.DatabasePath)!);
        await _temporary.ImportAsync("p");
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_temporary.DatabasePath)!, "a.csv"), Head + "1,3,1e9\n");
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        Assert.Equal(1, watch.State!.Sources);
        Assert.Empty(watch.State.Problems);
    }

    [Fact]
    public async Task Links_are_followed_and_a_ring_of_them_ends()
    {
        if (OperatingSystem.IsWindows())
            return;
        Write("../elsewhere/a.csv", Head + "1,3,1e9\n");
        Directory.CreateSymbolicLink(At("linked"), At("../elsewhere"));
        Directory.CreateSymbolicLink(At("../elsewhere/back"), _folder);
        await _watch.LookAsync(default);
        Assert.Single(await Store.RunsAsync("sweep"));
    }

    [Fact]
    public async Task Reading_again_waits_ten_times_as_long_as_the_last_time_took()
    {
        using var watch = Watch(clock: new TickingClock());
        Write("a.csv", Head + "1,3,1e9\n");
        await watch.LookAsync(default);
        Write("a.csv", Head + "1,3,1e9\n2,2,2e9\n");
        var looks = 0;
        for (; (await Store.RunsAsync("sweep")).Single().Points == 1; looks++)
            await watch.LookAsync(default);
        Assert.InRange(looks, 10, 30);
    }

    private LogFolderWatch Watch(string? folder = null, TimeProvider? clock = null) =>
        new(new DashboardOptions { LogFolder = folder ?? _folder, StorePath = _temporary.DatabasePath }, Store, clock ?? new ManualClock(), _warnings.CreateLogger<LogFolderWatch>());

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string content, TimeSpan? age = null) => Write(name, Encoding.UTF8.GetBytes(content), age);

    private void Write(string name, byte[] content, TimeSpan? age = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), content);
        File.SetLastWriteTimeUtc(At(name), File.GetLastWriteTimeUtc(At(name)) - (age ?? TimeSpan.FromHours(1)));
    }

    private async Task<byte[]> ReadAsync(string sha256)
    {
        await using var content = Store.OpenUpload(sha256)!;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static byte[] Zipped(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <summary>Time passes only by being asked for.</summary>
    private sealed class TickingClock : TimeProvider
    {
        private long _now = 1;

        public override long GetTimestamp() => _now++;
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        private readonly LoggerFactory _factory;

        public Warnings() => _factory = new LoggerFactory([this]);

        public ConcurrentQueue<string> All { get; } = [];

        public ILogger<T> CreateLogger<T>() => _factory.CreateLogger<T>();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));

        public void Dispose() => _factory.Dispose();
    }
}
