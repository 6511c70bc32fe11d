using System.Globalization;
using System.IO.Compression;
using ScalingDashboard.Ingest.Logs;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest;

/// <summary>A file of a source: its path inside it, with forward slashes and only for messages and names, and how to open it.</summary>
/// <param name="Path">Never a path on disk.</param>
/// <param name="Open">Opens its bytes from the start.</param>
public sealed record LogFile(string Path, Func<Stream> Open);

/// <summary>The files that are imported together: one file, the content of an archive, or a folder. They are read once, one after the other.</summary>
public sealed class LogSource : IDisposable
{
    private static readonly byte[] s_zip = [0x50, 0x4B, 0x03, 0x04];
    private static readonly byte[] s_emptyZip = [0x50, 0x4B, 0x05, 0x06];
    private static readonly byte[] s_gzip = [0x1F, 0x8B];

    private readonly ZipArchive? _archive;

    /// <param name="name">What the source is called.</param>
    /// <param name="files">Its files.</param>
    public LogSource(string name, IReadOnlyList<LogFile> files) => (Name, Files) = (name, files);

    private LogSource(string name, IReadOnlyList<LogFile> files, ZipArchive archive)
        : this(name, files) => (_archive, Root) = (archive, PathText.Stem(name));

    public string Name { get; }

    /// <summary>What the folder is called in which the paths of the files begin; empty where it has no name.</summary>
    internal string Root { get; } = "";

    public IReadOnlyList<LogFile> Files { get; }

    /// <summary>Looks into a file: a zip archive becomes its entries, a gzip file what it holds, anything else itself. Nothing is unpacked to disk.</summary>
    /// <param name="name">Name of the file.</param>
    /// <param name="open">Opens its bytes from the start, seekable.</param>
    /// <exception cref="IngestException">An archive is damaged or beyond the limits.</exception>
    public static LogSource Open(string name, Func<Stream> open) => Open(name, open, new LogReadOptions());

    /// <inheritdoc cref="Open(string, Func{Stream})"/>
    /// <param name="name">Name of the file.</param>
    /// <param name="open">Opens its bytes.</param>
    /// <param name="options">Limits.</param>
    internal static LogSource Open(string name, Func<Stream> open, LogReadOptions options)
    {
        var magic = new byte[4];
        using (var content = open())
            _ = content.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        if (magic.AsSpan().StartsWith(s_zip) || magic.AsSpan().StartsWith(s_emptyZip))
            return OpenZip(name, open, options.Archives);
        if (!magic.AsSpan().StartsWith(s_gzip))
            return new LogSource(name, [new LogFile(name, open)]);
        var inner = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        var limit = new UnpackLimit(name, options.Archives);
        return new LogSource(name, [new LogFile(inner, () =>
        {
            var packed = open();
            return new UnpackingStream(new GZipStream(packed, CompressionMode.Decompress), limit, name, packed.Length, expected: null, LengthOf(packed));
        })]);
    }

    public void Dispose() => _archive?.Dispose();

    private static LogSource OpenZip(string name, Func<Stream> open, ArchiveLimits limits)
    {
        var limit = new UnpackLimit(name, limits);
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(open(), ZipArchiveMode.Read);
            if (archive.Entries.Count > limits.Entries)
                throw new IngestException(name, string.Create(CultureInfo.InvariantCulture, $"has {archive.Entries.Count} entries; at most {limits.Entries} are read. Split the archive, or pack only the logs."));
            if (archive.GetEntry("[Content_Types].xml") is not null)
                throw new IngestException(name, "is an Excel workbook, not a text table. Export the runs as CSV, TSV or JSONL.");
            var files = archive.Entries.Where(IsFile).Select(entry => new LogFile(PathOf(entry), () => OpenEntry(name, entry, limit))).ToArray();
            if (files.Length == 0)
                throw new IngestException(name, "is an archive without files. Pack the logs again.");
            return new LogSource(name, files, archive);
        }
        catch (Exception exception)
        {
            archive?.Dispose();
            if (exception is InvalidDataException damaged)
                throw HasDirectory(open) ? Damaged(name, damaged) : new IngestException(name, "is cut off: the directory at the end of a zip archive is missing. Copy or download it again, whole.", inner: damaged);
            throw;
        }
    }

    /// <summary>The last four bytes of a gzip file, its length unpacked (RFC 1952, section 2.3.1).</summary>
    private static uint LengthOf(Stream packed)
    {
        var bytes = new byte[4];
        packed.Seek(-Math.Min(bytes.Length, packed.Length), SeekOrigin.End);
        _ = packed.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        packed.Seek(0, SeekOrigin.Begin);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>The record that ends a zip archive is somewhere in its last 64 KB, before a comment.</summary>
    private static bool HasDirectory(Func<Stream> open)
    {
        using var content = open();
        var tail = new byte[Math.Min(content.Length, ushort.MaxValue + 22)];
        content.Seek(-tail.Length, SeekOrigin.End);
        content.ReadExactly(tail);
        return tail.AsSpan().IndexOf(s_emptyZip) >= 0;
    }

    private static string PathOf(ZipArchiveEntry entry) => entry.FullName.Replace('\\', '/').TrimStart('/');

    /// <summary>No folder, and nothing of what macOS and editors leave beside files.</summary>
    private static bool IsFile(ZipArchiveEntry entry) =>
        PathOf(entry) is var path && path.Length > 0 && !path.EndsWith('/') && !path.StartsWith("__MACOSX/", StringComparison.Ordinal)
        && !path.Split('/').Any(part => part.StartsWith('.') && part is not ("." or ".."));

    private static UnpackingStream OpenEntry(string name, ZipArchiveEntry entry, UnpackLimit limit)
    {
        try
        {
            return new UnpackingStream(entry.Open(), limit, PathOf(entry), entry.CompressedLength, entry.Crc32);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(name, exception);
        }
    }

    private static IngestException Damaged(string name, InvalidDataException exception) =>
        new(name, $"is a damaged or unsupported zip archive ({exception.Message.TrimEnd('.')}). Pack the files again, without encryption.", inner: exception);
}
