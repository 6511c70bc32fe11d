using System.Collections;
using System.Text;
using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_reads_back_as_it_was_imported()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        var run = new ImportedRun
        {
            Name = "größe \"7B\"; DROP TABLE Runs",
            Line = 17,
            Parameters = 7e9,
            NonEmbeddingParameters = 6.5e9,
            Tokens = 1.4e12,
            Flops = 5.88e22,
            Loss = 2.0123456789012345,
            Budget = 6e22,
            Family = "llama",
            Config = [new("lr", "3e-4"), new("α", "=1+1"), new("lr", "twice"), new("note", "a \"b\"\n\u0001")],
            Flags = ["flops contradict 6ND by 4.1×"],
        };

        var staged = await StageAsync(store, fileName: "sweep.csv");
        var receipt = await store.ImportAsync(Project, staged.Id, "csv", "tokens=D", [run]);

        var added = Assert.Single(receipt.Added);
        Assert.Equal(run.Name, added.Name);
        Assert.Empty(receipt.AlreadyThere);
        var row = Assert.Single(await store.RunsAsync(Project));
        Assert.Equal(added.Id, row.Id);
        Assert.Equal((Project, run.Name, 17, 1), (row.Project, row.Name, row.Line, row.Points));
        Assert.Equal((7e9, 6.5e9, 1.4e12), (row.Parameters, row.NonEmbeddingParameters, row.Tokens));
        Assert.Equal((5.88e22, 2.0123456789012345, 6e22), (row.Flops, row.Loss, row.Budget));
        Assert.Equal("llama", row.Family);
        Assert.Equal(run.Config, row.Config);
        Assert.Equal(run.Flags, row.Flags);
        Assert.Equal(("sweep.csv", staged.Sha256, clock.Now), (row.FileName, row.Sha256, row.Imported));
        Assert.Null(row.ExclusionReason);
        Assert.Null(row.Deleted);
        var observation = Assert.Single(await store.ObservationsAsync(Project));
        Assert.Equal(
            new Observation
            {
                RunId = row.Id,
                Run = run.Name,
                Line = 17,
                Parameters = 7e9,
                NonEmbeddingParameters = 6.5e9,
                Tokens = 1.4e12,
                Flops = 5.88e22,
                Loss = 2.0123456789012345,
                Budget = 6e22,
            },
            observation);
        Assert.Equal("csv tokens=D", _folder.Scalar("SELECT Format || ' ' || Mapping FROM Uploads"));
    }

    [Fact]
    public async Task The_same_file_twice_adds_nothing_and_says_so()
    {
        await using var store = await _folder.OpenAsync();
        var runs = new[] { Run("a"), Run("b", 3) };
        await ImportAsync(store, runs);
        var stamp = await store.StampAsync(Project);

        var again = await ImportAsync(store, runs);

        Assert.Empty(again.Added);
        Assert.Equal(["a", "b"], again.AlreadyThere);
        Assert.Equal(2, (await store.RunsAsync(Project, includeDeleted: true)).Count);
        Assert.Equal(1L, _folder.Scalar("SELECT count(*) FROM Uploads"));
        Assert.Equal(stamp, await store.StampAsync(Project));
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Fact]
    public async Task The_same_file_with_more_runs_read_from_it_adds_only_those()
    {
        await using var store = await _folder.OpenAsync();
        await ImportAsync(store, [Run("a", 2)]);

        var more = await ImportAsync(store, [Run("a", 2), Run("a", 3), Run("b", 2)]);

        Assert.Equal(["a", "b"], more.Added.Select(run => run.Name));
        Assert.Equal(["a"], more.AlreadyThere);
    }

    [Fact]
    public async Task Another_file_may_hold_runs_of_the_same_names()
    {
        await using var store = await _folder.OpenAsync();
        await ImportAsync(store, [Run("a")]);
        Assert.Single((await ImportAsync(store, [Run("a")], content: "other")).Added);
    }

    [Fact]
    public async Task After_its_runs_were_deleted_a_file_adds_them_as_new_runs()
    {
        await using var store = await _folder.OpenAsync();
        var first = (await ImportAsync(store, [Run("a"), Run("b", 3)])).Added;
        Assert.Equal(1, await store.DeleteAsync([first[0].Id]));

        var again = await ImportAsync(store, [Run("a"), Run("b", 3)]);

        var added = Assert.Single(again.Added);
        Assert.Equal("a", added.Name);
        Assert.Equal(["b"], again.AlreadyThere);
        Assert.DoesNotContain(added.Id, first.Select(run => run.Id));
    }

    [Fact]
    public async Task Ids_are_never_used_again_even_when_the_last_row_is_gone()
    {
        await using var store = await _folder.OpenAsync();
        var first = (await ImportAsync(store, [Run("a")])).Added[0].Id;
        _folder.Execute("DELETE FROM Runs");
        Assert.NotEqual(first, (await ImportAsync(store, [Run("a")])).Added[0].Id);
    }

    [Fact]
    public async Task Two_projects_hold_the_same_file_apart()
    {
        await using var store = await _folder.OpenAsync();
        var one = await ImportAsync(store, [Run("a", budget: 1e19), Run("b", 3, 6e20, 1e19)], "one");
        var stampOfOne = await store.StampAsync("one");
        var two = await ImportAsync(store, [Run("a", flops: 6e21, budget: 2e19)], " two ");
        await store.DeleteAsync([two.Added[0].Id]);

        Assert.Equal("two", two.Project);
        Assert.Equal(one.Added.Select(run => run.Id), (await store.RunsAsync("one")).Select(run => run.Id));
        Assert.Empty(await store.RunsAsync("two"));
        Assert.Empty(await store.ObservationsAsync("two"));
        Assert.Equal(stampOfOne, await store.StampAsync("one"));
        var projects = await store.ProjectsAsync();
        Assert.Equal(["one", "two"], projects.Select(project => project.Name));
        Assert.Equal((2, 1, 6e18, 6e20), (projects[0].Runs, projects[0].Budgets, projects[0].SmallestFlops, projects[0].LargestFlops));
        Assert.Equal((0, 0, null, null), (projects[1].Runs, projects[1].Budgets, projects[1].SmallestFlops, projects[1].LargestFlops));
        Assert.NotNull(projects[1].LastImport);
        Assert.Single(Directory.GetFiles(_folder.Location.FilesDirectory));
    }

    [Fact]
    public async Task The_file_is_kept_byte_for_byte()
    {
        await using var store = await _folder.OpenAsync();
        var bytes = new byte[300_001];
        new Random(1).NextBytes(bytes);
        var staged = await store.StageAsync(new MemoryStream(bytes), "log.bin", maxBytes: bytes.Length);
        await store.ImportAsync(Project, staged.Id, "csv", "", [Run("a")]);

        await using var kept = store.OpenUpload(staged.Sha256);
        using var read = new MemoryStream();
        await kept!.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
        Assert.Null(store.FindStaged(staged.Id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../dashboard.db")]
    [InlineData("..%2fdashboard.db")]
    [InlineData("{sha256}")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task An_unknown_hash_opens_nothing(string? sha256)
    {
        await using var store = await _folder.OpenAsync();
        Assert.Null(store.OpenUpload(sha256));
    }

    [Fact]
    public async Task Concurrent_imports_all_arrive_whole()
    {
        await using var store = await _folder.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ImportAsync(
            store,
            [.. Enumerable.Range(2, 20).Select(line => Run($"run {i} {line}", line))],
            i % 2 == 0 ? "even" : "odd",
            $"content {i / 4}")));

        Assert.Equal(120, (await store.RunsAsync("even")).Count);
        Assert.Equal(120, (await store.RunsAsync("odd")).Count);
        Assert.Equal(2, (await store.ProjectsAsync()).Count);
    }

    [Fact]
    public async Task Two_stores_on_one_database_see_each_others_runs()
    {
        await using var one = await _folder.OpenAsync();
        await using var two = await _folder.OpenAsync();
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => ImportAsync(i % 2 == 0 ? one : two, [Run("a"), Run("b", 3)])));

        Assert.Equal(2, receipts.Sum(receipt => receipt.Added.Count));
        Assert.Equal(2, (await one.RunsAsync(Project)).Count);
        Assert.Equal(await one.StampAsync(Project), await two.StampAsync(Project));
    }

    [Fact]
    public async Task A_cancelled_import_leaves_nothing_half_stored_and_can_be_repeated()
    {
        await using var store = await _folder.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var runs = Enumerable.Range(2, 1_500).Select(line => Run($"run {line}", line, series: Curve(3))).ToArray();
        runs[1_200] = runs[1_200] with { Series = new CancellingSeries(cancellation) };
        var staged = await StageAsync(store);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.ImportAsync(Project, staged.Id, "csv", "", runs, cancellationToken: cancellation.Token));

        Assert.Empty(await store.ProjectsAsync());
        Assert.Equal(0L, _folder.Scalar("SELECT (SELECT count(*) FROM Runs) + (SELECT count(*) FROM Uploads) + (SELECT count(*) FROM SeriesChunks)"));
        Assert.Equal(staged, store.FindStaged(staged.Id));
        await using (var content = store.OpenStaged(staged.Id))
            Assert.Equal(staged.Length, content.Length);
        Assert.Equal(1_500, (await store.ImportAsync(Project, staged.Id, "csv", "", runs)).Added.Count);
    }

    [Fact]
    public async Task Very_many_runs_arrive_whole_with_their_indexes_and_once()
    {
        await using var store = await _folder.OpenAsync();
        var before = _folder.Scalar("SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master WHERE tbl_name = 'Runs' ORDER BY name)");
        // More than are added row by row; the last has a curve, so that its batch is not full.
        var runs = Enumerable.Range(2, 60_000).Select(line => Run($"run {line}", line)).Append(Run("curve", 60_002, series: Curve(3))).ToArray();

        var receipt = await ImportAsync(store, runs);

        Assert.Equal(60_001, receipt.Added.Count);
        Assert.Equal(before, _folder.Scalar("SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master WHERE tbl_name = 'Runs' ORDER BY name)"));
        Assert.Equal("ok", _folder.Scalar("PRAGMA integrity_check"));
        var found = await store.FindRunsAsync([receipt.Added[0].Id, receipt.Added[30_000].Id, receipt.Added[^1].Id]);
        Assert.Equal([("run 2", 2), ("run 30002", 30_002), ("curve", 60_002)], found.Select(run => (run.Name, run.Line)));
        Assert.Equal(3, (await store.SeriesAsync(receipt.Added[^1].Id, "loss"))!.Values.Length);
        var again = await ImportAsync(store, [.. runs, Run("new", 70_000)]);
        Assert.Equal(("new", 60_001), (Assert.Single(again.Added).Name, again.AlreadyThere.Count));
    }

    [Fact]
    public async Task A_run_that_comes_twice_in_one_import_is_added_once()
    {
        await using var store = await _folder.OpenAsync();
        var receipt = await ImportAsync(store, [Run("a", 2), Run("b", 2), Run("a", 2), Run("a", 3)]);
        Assert.Equal(["a", "b", "a"], receipt.Added.Select(run => run.Name));
        Assert.Equal(["a"], receipt.AlreadyThere);
    }

    [Fact]
    public async Task An_import_that_finds_the_database_locked_says_so_and_can_be_repeated()
    {
        await using var store = await _folder.OpenAsync();
        var staged = await StageAsync(store);
        using (var other = _folder.Connect())
        {
            using var transaction = other.BeginTransaction();
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.ImportAsync(Project, staged.Id, "csv", "", [Run("a")]));
            Assert.Contains("locked by another process", failure.Message, StringComparison.Ordinal);
            Assert.Contains(_folder.Location.DatabasePath, failure.Message, StringComparison.Ordinal);
        }

        Assert.Single((await store.ImportAsync(Project, staged.Id, "csv", "", [Run("a")])).Added);
    }

    [Fact]
    public async Task A_failure_inside_the_transaction_stores_no_run_but_keeps_the_staged_file()
    {
        await using var store = await _folder.OpenAsync();
        _folder.Execute("CREATE TRIGGER full BEFORE INSERT ON SeriesChunks BEGIN SELECT RAISE(ABORT, 'no more'); END");
        var staged = await StageAsync(store);
        await Assert.ThrowsAnyAsync<Exception>(() => store.ImportAsync(Project, staged.Id, "csv", "", [Run("a"), Run("b", 3, series: Curve(2))]));
        Assert.Empty(await store.ProjectsAsync());

        _folder.Execute("DROP TRIGGER full");
        await using (var content = store.OpenStaged(staged.Id))
        using (var reader = new StreamReader(content, Encoding.UTF8))
            Assert.Equal("a,b\n1,2\n", await reader.ReadToEndAsync());
        Assert.Equal(2, (await store.ImportAsync(Project, staged.Id, "csv", "", [Run("a"), Run("b", 3, series: Curve(2))])).Added.Count);
    }

    [Fact]
    public async Task What_no_law_can_be_fitted_to_is_refused_by_name()
    {
        await using var store = await _folder.OpenAsync();
        var staged = await StageAsync(store);
        var failure = await Assert.ThrowsAsync<StoreInputException>(
            () => store.ImportAsync(Project, staged.Id, "csv", "", [Run("fine"), Run("odd", 9) with { Loss = double.NaN }]));
        Assert.Contains("“odd” (line 9) has loss NaN", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreInputException>(() => store.ImportAsync(Project, staged.Id, "csv", "", []));
        await Assert.ThrowsAsync<StoreInputException>(() => store.ImportAsync("  ", staged.Id, "csv", "", [Run("fine")]));
        await Assert.ThrowsAsync<StoreInputException>(() => store.ImportAsync("a\nb", staged.Id, "csv", "", [Run("fine")]));
        await Assert.ThrowsAsync<StoreInputException>(() => store.ImportAsync(new string('p', 101), staged.Id, "csv", "", [Run("fine")]));
        Assert.Empty(await store.ProjectsAsync());
    }

    private static ImportedSeries[] Curve(int length) =>
        [new("loss", [.. Enumerable.Range(0, length).Select(i => (double)i)], [.. Enumerable.Range(0, length).Select(i => 3.0 - i)])];

    /// <summary>Series whose reading is the moment the user cancels.</summary>
    private sealed class CancellingSeries(CancellationTokenSource cancellation) : IReadOnlyList<ImportedSeries>
    {
        private readonly ImportedSeries[] _series = Curve(3);

        public int Count => _series.Length;

        public ImportedSeries this[int index] => _series[index];

        public IEnumerator<ImportedSeries> GetEnumerator()
        {
            cancellation.Cancel();
            return _series.AsEnumerable().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
