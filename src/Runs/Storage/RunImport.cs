using System.Collections;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>From runs a reader made to rows of the database.</summary>
internal static class RunImport
{
    /// <summary>Refuses what no reader should hand over, before anything is written.</summary>
    public static void Check(IReadOnlyList<ImportedRun> runs)
    {
        if (runs.Count == 0)
            throw new StoreInputException("The file has no run that can be stored; nothing was imported. Check the column mapping and the rows left out.");
        foreach (var run in runs)
        {
            Check(run, "parameters", run.Parameters);
            Check(run, "tokens", run.Tokens);
            Check(run, "flops", run.Flops);
            Check(run, "loss", run.Loss);
        }

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
        var (added, alreadyThere) = Sort(import.Runs, there);
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
        return new ImportReceipt(projectName, AddRuns(context, import.Runs, added, project.Id, upload.Id, cancellationToken), alreadyThere);
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
        var added = AddRuns(context, import.Runs, fresh, projectId, uploadId, cancellationToken);
        return (new ImportReceipt(projectName, added, there), superseded);
    }

    private static async Task UpdateRunAsync(StoreContext context, long key, ImportedRun from, CancellationToken cancellationToken)
    {
        var run = await context.Runs.Include(run => run.Series).SingleAsync(run => run.Id == key, cancellationToken);
        var read = ToEntity(from, run.ProjectId, run.UploadId);
        var curves = Curves(from).Select(SeriesCodec.Encode).ToList();
        // A count that a user has set stays where the log has none.
        run.Parameters = read.Parameters ?? run.Parameters;
        run.NonEmbeddingParameters = read.NonEmbeddingParameters ?? run.NonEmbeddingParameters;
        (run.Line, run.Tokens, run.Flops, run.Loss, run.Budget, run.Family) = (read.Line, read.Tokens, read.Flops, read.Loss, read.Budget, read.Family);
        (run.Config, run.Flags, run.Points) = (read.Config, read.Flags, read.Points);
        var kept = run.Series.Where(series => curves.Exists(one => one.Metric == series.Metric && one.Sha256 == series.Sha256)).ToDictionary(series => series.Metric);
        // Their metrics are free only once they are gone.
        context.RemoveRange(run.Series.Where(series => !kept.ContainsKey(series.Metric)).ToList());
        await context.SaveChangesAsync(cancellationToken);
        run.Series.AddRange(curves.Where(series => !kept.ContainsKey(series.Metric)));
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <param name="runs">The runs of a file.</param>
    /// <param name="added">Indexes of those to add.</param>
    private static AddedRuns AddRuns(StoreContext context, IReadOnlyList<ImportedRun> runs, IReadOnlyList<int> added, long projectId, long uploadId, CancellationToken cancellationToken)
    {
        using var rows = new RowInsert<Run>(context);
        using var curves = new RowInsert<Series>(context);
        using var chunks = new RowInsert<SeriesChunk>(context);
        var keys = new long[added.Count];
        for (var i = 0; i < added.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = runs[added[i]];
            keys[i] = rows.Add(ToEntity(run, projectId, uploadId));
            // One curve after the other is packed and written, so that only one is in memory twice.
            foreach (var series in Curves(run))
            {
                var packed = SeriesCodec.Encode(series);
                packed.RunId = keys[i];
                var key = curves.Add(packed);
                foreach (var chunk in packed.Chunks)
                {
                    chunk.SeriesId = key;
                    chunks.Add(chunk);
                }
            }
        }

        return new AddedRuns(runs, added, keys);
    }

    private static IEnumerable<ImportedSeries> Curves(ImportedRun run) => run.Series.Where(series => series.Steps.Length > 0);

    private static void Describe(Upload upload, FileImport import, DateTimeOffset now)
    {
        (upload.Sha256, upload.FileName, upload.Length) = (import.File.Sha256, import.File.FileName, import.File.Length);
        (upload.Format, upload.Mapping, upload.Signature) = (import.Format, import.Mapping, import.Signature);
        (upload.Source, upload.SourceVersion, upload.ReceivedTicks) = (import.Source, import.SourceVersion, now.UtcTicks);
    }

    /// <summary>The indexes of the runs to add, and the names of those that are there already or come twice.</summary>
    private static (List<int> Added, List<string> AlreadyThere) Sort(IReadOnlyList<ImportedRun> runs, HashSet<(string Name, int Line)> there)
    {
        // Runs of a table end on lines of their own: only where lines repeat do names need to be remembered.
        var lines = new HashSet<int>();
        var repeated = new HashSet<int>();
        foreach (var run in runs)
        {
            if (!lines.Add(run.Line))
                repeated.Add(run.Line);
        }

        var (added, alreadyThere) = (new List<int>(runs.Count), new List<string>());
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            if (repeated.Contains(run.Line) ? there.Add((run.Name, run.Line)) : !there.Contains((run.Name, run.Line)))
                added.Add(i);
            else
                alreadyThere.Add(run.Name);
        }

        return (added, alreadyThere);
    }

    private static Run ToEntity(ImportedRun run, long projectId, long uploadId) => new()
    {
        ProjectId = projectId,
        UploadId = uploadId,
        Name = run.Name,
        Line = run.Line,
        Parameters = run.Parameters,
        NonEmbeddingParameters = run.NonEmbeddingParameters,
        Tokens = run.Tokens,
        Flops = run.Flops,
        Loss = run.Loss,
        Budget = run.Budget,
        Family = run.Family,
        Config = ConfigText.Write(run.Config),
        Flags = run.Flags.Count == 0 ? "[]" : JsonSerializer.Serialize(run.Flags),
        Points = Math.Max(1, Curves(run).Select(series => series.Steps.Length).DefaultIfEmpty().Max()),
    };

    /// <summary>The runs that were added, made when they are asked for: there may be millions.</summary>
    private sealed class AddedRuns(IReadOnlyList<ImportedRun> runs, IReadOnlyList<int> added, long[] keys) : IReadOnlyList<AddedRun>
    {
        public int Count => keys.Length;

        public AddedRun this[int index] => new(RunId.FromKey(keys[index]), runs[added[index]].Name);

        public IEnumerator<AddedRun> GetEnumerator()
        {
            for (var i = 0; i < Count; i++)
                yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

/// <summary>A file and the runs read from it.</summary>
internal sealed record FileImport(StagedFile File, string Format, string Mapping, string? Signature, IReadOnlyList<ImportedRun> Runs)
{
    public string? Source { get; init; }

    public string? SourceVersion { get; init; }
}
