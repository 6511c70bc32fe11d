using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Sweeps;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest;

/// <summary>Reads a sweep table: CSV, TSV, semicolon CSV, JSONL or a Markdown table, one row a run or one row a checkpoint.</summary>
/// <remarks>
/// Needs columns for parameters, loss, and tokens or flops; missing tokens are C/(6N), missing flops 6ND. Rows of the same run
/// name and parameters are checkpoints of one run; rows that repeat the same tokens (and step) belong to a second run, except
/// under a run key composed of several columns, which is taken at its word.
/// </remarks>
public static class SweepTableReader
{
    /// <summary>Reads a whole table. The stream is read once, forwards, and left open.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="fileName">Name for messages; never opened.</param>
    /// <param name="options">Mapping, filters, strictness.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IngestException">The file as a whole is unusable, or strict and a row is.</exception>
    public static async Task<SweepTable> ReadAsync(Stream stream, string fileName, SweepTableOptions options, CancellationToken cancellationToken)
    {
        await using var source = await SourceText.OpenAsync(stream, fileName, cancellationToken).ConfigureAwait(false);
        var builder = new SweepTableBuilder(fileName, options);
        var format = await ReadRowsAsync(source, fileName, builder, cancellationToken).ConfigureAwait(false);
        var sha256 = await source.FinishAsync(cancellationToken).ConfigureAwait(false);
        return builder.Build(format, sha256, source.InvalidCharacters);
    }

    /// <summary>Reads which columns the first rows of a table have, so that a mapping can be chosen for a table that <see cref="ReadAsync"/> refuses.</summary>
    /// <exception cref="IngestException">The file is not a table at all.</exception>
    public static async Task<SweepHeader> ReadHeaderAsync(Stream stream, string fileName, ColumnMapping mapping, CancellationToken cancellationToken)
    {
        await using var source = await SourceText.OpenAsync(stream, fileName, cancellationToken).ConfigureAwait(false);
        var builder = new SweepTableBuilder(fileName, new SweepTableOptions { Mapping = mapping }, headerOnly: true);
        await ReadRowsAsync(source, fileName, builder, cancellationToken).ConfigureAwait(false);
        return builder.BuildHeader();
    }

    /// <returns>Name of the format.</returns>
    private static async Task<string> ReadRowsAsync(SourceText source, string fileName, SweepTableBuilder builder, CancellationToken cancellationToken)
    {
        var start = source.Head.AsSpan().TrimStart();
        switch (start[0])
        {
            case '{':
                await new JsonlTableReader(fileName, builder).ReadAsync(source, cancellationToken).ConfigureAwait(false);
                return "jsonl";
            case '[':
                throw new IngestException(fileName, "is one JSON array. Write one JSON object a line (JSONL).");
            case '<':
                throw new IngestException(fileName, "is a web page or XML, not a table. Download the file itself, or export the runs as CSV.");
            default:
                return await CsvTableReader.ReadAsync(source, fileName, builder, cancellationToken).ConfigureAwait(false);
        }
    }
}
