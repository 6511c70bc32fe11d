using System.Security.Cryptography;
using System.Text;
using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class StagingTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_staged_file_survives_a_restart_with_its_name_and_hash()
    {
        StagedFile staged;
        await using (var store = await _folder.OpenAsync())
            staged = await StageAsync(store, "hello", "läufe.csv");

        await using var again = await _folder.OpenAsync();
        Assert.Equal(staged, again.FindStaged(staged.Id));
        Assert.Equal("läufe.csv", staged.FileName);
        Assert.Equal(5, staged.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("hello"u8)), staged.Sha256);
        await using var content = again.OpenStaged(staged.Id);
        using var reader = new StreamReader(content, Encoding.UTF8);
        Assert.Equal("hello", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task What_was_received_and_not_imported_is_listed_after_a_restart()
    {
        StagedFile first, second, imported;
        await using (var store = await _folder.OpenAsync())
        {
            first = await StageAsync(store, "one", "one.csv");
            second = await StageAsync(store, "two", "two.csv");
            imported = await StageAsync(store, "three", "three.csv");
            await store.BeginUploadAsync(new string('a', 32), "half.csv", 10, 100);
            store.DiscardStaged(imported.Id);
        }

        await using var again = await _folder.OpenAsync();
        Assert.Equal([first.Id, second.Id], again.AllStaged().OrderBy(file => file.FileName).Select(file => file.Id));
    }

    [Fact]
    public async Task A_file_at_the_limit_is_taken_and_one_byte_more_is_not()
    {
        await using var store = await _folder.OpenAsync();
        var staged = await store.StageAsync(new MemoryStream(new byte[1_000]), "a", maxBytes: 1_000);
        Assert.True(store.DiscardStaged(staged.Id));

        var failure = await Assert.ThrowsAsync<UploadTooLargeException>(
            () => store.StageAsync(new MemoryStream(new byte[1_001]), "big.csv", maxBytes: 1_000));

        Assert.Equal(1_000, failure.MaxBytes);
        Assert.Contains("“big.csv” is larger than 1,000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Fact]
    public async Task Reading_stops_soon_after_the_limit()
    {
        await using var store = await _folder.OpenAsync();
        var endless = new EndlessStream();
        await Assert.ThrowsAsync<UploadTooLargeException>(() => store.StageAsync(endless, "zeros", maxBytes: 1_000_000));
        Assert.InRange(endless.BytesRead, 1_000_001, 2_000_000);
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Fact]
    public async Task A_source_that_breaks_off_leaves_nothing_and_keeps_its_own_error()
    {
        await using var store = await _folder.OpenAsync();
        var failure = await Assert.ThrowsAsync<IOException>(() => store.StageAsync(new EndlessStream { BreaksAfter = 300_000 }, "x", long.MaxValue));
        Assert.Equal("connection reset", failure.Message);
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Fact]
    public async Task Ids_are_unguessable_and_fit_a_link()
    {
        await using var store = await _folder.OpenAsync();
        var one = await StageAsync(store);
        var two = await StageAsync(store);
        Assert.NotEqual(one.Id, two.Id);
        Assert.Matches("^[0-9a-f]{32}$", one.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../dashboard.db")]
    [InlineData("..\\..\\dashboard.db")]
    [InlineData("/etc/passwd")]
    [InlineData("{id}")]
    [InlineData(":id")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef/../23456789abcd")]
    [InlineData("0123456789abcdef0123456789abcde\0")]
    [InlineData("0123456789abcdef0123456789abcde\n")]
    [InlineData("٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨٩٠١")]
    public async Task An_id_from_outside_never_becomes_a_path(string? id)
    {
        await using var store = await _folder.OpenAsync();
        await StageAsync(store);
        Assert.Null(store.FindStaged(id));
        Assert.False(store.DiscardStaged(id!));
        Assert.Throws<StoreException>(() => store.OpenStaged(id!));
        await Assert.ThrowsAsync<StoreException>(() => store.ImportAsync(Project, id!, "csv", "", [Run("a")]));
        Assert.True(File.Exists(_folder.Location.DatabasePath));
        Assert.Equal(2, Directory.GetFiles(_folder.Location.StagingDirectory).Length);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\logs\\run.csv", "run.csv")]
    [InlineData("a\u0000b\r\n\u202Ec.csv", "abc.csv")]
    [InlineData("..", "upload")]
    [InlineData("folder/", "upload")]
    [InlineData("", "upload")]
    [InlineData(" läufe 😀.csv ", "läufe 😀.csv")]
    public async Task A_file_name_is_only_a_name(string given, string expected)
    {
        await using var store = await _folder.OpenAsync();
        Assert.Equal(expected, (await StageAsync(store, fileName: given)).FileName);
    }

    [Fact]
    public async Task A_very_long_file_name_is_cut()
    {
        await using var store = await _folder.OpenAsync();
        Assert.Equal(200, (await StageAsync(store, fileName: new string('x', 5_000))).FileName.Length);
    }

    [Fact]
    public async Task What_was_staged_over_a_day_ago_is_removed_at_the_next_start()
    {
        StagedFile old, young;
        await using (var store = await _folder.OpenAsync())
        {
            old = await StageAsync(store);
            young = await StageAsync(store);
        }

        foreach (var file in Directory.GetFiles(_folder.Location.StagingDirectory, old.Id + "*"))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(-25));
        await using var again = await _folder.OpenAsync();
        Assert.Null(again.FindStaged(old.Id));
        Assert.NotNull(again.FindStaged(young.Id));
        Assert.Equal(2, Directory.GetFiles(_folder.Location.StagingDirectory).Length);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long BytesRead { get; private set; }

        public long BreaksAfter { get; init; } = long.MaxValue;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (BytesRead > BreaksAfter)
                throw new IOException("connection reset");
            BytesRead += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
