using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public class ProjectRunsTests
{
    private const string Csv = "run,parameters,N_no_emb,tokens,train_loss,val_loss\na,1e8,9e7,2e9,3.4,3.5\nb,2e8,,4e9,3.1,3.2\n";

    [Fact]
    public async Task Runs_without_the_count_asked_for_are_left_out_with_the_reason()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p", Csv.Replace("val_", "", StringComparison.Ordinal));
        var selection = ProjectRuns.Select(await ProjectRuns.ReadAsync(temporary.Store, "p", true, default), [], new HashSet<string>(), nonEmbedding: true);
        Assert.Equal(9e7, Assert.Single(selection.Final.Observations).Parameters);
        Assert.Equal("b: no parameter count without embeddings", Assert.Single(selection.Final.LeftOut).Reason);
        Assert.Equal(2, selection.All.Count);
        Assert.Equal("without embeddings", selection.Final.Selection["parameters"]);
    }

    [Fact]
    public async Task The_hash_is_that_of_the_runs_that_count_and_of_the_columns_they_were_read_from()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await ImportAsync("train", "loss=train_loss");
        await ImportAsync("val", "loss=val_loss");
        await ImportAsync("again", "loss=val_loss");

        var hash = await HashAsync("val");
        Assert.Equal(hash, await HashAsync("again"));
        Assert.NotEqual(hash, await HashAsync("train"));
        var a = (await temporary.Store.RunsAsync("val"))[0].Id;
        Assert.NotEqual(hash, await HashAsync("val", a));

        async Task ImportAsync(string project, string map) =>
            await StagedImport.ImportAsync(temporary.Store, project, await temporary.StageAsync(Csv), new LogImportOptions { Mapping = ColumnMapping.Parse(map) }, default);

        async Task<string> HashAsync(string project, params string[] without) =>
            ProjectRuns.Select(await ProjectRuns.ReadAsync(temporary.Store, project, false, default), [], without.ToHashSet(), false).Final.InputSha256;
    }

    [Fact]
    public async Task A_view_too_long_for_a_link_is_not_mistaken_for_another()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p");
        using var projects = new ProjectCache(temporary.Store);
        using var service = new IsoFlopService(projects);
        // Together beyond what a link holds: what follows them in the address is cut.
        string[] filters = [.. Enumerable.Range(0, 12).Select(i => $"run={new string('x', 400)}{i}")];
        var state = new IsoFlopState { Project = "p", Where = filters };
        var first = await service.AnalyseAsync(state, null, default);
        Assert.Same(first, await service.AnalyseAsync(state with { Target = 1e20, Where = [.. filters] }, null, default));
        Assert.NotSame(first, await service.AnalyseAsync(state with { Where = [.. filters, "run=small"] }, null, default));
        Assert.NotSame(first, await service.AnalyseAsync(state with { NonEmbedding = true }, null, default));
        Assert.NotSame(first, await service.AnalyseAsync(state with { Draws = 20 }, null, default));
    }

    [Fact]
    public async Task A_change_of_the_store_is_seen_at_once()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        await temporary.ImportAsync("p");
        using var projects = new ProjectCache(temporary.Store);
        using var service = new IsoFlopService(projects);
        var state = new IsoFlopState { Project = "p", Draws = 0 };
        Assert.Equal(2, (await service.AnalyseAsync(state, null, default)).Selection.Final.Observations.Count);
        await temporary.Store.ExcludeAsync([(await temporary.Store.RunsAsync("p"))[0].Id], "diverged");
        Assert.Single((await service.AnalyseAsync(state, null, default)).Selection.Final.Observations);
    }
}
