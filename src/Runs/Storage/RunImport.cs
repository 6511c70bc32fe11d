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

    public static async Task<ImportReceipt> AddAsync(
        StoreContext context,
        string projectName,
        string stamp,
        StagedFile file,
        string format,
        string mapping,
        string? signature,
        IReadOnlyList<ImportedRun> runs,
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
        var added = new List<ImportedRun>();
        var alreadyThere = new List<string>();
        foreach (var run in runs)
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

        context.ChangeTracker.AutoDetectChangesEnabled = false;
        var receipts = new List<AddedRun>(added.Count);
        foreach (var batch in added.Chunk(BatchLength))
        {
            context.ChangeTracker.Clear();
            var entities = batch.Select(run => ToEntity(run, project.Id, upload.Id)).ToList();
            context.AddRange(entities);
            await context.SaveChangesAsync(cancellationToken);
            receipts.AddRange(entities.Select(run => new AddedRun(RunId.FromKey(run.Id), run.Name)));
        }

        return new ImportReceipt(projectName, receipts, alreadyThere);
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
