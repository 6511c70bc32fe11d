using System.Text;

namespace ScalingDashboard.Ingest.Sources;

/// <summary>A file's bytes opened as text: told apart from binary, decoded to UTF-8, hashed while it is read.</summary>
internal sealed class SourceText : IAsyncDisposable
{
    private const int HeadSize = 64 * 1024;

    private static readonly (byte[] Magic, string Kind)[] s_binaries =
    [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture"),
        ("GIF8"u8.ToArray(), "a GIF picture"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive or an Excel workbook"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz archive"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook"),
        ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
        ("PAR1"u8.ToArray(), "a Parquet file"),
        ("SQLite format 3"u8.ToArray(), "a SQLite database"),
    ];

    private readonly HashingStream _raw;
    private readonly TextGuardStream _text;

    private SourceText(HashingStream raw, TextGuardStream text, string head, bool complete)
    {
        _raw = raw;
        _text = text;
        Head = head;
        HeadIsAll = complete;
    }

    /// <summary>The decoded start of the file, up to 64 KB.</summary>
    public string Head { get; }

    /// <summary>Whether the head is the whole file.</summary>
    public bool HeadIsAll { get; }

    /// <summary>The whole file as UTF-8, possibly with a byte order mark.</summary>
    public Stream Utf8 => _text;

    /// <summary>The text read so far does not end with a line's end.</summary>
    public bool IsWithinLine => _text.IsWithinLine;

    /// <summary>Characters that were not valid in the file's encoding, so far.</summary>
    public long InvalidCharacters => _text.Invalid;

    /// <exception cref="IngestException">The file is empty or not text.</exception>
    public static async Task<SourceText> OpenAsync(Stream stream, string fileName, CancellationToken cancellationToken)
    {
        var buffer = new byte[HeadSize];
        var count = await stream.ReadAtLeastAsync(buffer, HeadSize, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var bytes = buffer.AsMemory(0, count);
        if (count == 0)
            throw new IngestException(fileName, "is empty. Check that the export or upload finished.");
        foreach (var (magic, kind) in s_binaries)
        {
            if (bytes.Span.StartsWith(magic))
                throw new IngestException(fileName, $"is {kind}, not a text table. Export the runs as CSV, TSV or JSONL.");
        }

        var utf16 = bytes.Span switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => null,
        };
        var head = Decode(bytes.Span, utf16 ?? Encoding.UTF8, fileName);
        var raw = new HashingStream(bytes, stream);
        var utf8 = utf16 is null ? raw : Encoding.CreateTranscodingStream(raw, utf16, Encoding.UTF8, leaveOpen: true);
        return new SourceText(raw, new TextGuardStream(utf8, fileName), head, count < HeadSize);
    }

    /// <summary>Reads what is left of the file and returns its SHA-256.</summary>
    public Task<string> FinishAsync(CancellationToken cancellationToken) => _raw.FinishAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _text.DisposeAsync().ConfigureAwait(false);
        await _raw.DisposeAsync().ConfigureAwait(false);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding, string fileName)
    {
        // A decoder does not mind a character cut off at the end of the head.
        var characters = new char[encoding.GetMaxCharCount(bytes.Length)];
        var length = encoding.GetDecoder().GetChars(bytes, characters, flush: false);
        ReadOnlySpan<char> text = characters.AsSpan(0, length);
        if (text.Length > 0 && text[0] == '\uFEFF')
            text = text[1..];
        if (text.Contains('\0'))
            throw new IngestException(fileName, "holds NUL bytes: it is binary, or UTF-16 without a byte order mark. Export the runs as CSV, TSV or JSONL in UTF-8.");
        var invalid = text.Count('\uFFFD');
        if (invalid * 10 > text.Length)
            throw new IngestException(fileName, $"is not text ({100.0 * invalid / text.Length:F0} % of it is not UTF-8). Export the runs as CSV, TSV or JSONL in UTF-8.");
        if (text.IsWhiteSpace())
            throw new IngestException(fileName, "is empty but for white space. Check that the export or upload finished.");
        return text.ToString();
    }
}
