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
            await samples.Sweep.LoadAsync(temporary.Store, default);
            await samples.Sweep.LoadAsync(temporary.Store, default);

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

        var failure = await Assert.ThrowsAsync<StoreException>(() => new Samples("/nowhere/sweep.csv").Sweep.LoadAsync(temporary.Store, default));

        Assert.Contains("missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_families_can_be_imported_and_are_missing_where_they_are_not()
    {
        await using var temporary = await TemporaryStore.OpenAsync();

        await Samples.Find(AppContext.BaseDirectory).Families.LoadAsync(temporary.Store, default);

        var rows = await temporary.Store.RunsAsync(Samples.FamiliesProject);
        Assert.Equal(["amber", "basalt", "cedar"], rows.Select(row => row.Family).Distinct());
        Assert.All(rows, row => Assert.Equal((30, 0), (row.Points, row.Flags.Count)));
        Assert.Null(new Samples((string?)null).Families.Path);
        await Assert.ThrowsAsync<StoreException>(() => new Samples((string?)null).Families.LoadAsync(temporary.Store, default));
    }

    [Fact]
    public async Task The_sample_of_the_repository_can_be_imported()
    {
        await using var temporary = await TemporaryStore.OpenAsync();

        await Samples.Find(AppContext.BaseDirectory).Sweep.LoadAsync(temporary.Store, default);

        var rows = await temporary.Store.RunsAsync(Samples.SweepProject);
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Empty(row.Flags));
    }

    /// <summary>What each was trained for is in its runs, as the pages that compare them need it.</summary>
    [Fact]
    public async Task The_samples_that_the_Lab_trained_can_be_imported()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var samples = Samples.Find(AppContext.BaseDirectory);
        foreach (var sample in samples.All)
            await sample.LoadAsync(temporary.Store, default);
        Assert.Equal(7, (await temporary.Store.ProjectsAsync()).Count);

        var race = await temporary.Store.RunsAsync(Samples.OptimizersProject);
        Assert.Equal(["adamw", "c-adamw", "c-lion", "lion"], race.Select(run => run.Config.Single(pair => pair.Key == "optimizer").Value).Distinct().Order());
        var sweep = await temporary.Store.RunsAsync(Samples.TinySweepProject);
        Assert.Equal([1e10, 3e10, 1e11, 3e11, 1e12, 3e12], sweep.Select(run => run.Budget!.Value).Distinct().Order());
        Assert.All(sweep.GroupBy(run => run.Budget), budget => Assert.True(budget.Count() >= 6));
        Assert.Equal(117, (await temporary.Store.RunsAsync(Samples.TinyPrecisionProject)).Count);
        Assert.All([.. race, .. sweep], run => Assert.Empty(run.Flags));
        // No model beats the entropy of its language.
        Assert.All([.. race, .. sweep], run => Assert.True(run.Loss > 2.197472));
    }
}
