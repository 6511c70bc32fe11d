using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Tables;

/// <summary>A table with bars between its cells and a line of dashes below its header, as Markdown has it; text around the first table is passed over.</summary>
/// <remarks>It is handed on as comma-separated values, line for line, so that the numbers of lines stay those of the text. Format: GitHub Flavored Markdown, 4.10.</remarks>
internal static partial class MarkdownTable
{
    /// <summary>Whether a text begins with such a table, or with words and then one.</summary>
    public static bool Is(string head)
    {
        var lines = head.Split('\n', 60);
        return Array.FindIndex(lines, IsRule) is > 0 and var rule && lines[rule - 1].Contains('|', StringComparison.Ordinal);
    }

    /// <summary>The lines of the table as comma-separated values; the other lines are empty.</summary>
    public static string ToCsv(string text)
    {
        var csv = new StringBuilder();
        var converter = new Converter();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            converter.Append(csv, lines[i], i + 1 < lines.Length ? lines[i + 1] : "");
            csv.Append('\n');
        }

        return csv.ToString();
    }

    /// <summary>The same while a file is read.</summary>
    public static Stream ToCsv(Stream utf8, string fileName) => new CsvStream(new Utf8LineReader(utf8, fileName, TableLimits.Line));

    /// <summary>Whether a line has nothing but bars and dashes, with a colon before or behind.</summary>
    private static bool IsRule(string line)
    {
        if (!line.Contains('|', StringComparison.Ordinal) || !line.Contains('-', StringComparison.Ordinal))
            return false;
        var row = line.AsSpan().Trim();
        row = row[0] == '|' ? row[1..] : row;
        row = row is [.., '|'] ? row[..^1] : row;
        foreach (var range in row.Split('|'))
        {
            var cell = row[range].Trim();
            cell = cell is [':', ..] ? cell[1..] : cell;
            cell = cell is [.., ':'] ? cell[..^1] : cell;
            if (cell.IsEmpty || cell.ContainsAnyExcept('-'))
                return false;
        }

        return true;
    }

    /// <summary>Takes the lines in their order.</summary>
    private sealed class Converter
    {
        private int _lines = -1;

        public void Append(StringBuilder csv, string line, string next)
        {
            // Minus one before the table, then its lines, from the header on; minus two behind it.
            if (_lines == -1 && line.Contains('|', StringComparison.Ordinal) && IsRule(next))
                _lines = 0;
            else if (_lines >= 0)
                _lines = line.Contains('|', StringComparison.Ordinal) ? _lines + 1 : -2;
            if (_lines is < 0 or 1)
                return;
            var row = line.Trim();
            row = row.StartsWith('|') ? row[1..] : row;
            row = row.EndsWith('|') && !row.EndsWith("\\|", StringComparison.Ordinal) ? row[..^1] : row;
            var first = true;
            foreach (var cell in Bar().Split(row))
            {
                csv.Append(first ? "\"" : ",\"");
                first = false;
                csv.Append(Plain(cell).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            }
        }

        /// <summary>The cell without the signs for code and for bold.</summary>
        private static string Plain(string cell)
        {
            var text = cell.Trim().Replace("\\|", "|", StringComparison.Ordinal);
            foreach (var mark in (string[])["**", "__", "`"])
            {
                if (text.Length > 2 * mark.Length && text.StartsWith(mark, StringComparison.Ordinal) && text.EndsWith(mark, StringComparison.Ordinal))
                    text = text[mark.Length..^mark.Length];
            }

            return text;
        }
    }

    private sealed class CsvStream(Utf8LineReader lines) : ForwardStream
    {
        private readonly Converter _converter = new();
        private readonly StringBuilder _line = new();
        private ReadOnlyMemory<byte> _rest;
        private string? _next;
        private bool _started;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_started)
                _next = await NextAsync(cancellationToken).ConfigureAwait(false);
            _started = true;
            while (_rest.IsEmpty && _next is { } line)
            {
                _next = await NextAsync(cancellationToken).ConfigureAwait(false);
                _line.Clear();
                _converter.Append(_line, line, _next ?? "");
                _rest = Encoding.UTF8.GetBytes(_line.Append('\n').ToString());
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        private async ValueTask<string?> NextAsync(CancellationToken cancellationToken) =>
            await lines.ReadAsync(cancellationToken).ConfigureAwait(false) ? Encoding.UTF8.GetString(lines.Line.Span) : null;
    }

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.CultureInvariant)]
    private static partial Regex Bar();
}
