using System.Security.Cryptography;
using static ScalingDashboard.Runs.Tests.StoreFolder;

namespace ScalingDashboard.Runs.Tests;

public sealed class UploadPieceTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private readonly StoreFolder _folder = new();
    private readonly byte[] _bytes = new byte[700_000];

    public UploadPieceTests() => new Random(3).NextBytes(_bytes);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pieces_become_a_staged_file_over_restarts()
    {
        await using (var store = await _folder.OpenAsync())
        {
            Assert.Equal(new UploadState(Id, "a.bin", _bytes.Length, 0, null), await store.BeginUploadAsync(Id, "x/a.bin", _bytes.Length, 1 << 20));
            Assert.Equal(300_000, (await ContinueAsync(store, 0, 300_000)).Offset);
            Assert.Null(store.FindStaged(Id));
        }

        await using var again = await _folder.OpenAsync();
        // The answer to the first begin may have been lost.
        Assert.Equal(300_000, (await again.BeginUploadAsync(Id, "a.bin", _bytes.Length, 1 << 20)).Offset);
        Assert.Equal(300_000, again.FindUpload(Id)!.Offset);
        Assert.Null((await ContinueAsync(again, 300_000, 300_000)).Sha256);
        var done = await ContinueAsync(again, 600_000, 100_000);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), done.Sha256);
        Assert.Equal(done, again.FindUpload(Id));
        Assert.Equal(done, await again.BeginUploadAsync(Id, "a.bin", _bytes.Length, 1 << 20));
        Assert.Equal(new StagedFile(Id, "a.bin", _bytes.Length, done.Sha256!), again.FindStaged(Id));
        await using (var content = again.OpenStaged(Id))
            Assert.Equal(done.Sha256, Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
        Assert.Equal(2, Directory.GetFiles(_folder.Location.StagingDirectory).Length);
        await again.ImportAsync(Project, Id, "csv", "", [Run("a")]);
        Assert.Null(again.FindUpload(Id));
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(299_999)]
    [InlineData(300_001)]
    [InlineData(-1)]
    public async Task A_wrong_offset_is_refused_with_the_right_one(long offset)
    {
        await using var store = await BegunAsync();
        await ContinueAsync(store, 0, 300_000);
        var failure = await Assert.ThrowsAsync<OffsetException>(() => store.ContinueUploadAsync(Id, offset, new MemoryStream(_bytes, 0, 10)));
        Assert.Equal(300_000, failure.Offset);
        Assert.Equal(300_000, store.FindUpload(Id)!.Offset);
    }

    [Fact]
    public async Task What_arrived_before_the_connection_was_lost_is_kept()
    {
        await using var store = await BegunAsync();
        await Assert.ThrowsAsync<IOException>(() => store.ContinueUploadAsync(Id, 0, new BreakingStream(_bytes, 250_000)));
        var offset = store.FindUpload(Id)!.Offset;
        Assert.InRange(offset, 1, 250_000);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), (await ContinueAsync(store, (int)offset, _bytes.Length - (int)offset)).Sha256);
    }

    [Fact]
    public async Task A_second_writer_is_told_to_wait()
    {
        await using var store = await BegunAsync();
        var slow = new WaitingStream();
        var first = store.ContinueUploadAsync(Id, 0, slow);
        await slow.Asked.Task;
        var failure = await Assert.ThrowsAsync<OffsetException>(() => ContinueAsync(store, 0, 10));
        Assert.Contains("Another request is writing", failure.Message, StringComparison.Ordinal);
        slow.Go.SetResult();
        Assert.Equal(0, (await first).Offset);
        Assert.Equal(10, (await ContinueAsync(store, 0, 10)).Offset);
    }

    [Fact]
    public async Task More_bytes_than_announced_are_not_added()
    {
        await using var store = await BegunAsync();
        await ContinueAsync(store, 0, 600_000);
        await Assert.ThrowsAsync<StoreInputException>(() => store.ContinueUploadAsync(Id, 600_000, new MemoryStream(_bytes, 0, 100_001)));
        Assert.Equal(600_000, store.FindUpload(Id)!.Offset);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), (await ContinueAsync(store, 600_000, 100_000)).Sha256);
    }

    [Fact]
    public async Task An_empty_file_is_there_at_once()
    {
        await using var store = await _folder.OpenAsync();
        Assert.NotNull((await store.BeginUploadAsync(Id, "empty.csv", 0, 1)).Sha256);
        Assert.Equal(0, store.FindStaged(Id)!.Length);
    }

    [Fact]
    public async Task A_crash_between_the_last_byte_and_the_hash_is_made_up_for()
    {
        await using var store = await BegunAsync();
        await File.WriteAllBytesAsync(Path.Combine(_folder.Location.StagingDirectory, Id), _bytes);
        Assert.Equal((_bytes.Length, null), store.FindUpload(Id) is { } there ? (there.Offset, there.Sha256) : default);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), (await store.ContinueUploadAsync(Id, _bytes.Length, Stream.Null)).Sha256);
    }

    [Fact]
    public async Task Too_long_a_file_is_refused_before_a_byte_of_it()
    {
        await using var store = await _folder.OpenAsync();
        await Assert.ThrowsAsync<UploadTooLargeException>(() => store.BeginUploadAsync(Id, "a", 1_001, 1_000));
        await Assert.ThrowsAsync<StoreInputException>(() => store.BeginUploadAsync(Id, "a", -1, 1_000));
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    [Theory]
    [InlineData("b.bin", 700_000)]
    [InlineData("a.bin", 699_999)]
    public async Task An_id_belongs_to_one_file(string name, long length)
    {
        await using var store = await BegunAsync();
        await ContinueAsync(store, 0, 10);
        var failure = await Assert.ThrowsAsync<OffsetException>(() => store.BeginUploadAsync(Id, name, length, 1 << 20));
        Assert.Contains("“a.bin”", failure.Message, StringComparison.Ordinal);
        Assert.Equal(10, store.FindUpload(Id)!.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../dashboard.db")]
    [InlineData("{id}")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef/../23456789abcd")]
    public async Task An_id_from_outside_never_becomes_a_path(string id)
    {
        await using var store = await BegunAsync();
        await Assert.ThrowsAsync<StoreInputException>(() => store.BeginUploadAsync(id, "a", 1, 10));
        Assert.Null(store.FindUpload(id));
        await Assert.ThrowsAsync<StoreException>(() => store.ContinueUploadAsync(id, 0, new MemoryStream([1])));
        Assert.False(store.DiscardStaged(id));
        Assert.True(File.Exists(_folder.Location.DatabasePath));
        Assert.Equal(2, Directory.GetFiles(_folder.Location.StagingDirectory).Length);
    }

    [Fact]
    public async Task An_upload_that_is_not_all_there_is_discarded_and_removed_after_a_day_without_bytes()
    {
        const string Old = "00000000000000000000000000000000";
        await using (var store = await BegunAsync())
        {
            await store.BeginUploadAsync(Old, "old", 10, 10);
            foreach (var file in Directory.GetFiles(_folder.Location.StagingDirectory, Old + "*"))
                File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(-25));
            // Begun long ago, and still coming.
            var note = Path.Combine(_folder.Location.StagingDirectory, Id + ".partial.json");
            File.SetLastWriteTimeUtc(note, File.GetLastWriteTimeUtc(note).AddHours(-25));
        }

        await using var again = await _folder.OpenAsync();
        Assert.Null(again.FindUpload(Old));
        Assert.NotNull(again.FindUpload(Id));
        Assert.True(again.DiscardStaged(Id));
        Assert.Empty(Directory.GetFiles(_folder.Location.StagingDirectory));
    }

    private async Task<RunStore> BegunAsync()
    {
        var store = await _folder.OpenAsync();
        await store.BeginUploadAsync(Id, "a.bin", _bytes.Length, 1 << 20);
        return store;
    }

    private Task<UploadState> ContinueAsync(RunStore store, int offset, int count) => store.ContinueUploadAsync(Id, offset, new MemoryStream(_bytes, offset, count));

    private sealed class BreakingStream(byte[] bytes, int breaksAfter) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position + buffer.Length > breaksAfter ? throw new IOException("connection reset") : base.ReadAsync(buffer, cancellationToken);
    }

    private sealed class WaitingStream : MemoryStream
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Go.Task;
            return 0;
        }
    }
}
