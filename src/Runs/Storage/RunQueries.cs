using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>What is read from the database, in the shapes the rest of the program wants. Nothing here is tracked.</summary>
internal static class RunQueries
{
    private static readonly List<string> s_checkpointMetrics = ["loss", "tokens", "flops"];

    public static async Task<IReadOnlyList<ProjectRow>> ProjectsAsync(StoreContext context, CancellationToken cancellationToken)
    {
        var projects = await context.Projects
            .OrderBy(project => project.Name)
            .Select(project => new { project.Id, project.Name, Last = project.Uploads.Max(upload => (long?)upload.ReceivedTicks) })
            .ToListAsync(cancellationToken);
        // All figures in one pass over the runs, and not each in one of its own.
        var figures = await context.Runs
            .Where(run => run.DeletedTicks == null && run.ArchivedTicks == null)
            .GroupBy(run => run.ProjectId)
            .Select(runs => new
            {
                runs.Key,
                Runs = runs.Count(),
                Budgets = runs.Select(run => run.Budget).Distinct().Count(),
                Smallest = runs.Min(run => run.Flops),
                Largest = runs.Max(run => run.Flops),
            })
            .ToDictionaryAsync(project => project.Key, cancellationToken);
        return projects.ConvertAll(project => figures.TryGetValue(project.Id, out var runs)
            ? new ProjectRow(project.Name, runs.Runs, runs.Budgets, runs.Smallest, runs.Largest, Moment(project.Last))
            : new ProjectRow(project.Name, 0, 0, null, null, Moment(project.Last)));
    }

    public static async Task<IReadOnlyList<RunRow>> RowsAsync(StoreContext context, IQueryable<Run> runs, CancellationToken cancellationToken)
    {
        // Read apart, so that thousands of runs share one text for the name of their file and their project.
        var uploads = await context.Uploads
            .Where(upload => runs.Any(run => run.UploadId == upload.Id))
            .Select(upload => new { upload.Id, upload.FileName, upload.Sha256, upload.ReceivedTicks, Project = upload.Project!.Name })
            .ToDictionaryAsync(upload => upload.Id, cancellationToken);
        var tags = (await context.RunTags
            .Where(tag => runs.Any(run => run.Id == tag.RunId))
            .ToListAsync(cancellationToken))
            .ToLookup(tag => tag.RunId, tag => tag.Tag);
        var rows = await runs
            .OrderBy(run => run.Id)
            .Select(run => new
            {
                run.Id,
                run.UploadId,
                run.Name,
                run.Line,
                run.Parameters,
                run.NonEmbeddingParameters,
                run.Tokens,
                run.Flops,
                run.Loss,
                run.Budget,
                run.Family,
                run.Points,
                run.Flags,
                run.ExclusionReason,
                run.Note,
                run.Config,
                run.ArchivedTicks,
                run.DeletedTicks,
            })
            .ToListAsync(cancellationToken);
        var names = new Dictionary<string, string>();
        return rows.ConvertAll(run => new RunRow
        {
            Id = RunId.FromKey(run.Id),
            Project = uploads[run.UploadId].Project,
            Name = run.Name,
            Line = run.Line,
            Parameters = run.Parameters,
            NonEmbeddingParameters = run.NonEmbeddingParameters,
            // C = 6ND, once the parameters are known.
            Tokens = run.Tokens ?? run.Flops / (6 * run.Parameters),
            Flops = run.Flops ?? 6 * run.Parameters * run.Tokens,
            Loss = run.Loss,
            Budget = run.Budget,
            Family = run.Family,
            Points = run.Points,
            Tags = tags[run.Id].Order(StringComparer.Ordinal).ToArray(),
            Flags = run.Flags == "[]" ? [] : JsonSerializer.Deserialize<string[]>(run.Flags)!,
            ExclusionReason = run.ExclusionReason,
            Config = ConfigText.Read(run.Config, names),
            FileName = uploads[run.UploadId].FileName,
            Sha256 = uploads[run.UploadId].Sha256,
            Imported = Moment(uploads[run.UploadId].ReceivedTicks)!.Value,
            Note = run.Note,
            Archived = Moment(run.ArchivedTicks),
            Deleted = Moment(run.DeletedTicks),
        });
    }

    public static async Task<IReadOnlyList<Observation>> ObservationsAsync(
        StoreContext context, string project, CancellationToken cancellationToken)
    {
        var runs = await context.Runs
            .Where(run => run.Project!.Name == project && run.DeletedTicks == null && run.ArchivedTicks == null && run.Parameters != null && run.Loss != null && (run.Tokens != null || run.Flops != null))
            .OrderBy(run => run.Id)
            .Select(run => new
            {
                run.Id,
                run.Name,
                run.Line,
                Parameters = run.Parameters!.Value,
                run.NonEmbeddingParameters,
                Tokens = run.Tokens ?? run.Flops!.Value / (6 * run.Parameters!.Value),
                Flops = run.Flops ?? 6 * run.Parameters!.Value * run.Tokens!.Value,
                Loss = run.Loss!.Value,
                run.Budget,
                run.ExclusionReason,
            })
            .ToListAsync(cancellationToken);
        return runs.ConvertAll(run => new Observation
        {
            RunId = RunId.FromKey(run.Id),
            Run = run.Name,
            Line = run.Line,
            Parameters = run.Parameters,
            NonEmbeddingParameters = run.NonEmbeddingParameters,
            Tokens = run.Tokens,
            Flops = run.Flops,
            Loss = run.Loss,
            Budget = run.Budget,
            ExclusionReason = run.ExclusionReason,
        });
    }

    public static async Task<IReadOnlyList<Observation>> CheckpointsAsync(
        StoreContext context, string project, CancellationToken cancellationToken)
    {
        var metrics = s_checkpointMetrics;
        var wanted = context.Series.Where(s => s.Run!.Project!.Name == project && s.Run.DeletedTicks == null && s.Run.ArchivedTicks == null && metrics.Contains(s.Metric));
        var series = (await wanted.AsNoTracking().ToListAsync(cancellationToken)).ToLookup(s => RunId.FromKey(s.RunId));
        // In one query: one for each of thousands of curves takes longer than unpacking them.
        var chunks = (await wanted
            .Join(context.SeriesChunks, s => s.Id, chunk => chunk.SeriesId, (s, chunk) => chunk)
            .OrderBy(chunk => chunk.SeriesId).ThenBy(chunk => chunk.Number)
            .AsNoTracking()
            .ToListAsync(cancellationToken))
            .ToLookup(chunk => chunk.SeriesId);
        var checkpoints = new List<Observation>();
        foreach (var run in await ObservationsAsync(context, project, cancellationToken))
        {
            var ofRun = series[run.RunId].ToDictionary(s => s.Metric);
            if (!ofRun.ContainsKey("loss") || ofRun.Count < 2)
                continue;
            var curves = new Dictionary<string, ImportedSeries>();
            foreach (var (metric, summary) in ofRun)
                curves.Add(metric, SeriesCodec.Decode(metric, summary.Count, summary.Sha256, [.. chunks[summary.Id]]));
            AddCheckpoints(checkpoints, run, curves["loss"], curves.GetValueOrDefault("tokens"), curves.GetValueOrDefault("flops"));
        }

        return checkpoints;
    }

    public static async Task<IReadOnlyList<SeriesSummary>> MetricsAsync(StoreContext context, string runId, CancellationToken cancellationToken)
    {
        if (!RunId.TryGetKey(runId, out var key))
            return [];
        return await context.Series
            .Where(series => series.RunId == key)
            .OrderBy(series => series.Metric)
            .Select(series => new SeriesSummary(series.Metric, series.Count, series.Min, series.Max, series.Last, series.Sha256))
            .ToListAsync(cancellationToken);
    }

    public static async Task<SourceFile?> SourceAsync(StoreContext context, string runId, CancellationToken cancellationToken)
    {
        if (!RunId.TryGetKey(runId, out var key))
            return null;
        var upload = await context.Runs.Where(run => run.Id == key).Select(run => run.Upload!).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        return upload is null ? null : Source(upload);
    }

    public static SourceFile Source(Upload upload) =>
        new(upload.FileName, upload.Sha256, upload.Length, upload.Format, upload.Mapping, Moment(upload.ReceivedTicks)!.Value);

    private static void AddCheckpoints(
        List<Observation> checkpoints, Observation run, ImportedSeries loss, ImportedSeries? tokens, ImportedSeries? flops)
    {
        var tokensAtLoss = AtStepsOf(loss, tokens);
        var flopsAtLoss = AtStepsOf(loss, flops);
        for (var i = 0; i < loss.Steps.Length; i++)
        {
            var (d, c) = (tokensAtLoss[i], flopsAtLoss[i]);
            // C = 6ND.
            if (double.IsNaN(d))
                d = c / (6 * run.Parameters);
            else if (double.IsNaN(c))
                c = 6 * run.Parameters * d;
            if (IsUsable(d) && IsUsable(c) && IsUsable(loss.Values[i]))
                checkpoints.Add(run with { Tokens = d, Flops = c, Loss = loss.Values[i] });
        }
    }

    /// <summary>The other series at the steps of the loss; NaN where it has no such step. Both are in order of steps.</summary>
    private static double[] AtStepsOf(ImportedSeries loss, ImportedSeries? other)
    {
        var values = new double[loss.Steps.Length];
        Array.Fill(values, double.NaN);
        if (other is null)
            return values;
        var j = 0;
        for (var i = 0; i < values.Length; i++)
        {
            while (j < other.Steps.Length && other.Steps[j] < loss.Steps[i])
                j++;
            // A repeated step goes with the repetition in the other series.
            if (j < other.Steps.Length && other.Steps[j] == loss.Steps[i])
                values[i] = other.Values[j++];
        }

        return values;
    }

    private static bool IsUsable(double value) => double.IsFinite(value) && value > 0;

    private static DateTimeOffset? Moment(long? ticks) => ticks is { } value ? new DateTimeOffset(value, TimeSpan.Zero) : null;
}
