using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class SavedFitTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fit_is_read_back_as_it_was_saved()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var store = await OpenWithProjectAsync(clock);

        var saved = await store.SaveFitAsync(Project, Fit(" baseline ") with { Note = " before the new data “ü” " });

        Assert.Equal(("baseline", 1, "before the new data “ü”", clock.Now, Project), (saved.Name, saved.Version, saved.Note, saved.Created, saved.Project));
        Assert.Equal(("chinchilla", "huber", 72, "converged"), (saved.Law, saved.Method, saved.Points, saved.Status));
        Assert.Equal(("?project=sweep&seed=7", "ab12", 7, "0.1.0", "{\"E\":1.8}", "[[1.8]]"), (saved.State, saved.InputSha256, saved.Seed, saved.CodeVersion, saved.Report, saved.Draws));
        Assert.Null(saved.Deleted);
        Assert.Equal(saved, await store.FindFitAsync(saved.Id));
        Assert.Equal(saved with { Draws = null }, Assert.Single(await store.FitsAsync(Project)));
    }

    [Fact]
    public async Task Saving_under_the_same_name_makes_the_next_version_and_leaves_the_first()
    {
        await using var store = await OpenWithProjectAsync();
        await ImportAsync(store, [Run("a")], "other");
        var first = await store.SaveFitAsync(Project, Fit("x"));

        var second = await store.SaveFitAsync(Project, Fit("x") with { Report = "{}", Note = "  " });
        var elsewhere = await store.SaveFitAsync("other", Fit("x"));
        var otherName = await store.SaveFitAsync(Project, Fit("X"));

        Assert.Equal((2, 1, 1), (second.Version, elsewhere.Version, otherName.Version));
        Assert.Null(second.Note);
        Assert.Equal(first, await store.FindFitAsync(first.Id));
        Assert.Equal([otherName.Id, second.Id, first.Id], (await store.FitsAsync(Project)).Select(fit => fit.Id));
        Assert.Equal([elsewhere.Id], (await store.FitsAsync("other")).Select(fit => fit.Id));
        Assert.Empty(await store.FitsAsync("no such"));
    }

    [Fact]
    public async Task Saving_at_once_from_two_stores_gives_every_fit_its_own_version()
    {
        await (await OpenWithProjectAsync()).DisposeAsync();
        var patient = _folder.Location with { LockWait = TimeSpan.FromSeconds(60) };
        await using var one = await RunStore.OpenAsync(patient, TimeProvider.System);
        await using var two = await RunStore.OpenAsync(patient, TimeProvider.System);

        var saved = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? one : two).SaveFitAsync(Project, Fit("x") with { Points = i })));

        Assert.Equal(Enumerable.Range(1, 20), saved.Select(fit => fit.Version).Order());
        Assert.Equal(20, saved.Select(fit => fit.Id).Distinct().Count());
        // Newest first is also the highest version first.
        Assert.Equal(Enumerable.Range(1, 20).Reverse(), (await two.FitsAsync(Project)).Select(fit => fit.Version));
        foreach (var fit in saved)
            Assert.Equal(fit.Points, (await one.FindFitAsync(fit.Id))!.Points);
    }

    [Fact]
    public async Task A_deleted_fit_leaves_the_list_can_be_named_and_comes_back_and_its_version_stays_its_own()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await using var store = await OpenWithProjectAsync(clock);
        var first = await store.SaveFitAsync(Project, Fit("x"));
        clock.Now += TimeSpan.FromMinutes(1);

        Assert.True(await store.DeleteFitAsync(first.Id));
        Assert.False(await store.DeleteFitAsync(first.Id));
        Assert.Empty(await store.FitsAsync(Project));
        Assert.Equal(first with { Deleted = clock.Now }, await store.FindFitAsync(first.Id));
        Assert.Equal(2, (await store.SaveFitAsync(Project, Fit("x"))).Version);

        Assert.True(await store.UndeleteFitAsync(first.Id));
        Assert.False(await store.UndeleteFitAsync(first.Id));
        Assert.Equal(first, await store.FindFitAsync(first.Id));
        Assert.Equal([2, 1], (await store.FitsAsync(Project)).Select(fit => fit.Version));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("f")]
    [InlineData("1")]
    [InlineData("f0")]
    [InlineData("F1")]
    [InlineData("f1 ")]
    [InlineData("f2")]
    [InlineData("fzzzzzzzzzzzzzz")]
    public async Task What_is_no_id_of_a_fit_finds_and_changes_nothing(string? id)
    {
        await using var store = await OpenWithProjectAsync();
        var saved = await store.SaveFitAsync(Project, Fit("x"));
        Assert.Equal("f1", saved.Id);

        Assert.Null(await store.FindFitAsync(id));
        Assert.Equal([saved], await store.FindFitsAsync([id ?? "", saved.Id, saved.Id]));
        Assert.False(await store.DeleteFitAsync(id ?? ""));
        Assert.False(await store.UndeleteFitAsync(id ?? ""));
    }

    [Fact]
    public async Task The_stamp_and_the_runs_stay_as_they_are()
    {
        await using var store = await OpenWithProjectAsync();
        var stamp = await store.StampAsync(Project);

        var saved = await store.SaveFitAsync(Project, Fit("x"));
        await store.DeleteFitAsync(saved.Id);
        await store.UndeleteFitAsync(saved.Id);

        Assert.Equal(stamp, await store.StampAsync(Project));
        Assert.Equal(1, Assert.Single(await store.ProjectsAsync()).Runs);
    }

    [Fact]
    public async Task What_cannot_be_saved_is_refused_in_words_and_nothing_is_kept()
    {
        await using var store = await OpenWithProjectAsync();

        await RefusesAsync("gone", Fit("x"), "There is no project “gone”");
        await RefusesAsync(Project, Fit(" "), "The fit's name is empty");
        await RefusesAsync(Project, Fit(new string('x', 101)), "The fit's name has 101 characters");
        await RefusesAsync(Project, Fit("x") with { Note = new string('x', 501) }, "The note has 501 characters");
        await RefusesAsync(Project, Fit("x") with { Note = "two\nlines" }, "line break");
        await RefusesAsync(Project, Fit("x") with { State = new string('x', 4_001) }, "4,001 characters");
        // Counted in bytes: an ü is two.
        await RefusesAsync(Project, Fit("x") with { Report = new string('ü', 900_000), Draws = new string('1', 200_001) }, "takes 2,000,001 bytes; at most 2,000,000");
        Assert.Empty(await store.FitsAsync(Project));
        Assert.Equal(1, (await store.SaveFitAsync(Project, Fit("x") with { Report = new string('ü', 900_000), Draws = new string('1', 200_000) })).Version);

        async Task RefusesAsync(string project, NewFit fit, string words) =>
            Assert.Contains(words, (await Assert.ThrowsAsync<StoreInputException>(() => store.SaveFitAsync(project, fit))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_fit_outlives_the_process_and_a_half_saved_one_does_not()
    {
        var store = await OpenWithProjectAsync();
        var saved = await store.SaveFitAsync(Project, Fit("x"));
        using var dying = _folder.Connect();
        using var unfinished = dying.BeginTransaction();
        using (var command = dying.CreateCommand())
        {
            command.CommandText =
                """
                INSERT INTO SavedFits (ProjectId, Name, Version, Law, Method, Points, Status, State, InputSha256, Seed, CodeVersion, CreatedTicks, Report, Draws)
                SELECT ProjectId, Name, 2, Law, Method, Points, Status, State, InputSha256, Seed, CodeVersion, CreatedTicks, Report, Draws FROM SavedFits
                """;
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        // What a killed process leaves: database and log as they are on disk at this moment.
        using var crashed = new StoreFolder();
        Directory.CreateDirectory(Path.GetDirectoryName(crashed.Location.DatabasePath)!);
        foreach (var file in (string[])["", "-wal"])
            File.Copy(_folder.Location.DatabasePath + file, crashed.Location.DatabasePath + file);

        await using var again = await crashed.OpenAsync();
        Assert.Equal(saved with { Draws = null }, Assert.Single(await again.FitsAsync(Project)));
        Assert.Equal(2, (await again.SaveFitAsync(Project, Fit("x"))).Version);
    }

    private async Task<RunStore> OpenWithProjectAsync(TimeProvider? clock = null)
    {
        var store = await _folder.OpenAsync(clock);
        await ImportAsync(store, [Run("a")]);
        return store;
    }

    internal static NewFit Fit(string name) => new()
    {
        Name = name,
        Law = "chinchilla",
        Method = "huber",
        Points = 72,
        Status = "converged",
        State = "?project=sweep&seed=7",
        InputSha256 = "ab12",
        Seed = 7,
        CodeVersion = "0.1.0",
        Report = "{\"E\":1.8}",
        Draws = "[[1.8]]",
    };
}
