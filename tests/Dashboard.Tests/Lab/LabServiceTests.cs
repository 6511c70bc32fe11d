using Microsoft.Extensions.Logging.Abstractions;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Lab;

namespace ScalingDashboard.Dashboard.Tests.Lab;

public sealed class LabServiceTests : IAsyncLifetime
{
    private const string Tiny = "?vocabulary=5&successors=3&context=16&batch=4&rows=4&held_out=8&size=1x16&optimizer=adamw&seed=1";

    private readonly List<LabService> _services = [];
    private TemporaryStore _temporary = null!;

    public async Task InitializeAsync() => _temporary = await TemporaryStore.OpenAsync();

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        await _temporary.DisposeAsync();
    }

    [Fact]
    public async Task A_training_that_was_stopped_goes_on_behind_a_restart_of_the_server()
    {
        var first = Service();
        var state = State("&tokens=200K&seed=1..2");
        var id = await first.StartAsync(state, CancellationToken.None);
        await first.StopAsync(CancellationToken.None);
        Assert.Null(first.Current);

        var second = Service();
        var stopped = Assert.Single(second.Jobs());
        Assert.Equal((id, "Lab 1", LabJobStatus.Stopped, 2), (stopped.Job.Id, stopped.Job.Project, stopped.Status, stopped.Runs.Count));
        Assert.Equal(PageUrls.For(PageUrls.Lab, state with { Job = id }), PageUrls.For(PageUrls.Lab, LabState.Of(stopped.Job)));
        await second.ResumeAsync(id, CancellationToken.None);
        var ended = await EndedAsync(second, id);
        Assert.All(ended.Runs, run => Assert.True(run.Checkpoint is { Ended: true, Rows.Count: 4 }));

        // As if it had never been stopped.
        var whole = await EndedAsync(second, await second.StartAsync(state, CancellationToken.None));
        Assert.Equal(whole.Runs.Select(run => run.Checkpoint.Rows[^1].Loss), ended.Runs.Select(run => run.Checkpoint.Rows[^1].Loss));
        Assert.Equal("Lab 2", whole.Job.Project);
        var runs = await _temporary.Store.RunsAsync("Lab 1");
        Assert.Equal(ended.Runs.Select(run => (run.Checkpoint.Run.Name, (double?)Math.Round(run.Checkpoint.Rows[^1].Loss, 6), 4)), runs.Select(run => (run.Name, run.Loss, run.Points)));
    }

    [Fact]
    public async Task One_training_at_a_time()
    {
        var service = Service();
        var id = await service.StartAsync(State("&tokens=20M"), CancellationToken.None);
        Assert.Equal((id, LabJobStatus.Running), (service.Current!.Job.Id, service.Find(id)!.Status));
        Assert.Contains("Another training runs, into the project Lab 1.", (await Assert.ThrowsAsync<LabException>(() => service.StartAsync(State("&tokens=1K") with { Project = "p" }, CancellationToken.None))).Message, StringComparison.Ordinal);
        service.Delete(id);
        Assert.NotNull(service.Find(id));
        await service.CancelAsync();
        Assert.Equal(LabJobStatus.Stopped, service.Find(id)!.Status);
        service.Delete(id);
        Assert.Null(service.Find(id));
        Assert.Contains("no longer there", (await Assert.ThrowsAsync<LabException>(() => service.ResumeAsync(id, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Null(service.Find("../../etc"));
    }

    [Fact]
    public async Task What_takes_too_long_or_too_much_is_refused()
    {
        Assert.Contains("more than the limit of 36 s", (await Assert.ThrowsAsync<LabException>(() => Service(hours: 0.01).StartAsync(State("&tokens=2B"), CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("GB of memory", (await Assert.ThrowsAsync<LabException>(() => Service().EstimateAsync(State("&size=40x4096").Sweep().Runs(), CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Empty(Service().Jobs());
        Assert.Empty(await _temporary.Store.ProjectsAsync());
    }

    [Fact]
    public async Task A_project_that_has_the_run_is_refused()
    {
        var service = Service();
        var state = State("&tokens=1K") with { Project = "mine" };
        await EndedAsync(service, await service.StartAsync(state, CancellationToken.None));
        Assert.Contains("has another run 1x16-1Ktok-adamw-lr0.008-s1", (await Assert.ThrowsAsync<LabException>(() => service.StartAsync(state, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_was_uploaded_is_learned()
    {
        var service = Service();
        var staged = await _temporary.StageAsync(string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 600)), "cats.txt");
        var text = await service.KeepTextAsync(staged.Id, CancellationToken.None);
        var state = State("&tokens=1K") with { TextName = text.Text!, TextSha256 = text.TextSha256! };
        var ended = await EndedAsync(service, await service.StartAsync(state, CancellationToken.None));
        Assert.Equal("cats.txt", ended.Job.Runs[0].Language.Name);
        Assert.Contains(new KeyValuePair<string, string>("language", "cats.txt"), Assert.Single(await _temporary.Store.RunsAsync("Lab 1")).Config);
        var binary = await _temporary.Store.StageAsync(new MemoryStream([.. new byte[20_000]]), "a.bin", 1 << 20);
        Assert.Contains("a.bin is not a UTF-8 text", (await Assert.ThrowsAsync<LabException>(() => service.KeepTextAsync(binary.Id, CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("Upload it again", (await Assert.ThrowsAsync<LabException>(() => service.KeepTextAsync("none", CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private LabService Service(double hours = 1)
    {
        var service = new LabService(_temporary.Store, new DashboardOptions { StorePath = _temporary.DatabasePath, LabHours = hours }, TimeProvider.System, NullLogger<LabService>.Instance);
        _services.Add(service);
        return service;
    }

    // The later of two values counts.
    private static LabState State(string more)
    {
        var state = LabState.FromQuery(ViewQuery.Parse(Tiny));
        foreach (var pair in more.TrimStart('&').Split('&').Select(pair => pair.Split('=')))
            state = pair[0] == SweepText.Tokens ? state.WithLength(SweepText.Tokens).With(pair[0], pair[1]) : state.With(pair[0], pair[1]);
        return state;
    }

    private static async Task<LabJobView> EndedAsync(LabService service, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (service.Find(id)!.Status == LabJobStatus.Running)
            await Task.Delay(20, patience.Token);
        var view = service.Find(id)!;
        Assert.Null(view.Failure);
        Assert.Equal(LabJobStatus.Ended, view.Status);
        return view;
    }
}
