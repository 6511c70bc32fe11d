using System.Text;
using System.Text.Json;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>The header and the first rows of a table, for telling what it is; the readers proper read it again.</summary>
internal static class TableHead
{
    private const int Most = 50;

    /// <returns>First the names of the columns, then the rows; empty where the text is no table.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(string text, bool isAll)
    {
        var start = text.AsSpan().TrimStart();
        return start.IsEmpty ? [] : start[0] switch
        {
            '{' => JsonLines(text),
            '[' or '<' => [],
            _ when MarkdownTable.Is(text) => Delimited(MarkdownTable.ToCsv(text), ','),
            _ => Delimited(text, CsvTableReader.DetectDelimiter(text, isAll)),
        };
    }

    private static List<IReadOnlyList<string>> Delimited(string text, char delimiter)
    {
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length && rows.Count <= Most; i++)
        {
            var character = text[i];
            if (quoted)
            {
                if (character != '"')
                    cell.Append(character);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[i++]);
                else
                    quoted = false;
            }
            else if (character == '"')
            {
                quoted = true;
            }
            else if (character == delimiter)
            {
                EndCell();
            }
            else if (character == '\n')
            {
                EndRow();
            }
            else
            {
                cell.Append(character);
            }
        }

        if (rows.Count == 0)
            EndRow();
        return rows;

        void EndCell()
        {
            row.Add(cell.ToString().Trim());
            cell.Clear();
        }

        void EndRow()
        {
            EndCell();
            if (row.Any(one => one.Length > 0))
                rows.Add(row);
            row = [];
        }
    }

    private static List<IReadOnlyList<string>> JsonLines(string text)
    {
        var names = new List<string>();
        var known = new HashSet<string>();
        var objects = new List<Dictionary<string, string>>();
        byte[] buffer = [];
        foreach (var line in text.Split('\n').Take(Most))
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                using var document = JsonDocument.Parse(PythonJson.QuoteNonFinite(Encoding.UTF8.GetBytes(line), ref buffer).ToArray());
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    break;
                var cells = new Dictionary<string, string>();
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    if (known.Add(property.Name))
                        names.Add(property.Name);
                    cells[property.Name] = property.Value.ToString();
                }

                objects.Add(cells);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // The last line is cut off; a bad one is the reader's to report.
                break;
            }
        }

        return objects.Count == 0 ? [] : [names, .. objects.Select(cells => names.ConvertAll(name => cells.GetValueOrDefault(name, "")))];
    }
}
