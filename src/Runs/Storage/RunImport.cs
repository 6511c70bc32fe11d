using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>From runs a reader made to rows of the database.</summary>
internal static class RunImport
{
    /// <summary>Runs written before what EF Core tracks is let go.</summary>
    private const int BatchLength = 500;

    /// <summary>Refuses what no reader should hand over, before anything is written.</summary>
    public static void Check(IReadOnlyList<ImportedRun> runs)
    {
        if (runs.Count == 0)
            throw new StoreInputException("The file has no run that can be stored; nothing was imported. Check the column mapping and the rows left out.");
        foreach (var run in runs)
        {
            foreach (var (name, value) in ((string, double?)[])[("parameters", run.Parameters), ("tokens", run.Tokens), ("flops", run.Flops), ("loss", run.Loss)])
            {
                if (value is { } given && !double.IsFinite(given))
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
        var added = new List<ImportedRun>();
        var alreadyThere = new List<string>();
        foreach (var run in import.Runs)
        {
            if (there.Add((run.Name, run.Line)))
                added.Add(run);
            else
                alreadyThere.Add(run.Name);
        }

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
        return new ImportReceipt(projectName, await AddRunsAsync(context, added, project.Id, upload.Id, cancellationToken), alreadyThere);
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

        var added = await AddRunsAsync(context, [.. import.Runs.Where(run => !keys.ContainsKey(run.Name))], projectId, uploadId, cancellationToken);
        return (new ImportReceipt(projectName, added, there), superseded);
    }

    private static async Task UpdateRunAsync(StoreContext context, long key, ImportedRun from, CancellationToken cancellationToken)
    {
        var run = await context.Runs.Include(run => run.Series).SingleAsync(run => run.Id == key, cancellationToken);
        var read = ToEntity(from, run.ProjectId, run.UploadId);
        // A count that a user has set stays where the log has none.
        run.Parameters = read.Parameters ?? run.Parameters;
        run.NonEmbeddingParameters = read.NonEmbeddingParameters ?? run.NonEmbeddingParameters;
        (run.Line, run.Tokens, run.Flops, run.Loss, run.Budget, run.Family) = (read.Line, read.Tokens, read.Flops, read.Loss, read.Budget, read.Family);
        (run.Config, run.Flags, run.Points) = (read.Config, read.Flags, read.Points);
        var kept = run.Series.Where(series => read.Series.Exists(one => one.Metric == series.Metric && one.Sha256 == series.Sha256)).ToDictionary(series => series.Metric);
        // Their metrics are free only once they are gone.
        context.RemoveRange(run.Series.Where(series => !kept.ContainsKey(series.Metric)).ToList());
        await context.SaveChangesAsync(cancellationToken);
        run.Series.AddRange(read.Series.Where(series => !kept.ContainsKey(series.Metric)));
        await context.SaveChangesAsync(cancellationToken);
    }

    private static async Task<List<AddedRun>> AddRunsAsync(StoreContext context, List<ImportedRun> runs, long projectId, long uploadId, CancellationToken cancellationToken)
    {
        var added = new List<AddedRun>(runs.Count);
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var batch in runs.Chunk(BatchLength))
        {
            context.ChangeTracker.Clear();
            var entities = batch.Select(run => ToEntity(run, projectId, uploadId)).ToList();
            context.AddRange(entities);
            await context.SaveChangesAsync(cancellationToken);
            added.AddRange(entities.Select(run => new AddedRun(RunId.FromKey(run.Id), run.Name)));
        }

        return added;
    }

    private static void Describe(Upload upload, FileImport import, DateTimeOffset now)
    {
        (upload.Sha256, upload.FileName, upload.Length) = (import.File.Sha256, import.File.FileName, import.File.Length);
        (upload.Format, upload.Mapping, upload.Signature) = (import.Format, import.Mapping, import.Signature);
        (upload.Source, upload.SourceVersion, upload.ReceivedTicks) = (import.Source, import.SourceVersion, now.UtcTicks);
    }

    private static Run ToEntity(ImportedRun run, long projectId, long uploadId)
    {
        var series = run.Series.Where(s => s.Steps.Length > 0).Select(SeriesCodec.Encode).ToList();
        return new Run
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
            Flags = JsonSerializer.Serialize(run.Flags),
            Points = series.Count == 0 ? 1 : series.Max(s => s.Count),
            Series = series,
        };
    }
}

/// <summary>A file and the runs read from it.</summary>
internal sealed record FileImport(StagedFile File, string Format, string Mapping, string? Signature, IReadOnlyList<ImportedRun> Runs)
{
    public string? Source { get; init; }

    public string? SourceVersion { get; init; }
}
