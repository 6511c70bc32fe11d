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
        var (added, alreadyThere) = Sort(runs, there);
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

        using var rows = new RowInsert<Run>(context);
        using var curves = new RowInsert<Series>(context);
        using var chunks = new RowInsert<SeriesChunk>(context);
        var keys = new long[added.Count];
        for (var i = 0; i < added.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = runs[added[i]];
            // One curve after the other is packed and written, so that only one is in memory twice.
            var points = run.Series.Select(series => series.Steps.Length).DefaultIfEmpty().Max();
            keys[i] = rows.Add(ToEntity(run, project.Id, upload.Id, Math.Max(points, 1)));
            foreach (var series in run.Series.Where(series => series.Steps.Length > 0))
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

        return new ImportReceipt(projectName, new AddedRuns(runs, added, keys), alreadyThere);
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

    private static Run ToEntity(ImportedRun run, long projectId, long uploadId, int points) => new()
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
        Points = points,
    };

    /// <summary>The runs that were added, made when they are asked for: there may be millions.</summary>
    private sealed class AddedRuns(IReadOnlyList<ImportedRun> runs, List<int> added, long[] keys) : IReadOnlyList<AddedRun>
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
