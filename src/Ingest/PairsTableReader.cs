using System.Text;
using CsvHelper;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>Columns of a table of optimal pairs.</summary>
/// <param name="Flops">C, FLOP.</param>
/// <param name="Parameters">N*.</param>
/// <param name="Deviation">Standard deviation of ln N*.</param>
public sealed record PairsColumns(string Flops, string Parameters, string Deviation)
{
    /// <summary>Reads <c>flops=COL,parameters=COL,deviation=COL</c>; what is not named keeps its own name.</summary>
    /// <exception cref="FormatException">A part is of another form, or names something else.</exception>
    public static PairsColumns Parse(IEnumerable<string> texts)
    {
        var columns = new PairsColumns("flops", "parameters", "deviation");
        foreach (var part in texts.SelectMany(text => text.Split(',')))
        {
            columns = part.Split('=', 2, StringSplitOptions.TrimEntries) switch
            {
                ["flops", { Length: > 0 } column] => columns with { Flops = column },
                ["parameters", { Length: > 0 } column] => columns with { Parameters = column },
                ["deviation", { Length: > 0 } column] => columns with { Deviation = column },
                _ => throw new FormatException($"'{part}' is not of the form flops=COL, parameters=COL or deviation=COL, which a table of pairs has."),
            };
        }

        return columns;
    }

    public override string ToString() => $"flops={Flops},parameters={Parameters},deviation={Deviation}";
}

/// <summary>Optimal sizes with their standard deviations, one a row.</summary>
public sealed record PairsTable
{
    /// <summary>C of each pair, FLOP.</summary>
    public required IReadOnlyList<double> Flops { get; init; }

    /// <summary>N* of each pair.</summary>
    public required IReadOnlyList<double> Parameters { get; init; }

    /// <summary>Standard deviation of ln N* of each pair.</summary>
    public required IReadOnlyList<double> Deviations { get; init; }

    /// <summary>Rows without an optimum or without a standard deviation.</summary>
    public required IReadOnlyList<LeftOutRow> LeftOut { get; init; }

    /// <summary>SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Which rows and columns were asked for.</summary>
    public required IReadOnlyDictionary<string, string> Selection { get; init; }
}

/// <summary>Reads a table of optimal pairs, delimited text with a header. It has no loss, so it is no sweep.</summary>
public static class PairsTableReader
{
    /// <summary>Reads a whole table. An empty optimum or deviation leaves its row out; any other cell that is no number above zero is refused.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="fileName">Name for messages; never opened.</param>
    /// <param name="columns">Where the pairs are.</param>
    /// <param name="where">Filters; all must hold.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IngestException">A column is missing, a cell is no number, or no pair is left.</exception>
    public static async Task<PairsTable> ReadAsync(
        Stream stream, string fileName, PairsColumns columns, IReadOnlyList<RowFilter> where, CancellationToken cancellationToken)
    {
        await using var source = await SourceText.OpenAsync(stream, fileName, cancellationToken).ConfigureAwait(false);
        CsvMalformedRecord? malformed = null;
        var options = new CsvReaderOptions
        {
            Separator = CsvTableReader.DetectDelimiter(source.Head, source.HeadIsAll),
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MaxRecordSize = TableLimits.Line,
            OnMalformedRecord = record => malformed = record,
        };
        await using var reader = CsvReader.Create(source.Utf8, options, leaveOpen: true);
        var (flops, parameters, deviations, leftOut) = (new List<double>(), new List<double>(), new List<double>(), new List<LeftOutRow>());
        try
        {
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                throw new IngestException(fileName, "is empty. Check that the export or upload finished.");
            string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())];
            var (flopsAt, parametersAt, deviationAt) = (Find(columns.Flops), Find(columns.Parameters), Find(columns.Deviation));
            int[] filterAt = [.. where.Select(filter => Find(filter.Column))];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var line = (int)reader.LineNumber;
                if (malformed is not null)
                    throw new IngestException(fileName, "a quote is not closed, or text follows a closing quote. Write a quote inside a quoted cell twice.", line);
                if (Enumerable.Range(0, reader.FieldCount).All(reader.IsEmpty))
                    continue;
                if (reader.FieldCount < names.Length)
                    throw new IngestException(fileName, FormattableString.Invariant($"has {reader.FieldCount} cells where the header has {names.Length}."), line);
                if (!Enumerable.Range(0, where.Count).All(i => where[i].Matches(reader.GetSpan(filterAt[i]))))
                    continue;
                var compute = Number(flopsAt);
                if (Missing(parametersAt) || Missing(deviationAt))
                {
                    leftOut.Add(new LeftOutRow(fileName, line, $"has no {names[Missing(parametersAt) ? parametersAt : deviationAt]}"));
                    continue;
                }

                flops.Add(compute);
                parameters.Add(Number(parametersAt));
                deviations.Add(Number(deviationAt));

                bool Missing(int column) => reader.GetSpan(column) is var cell && (cell.IsEmpty || Encoding.UTF8.GetString(cell).Equals("nan", StringComparison.OrdinalIgnoreCase));

                double Number(int column)
                {
                    if (CellNumber.TryRead(reader.GetSpan(column), out var value) && value > 0)
                        return value;
                    var cell = reader.GetString(column);
                    throw new IngestException(fileName, $"{CellNumber.Problem(cell)}. Correct the cell, or keep other rows with --where COLUMN=VALUE.", line, names[column], cell);
                }
            }

            int Find(string name) => Array.IndexOf(names, name) is >= 0 and var index
                ? index
                : throw new IngestException(fileName, $"has no column '{CellNumber.Shorten(name)}'; it has {string.Join(", ", names.Select(CellNumber.Shorten))}. Name the columns with --map flops=COL,parameters=COL,deviation=COL.", reader.LineNumber);
        }
        catch (CsvFormatException exception)
        {
            throw new IngestException(
                fileName, $"is longer than {TableLimits.Line / 1024} KB. Check the line ends, and that every quote is closed.",
                exception.LineNumber > 0 ? exception.LineNumber : null, inner: exception);
        }

        if (flops.Count == 0)
            throw new IngestException(fileName, where.Count > 0 ? $"has no pair where {string.Join(" and ", where)}." : "has no pair.");
        var selection = new Dictionary<string, string> { ["map"] = columns.ToString() };
        if (where.Count > 0)
            selection.Add("where", string.Join(" and ", where));
        return new PairsTable
        {
            Flops = flops,
            Parameters = parameters,
            Deviations = deviations,
            LeftOut = leftOut,
            Sha256 = await source.FinishAsync(cancellationToken).ConfigureAwait(false),
            Selection = selection,
        };
    }
}
