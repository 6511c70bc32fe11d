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

    public static async Task<ImportReceipt> AddAsync(StoreContext context, string projectName, string stamp, FileImport import, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var project = await context.Projects.SingleOrDefaultAsync(p => p.Name == projectName, cancellationToken);
        var there = project is null
            ? []
            : (await context.Runs
                .Where(run => run.ProjectId == project.Id && run.DeletedTicks == null && run.Upload!.Sha256 == import.File.Sha256)
                .Select(run => new { run.Name, run.Line })
                .ToListAsync(cancellationToken))
                .Select(run => (run.Name, run.Line)).ToHashSet();
        var (added, alreadyThere) = Sort(import.Runs, there, import.RepeatedLines);
        if (added.Count == 0)
            return new ImportReceipt(projectName, [], alreadyThere);

        if (project is null)
        {
            project = new Project { Name = projectName, Stamp = stamp };
            context.Add(project);
        }

        project.Stamp = stamp;
        var upload = new Upload { Project = project, Sha256 = "", FileName = "", Format = "", Mapping = "" };
        Describe(upload, import, now);
        context.Add(upload);
        await context.SaveChangesAsync(cancellationToken);
        return new ImportReceipt(projectName, await AddRunsAsync(context, import.Runs, added, project.Id, upload.Id, cancellationToken), alreadyThere);
    }

    /// <summary>Brings the runs of a watched source up to date: those it has keep their ids, tags and exclusions; those it lost stay as they were.</summary>
    /// <returns>What was new and what was there, and the hash of the file that came before; null where there was none.</returns>
    public static async Task<(ImportReceipt Receipt, string? Superseded)> UpdateAsync(
        StoreContext context, string projectName, string stamp, FileImport import, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A file that was handed in before it was watched is that source.
        var upload = await context.Uploads
            .Include(upload => upload.Project)
            .Where(upload => upload.Project!.Name == projectName && (upload.Source == import.Source || (upload.Source == null && upload.Sha256 == import.File.Sha256)))
            .OrderBy(upload => upload.Source == null)
            .FirstOrDefaultAsync(cancellationToken);
        if (upload is null)
            return (await AddAsync(context, projectName, stamp, import, now, cancellationToken), null);
        if (upload.Sha256 == import.File.Sha256)
        {
            (upload.Source, upload.SourceVersion) = (import.Source, import.SourceVersion);
            await context.SaveChangesAsync(cancellationToken);
            return (new ImportReceipt(projectName, [], [.. import.Runs.Select(run => run.Name)]), null);
        }

        var superseded = upload.Sha256;
        Describe(upload, import, now);
        upload.Project!.Stamp = stamp;
        var (projectId, uploadId) = (upload.ProjectId, upload.Id);
        await context.SaveChangesAsync(cancellationToken);
        var keys = (await context.Runs.Where(run => run.UploadId == uploadId).Select(run => new { run.Id, run.Name }).ToListAsync(cancellationToken))
            .GroupBy(run => run.Name).ToDictionary(runs => runs.Key, runs => runs.Max(run => run.Id));
        var there = new List<string>();
        foreach (var run in import.Runs.Where(run => keys.ContainsKey(run.Name)))
        {
            context.ChangeTracker.Clear();
            await UpdateRunAsync(context, keys[run.Name], run, cancellationToken);
            there.Add(run.Name);
        }

        int[] fresh = [.. Enumerable.Range(0, import.Runs.Count).Where(i => !keys.ContainsKey(import.Runs[i].Name))];
        var added = await AddRunsAsync(context, import.Runs, fresh, projectId, uploadId, cancellationToken);
        return (new ImportReceipt(projectName, added, there), superseded);
    }

    private static async Task UpdateRunAsync(StoreContext context, long key, ImportedRun from, CancellationToken cancellationToken)
    {
        var run = await context.Runs.Include(run => run.Series).SingleAsync(run => run.Id == key, cancellationToken);
        // A count that a user has set stays where the log has none.
        var (parameters, nonEmbedding) = (run.Parameters, run.NonEmbeddingParameters);
        Fill(run, from);
        run.Parameters ??= parameters;
        run.NonEmbeddingParameters ??= nonEmbedding;
        var curves = Curves(from).Select(SeriesCodec.Encode).ToList();
        var kept = run.Series.Where(series => curves.Exists(one => one.Metric == series.Metric && one.Sha256 == series.Sha256)).ToDictionary(series => series.Metric);
        // Their metrics are free only once they are gone.
        context.RemoveRange(run.Series.Where(series => !kept.ContainsKey(series.Metric)).ToList());
        await context.SaveChangesAsync(cancellationToken);
        run.Series.AddRange(curves.Where(series => !kept.ContainsKey(series.Metric)));
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <param name="context">In a transaction.</param>
    /// <param name="runs">The runs of a file.</param>
    /// <param name="added">Indexes of those to add.</param>
    /// <param name="projectId">Key of their project.</param>
    /// <param name="uploadId">Key of the file they came from.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private static async Task<AddedRuns> AddRunsAsync(
        StoreContext context, IReadOnlyList<ImportedRun> runs, IReadOnlyList<int> added, long projectId, long uploadId, CancellationToken cancellationToken)
    {
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
            Fill(waiting[count++] ??= new Run { ProjectId = projectId, UploadId = uploadId, Name = "", Config = "", Flags = "" }, run);
            var isPoint = !Curves(run).Any();
            if (isPoint && count < waiting.Length && i + 1 < added.Count)
                continue;
            // Keys follow each other: only this transaction writes.
            var key = rows.Add(waiting.AsSpan(0, count));
            first = first == 0 ? key : first;
            key += count - 1;
            count = 0;
            if (isPoint)
                continue;
            // One curve after the other is packed and written, so that only one is in memory twice.
            foreach (var series in Curves(run))
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
        return new AddedRuns(runs, added, first);
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

    private static IEnumerable<ImportedSeries> Curves(ImportedRun run) => run.Series.Where(series => series.Steps.Length > 0);

    private static void Describe(Upload upload, FileImport import, DateTimeOffset now)
    {
        (upload.Sha256, upload.FileName, upload.Length) = (import.File.Sha256, import.File.FileName, import.File.Length);
        (upload.Format, upload.Mapping, upload.Signature) = (import.Format, import.Mapping, import.Signature);
        (upload.Source, upload.SourceVersion, upload.ReceivedTicks) = (import.Source, import.SourceVersion, now.UtcTicks);
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

    private static void Fill(Run row, ImportedRun run)
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
        row.Points = Math.Max(1, Curves(run).Select(series => series.Steps.Length).DefaultIfEmpty().Max());
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

/// <summary>A file and the runs read from it.</summary>
/// <param name="RepeatedLines">As <see cref="RunImport.Check"/> found them.</param>
internal sealed record FileImport(StagedFile File, string Format, string Mapping, string? Signature, IReadOnlyList<ImportedRun> Runs, HashSet<int> RepeatedLines)
{
    public string? Source { get; init; }

    public string? SourceVersion { get; init; }
}
