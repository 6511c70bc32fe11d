using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class LiveRunTests : IDisposable
{
    private const string Run = "base 124M";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Points_read_back_as_if_they_had_been_kept_in_a_list(int seed)
    {
        var random = new Random(seed);
        var (steps, values, step, replaced, restarts) = (new List<double>(), new List<double>(), 0.0, 0, 0);
        await using var store = await _folder.OpenAsync();
        LiveState? state = null;
        // The third is longer than a chunk; some go back in their steps, within and to before what is stored.
        for (var append = 0; append < 40; append++)
        {
            var length = append == 3 ? 70_000 : random.Next(1, 400);
            var batch = (Steps: new double[length], Values: new double[length]);
            for (var i = 0; i < length; i++)
            {
                var back = random.NextDouble() < (append == 3 ? 0 : 0.002);
                step = back ? Math.Floor(step * random.NextDouble()) : step + random.Next(0, 3);
                (batch.Steps[i], batch.Values[i]) = (step, random.Next(20) == 0 ? double.NaN : 2 + random.NextDouble());
                if (steps.Count > 0 && step < steps[^1])
                {
                    var keep = steps.FindIndex(kept => kept >= step);
                    replaced += steps.Count - keep;
                    restarts++;
                    steps.RemoveRange(keep, steps.Count - keep);
                    values.RemoveRange(keep, values.Count - keep);
                }

                steps.Add(step);
                values.Add(batch.Values[i]);
            }

            var before = await store.StampAsync(Project);
            state = await AppendAsync(store, state?.Offset ?? 0, $"{append}\n", new ImportedSeries("loss", batch.Steps, batch.Values));
            Assert.NotEqual(before, await store.StampAsync(Project));
        }

        var series = await store.SeriesAsync(state!.RunId, "loss");
        Assert.Equal(steps, series!.Steps);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), series.Values.Select(BitConverter.DoubleToInt64Bits));
        var logged = values.Where(value => !double.IsNaN(value)).ToArray();
        var summary = Assert.Single(await store.MetricsAsync(state.RunId));
        Assert.Equal((steps.Count, logged.Min(), logged.Max(), logged[^1]), (summary.Count, summary.Min, summary.Max, summary.Last));
        var row = Assert.Single(await store.RunsAsync(Project));
        Assert.Equal((state.RunId, Run, steps.Count, 40, logged[^1]), (row.Id, row.Name, row.Points, row.Line, row.Loss));
        if (restarts > 0)
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{replaced} earlier one{(replaced == 1 ? "" : "s")} replaced"), row.Flags[0], StringComparison.Ordinal);
        else
            Assert.DoesNotContain(row.Flags, flag => flag.StartsWith("restarted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_short_appends_rewrite_a_point_seldom_and_take_little_room()
    {
        const int Appends = 256, Lines = 80;
        var random = new Random(5);
        await using (var store = await _folder.OpenAsync())
        {
            var state = LiveState.None;
            await AppendAsync(store, 0, "{}\n", new ImportedSeries("loss", [0], [11]), new ImportedSeries("lr", [0], [0]));
            _folder.Execute(
                """
                CREATE TABLE Written (Points INTEGER);
                CREATE TRIGGER a AFTER INSERT ON SeriesChunks BEGIN INSERT INTO Written VALUES (new.Count); END;
                CREATE TRIGGER b AFTER UPDATE ON SeriesChunks BEGIN INSERT INTO Written VALUES (new.Count); END;
                """);
            state = (await store.LiveRunAsync(Project, Run))!;
            for (var append = 0; append < Appends; append++)
            {
                var steps = Enumerable.Range(1 + append * Lines, Lines).Select(i => i * 10.0).ToArray();
                state = await AppendAsync(
                    store, state.Offset, "{}\n",
                    new ImportedSeries("loss", steps, Array.ConvertAll(steps, step => Math.Round(2 + 9 / Math.Sqrt(step) + 0.05 * random.NextDouble(), 4))),
                    new ImportedSeries("lr", steps, Array.ConvertAll(steps, step => 3e-4 * (1 - step / 1e6))));
            }
        }

        const double Points = 2.0 * Appends * Lines;
        Assert.InRange((long)_folder.Scalar("SELECT sum(Points) FROM Written")! / Points, 1, 16);
        Assert.InRange((long)_folder.Scalar("SELECT count(*) FROM SeriesChunks")!, 2, 2 * 17);
        _folder.Execute("DROP TRIGGER a; DROP TRIGGER b; DROP TABLE Written");
        Assert.InRange((long)_folder.Scalar("SELECT sum(length(Packed)) FROM SeriesChunks")! / Points, 0, 10);
        Assert.InRange(new FileInfo(_folder.Location.DatabasePath).Length / Points, 0, 12);
    }

    [Fact]
    public async Task The_lines_are_kept_byte_for_byte_under_the_hash_of_what_there_is()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
        string[] lines = ["{\"step\":1,\"loss\":3}\r\n", "\n", "{\"step\": 2, \"loss\": 2.5e0}\n"];
        await using (var store = await _folder.OpenAsync(clock))
        {
            await AppendAsync(store, 0, lines[0], new ImportedSeries("loss", [1], [3]));
            await AppendAsync(store, lines[0].Length, lines[1]);
        }

        clock.Now = clock.Now.AddMinutes(1);
        // The hash goes on though the process is another one.
        await using var again = await _folder.OpenAsync(clock);
        var state = await AppendAsync(again, lines[0].Length + 1, lines[2], new ImportedSeries("loss", [2], [2.5]));

        var all = Encoding.UTF8.GetBytes(string.Concat(lines));
        Assert.Equal((all.Length, 3, 2), (state.Offset, state.Lines, state.Points));
        var row = Assert.Single(await again.RunsAsync(Project));
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(all)), Run + ".jsonl", clock.Now), (row.Sha256, row.FileName, row.Imported));
        Assert.Equal(all, await ReadAsync(await again.OpenLiveAsync(row.Sha256)));
        Assert.Equal(row.FileName, await again.UploadNameAsync(row.Sha256));
        Assert.Null(await again.OpenLiveAsync(new string('0', 64)));
        Assert.Null(await again.OpenLiveAsync("../x"));
        Assert.Equal(all[5..15], await again.LiveLinesAsync(Project, Run, 5, 10));
        Assert.Equal(all[5..], await again.LiveLinesAsync(Project, Run, 5, 1_000));
        Assert.Empty(await again.LiveLinesAsync(Project, "other", 0, 10));
    }

    [Fact]
    public async Task What_a_crash_left_behind_the_lines_is_written_over()
    {
        await using var store = await _folder.OpenAsync();
        await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]));
        var file = Assert.Single(Directory.GetFiles(_folder.Location.FilesDirectory));
        await File.AppendAllTextAsync(file, "a line that was never acknowledged\n");
        Assert.Equal("one\n"u8.ToArray(), await ReadAsync(await store.OpenLiveAsync((await store.RunsAsync(Project))[0].Sha256)));

        await AppendAsync(store, 4, "two\n", new ImportedSeries("loss", [2], [2]));

        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(file));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one\ntwo\n"u8)), (await store.RunsAsync(Project))[0].Sha256);
    }

    [Fact]
    public async Task An_append_that_fails_leaves_everything_as_it_was()
    {
        await using var store = await _folder.OpenAsync();
        await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]));
        var stamp = await store.StampAsync(Project);
        _folder.Execute("CREATE TRIGGER full BEFORE INSERT ON SeriesChunks BEGIN SELECT RAISE(ABORT, 'no more'); END");
        await Assert.ThrowsAnyAsync<Exception>(() => AppendAsync(store, 4, "half\n", new ImportedSeries("grad", [2], [2])));
        _folder.Execute("DROP TRIGGER full");
        Assert.Equal(stamp, await store.StampAsync(Project));
        Assert.Equal((4, 1), (await store.LiveRunAsync(Project, Run)) is { } state ? (state.Offset, state.Lines) : default);

        // As long as the one that failed.
        await AppendAsync(store, 4, "next\n", new ImportedSeries("loss", [2], [2]));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one\nnext\n"u8)), (await store.RunsAsync(Project))[0].Sha256);
        Assert.Equal(["loss"], (await store.MetricsAsync((await store.RunsAsync(Project))[0].Id)).Select(metric => metric.Metric));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(long.MaxValue)]
    public async Task An_append_at_another_offset_is_refused_with_the_right_one(long offset)
    {
        await using var store = await _folder.OpenAsync();
        await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]));
        var failure = await Assert.ThrowsAsync<OffsetException>(() => AppendAsync(store, offset, "two\n", new ImportedSeries("loss", [2], [2])));
        Assert.Equal(4, failure.Offset);
        Assert.Equal(1, (await store.RunsAsync(Project))[0].Points);
    }

    [Fact]
    public async Task A_run_that_is_not_there_begins_at_the_beginning()
    {
        await using var store = await _folder.OpenAsync();
        Assert.Null(await store.LiveRunAsync(Project, Run));
        await Assert.ThrowsAsync<OffsetException>(() => AppendAsync(store, 4, "two\n", new ImportedSeries("loss", [2], [2])));
        Assert.Empty(await store.ProjectsAsync());
    }

    [Fact]
    public async Task A_deleted_run_is_not_appended_to_and_its_name_is_free_again()
    {
        await using var store = await _folder.OpenAsync();
        var first = await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]));
        await store.DeleteAsync([first.RunId]);
        Assert.Equal(0, (await Assert.ThrowsAsync<OffsetException>(() => AppendAsync(store, 4, "two\n", new ImportedSeries("loss", [2], [2])))).Offset);
        var second = await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]));
        Assert.NotEqual(first.RunId, second.RunId);
    }

    [Fact]
    public async Task What_a_user_set_stays_and_what_the_lines_say_counts()
    {
        await using var store = await _folder.OpenAsync();
        var id = (await AppendAsync(store, 0, "one\n", new ImportedSeries("loss", [1], [3]), new ImportedSeries("tokens", [1], [1e9]))).RunId;
        await store.SetParametersAsync([id], 124e6);
        await store.TagAsync([id], "keep");
        await store.ExcludeAsync([id], "spike");

        await AppendAsync(store, 4, "two\n", new ImportedSeries("loss", [2], [2]), new ImportedSeries("tokens", [2], [2e9]));
        var row = Assert.Single(await store.RunsAsync(Project));
        Assert.Equal((124e6, 2e9, 2.0, "keep", "spike"), (row.Parameters, row.Tokens, row.Loss, row.Tags[0], row.ExclusionReason));

        await AppendAsync(store, 8, "three\n", [new("n", "125M")], 125e6);
        Assert.Equal(125e6, (await store.RunsAsync(Project))[0].Parameters);
        Assert.Equal([new KeyValuePair<string, string>("n", "125M")], (await store.RunsAsync(Project))[0].Config);
        Assert.Equal([(1e9, 3.0), (2e9, 2.0)], (await store.CheckpointsAsync(Project)).Select(point => (point.Tokens, point.Loss)));
    }

    [Fact]
    public async Task A_loss_that_is_not_finite_is_said_until_it_is_finite_again()
    {
        await using var store = await _folder.OpenAsync();
        await AppendAsync(store, 0, "1\n", new ImportedSeries("loss", [1, 2], [3, double.NaN]));
        await AppendAsync(store, 2, "2\n", new ImportedSeries("loss", [3], [double.PositiveInfinity]));
        await AppendAsync(store, 4, "3\n", new ImportedSeries("lr", [3], [0.1]));
        var row = (await store.RunsAsync(Project))[0];
        Assert.Equal((3.0, "diverged: loss is not finite from step 2 on"), (row.Loss, Assert.Single(row.Flags)));
        await AppendAsync(store, 6, "4\n", new ImportedSeries("loss", [4], [2.5]));
        Assert.Empty((await store.RunsAsync(Project))[0].Flags);
    }

    [Fact]
    public async Task A_loss_that_rose_and_stayed_is_said_until_it_falls_again()
    {
        await using var store = await _folder.OpenAsync();
        var offset = 0;
        await AppendRowsAsync(1, 60, 3);
        Assert.Empty((await store.RunsAsync(Project))[0].Flags);
        await AppendRowsAsync(61, 80, 7);
        await AppendAsync(store, offset, "1\n", new ImportedSeries("lr", [80], [0.1]));
        offset += 2;
        Assert.Equal("diverged: the loss ends at 7, 2.3 times its lowest, 3 up to step 60 (medians of 5 rows)", Assert.Single((await store.RunsAsync(Project))[0].Flags));
        await AppendRowsAsync(81, 100, 2.75);
        Assert.Empty((await store.RunsAsync(Project))[0].Flags);

        async Task AppendRowsAsync(int first, int last, double loss)
        {
            for (var step = first; step <= last; step++, offset += 2)
                await AppendAsync(store, offset, "1\n", new ImportedSeries("loss", [step], [loss]));
        }
    }

    [Fact]
    public async Task A_run_with_too_many_metrics_is_refused()
    {
        await using var store = await _folder.OpenAsync();
        ImportedSeries[] many = [.. Enumerable.Range(0, RunStore.MostLiveSeries).Select(i => new ImportedSeries($"m{i}", [1], [1]))];
        await AppendAsync(store, 0, "1\n", many);
        var failure = await Assert.ThrowsAsync<StoreInputException>(() => AppendAsync(store, 2, "2\n", new ImportedSeries("one more", [2], [1])));
        Assert.Contains("more than 1,000 metrics", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE SeriesChunks SET Packed = x'00'")]
    [InlineData("UPDATE SeriesChunks SET Packed = substr(Packed, 1, length(Packed) - 1)")]
    [InlineData("UPDATE SeriesChunks SET Count = Count - 1")]
    [InlineData("UPDATE SeriesChunks SET Count = NULL WHERE Number = 1")]
    [InlineData("DELETE FROM SeriesChunks WHERE Number = 0")]
    [InlineData("DELETE FROM SeriesChunks")]
    public async Task Damage_is_noticed(string sql)
    {
        await using var store = await _folder.OpenAsync();
        await AppendAsync(store, 0, "1\n", new ImportedSeries("loss", [1, 2, 3], [3, 2, 1]));
        var id = (await AppendAsync(store, 2, "2\n", new ImportedSeries("loss", [4], [1]))).RunId;
        Assert.Equal(2L, _folder.Scalar("SELECT count(*) FROM SeriesChunks"));
        _folder.Execute(sql);
        var failure = await Assert.ThrowsAsync<StoreException>(() => store.SeriesAsync(id, "loss"));
        Assert.Contains("“loss” is damaged", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ", "r")]
    [InlineData("p", "")]
    [InlineData("p", "a\nb")]
    public async Task Names_are_checked(string project, string run)
    {
        await using var store = await _folder.OpenAsync();
        await Assert.ThrowsAsync<StoreInputException>(() => store.AppendAsync(project, run, 0, "1\n"u8.ToArray(), Lines([], null)));
        Assert.Empty(await store.ProjectsAsync());
    }

    private static Task<LiveState> AppendAsync(RunStore store, long offset, string lines, params ImportedSeries[] series) =>
        store.AppendAsync(Project, Run, offset, Encoding.UTF8.GetBytes(lines), Lines([], null, series));

    private static Task<LiveState> AppendAsync(RunStore store, long offset, string lines, KeyValuePair<string, string>[] config, double? parameters) =>
        store.AppendAsync(Project, Run, offset, Encoding.UTF8.GetBytes(lines), Lines(config, parameters));

    private static LiveLines Lines(KeyValuePair<string, string>[] config, double? parameters, params ImportedSeries[] series) => new()
    {
        Lines = 1, Series = series, Config = config, Names = new Dictionary<string, string>(), Parameters = parameters,
    };

    private static async Task<byte[]> ReadAsync(Stream? stream)
    {
        Assert.NotNull(stream);
        await using var _ = stream;
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
