using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public sealed class ProjectChangesTests : IAsyncLifetime, IDisposable
{
    private readonly ManualClock _clock = new();
    private TemporaryStore _temporary = null!;
    private ProjectChanges _changes = null!;

    public async Task InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        _changes = new ProjectChanges(_temporary.Store, _clock);
    }

    public async Task DisposeAsync() => await _temporary.DisposeAsync();

    public void Dispose() => _changes.Dispose();

    [Fact]
    public async Task A_page_hears_of_changes_of_its_project_by_any_process_and_of_no_other()
    {
        await _temporary.ImportAsync("p");
        var heard = new Counter();
        var others = new Counter();
        var late = new Counter();
        using var listening = _changes.Listen("p", await _temporary.Store.StampAsync("p"), heard.Add);
        using var elsewhere = _changes.Listen("q", "", others.Add);
        // What changed before the page listened, and after it read.
        using var behind = _changes.Listen("p", "older", late.Add);
        await PassAsync();
        Assert.Equal((0, 0, 1), (heard.Count, others.Count, late.Count));

        await using (var process = await Runs.RunStore.OpenAsync(new Runs.StoreLocation(_temporary.DatabasePath), TimeProvider.System))
            await process.TagAsync([(await process.RunsAsync("p"))[0].Id], "x");
        await PassAsync();
        await PassAsync();
        Assert.Equal((1, 0, 2), (heard.Count, others.Count, late.Count));

        await _temporary.ImportAsync("q");
        await PassAsync();
        Assert.Equal((1, 1, 2), (heard.Count, others.Count, late.Count));
    }

    [Fact]
    public async Task Who_has_stopped_listening_hears_nothing_and_when_all_have_nothing_is_asked()
    {
        var heard = new Counter();
        _changes.Listen("p", "older", heard.Add).Dispose();
        await PassAsync();
        await PassAsync();
        Assert.Equal(0, heard.Count);
        // Begins again with the next.
        using var listening = _changes.Listen("p", "older", heard.Add);
        await PassAsync();
        Assert.Equal(1, heard.Count);
    }

    /// <summary>Lets an interval pass and the question that follows be answered.</summary>
    private async Task PassAsync()
    {
        var probe = new Counter();
        using var probing = _changes.Listen("none", "older", probe.Add);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (probe.Count == 0)
        {
            _clock.Advance(ProjectChanges.Interval);
            await Task.Delay(5, patience.Token);
        }
    }

    private sealed class Counter
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
