using System.Text;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>A file to read and where it stands.</summary>
/// <param name="Path">Path inside its source with forward slashes; the bare name of a file that stands alone.</param>
/// <param name="Content">Its bytes, from the start.</param>
/// <param name="Options">How to read.</param>
/// <param name="Root">What the folder is called in which the source's paths begin; empty for a file that stands alone.</param>
internal sealed record LogInput(string Path, Stream Content, LogReadOptions Options, string Root = "")
{
    /// <summary>The folder the file is in; empty for a file that stands alone.</summary>
    public string Folder => PathText.Folder(Path) is { Length: > 0 } folder ? folder : Root;

    /// <summary>Opens the file as text.</summary>
    /// <exception cref="IngestException">It is empty or no text.</exception>
    public Task<SourceText> OpenTextAsync(CancellationToken cancellationToken) => SourceText.OpenAsync(Content, Path, cancellationToken);

    /// <summary>The folder, and for a file that stands alone its name without the ending: what a run is called whose log does not say.</summary>
    public string FolderOrName
    {
        get
        {
            var folder = Folder;
            return folder.Length > 0 ? folder : PathText.Stem(Path);
        }
    }
}

/// <summary>Paths inside a source: always forward slashes, never opened.</summary>
internal static class PathText
{
    public static string Folder(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The name without its ending.</summary>
    public static string Stem(string path)
    {
        var name = Name(path);
        var dot = name.LastIndexOf('.');
        return dot > 0 ? name[..dot] : name;
    }
}

/// <summary>The start of a file, for telling what it is.</summary>
internal sealed class LogHead
{
    public const int Size = 64 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(false);
    private readonly Lazy<IReadOnlyList<IReadOnlyList<string>>> _rows;

    /// <param name="path">Path inside the source.</param>
    /// <param name="bytes">Up to <see cref="Size"/> bytes.</param>
    /// <param name="isAll">Whether this is the whole file.</param>
    /// <param name="mapping">Columns the caller names.</param>
    /// <param name="siblings">Paths of all files of the source.</param>
    public LogHead(string path, ReadOnlyMemory<byte> bytes, bool isAll, ColumnMapping mapping, IReadOnlyCollection<string> siblings)
    {
        (Path, Bytes, IsAll, Mapping, Siblings) = (path, bytes, isAll, mapping, siblings);
        Text = Decode(bytes.Span);
        Lines = Text.Length == 0 ? [] : Text.Split('\n', 400, StringSplitOptions.TrimEntries);
        _rows = new(() => Text.Length == 0 ? [] : TableHead.Rows(Text, isAll));
    }

    public string Path { get; }
    public ReadOnlyMemory<byte> Bytes { get; }
    public bool IsAll { get; }
    public ColumnMapping Mapping { get; }
    public IReadOnlyCollection<string> Siblings { get; }

    /// <summary>Empty for what is no text.</summary>
    public string Text { get; }

    /// <summary>The first lines, trimmed; the last of them may be cut off.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Names of the columns of a delimited table or of JSON Lines; empty where there is no table.</summary>
    public IReadOnlyList<string> Columns => _rows.Value.Count == 0 ? [] : _rows.Value[0];

    /// <summary>The first rows of the table, in the order of the columns.</summary>
    public IEnumerable<IReadOnlyList<string>> Rows => _rows.Value.Skip(1);

    public bool HasColumn(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Columns.Contains(name, StringComparer.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        Encoding encoding = bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
            _ => s_utf8,
        };
        var text = encoding.GetString(bytes).TrimStart('\uFEFF');
        return text.Contains('\0', StringComparison.Ordinal) || text.Count(c => c == '\uFFFD') * 10 > text.Length ? "" : text;
    }
}
