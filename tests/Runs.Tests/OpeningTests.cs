using System.Runtime.Versioning;
using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_new_store_makes_its_folders_and_writes_ahead()
    {
        await using var store = await _folder.OpenAsync();
        Assert.True(Directory.Exists(_folder.Location.FilesDirectory));
        Assert.True(Directory.Exists(_folder.Location.StagingDirectory));
        Assert.Equal("wal", _folder.Scalar("PRAGMA journal_mode"));
        Assert.Empty(await store.ProjectsAsync());
        Assert.Empty(await store.RunsAsync("nothing"));
    }

    [Fact]
    public async Task An_empty_file_becomes_a_store()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Location.DatabasePath)!);
        await File.WriteAllBytesAsync(_folder.Location.DatabasePath, []);
        await using var store = await _folder.OpenAsync();
        Assert.Equal("wal", _folder.Scalar("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Closing_leaves_one_file_that_can_be_copied()
    {
        var store = await _folder.OpenAsync();
        await ImportAsync(store, [Run("a")]);
        await store.DisposeAsync();
        await store.DisposeAsync();

        Assert.False(File.Exists(_folder.Location.DatabasePath + "-wal"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.RunsAsync(Project));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.DeleteAsync(["1"]));
        await using var again = await _folder.OpenAsync();
        Assert.Single(await again.RunsAsync(Project));
    }

    [Fact]
    public async Task After_a_crash_every_acknowledged_run_is_there_and_no_half_one()
    {
        var store = await _folder.OpenAsync();
        var receipt = await ImportAsync(store, [Run("a", series: new ImportedSeries("loss", [0, 1], [3, 2]))]);
        await store.ExcludeAsync([receipt.Added[0].Id], "spike");
        using var dying = _folder.Connect();
        using var unfinished = dying.BeginTransaction();
        using (var command = dying.CreateCommand())
        {
            command.CommandText = "INSERT INTO Projects (Name, Stamp) VALUES ('half', '')";
            command.ExecuteNonQuery();
        }

        // What a killed process leaves: database and log as they are on disk at this moment.
        using var crashed = new StoreFolder();
        Directory.CreateDirectory(crashed.Location.FilesDirectory);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_folder.Location.DatabasePath)!, "dashboard.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(Path.GetDirectoryName(crashed.Location.DatabasePath)!, Path.GetFileName(file)));
        foreach (var file in Directory.GetFiles(_folder.Location.FilesDirectory))
            File.Copy(file, Path.Combine(crashed.Location.FilesDirectory, Path.GetFileName(file)));

        await using var again = await crashed.OpenAsync();
        Assert.Equal(Project, Assert.Single(await again.ProjectsAsync()).Name);
        var run = Assert.Single(await again.RunsAsync(Project));
        Assert.Equal((receipt.Added[0].Id, "spike"), (run.Id, run.ExclusionReason));
        var loss = await again.SeriesAsync(run.Id, "loss");
        Assert.Equal([3, 2], loss!.Values);
        await using var upload = again.OpenUpload(run.Sha256);
        Assert.NotNull(upload);
        Assert.Equal("ok", crashed.Scalar("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_store_that_was_never_closed_opens_again()
    {
        var abandoned = await _folder.OpenAsync();
        await ImportAsync(abandoned, [Run("a")]);
        await using var again = await _folder.OpenAsync();
        Assert.Single(await again.RunsAsync(Project));
    }

    [Fact]
    public async Task A_path_below_a_file_is_refused_in_words()
    {
        var file = Path.Combine(_folder.Folder, "data");
        await File.WriteAllTextAsync(file, "in the way");
        var failure = await Assert.ThrowsAsync<StoreException>(() => _folder.OpenAsync());
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        Assert.Contains("--store", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_place_of_the_database_is_refused_in_words()
    {
        Directory.CreateDirectory(_folder.Location.DatabasePath);
        await RefusesAsync("cannot be opened or made");
    }

    [UnsupportedOSPlatform("windows")]
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_only_folder_or_file_is_refused_in_words(bool folderToo)
    {
        Skip.If(OperatingSystem.IsWindows(), "folders have no permission bits here");
        await (await _folder.OpenAsync()).DisposeAsync();
        var folder = Path.GetDirectoryName(_folder.Location.DatabasePath)!;
        File.SetUnixFileMode(_folder.Location.DatabasePath, UnixFileMode.UserRead);
        if (folderToo)
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Skip.If(CanWrite(_folder.Location.DatabasePath), "this user may write whatever the permission bits say");
            var failure = await Assert.ThrowsAsync<StoreException>(() => _folder.OpenAsync());
            Assert.Contains("writable for this user", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Location.DatabasePath)!);
        var text = string.Concat(Enumerable.Repeat("parameters,tokens,loss\n", 200));
        await File.WriteAllTextAsync(_folder.Location.DatabasePath, text);
        await RefusesAsync("is not a database");
        Assert.Equal(text, await File.ReadAllTextAsync(_folder.Location.DatabasePath));
    }

    [Fact]
    public async Task The_database_of_another_program_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Location.DatabasePath)!);
        _folder.Execute("CREATE TABLE bookmarks (url TEXT)");
        await RefusesAsync("belongs to another program");
        Assert.Equal(1L, _folder.Scalar("SELECT count(*) FROM sqlite_master"));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_by_name_and_left_alone()
    {
        await (await _folder.OpenAsync()).DisposeAsync();
        _folder.Execute("INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99.0.0')");
        await RefusesAsync("newer version of this program (it has the change 29990101000000_Later)");
    }

    [Fact]
    public async Task A_database_that_stays_locked_is_refused_in_words()
    {
        await (await _folder.OpenAsync()).DisposeAsync();
        using var other = _folder.Connect();
        using var transaction = other.BeginTransaction();
        await RefusesAsync("locked by another process");
    }

    [Fact]
    public async Task A_truncated_database_is_refused_in_words()
    {
        var store = await _folder.OpenAsync();
        await ImportAsync(store, [.. Enumerable.Range(0, 500).Select(i => Run($"run {i}", i))]);
        await store.DisposeAsync();
        await using (var file = File.OpenWrite(_folder.Location.DatabasePath))
            file.SetLength(4_096 * 2);
        await RefusesAsync("is damaged");
    }

    private async Task RefusesAsync(string words)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(() => _folder.OpenAsync());
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Location.DatabasePath, failure.Message, StringComparison.Ordinal);
    }

    private static bool CanWrite(string path)
    {
        try
        {
            using var file = File.OpenWrite(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
