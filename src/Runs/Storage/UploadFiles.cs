using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ScalingDashboard.Runs.Storage;

/// <summary>The uploaded files: staged under a random id, kept under their hash. No text from a user ever becomes a path.</summary>
internal sealed class UploadFiles(StoreLocation location)
{
    private const int LongestFileName = 200;
    private const int BufferLength = 1 << 17;

    // Ids of the uploads a request is writing to.
    private readonly HashSet<string> _writing = [];

    public void CreateFolders()
    {
        foreach (var folder in (string[])[Path.GetDirectoryName(location.DatabasePath)!, location.FilesDirectory, location.StagingDirectory])
            Explained(folder, () => Directory.CreateDirectory(folder));
    }

    /// <summary>Removes what an earlier process staged or half wrote before the given moment.</summary>
    public void RemoveStagedBefore(DateTimeOffset moment) => Explained(location.StagingDirectory, () =>
    {
        // Content and notes of an upload go together: the note of a long upload is older than its last bytes.
        foreach (var upload in Directory.GetFiles(location.StagingDirectory).GroupBy(file => Path.GetFileName(file).Split('.')[0]))
        {
            if (upload.Max(File.GetLastWriteTimeUtc) < moment.UtcDateTime)
                upload.ToList().ForEach(File.Delete);
        }
    });

    public async Task<StagedFile> StageAsync(Stream content, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var name = CleanName(fileName);
        var path = StagedContent(id);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        var staged = false;
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var length = 0L;
            using (var file = Explained(path, () => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0)))
            {
                int read;
                // A failing source is the caller's; only a failing disk is explained here.
                while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    length += read;
                    if (length > maxBytes)
                        throw new UploadTooLargeException(name, maxBytes);
                    hash.AppendData(buffer, 0, read);
                    Explained(path, () => file.Write(buffer, 0, read));
                }

                Explained(path, () => file.Flush(flushToDisk: true));
            }

            var result = new StagedFile(id, name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
            // Only behind its content.
            WriteNote(StagedNote(id), JsonSerializer.Serialize(result));
            staged = true;
            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (!staged)
            {
                File.Delete(path);
                File.Delete(StagedNote(id) + ".part");
            }
        }
    }

    /// <summary>Begins an upload that comes in pieces, or finds it again under the id its client made.</summary>
    public async Task<UploadState> BeginAsync(string id, string fileName, long length, long maxBytes, CancellationToken cancellationToken)
    {
        if (!IsHex(id, 32))
            throw new StoreInputException("The id of the upload is not 32 random hexadecimal digits in lower case. Make one with a random generator.");
        var name = CleanName(fileName);
        if (length < 0)
            throw new StoreInputException("The length of the upload is below zero. Say how many bytes the file has.");
        if (length > maxBytes)
            throw new UploadTooLargeException(name, maxBytes);
        if (FindUpload(id) is { } known)
        {
            return (known.FileName, known.Length) == (name, length)
                ? known
                : throw new OffsetException($"Another file, “{known.FileName}”, is uploaded under this id; nothing was changed. Make a new id for every file.", known.Offset);
        }

        return await WritingAsync(id, async () =>
        {
            Explained(StagedContent(id), () => File.Create(StagedContent(id)).Dispose());
            WriteNote(PartialNote(id), JsonSerializer.Serialize(new UploadState(id, name, length, 0, null)));
            return length == 0 ? await FinishAsync(FindUpload(id)!, cancellationToken) : FindUpload(id)!;
        });
    }

    /// <summary>How far an upload is that came or comes in pieces; null when there is none with this id.</summary>
    public UploadState? FindUpload(string? id)
    {
        if (FindStaged(id) is { } staged)
            return new UploadState(staged.Id, staged.FileName, staged.Length, staged.Length, staged.Sha256);
        if (!IsHex(id, 32) || !File.Exists(PartialNote(id!)))
            return null;
        return Explained(PartialNote(id!), () =>
            JsonSerializer.Deserialize<UploadState>(File.ReadAllText(PartialNote(id!)))! with { Offset = new FileInfo(StagedContent(id!)).Length });
    }

    /// <summary>Adds bytes to an upload that comes in pieces; with the last one it is staged. What arrived before a source failed is kept.</summary>
    /// <exception cref="OffsetException">The upload does not end at <paramref name="offset"/>, or another request is writing to it.</exception>
    public Task<UploadState> ContinueAsync(string id, long offset, Stream content, CancellationToken cancellationToken) => WritingAsync(id, async () =>
    {
        var upload = FindUpload(id) ?? throw NoLongerThere();
        if (offset != upload.Offset)
            throw new OffsetException(FormattableString.Invariant($"The upload has {upload.Offset} bytes, not {offset}; nothing was added. Go on from there."), upload.Offset);
        if (upload.Sha256 is not null)
            return upload;
        var path = StagedContent(id);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            using var file = Explained(path, () => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
            file.Seek(offset, SeekOrigin.Begin);
            var end = offset;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                end += read;
                if (end > upload.Length)
                {
                    Explained(path, () => file.SetLength(offset));
                    throw new StoreInputException(FormattableString.Invariant($"There are more bytes than the {upload.Length} that were announced; these were not added. Choose the file again: it may have changed."));
                }

                Explained(path, () => file.Write(buffer, 0, read));
            }

            Explained(path, () => file.Flush(flushToDisk: true));
            upload = upload with { Offset = end };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return upload.Offset == upload.Length ? await FinishAsync(upload, cancellationToken) : upload;
    });

    private async Task<UploadState> FinishAsync(UploadState upload, CancellationToken cancellationToken)
    {
        string sha256;
        await using (var content = Explained(StagedContent(upload.Id), () => OpenRead(StagedContent(upload.Id))))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        WriteNote(StagedNote(upload.Id), JsonSerializer.Serialize(new StagedFile(upload.Id, upload.FileName, upload.Length, sha256)));
        Explained(PartialNote(upload.Id), () => File.Delete(PartialNote(upload.Id)));
        return upload with { Sha256 = sha256 };
    }

    /// <summary>One request at a time writes to an upload; a second one is told so.</summary>
    private async Task<UploadState> WritingAsync(string id, Func<Task<UploadState>> write)
    {
        lock (_writing)
        {
            if (!_writing.Add(id))
                throw new OffsetException("Another request is writing to this upload; nothing was added. Ask in a moment how far it is.", FindUpload(id)?.Offset ?? 0);
        }

        try
        {
            return await write();
        }
        finally
        {
            lock (_writing)
                _writing.Remove(id);
        }
    }

    public StagedFile? FindStaged(string? id)
    {
        if (!IsHex(id, 32) || !File.Exists(StagedNote(id!)))
            return null;
        return Explained(StagedNote(id!), () => JsonSerializer.Deserialize<StagedFile>(File.ReadAllText(StagedNote(id!))));
    }

    /// <summary>All staged files, the last that arrived first.</summary>
    public IReadOnlyList<StagedFile> AllStaged() => Explained(location.StagingDirectory, () =>
    {
        var found = new List<StagedFile>();
        foreach (var note in new DirectoryInfo(location.StagingDirectory).GetFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc))
        {
            try
            {
                if (IsHex(Path.GetFileNameWithoutExtension(note.Name), 32))
                    found.Add(JsonSerializer.Deserialize<StagedFile>(File.ReadAllText(note.FullName))!);
            }
            catch (FileNotFoundException)
            {
                // Imported or discarded in between.
            }
        }

        return found;
    });

    public Stream OpenStaged(string id)
    {
        var staged = Staged(id);
        // After an import that failed late the bytes are kept already.
        var path = File.Exists(StagedContent(staged.Id)) ? StagedContent(staged.Id) : Kept(staged.Sha256);
        return Explained(path, () => OpenRead(path));
    }

    public bool DiscardStaged(string id)
    {
        if (FindUpload(id) is not { } upload)
            return false;
        Explained(StagedNote(upload.Id), () =>
        {
            File.Delete(StagedNote(upload.Id));
            File.Delete(PartialNote(upload.Id));
            File.Delete(StagedContent(upload.Id));
        });
        return true;
    }

    /// <summary>The staged file with this id.</summary>
    /// <exception cref="StoreException">There is none.</exception>
    public StagedFile Staged(string id) => FindStaged(id) ?? throw NoLongerThere();

    private static StoreException NoLongerThere() =>
        new("The uploaded file is no longer there: it was imported, discarded, or older than a day. Upload it again.");

    /// <summary>Moves the bytes of a staged file to their lasting place; when this returns they survive a loss of power.</summary>
    public void Keep(StagedFile staged)
    {
        var target = Kept(staged.Sha256);
        Explained(target, () =>
        {
            if (!File.Exists(StagedContent(staged.Id)) && File.Exists(target))
                return;
            File.Move(StagedContent(staged.Id), target, overwrite: true);
            FlushFolder(location.FilesDirectory);
        });
    }

    /// <summary>The bytes of an imported file; null when no file has this hash.</summary>
    public Stream? OpenKept(string? sha256)
    {
        if (!IsHex(sha256, 64) || !File.Exists(Kept(sha256!)))
            return null;
        return Explained(Kept(sha256!), () => OpenRead(Kept(sha256!)));
    }

    /// <summary>Writes lines behind the ones a live run has; what a crash left behind those goes. When this returns they survive a loss of power.</summary>
    /// <param name="uploadId">Key of the run's upload.</param>
    /// <param name="length">Bytes the run has.</param>
    /// <param name="lines">Bytes to add.</param>
    public void AppendLive(long uploadId, long length, ReadOnlySpan<byte> lines)
    {
        var path = Live(uploadId);
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            if (file.Length < length)
                throw new StoreException($"The lines of a live run are damaged: {path} is shorter than what was stored. Restore the latest backup.");
            file.SetLength(length);
            file.Seek(length, SeekOrigin.Begin);
            file.Write(lines);
            file.Flush(flushToDisk: true);
            if (length == 0)
                FlushFolder(location.FilesDirectory);
        }
        catch (Exception failure) when (StoreFailure.Explain(failure, path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>The lines of a live run as far as they are stored.</summary>
    public Stream OpenLive(long uploadId, long length) => new PrefixStream(
        Explained(Live(uploadId), () => new FileStream(Live(uploadId), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)), length);

    /// <summary>Removes the bytes of an imported file.</summary>
    public void Remove(string sha256) => Explained(Kept(sha256), () => File.Delete(Kept(sha256)));

    private string Live(long uploadId) => Path.Combine(location.FilesDirectory, FormattableString.Invariant($"live-{uploadId}"));

    private string PartialNote(string id) => Path.Combine(location.StagingDirectory, id + ".partial.json");

    /// <summary>A note appears whole or not at all; when this returns it survives a loss of power.</summary>
    private void WriteNote(string path, string text) => Explained(path, () =>
    {
        using (var file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".part", path, overwrite: true);
        FlushFolder(location.StagingDirectory);
    });

    private string StagedContent(string id) => Path.Combine(location.StagingDirectory, id);

    private string StagedNote(string id) => Path.Combine(location.StagingDirectory, id + ".json");

    private string Kept(string sha256) => Path.Combine(location.FilesDirectory, sha256);

    private static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    private static bool IsHex(string? text, int length) =>
        text?.Length == length && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The last part of a path, without characters that hide or reorder text.</summary>
    private static string CleanName(string fileName)
    {
        var name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator) && clean.Length + rune.Utf16SequenceLength <= LongestFileName)
                clean.Append(rune.ToString());
        }

        var result = clean.ToString().Trim();
        return result is "" or "." or ".." ? "upload" : result;
    }

    private static void Explained(string path, Action action) => Explained(path, () =>
    {
        action();
        return true;
    });

    private static T Explained<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (StoreFailure.Explain(failure, path) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Makes a rename durable. Windows has no such call and journals renames itself.</summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = open(Encoding.UTF8.GetBytes(folder + '\0'), 0);
        if (handle < 0)
            throw new IOException($"The folder cannot be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        var flushed = fsync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = close(handle);
        if (flushed != 0)
            throw new IOException($"The folder cannot be flushed (error {error}).");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int handle);

    [DllImport("libc")]
    private static extern int close(int handle);
}
