using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs.Tests.Storage;

public class MigrationTests
{
    [Fact]
    public void The_migrations_make_the_tables_the_entities_ask_for()
    {
        using var context = new StoreContextFactory().CreateDbContext([]);
        var snapshot = context.GetService<IMigrationsAssembly>().ModelSnapshot!.Model;
        var finished = context.GetService<IModelRuntimeInitializer>().Initialize(((IMutableModel)snapshot).FinalizeModel(), designTime: true, validationLogger: null);
        var wanted = context.GetService<IDesignTimeModel>().Model;

        var differences = context.GetService<IMigrationsModelDiffer>().GetDifferences(finished.GetRelationalModel(), wanted.GetRelationalModel());

        // One more difference means: add a migration with dotnet-ef.
        Assert.Empty(differences);
    }

    [Fact]
    public async Task A_store_from_before_there_were_saved_fits_is_brought_up_to_date()
    {
        using var folder = new StoreFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(folder.Location.DatabasePath)!);
        using (var context = new StoreContext(StoreContext.Options($"Data Source={folder.Location.DatabasePath};Pooling=False")))
            await context.GetService<IMigrator>().MigrateAsync("20261121031435_Initial");
        folder.Execute("INSERT INTO Projects (Name, Stamp) VALUES ('sweep', 'old')");
        Assert.Equal(0L, folder.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'SavedFits'"));

        await using var store = await folder.OpenAsync();

        Assert.Equal("old", await store.StampAsync("sweep"));
        var saved = await store.SaveFitAsync("sweep", SavedFitTests.Fit("x"));
        Assert.Equal([saved.Id], (await store.FitsAsync("sweep")).Select(fit => fit.Id));
    }

    [Fact]
    public async Task Runs_from_before_they_could_lack_something_are_kept_with_their_tags_and_curves()
    {
        using var folder = new StoreFolder();
        await using (var store = await folder.OpenAsync())
        {
            var receipt = await StoreFolder.ImportAsync(store, [StoreFolder.Run("a", series: new ImportedSeries("loss", [1, 2], [3, 2]))]);
            await store.TagAsync([receipt.Added[0].Id], "keep");
        }

        using (var context = new StoreContext(StoreContext.Options($"Data Source={folder.Location.DatabasePath};Pooling=False")))
            await context.GetService<IMigrator>().MigrateAsync("20261128185957_SavedFits");

        await using var updated = await folder.OpenAsync();
        var run = Assert.Single(await updated.RunsAsync(StoreFolder.Project));
        Assert.Equal(("a", 1e9, "keep"), (run.Name, run.Parameters, Assert.Single(run.Tags)));
        var loss = await updated.SeriesAsync(run.Id, "loss");
        Assert.Equal([3.0, 2], loss!.Values);
        Assert.Equal("ok", folder.Scalar("PRAGMA integrity_check"));
        // An id is never used again, though the table was made anew.
        var next = await StoreFolder.ImportAsync(updated, [StoreFolder.Run("b", line: 3)]);
        Assert.NotEqual(run.Id, next.Added[0].Id);
    }

    [Fact]
    public async Task Curves_from_before_runs_could_be_appended_to_are_read_as_they_were()
    {
        using var folder = new StoreFolder();
        var steps = Enumerable.Range(0, 70_000).Select(i => (double)i).ToArray();
        string id;
        await using (var store = await folder.OpenAsync())
            id = (await StoreFolder.ImportAsync(store, [StoreFolder.Run("a", series: new ImportedSeries("loss", steps, steps))])).Added[0].Id;
        using (var context = new StoreContext(StoreContext.Options($"Data Source={folder.Location.DatabasePath};Pooling=False")))
            await context.GetService<IMigrator>().MigrateAsync("20261128202000_PartialRuns");
        Assert.Equal(0L, folder.Scalar("SELECT count(*) FROM sqlite_master WHERE name IN ('LiveRuns', 'Tokens')"));

        await using var updated = await folder.OpenAsync();
        Assert.Equal(steps, (await updated.SeriesAsync(id, "loss"))!.Values);
        Assert.Empty(await updated.TokensAsync());
        Assert.Null(await updated.LiveRunAsync(StoreFolder.Project, "a"));
        Assert.Equal("ok", folder.Scalar("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task Runs_from_before_there_were_notes_and_views_are_live_and_can_have_them()
    {
        using var folder = new StoreFolder();
        string id;
        await using (var store = await folder.OpenAsync())
        {
            id = (await StoreFolder.ImportAsync(store, [StoreFolder.Run("a", series: new ImportedSeries("loss", [1, 2], [3, 2]))])).Added[0].Id;
            await store.TagAsync([id], "keep");
        }

        using (var context = new StoreContext(StoreContext.Options($"Data Source={folder.Location.DatabasePath};Pooling=False")))
            await context.GetService<IMigrator>().MigrateAsync("20261128202000_PartialRuns");
        Assert.Equal(0L, folder.Scalar("SELECT count(*) FROM pragma_table_info('Runs') WHERE name IN ('Note', 'ArchivedTicks')"));

        await using var updated = await folder.OpenAsync();
        var run = Assert.Single(await updated.RunsAsync(StoreFolder.Project));
        Assert.Equal((id, "keep", null, null), (run.Id, Assert.Single(run.Tags), run.Note, run.Archived));
        var loss = await updated.SeriesAsync(id, "loss");
        Assert.Equal([3.0, 2], loss!.Values);
        Assert.Equal(1, await updated.SetNotesAsync([new(id, "n")]));
        Assert.Equal(1, await updated.ArchiveAsync([id]));
        Assert.Null(await updated.SaveViewAsync(StoreFolder.Project, "v", "?sort=loss"));
        Assert.Equal("ok", folder.Scalar("PRAGMA integrity_check"));
    }
}
