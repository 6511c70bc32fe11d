using System.Collections;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ScalingDashboard.Runs.Storage;

/// <summary>From runs a reader made to rows of the database.</summary>
internal static class RunImport
{
    /// <summary>From so many runs on it pays to make the table's indexes anew.</summary>
    private const int ManyRuns = 50_000;

    /// <summary>Refuses what no reader should hand over, before anything is written.</summary>
    /// <returns>Lines on which several runs end: only there can one run come twice.</returns>
    public static HashSet<int> Check(IReadOnlyList<ImportedRun> runs)
    {
        if (runs.Count == 0)
            throw new StoreInputException("The file has no run that can be stored; nothing was imported. Check the column mapping and the rows left out.");
        var lines = new HashSet<int>();
        var repeated = new HashSet<int>();
        foreach (var run in runs)
        {
            Check(run, "parameters", run.Parameters);
            Check(run, "tokens", run.Tokens);
            Check(run, "flops", run.Flops);
            Check(run, "loss", run.Loss);
            if (!lines.Add(run.Line))
                repeated.Add(run.Line);
        }

        return repeated;

        static void Check(ImportedRun run, string name, double? value)
        {
            if (value is { } given && !double.IsFinite(given))
            {
                throw new StoreInputException(FormattableString.Invariant(
                    $"Run “{run.Name}” (line {run.Line}) has {name} {value}, which is not a number to fit; nothing was imported. Leave the row out."));
            }
        }
    }

    public static async Task<ImportReceipt> AddAsync(
        StoreContext context,
        string projectName,
        string stamp,
        StagedFile file,
        string format,
        string mapping,
        string? signature,
        IReadOnlyList<ImportedRun> runs,
        HashSet<int> repeatedLines,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var project = await context.Projects.SingleOrDefaultAsync(p => p.Name == projectName, cancellationToken);
        var there = project is null
            ? []
            : (await context.Runs
                .Where(run => run.ProjectId == project.Id && run.DeletedTicks == null && run.Upload!.Sha256 == file.Sha256)
                .Select(run => new { run.Name, run.Line })
                .ToListAsync(cancellationToken))
                .Select(run => (run.Name, run.Line)).ToHashSet();
        var (added, alreadyThere) = Sort(runs, there, repeatedLines);
        if (added.Count == 0)
            return new ImportReceipt(projectName, [], alreadyThere);

        if (project is null)
        {
            project = new Project { Name = projectName, Stamp = stamp };
            context.Add(project);
        }

        project.Stamp = stamp;
        var upload = new Upload
        {
            Project = project,
            Sha256 = file.Sha256,
            FileName = file.FileName,
            Length = file.Length,
            Format = format,
            Mapping = mapping,
            Signature = signature,
            ReceivedTicks = now.UtcTicks,
        };
        context.Add(upload);
        await context.SaveChangesAsync(cancellationToken);

        var indexes = added.Count >= ManyRuns && await context.Runs.CountAsync(cancellationToken) < added.Count ? await DropIndexesAsync(context, cancellationToken) : [];
        using var rows = new RowInsert<Run>(context);
        using var curves = new RowInsert<Series>(context);
        using var chunks = new RowInsert<SeriesChunk>(context);
        var first = 0L;
        // The same rows are filled again and again: a million of them would be much to throw away.
        var waiting = new Run[RowInsert<Run>.Batch];
        var count = 0;
        for (var i = 0; i < added.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = runs[added[i]];
            var points = run.Series.Count == 0 ? 0 : run.Series.Max(series => series.Steps.Length);
            Fill(waiting[count++] ??= new Run { ProjectId = project.Id, UploadId = upload.Id, Name = "", Config = "", Flags = "" }, run, Math.Max(points, 1));
            if (points == 0 && count < waiting.Length && i + 1 < added.Count)
                continue;
            // Keys follow each other: only this transaction writes.
            var key = rows.Add(waiting.AsSpan(0, count));
            first = first == 0 ? key : first;
            key += count - 1;
            count = 0;
            if (points == 0)
                continue;
            // One curve after the other is packed and written, so that only one is in memory twice.
            foreach (var series in run.Series.Where(series => series.Steps.Length > 0))
            {
                var packed = SeriesCodec.Encode(series);
                packed.RunId = key;
                var curve = curves.Add(packed);
                foreach (var chunk in packed.Chunks)
                {
                    chunk.SeriesId = curve;
                    chunks.Add(chunk);
                }
            }
        }

        foreach (var index in indexes)
            await context.Database.ExecuteSqlRawAsync(index, cancellationToken);
        return new ImportReceipt(projectName, new AddedRuns(runs, added, first), alreadyThere);
    }

    /// <summary>Takes the indexes off the table of runs, inside the transaction: made at the end in one go they cost a third of what row after row does.</summary>
    /// <returns>The statements that make them again.</returns>
    private static async Task<IReadOnlyList<string>> DropIndexesAsync(StoreContext context, CancellationToken cancellationToken)
    {
        var connection = context.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = context.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'Runs' AND sql IS NOT NULL";
        var indexes = new List<(string Name, string Sql)>();
        await using (var found = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await found.ReadAsync(cancellationToken))
                indexes.Add((found.GetString(0), found.GetString(1)));
        }

        foreach (var (name, _) in indexes)
        {
            command.CommandText = $"DROP INDEX \"{name}\"";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return indexes.ConvertAll(index => index.Sql);
    }

    /// <summary>The indexes of the runs to add, and the names of those that are there already or come twice.</summary>
    private static (IReadOnlyList<int> Added, List<string> AlreadyThere) Sort(IReadOnlyList<ImportedRun> runs, HashSet<(string Name, int Line)> there, HashSet<int> repeatedLines)
    {
        if (there.Count == 0 && repeatedLines.Count == 0)
            return (Enumerable.Range(0, runs.Count).ToArray(), []);
        var (added, alreadyThere) = (new List<int>(runs.Count), new List<string>());
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            if (repeatedLines.Contains(run.Line) ? there.Add((run.Name, run.Line)) : !there.Contains((run.Name, run.Line)))
                added.Add(i);
            else
                alreadyThere.Add(run.Name);
        }

        return (added, alreadyThere);
    }

    private static void Fill(Run row, ImportedRun run, int points)
    {
        row.Name = run.Name;
        row.Line = run.Line;
        row.Parameters = run.Parameters;
        row.NonEmbeddingParameters = run.NonEmbeddingParameters;
        row.Tokens = run.Tokens;
        row.Flops = run.Flops;
        row.Loss = run.Loss;
        row.Budget = run.Budget;
        row.Family = run.Family;
        row.Config = ConfigText.Write(run.Config);
        row.Flags = run.Flags.Count == 0 ? "[]" : JsonSerializer.Serialize(run.Flags);
        row.Points = points;
    }

    /// <summary>The runs that were added, made when they are asked for: there may be millions.</summary>
    private sealed class AddedRuns(IReadOnlyList<ImportedRun> runs, IReadOnlyList<int> added, long first) : IReadOnlyList<AddedRun>
    {
        public int Count => added.Count;

        public AddedRun this[int index] => new(RunId.FromKey(first + index), runs[added[index]].Name);

        public IEnumerator<AddedRun> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
