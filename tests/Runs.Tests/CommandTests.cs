using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_exclusion_is_stored_with_its_reason_and_can_be_lifted()
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 3);

        Assert.Equal(2, await store.ExcludeAsync([ids[0], ids[2]], " loss spike "));
        Assert.Equal(["loss spike", null, "loss spike"], (await store.RunsAsync(Project)).Select(run => run.ExclusionReason));
        Assert.Equal(["loss spike", null, "loss spike"], (await store.ObservationsAsync(Project)).Select(run => run.ExclusionReason));
        Assert.Equal(1, await store.IncludeAsync([ids[0], ids[1]]));
        Assert.Equal([null, null, "loss spike"], (await store.RunsAsync(Project)).Select(run => run.ExclusionReason));
        await Assert.ThrowsAsync<StoreInputException>(() => store.ExcludeAsync(ids, " "));
    }

    [Fact]
    public async Task A_deleted_run_is_gone_from_the_project_but_can_be_named_and_brought_back()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        var ids = await IdsAsync(store, 2);

        Assert.Equal(1, await store.DeleteAsync([ids[0]]));

        Assert.Equal([ids[1]], (await store.RunsAsync(Project)).Select(run => run.Id));
        Assert.Equal([ids[1]], (await store.ObservationsAsync(Project)).Select(run => run.RunId));
        Assert.Equal(ids, (await store.RunsAsync(Project, includeDeleted: true)).Select(run => run.Id));
        var found = await store.FindRunsAsync([ids[0], "unknown", "", "../x", ids[1].ToUpperInvariant() + "!", ids[0]]);
        Assert.Equal(("run 0", (DateTimeOffset?)clock.Now), (Assert.Single(found).Name, found[0].Deleted));
        Assert.Equal(0, await store.DeleteAsync([ids[0]]));
        Assert.Equal(0, await store.ExcludeAsync([ids[0]], "too late"));
        Assert.Equal(1, await store.UndeleteAsync([ids[0], ids[1]]));
        Assert.Equal(ids, (await store.RunsAsync(Project)).Select(run => run.Id));
    }

    [Fact]
    public async Task A_run_whose_file_was_imported_again_does_not_come_back_beside_its_successor()
    {
        await using var store = await _folder.OpenAsync();
        var first = (await ImportAsync(store, [Run("a")])).Added[0].Id;
        await store.DeleteAsync([first]);
        var second = (await ImportAsync(store, [Run("a")])).Added[0].Id;

        Assert.Equal(0, await store.UndeleteAsync([first]));
        await store.DeleteAsync([second]);
        Assert.Equal(1, await store.UndeleteAsync([first, second]));
        Assert.Equal(second, Assert.Single(await store.RunsAsync(Project)).Id);
    }

    [Fact]
    public async Task Tags_go_on_once_and_come_off()
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 2);

        Assert.Equal(2, await store.TagAsync(ids, " keep "));
        Assert.Equal(1, await store.TagAsync([ids[0]], "a best"));
        Assert.Equal(0, await store.TagAsync([ids[0]], "keep"));
        Assert.Equal([["a best", "keep"], ["keep"]], (await store.RunsAsync(Project)).Select(run => run.Tags));
        Assert.Equal(1, await store.UntagAsync([ids[1]], "keep"));
        Assert.Equal([["a best", "keep"], []], (await store.RunsAsync(Project)).Select(run => run.Tags));
        Assert.Equal(["a best", "keep"], Assert.Single(await store.FindRunsAsync([ids[0]])).Tags);
        await Assert.ThrowsAsync<StoreInputException>(() => store.TagAsync(ids, ""));
    }

    [Fact]
    public async Task The_stamp_changes_with_every_change_and_only_then()
    {
        await using var store = await _folder.OpenAsync();
        Assert.Equal("", await store.StampAsync(Project));
        var ids = await IdsAsync(store, 2);
        var seen = new HashSet<string> { await store.StampAsync(Project) };

        await Changes(() => store.ExcludeAsync(ids, "why"), true);
        await Changes(() => store.ExcludeAsync(ids, "why"), false);
        await Changes(() => store.ExcludeAsync(ids, "why else"), true);
        await Changes(() => store.IncludeAsync(ids), true);
        await Changes(() => store.IncludeAsync(ids), false);
        await Changes(() => store.TagAsync(ids, "t"), true);
        await Changes(() => store.UntagAsync(ids, "t"), true);
        await Changes(() => store.DeleteAsync([ids[0]]), true);
        await Changes(() => store.DeleteAsync(["unknown"]), false);
        await Changes(() => store.UndeleteAsync([ids[0]]), true);
        await Changes(() => ImportAsync(store, [Run("more")], content: "more"), true);
        await Changes(() => ImportAsync(store, [Run("other")], "another project"), false);

        async Task Changes(Func<Task> command, bool expected)
        {
            var before = await store.StampAsync(Project);
            await command();
            var after = await store.StampAsync(Project);
            Assert.Equal(expected, before != after);
            Assert.Equal(expected, seen.Add(after));
        }
    }

    [Fact]
    public async Task A_command_takes_thousands_of_runs_at_once()
    {
        await using var store = await _folder.OpenAsync();
        var ids = await IdsAsync(store, 5_000);
        Assert.Equal(5_000, await store.ExcludeAsync(ids, "all"));
        Assert.Equal(5_000, (await store.FindRunsAsync(ids)).Count);
        Assert.Equal(5_000, ids.Distinct().Count());
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(RunStore store, int count) =>
        [.. (await ImportAsync(store, [.. Enumerable.Range(0, count).Select(i => Run($"run {i}", i + 2))])).Added.Select(run => run.Id)];
}
