using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public sealed class SamplesTests
{
    [Fact]
    public async Task The_sample_is_found_above_and_imported_once()
    {
        var top = Directory.CreateTempSubdirectory("samples-tests-");
        try
        {
            var inner = top.CreateSubdirectory("bin/net9.0");
            Assert.Null(Samples.Find(inner.FullName).SweepPath);
            var path = Path.Combine(top.CreateSubdirectory("samples/chinchilla-sweep").FullName, "sweep.csv");
            await File.WriteAllTextAsync(path, TemporaryStore.Sweep);
            await using var temporary = await TemporaryStore.OpenAsync();

            var samples = Samples.Find(inner.FullName);
            Assert.Equal(path, samples.SweepPath);
            await samples.LoadSweepAsync(temporary.Store, default);
            await samples.LoadSweepAsync(temporary.Store, default);

            var project = Assert.Single(await temporary.Store.ProjectsAsync());
            Assert.Equal((Samples.SweepProject, 2), (project.Name, project.Runs));
        }
        finally
        {
            top.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_missing_sample_is_said()
    {
        await using var temporary = await TemporaryStore.OpenAsync();

        var failure = await Assert.ThrowsAsync<StoreException>(() => new Samples("/nowhere/sweep.csv").LoadSweepAsync(temporary.Store, default));

        Assert.Contains("missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_families_can_be_imported_and_are_missing_where_they_are_not()
    {
        await using var temporary = await TemporaryStore.OpenAsync();

        await Samples.Find(AppContext.BaseDirectory).LoadFamiliesAsync(temporary.Store, default);

        var rows = await temporary.Store.RunsAsync(Samples.FamiliesProject);
        Assert.Equal(["amber", "basalt", "cedar"], rows.Select(row => row.Family).Distinct());
        Assert.All(rows, row => Assert.Equal((30, 0), (row.Points, row.Flags.Count)));
        Assert.Null(new Samples((string?)null).FamiliesPath);
        await Assert.ThrowsAsync<StoreException>(() => new Samples((string?)null).LoadFamiliesAsync(temporary.Store, default));
    }

    [Fact]
    public async Task The_sample_of_the_repository_can_be_imported()
    {
        await using var temporary = await TemporaryStore.OpenAsync();

        await Samples.Find(AppContext.BaseDirectory).LoadSweepAsync(temporary.Store, default);

        var rows = await temporary.Store.RunsAsync(Samples.SweepProject);
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Empty(row.Flags));
    }
}
