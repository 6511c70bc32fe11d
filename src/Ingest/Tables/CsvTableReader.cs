using System.Globalization;
using System.Text;
using CsvHelper;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Tables;

/// <summary>Reads delimited text: the first line names the columns, every further record is a row.</summary>
internal static class CsvTableReader
{
    private static readonly char[] s_delimiters = [',', '\t', ';'];

    /// <summary>The delimiter that splits the first lines most evenly.</summary>
    public static char DetectDelimiter(string head, bool headIsAll)
    {
        const int lookedAt = 30;
        var lines = CountDelimiters(head, headIsAll, lookedAt);
        var best = s_delimiters[0];
        var (bestLines, bestColumns) = (0, 0);
        for (var i = 0; i < s_delimiters.Length; i++)
        {
            var columns = lines[0][i];
            if (columns == 0)
                continue;
            var even = lines.Count(line => line[i] == columns);
            if (even > bestLines || (even == bestLines && columns > bestColumns))
                (best, bestLines, bestColumns) = (s_delimiters[i], even, columns);
        }

        return best;
    }

    /// <returns>csv, tsv or markdown.</returns>
    public static async Task<string> ReadAsync(SourceText source, string fileName, ITableSink builder, CancellationToken cancellationToken)
    {
        if (MarkdownTable.Is(source.Head))
        {
            await using var csv = MarkdownTable.ToCsv(source.Utf8, fileName);
            await ReadAsync(csv, () => false, ',', fileName, builder, cancellationToken).ConfigureAwait(false);
            return "markdown";
        }

        var delimiter = DetectDelimiter(source.Head, source.HeadIsAll);
        await ReadAsync(source.Utf8, () => source.IsWithinLine, delimiter, fileName, builder, cancellationToken).ConfigureAwait(false);
        return delimiter == '\t' ? "tsv" : "csv";
    }

    private static async Task ReadAsync(Stream utf8, Func<bool> isWithinLine, char delimiter, string fileName, ITableSink builder, CancellationToken cancellationToken)
    {
        CsvMalformedRecord? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = delimiter,
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MaxRecordSize = TableLimits.Line,
            PoolStrings = true,
            OnMalformedRecord = record => malformed = record,
        };
        await using var reader = CsvReader.Create(utf8, options, leaveOpen: true);
        try
        {
            do
            {
                if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    throw new IngestException(fileName, "is empty. Check that the export or upload finished.");
            }
            while (reader.FieldCount == 1 && reader.IsEmpty(0));
            ReadHeader(reader, fileName, builder);
            RefuseUnclosedQuote(malformed, fileName);
            var cells = new CsvCells(reader, builder.ColumnCount);
            (int Line, string Problem, bool IsShort)? misfit = null;
            while (!builder.IsComplete)
            {
                malformed = null;
                if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    break;
                LeaveOutMisfit();
                // A quote that opens in the last line is cut off with it.
                if (malformed is { Reason: CsvMalformedReason.UnterminatedQuote } && !reader.RawRecord.Contains((byte)'\n'))
                {
                    builder.CountRow((int)reader.LineNumber);
                    builder.CutOff((int)reader.LineNumber);
                    break;
                }

                RefuseUnclosedQuote(malformed, fileName);
                RefuseOversize(reader, fileName, builder);
                if (IsEmpty(reader))
                    continue;
                var line = (int)reader.LineNumber;
                builder.CountRow(line);
                if (malformed is { Reason: CsvMalformedReason.TextAfterClosingQuote })
                    builder.LeaveOut(line, "text follows a closing quote; write a quote inside a quoted cell twice");
                else if (!FitsHeader(reader, builder.ColumnCount))
                    misfit = (line, string.Create(CultureInfo.InvariantCulture, $"has {reader.FieldCount} cells where the header has {builder.ColumnCount}"), reader.FieldCount < builder.ColumnCount);
                else
                    builder.AddRow(line, cells);
            }

            // Too few cells in the last line, and no end of it.
            if (misfit is { IsShort: true } last && isWithinLine())
                builder.CutOff(last.Line);
            else
                LeaveOutMisfit();

            void LeaveOutMisfit()
            {
                if (misfit is { } row)
                    builder.LeaveOut(row.Line, row.Problem);
                misfit = null;
            }
        }
        catch (CsvFormatException exception)
        {
            throw new IngestException(
                fileName,
                $"is longer than {TableLimits.Line / 1024} KB. {TableLimits.Advice}; check the line ends, and that every quote is closed.",
                exception.LineNumber > 0 ? exception.LineNumber : null,
                inner: exception);
        }
    }

    private static void ReadHeader(CsvReader reader, string fileName, ITableSink builder)
    {
        var line = (int)reader.LineNumber;
        var duplicates = new List<string>();
        var unnamed = new List<int>();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            var name = reader.GetString(i).Trim();
            if (reader.GetSpan(i).Length > TableLimits.Cell)
                throw TooLong(fileName, line, null);
            if (name.Length == 0)
            {
                // An index column of pandas, or a delimiter at the end of the line.
                unnamed.Add(i);
                name = string.Create(CultureInfo.InvariantCulture, $"column {i + 1}");
            }

            if (!builder.TryFindColumn(name, out _))
                builder.AddColumn(name, line);
            else if (!duplicates.Contains(name))
                duplicates.Add(name);
        }

        if (duplicates.Count > 0)
        {
            var names = string.Join(", ", duplicates.Select(CellNumber.Shorten));
            throw new IngestException(fileName, $"has several columns of the same name: {names}. Rename or remove all but one.", line, duplicates[0]);
        }

        if (unnamed.Count == reader.FieldCount)
            throw new IngestException(fileName, "has an empty header line. Name the columns, such as parameters,tokens,loss.", line);
        builder.BindColumns();
        builder.RequireColumns();
    }

    private static void RefuseUnclosedQuote(CsvMalformedRecord? malformed, string fileName)
    {
        if (malformed is { Reason: CsvMalformedReason.UnterminatedQuote, LineNumber: var line })
            throw new IngestException(fileName, "a quote is opened and never closed, so the rest of the file would be one cell. Close it, or remove it.", line);
    }

    private static void RefuseOversize(CsvReader reader, string fileName, ITableSink builder)
    {
        var length = reader.RawRecord.Length;
        if (length <= TableLimits.Cell)
            return;
        if (length > TableLimits.Line)
            throw new IngestException(fileName, $"is longer than {TableLimits.Line / 1024} KB. {TableLimits.Advice}; check the line ends, and that every quote is closed.", reader.LineNumber);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (reader.GetSpan(i).Length > TableLimits.Cell)
                throw TooLong(fileName, reader.LineNumber, i < builder.ColumnCount ? builder.ColumnName(i) : null);
        }
    }

    private static IngestException TooLong(string fileName, long line, string? column) =>
        new(fileName, $"a cell is longer than {TableLimits.Cell / 1024} KB. Check that every quote is closed, or leave the column out of the export.", line, column);

    /// <summary>A spreadsheet ends tables with lines of nothing but delimiters.</summary>
    private static bool IsEmpty(CsvReader reader)
    {
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (!reader.IsEmpty(i))
                return false;
        }

        return true;
    }

    /// <summary>As many cells as the header, or more that are empty (a delimiter at the end of each line).</summary>
    private static bool FitsHeader(CsvReader reader, int columns)
    {
        if (reader.FieldCount < columns)
            return false;
        for (var i = columns; i < reader.FieldCount; i++)
        {
            if (!reader.IsEmpty(i))
                return false;
        }

        return true;
    }

    private static List<int[]> CountDelimiters(string head, bool headIsAll, int most)
    {
        var lines = new List<int[]>();
        var counts = new int[s_delimiters.Length];
        var (quoted, empty) = (false, true);
        foreach (var character in head)
        {
            if (character == '"')
                quoted = !quoted;
            if (quoted || character is not ('\n' or '\r'))
            {
                empty &= char.IsWhiteSpace(character);
                var index = Array.IndexOf(s_delimiters, character);
                if (index >= 0 && !quoted)
                    counts[index]++;
                continue;
            }

            if (!empty)
                lines.Add(counts);
            if (lines.Count == most)
                return lines;
            counts = new int[s_delimiters.Length];
            empty = true;
        }

        // The last line of a long file may be cut off.
        if (lines.Count == 0 || (headIsAll && !empty))
            lines.Add(counts);
        return lines;
    }
}
