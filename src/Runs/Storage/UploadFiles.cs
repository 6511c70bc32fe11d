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

    public void CreateFolders()
    {
        foreach (var folder in (string[])[Path.GetDirectoryName(location.DatabasePath)!, location.FilesDirectory, location.StagingDirectory])
            Explained(folder, () => Directory.CreateDirectory(folder));
    }

    /// <summary>Removes what an earlier process staged or half wrote before the given moment.</summary>
    public void RemoveStagedBefore(DateTimeOffset moment) => Explained(location.StagingDirectory, () =>
    {
        foreach (var file in Directory.EnumerateFiles(location.StagingDirectory))
        {
            if (File.GetLastWriteTimeUtc(file) < moment.UtcDateTime)
                File.Delete(file);
        }
    });

    public async Task<StagedFile> StageAsync(Stream content, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var name = CleanName(fileName);
        var path = StagedContent(id);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
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
            // The note appears whole or not at all, and only behind its content.
            Explained(path, () =>
            {
                File.WriteAllText(StagedNote(id) + ".part", JsonSerializer.Serialize(result));
                File.Move(StagedNote(id) + ".part", StagedNote(id));
            });
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

    public StagedFile? FindStaged(string? id)
    {
        if (!IsHex(id, 32) || !File.Exists(StagedNote(id!)))
            return null;
        return Explained(StagedNote(id!), () => JsonSerializer.Deserialize<StagedFile>(File.ReadAllText(StagedNote(id!))));
    }

    public Stream OpenStaged(string id)
    {
        var staged = Staged(id);
        // After an import that failed late the bytes are kept already.
        var path = File.Exists(StagedContent(staged.Id)) ? StagedContent(staged.Id) : Kept(staged.Sha256);
        return Explained(path, () => OpenRead(path));
    }

    public bool DiscardStaged(string id)
    {
        if (FindStaged(id) is not { } staged)
            return false;
        Explained(StagedNote(staged.Id), () =>
        {
            File.Delete(StagedNote(staged.Id));
            File.Delete(StagedContent(staged.Id));
        });
        return true;
    }

    /// <summary>The staged file with this id.</summary>
    /// <exception cref="StoreException">There is none.</exception>
    public StagedFile Staged(string id) =>
        FindStaged(id) ?? throw new StoreException("The uploaded file is no longer there: it was imported, discarded, or older than a day. Upload it again.");

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
