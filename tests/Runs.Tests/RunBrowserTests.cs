using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class RunBrowserTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Archived_runs_are_in_no_list_and_no_fit_until_they_are_taken_out()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        var series = new[] { new ImportedSeries("loss", [1, 2], [3, 2]), new ImportedSeries("tokens", [1, 2], [1e9, 2e9]) };
        var ids = (await ImportAsync(store, [Run("a", 2, budget: 6e18, series: series), Run("b", 3, 1e20, 1e20, series)])).Added.Select(run => run.Id).ToArray();
        Assert.Equal(4, (await store.CheckpointsAsync(Project)).Count);

        Assert.Equal(1, await store.ArchiveAsync([ids[1], "unknown"]));
        Assert.Equal(0, await store.ArchiveAsync([ids[1]]));

        Assert.Equal([ids[0]], (await store.RunsAsync(Project)).Select(run => run.Id));
        Assert.Equal([ids[0]], (await store.ObservationsAsync(Project)).Select(row => row.RunId));
        Assert.Equal([ids[0], ids[0]], (await store.CheckpointsAsync(Project)).Select(row => row.RunId));
        var project = Assert.Single(await store.ProjectsAsync());
        Assert.Equal((1, 1, 6e18), (project.Runs, project.Budgets, project.LargestFlops));
        Assert.Equal(ids, (await store.RunsAsync(Project, includeDeleted: true)).Select(run => run.Id));
        Assert.Equal(clock.Now, Assert.Single(await store.FindRunsAsync([ids[1]])).Archived);
        var table = await store.TableAsync(Project);
        Assert.Equal((2, (DateTimeOffset?)null, (DateTimeOffset?)clock.Now), (table.Count, table.Archived(0), table.Archived(1)));

        Assert.Equal(1, await store.UnarchiveAsync(ids));
        Assert.Equal(0, await store.UnarchiveAsync(ids));
        Assert.Equal(ids, (await store.ObservationsAsync(Project)).Select(row => row.RunId));
    }

    [Fact]
    public async Task An_archived_run_is_not_imported_again_beside_itself()
    {
        await using var store = await _folder.OpenAsync();
        var id = (await ImportAsync(store, [Run("a")])).Added[0].Id;
        await store.ArchiveAsync([id]);

        Assert.Equal(["a"], (await ImportAsync(store, [Run("a")])).AlreadyThere);
    }

    [Fact]
    public async Task Taking_a_run_out_of_the_archive_is_undone_to_the_moment()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        var id = (await ImportAsync(store, [Run("a")])).Added[0].Id;
        await store.ArchiveAsync([id]);
        var before = (await store.FindRunsAsync([id]))[0].Archived;
        clock.Now += TimeSpan.FromDays(3);

        await store.UnarchiveAsync([id]);
        await store.ArchiveAsync([id], before);

        Assert.Equal(before, (await store.FindRunsAsync([id]))[0].Archived);
    }

    [Fact]
    public async Task Notes_are_set_replaced_and_put_back_exactly()
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 3);
        Assert.Equal(1, await store.SetNotesAsync([new(ids[0], "  first\r\nsecond \"line\" ")]));
        Assert.Equal(["first\nsecond \"line\"", null, null], await NotesAsync());
        var before = (await store.RunsAsync(Project)).Select(run => KeyValuePair.Create(run.Id, run.Note)).ToArray();

        Assert.Equal(3, await store.SetNotesAsync([.. ids.Select(id => KeyValuePair.Create<string, string?>(id, "loss spike"))]));
        Assert.Equal(0, await store.SetNotesAsync([.. ids.Select(id => KeyValuePair.Create<string, string?>(id, "loss spike"))]));
        Assert.Equal(["loss spike", "loss spike", "loss spike"], (await store.FindRunsAsync(ids)).Select(run => run.Note));
        Assert.Equal(3, await store.SetNotesAsync(before));

        Assert.Equal(["first\nsecond \"line\"", null, null], await NotesAsync());
        Assert.Equal(1, await store.SetNotesAsync([new(ids[0], " "), new("unknown", "x")]));
        Assert.Equal([null, null, null], await NotesAsync());

        async Task<IEnumerable<string?>> NotesAsync()
        {
            var table = await store.TableAsync(Project);
            return Enumerable.Range(0, table.Count).Select(row => table.Note[row]);
        }
    }

    [Theory]
    [InlineData("bell\a", "control character")]
    [InlineData(null, "at most 2000 are kept")]
    public async Task A_note_that_cannot_be_kept_changes_nothing(string? text, string message)
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 2);

        var failure = await Assert.ThrowsAsync<StoreInputException>(() => store.SetNotesAsync([new(ids[0], "fine"), new(ids[1], text ?? new string('x', RunStore.LongestNote + 1))]));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.All(await store.RunsAsync(Project), run => Assert.Null(run.Note));
    }

    [Fact]
    public async Task The_stamp_changes_with_notes_and_archiving_and_not_with_views()
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 1);
        var seen = new HashSet<string> { await store.StampAsync(Project) };

        await Changes(() => store.SetNotesAsync([new(ids[0], "x")]), true);
        await Changes(() => store.SetNotesAsync([new(ids[0], "x")]), false);
        await Changes(() => store.ArchiveAsync(ids), true);
        await Changes(() => store.ArchiveAsync(ids), false);
        await Changes(() => store.UnarchiveAsync(ids), true);
        await Changes(() => store.SaveViewAsync(Project, "v", "?filter=x"), false);

        async Task Changes(Func<Task> command, bool expected)
        {
            await command();
            Assert.Equal(expected, seen.Add(await store.StampAsync(Project)));
            Assert.Equal(await store.StampAsync(Project), (await store.TableAsync(Project)).Stamp);
        }
    }

    [Fact]
    public async Task A_view_is_saved_replaced_deleted_and_put_back_exactly()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        await IdsAsync(store, 1);
        Assert.Null(await store.SaveViewAsync(Project, " best 10 ", "?sort=loss"));
        Assert.Null(await store.SaveViewAsync(Project, "best 2", "?sort=flops"));
        var first = (await store.ViewsAsync(Project))[1];
        Assert.Equal(new SavedView("best 10", "?sort=loss", clock.Now), first);
        Assert.Equal(["best 2", "best 10"], (await store.ViewsAsync(Project)).Select(view => view.Name));
        clock.Now += TimeSpan.FromHours(1);

        Assert.Equal(first, await store.SaveViewAsync(Project, "best 10", "?sort=params"));
        Assert.Equal("?sort=params", (await store.ViewsAsync(Project))[1].Query);
        await store.RestoreViewAsync(Project, first);
        Assert.Equal(first, (await store.ViewsAsync(Project))[1]);

        Assert.Equal(first, await store.DeleteViewAsync(Project, "best 10"));
        Assert.Null(await store.DeleteViewAsync(Project, "best 10"));
        Assert.Equal(["best 2"], (await store.ViewsAsync(Project)).Select(view => view.Name));
        await store.RestoreViewAsync(Project, first);
        Assert.Equal(first, (await store.ViewsAsync(Project))[1]);
    }

    [Fact]
    public async Task A_view_without_a_name_or_a_project_or_with_an_endless_address_is_refused_in_words()
    {
        await using var store = await _folder.OpenAsync();
        await IdsAsync(store, 1);

        Assert.Contains("The view's name is empty", (await Assert.ThrowsAsync<StoreInputException>(() => store.SaveViewAsync(Project, " ", "?a=b"))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no project “gone”", (await Assert.ThrowsAsync<StoreInputException>(() => store.SaveViewAsync("gone", "v", "?a=b"))).Message, StringComparison.Ordinal);
        Assert.Contains("at most 4,000 are kept", (await Assert.ThrowsAsync<StoreInputException>(() => store.SaveViewAsync(Project, "v", new string('x', 4001)))).Message, StringComparison.Ordinal);
        Assert.Empty(await store.ViewsAsync(Project));
        Assert.Empty(await store.ViewsAsync("gone"));
    }

    [Fact]
    public async Task The_table_holds_what_the_rows_hold()
    {
        await using var store = await _folder.OpenAsync();
        ImportedRun[] runs =
        [
            Run("a", 2, 6e18, 6e18) with { Family = "wide", Flags = ["x \"y\"", "z"], Config = [new("lr", "3e-4"), new("opt/name", "ädamw \\ \n"), new("lr", "again")], NonEmbeddingParameters = 9e8 },
            Run("b", 3) with { Parameters = null, Flops = null, Config = [new("seed", "1"), new("lr", "0.001")] },
            Run("c", 4) with { Tokens = null, Loss = null, Config = [] },
            Run("d", 5) with { Flops = null, Config = [new("lr", "3e-4"), new("seed", "")] },
        ];
        var ids = (await ImportAsync(store, runs)).Added.Select(run => run.Id).ToArray();
        await ImportAsync(store, [Run("elsewhere") with { Config = [new("other", "1")] }], "another project");
        await store.TagAsync([ids[2], ids[0]], "keep");
        await store.TagAsync([ids[0]], "best");
        await store.ExcludeAsync([ids[1]], "spike");

        var table = await store.TableAsync(Project);
        var rows = await store.RunsAsync(Project);

        Assert.Equal((4, Project, await store.StampAsync(Project)), (table.Count, table.Project, table.Stamp));
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            Assert.Equal((row.Id, i), (table.Id(i), table.Row(row.Id)));
            Assert.Equal((row.Name, row.Line, row.Points, row.Family, row.ExclusionReason), (table.Names[i], table.Lines[i], table.Points[i], table.Family[i], table.ExclusionReason[i]));
            Assert.Equal(
                [row.Parameters, row.NonEmbeddingParameters, row.Tokens, row.Flops, row.Loss, row.Budget],
                new[] { table.Parameters, table.NonEmbeddingParameters, table.Tokens, table.Flops, table.Loss, table.Budget }.Select(column => double.IsNaN(column[i]) ? (double?)null : column[i]));
            Assert.Equal(row.Tags, table.TagsOf(i));
            Assert.Equal(row.Flags, table.FlagsOf(i));
            Assert.Equal((row.FileName, row.Sha256, row.Imported), (table.File(i).FileName, table.File(i).Sha256, table.File(i).Imported));
            foreach (var (name, column) in table.Config)
                Assert.Equal(row.Config.FirstOrDefault(pair => pair.Key == name).Value is { Length: > 0 } value ? value : null, column[i]);
        }

        Assert.Equal(["lr", "opt/name", "seed"], table.Config.Keys);
        Assert.Equal([-1, -1, -1], ((string?[])["", "zz", null]).Select(table.Row));
        Assert.Equal((0, ""), ((await store.TableAsync("gone")).Count, (await store.TableAsync("gone")).Stamp));
        await store.DeleteAsync([ids[0]]);
        Assert.Equal(ids[1..], Enumerable.Range(0, 3).Select((await store.TableAsync(Project)).Id));
    }

    [Fact]
    public async Task Metrics_are_named_and_read_for_the_whole_table()
    {
        await using var store = await _folder.OpenAsync();
        var ids = (await ImportAsync(store,
        [
            Run("a", 2, series: [new("loss", [1, 2, 3], [4, 2, double.NaN]), new("acc 10", [1], [0.5])]),
            Run("b", 3),
            Run("c", 4, series: [new("acc 2", [1, 2], [double.NaN, double.NaN]), new("loss", [1], [7])]),
        ])).Added.Select(run => run.Id).ToArray();
        await ImportAsync(store, [Run("x", series: [new("elsewhere", [1], [1])])], "another project");
        var table = await store.TableAsync(Project);

        Assert.Equal(["acc 2", "acc 10", "loss"], await store.MetricNamesAsync(table));
        var loss = await store.MetricAsync(table, "loss");
        Assert.Equal([2, double.NaN, 7], loss.Last);
        Assert.Equal([2, double.NaN, 7], loss.Min);
        Assert.Equal([4, double.NaN, 7], loss.Max);
        Assert.Equal([3, 0, 1], loss.Counts);
        var (never, elsewhere) = (await store.MetricAsync(table, "acc 2"), await store.MetricAsync(table, "elsewhere"));
        Assert.Equal([double.NaN, double.NaN, double.NaN], never.Last);
        Assert.Equal([0, 0, 0], elsewhere.Counts);

        // A run that the table does not know yet is no trouble.
        await ImportAsync(store, [Run("later", series: [new("loss", [1], [1])])], content: "later");
        loss = await store.MetricAsync(table, "loss");
        Assert.Equal([3, 0, 1], loss.Counts);

        var series = await store.SeriesAsync([ids[0], ids[1], ids[2], "unknown"], ["loss", "acc 10", "gone"]);
        Assert.Equal(["acc 10", "loss"], series[ids[0]].Select(one => one.Metric).Order());
        Assert.Equal([4, 2, double.NaN], series[ids[0]].Single(one => one.Metric == "loss").Values);
        Assert.Empty(series[ids[1]]);
        Assert.Equal([7.0], Assert.Single(series[ids[2]]).Values);
    }

    [Fact]
    public async Task The_source_of_a_run_is_known_with_size_format_and_mapping()
    {
        await using var store = await _folder.OpenAsync();
        var staged = await StageAsync(store, "n,l\n1,2\n", "my runs.csv");
        var id = (await store.ImportAsync(Project, staged.Id, "sweep table", "parameters=n", [Run("a")])).Added[0].Id;

        var source = await store.SourceAsync(id);

        Assert.Equal(("my runs.csv", staged.Sha256, 8L, "sweep table", "parameters=n"), (source!.FileName, source.Sha256, source.Length, source.Format, source.Mapping));
        Assert.Null(await store.SourceAsync("zz"));
        Assert.Null(await store.SourceAsync("../"));
    }

    private static async Task<string[]> IdsAsync(RunStore store, int count) =>
        [.. (await ImportAsync(store, [.. Enumerable.Range(0, count).Select(i => Run($"run {i}", i + 2))])).Added.Select(run => run.Id)];
}
