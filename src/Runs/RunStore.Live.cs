using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

// Runs that are appended to while they train. The lines as they came are the run's file; the points in them are added to its series.
public sealed partial class RunStore
{
    /// <summary>Series a live run may have; each is a row that every append looks up.</summary>
    public const int MostLiveSeries = 1_000;

    private const int MostHashes = 64;

    // Hashes of the lines so far by upload, under the writer's lock. One that is missing is computed from the file.
    private readonly Dictionary<long, (long Length, IncrementalHash Hash)> _liveHashes = [];

    /// <summary>How far the live run of this name is; null where the project has none that is not deleted.</summary>
    public Task<LiveState?> LiveRunAsync(string project, string run, CancellationToken cancellationToken = default) =>
        ReadAsync(
            async context => await FindLiveAsync(context, project, run, cancellationToken) is { } live
                ? new LiveState(RunId.FromKey(live.RunId), live.Run!.Upload!.Length, live.Run.Line, live.Run.Points)
                {
                    Names = JsonSerializer.Deserialize<Dictionary<string, string>>(live.Names)!,
                    Config = ConfigText.Read(live.Run.Config, []),
                }
                : null,
            cancellationToken);

    /// <summary>The lines of a live run from an offset on, as they are stored.</summary>
    public async Task<byte[]> LiveLinesAsync(string project, string run, long offset, int count, CancellationToken cancellationToken = default)
    {
        var upload = await ReadAsync(async context => (await FindLiveAsync(context, project, run, cancellationToken))?.Run!.Upload, cancellationToken);
        if (upload is null || offset >= upload.Length)
            return [];
        await using var file = _files.OpenLive(upload.Id, upload.Length);
        file.Position = offset;
        var lines = new byte[Math.Min(count, upload.Length - offset)];
        await file.ReadExactlyAsync(lines, cancellationToken);
        return lines;
    }

    /// <summary>Appends lines to a live run, all or none; makes run and project when they are new.</summary>
    /// <param name="project">Name of the project.</param>
    /// <param name="run">Name of the run, made by the client.</param>
    /// <param name="offset">Where the run ends, in bytes.</param>
    /// <param name="bytes">The lines as they came, with the last line's end.</param>
    /// <param name="lines">What they say.</param>
    /// <param name="cancellationToken">Ends the work; nothing was stored.</param>
    /// <exception cref="OffsetException">The run does not end there.</exception>
    public async Task<LiveState> AppendAsync(
        string project, string run, long offset, ReadOnlyMemory<byte> bytes, LiveLines lines, CancellationToken cancellationToken = default)
    {
        var projectName = CheckedText(project, "The project's name", 100);
        var runName = CheckedText(run, "The run's name", 200);
        return await WriteAsync(
            async context =>
            {
                var live = await FindLiveAsync(context, projectName, runName, cancellationToken);
                var length = live?.Run!.Upload!.Length ?? 0;
                if (offset != length)
                    throw new OffsetException(FormattableString.Invariant($"The run “{runName}” has {length} bytes, not {offset}; nothing was stored. Go on from there."), length);
                live ??= await AddLiveAsync(context, projectName, runName, cancellationToken);
                var upload = live.Run!.Upload!;
                // Behind what is stored, so that a crash before the commit leaves only bytes that the next append writes over.
                _files.AppendLive(upload.Id, length, bytes.Span);
                (upload.Length, upload.ReceivedTicks) = (length + bytes.Length, _clock.GetUtcNow().UtcTicks);
                upload.Sha256 = await HashOfAsync(upload, length, bytes, cancellationToken);
                await TakeAsync(context, live, lines, cancellationToken);
                await context.SaveChangesAsync(cancellationToken);
                return new LiveState(RunId.FromKey(live.RunId), upload.Length, live.Run.Line, live.Run.Points) { Names = lines.Names, Config = lines.Config };
            },
            cancellationToken);
    }

    /// <summary>The lines of the live run whose lines so far have this hash, or null. Any text may be asked for.</summary>
    public async Task<Stream?> OpenLiveAsync(string sha256, CancellationToken cancellationToken = default)
    {
        var upload = await ReadAsync(
            context => context.LiveRuns.Where(live => live.Run!.Upload!.Sha256 == sha256).Select(live => live.Run!.Upload).FirstOrDefaultAsync(cancellationToken),
            cancellationToken);
        return upload is null ? null : _files.OpenLive(upload.Id, upload.Length);
    }

    /// <summary>The live run of this name that was made last, of those that are not deleted; tracked with its run and upload.</summary>
    private static Task<LiveRun?> FindLiveAsync(StoreContext context, string project, string run, CancellationToken cancellationToken) =>
        context.LiveRuns
            .Include(live => live.Run!.Upload)
            .Include(live => live.Run!.Project)
            .Where(live => live.Run!.Project!.Name == project && live.Run.Name == run && live.Run.DeletedTicks == null)
            .OrderByDescending(live => live.RunId)
            .FirstOrDefaultAsync(cancellationToken);

    private static async Task<LiveRun> AddLiveAsync(StoreContext context, string projectName, string runName, CancellationToken cancellationToken)
    {
        var project = await context.Projects.SingleOrDefaultAsync(p => p.Name == projectName, cancellationToken) ?? new Project { Name = projectName, Stamp = "" };
        var live = new LiveRun
        {
            Names = "{}",
            Run = new Run
            {
                Project = project,
                Upload = new Upload { Project = project, Sha256 = "", FileName = runName + ".jsonl", Format = "jsonl", Mapping = "" },
                Name = runName,
                Config = "{}",
                Flags = "[]",
            },
        };
        context.Add(live);
        // The file is named by the key of the upload.
        await context.SaveChangesAsync(cancellationToken);
        return live;
    }

    private static async Task TakeAsync(StoreContext context, LiveRun live, LiveLines lines, CancellationToken cancellationToken)
    {
        var run = live.Run!;
        var series = await context.Series.Where(series => series.RunId == run.Id).ToDictionaryAsync(series => series.Metric, cancellationToken);
        var restarts = 0;
        // Stays until lines tell more of the loss.
        var rose = JsonSerializer.Deserialize<string[]>(run.Flags)!.FirstOrDefault(flag => flag.StartsWith(LossDivergence.Beginning, StringComparison.Ordinal));
        foreach (var points in lines.Series)
        {
            if (!series.TryGetValue(points.Metric, out var one))
            {
                if (series.Count == MostLiveSeries)
                    throw new StoreInputException(string.Create(CultureInfo.InvariantCulture, $"The run has more than {MostLiveSeries:N0} metrics; nothing was stored. Log fewer, or the same names in every line."));
                one = new Series { RunId = run.Id, Metric = points.Metric, Sha256 = "" };
                series.Add(points.Metric, one);
                context.Add(one);
            }

            var added = await LiveSeries.AppendAsync(context, one, points, cancellationToken);
            if (added.Restarts.Count > 0)
                live.FirstRestart = Math.Min(live.FirstRestart ?? double.PositiveInfinity, added.Restarts[0]);
            restarts = Math.Max(restarts, added.Restarts.Count);
            live.Replaced += added.Replaced;
            switch (points.Metric)
            {
                case "loss":
                    run.Loss = await added.LastUsableAsync(cancellationToken);
                    live.DivergedAt = await added.NotFiniteSinceAsync(cancellationToken);
                    rose = live.DivergedAt is null ? await added.RoseAsync(cancellationToken) : null;
                    break;
                case "tokens":
                    run.Tokens = await added.LastUsableAsync(cancellationToken);
                    break;
                case "flops":
                    run.Flops = await added.LastUsableAsync(cancellationToken);
                    break;
            }
        }

        live.Restarts += restarts;
        live.Names = JsonSerializer.Serialize(lines.Names);
        run.Line += lines.Lines;
        run.Points = series.Values.Select(one => one.Count).DefaultIfEmpty().Max();
        run.Parameters = lines.Parameters ?? run.Parameters;
        run.NonEmbeddingParameters = lines.NonEmbeddingParameters ?? run.NonEmbeddingParameters;
        run.Budget = lines.Budget ?? run.Budget;
        run.Family = lines.Family ?? run.Family;
        run.Config = ConfigText.Write(lines.Config);
        run.Flags = JsonSerializer.Serialize(Flags(live, lines, rose));
        run.Project!.Stamp = NewStamp();
    }

    private static IEnumerable<string> Flags(LiveRun live, LiveLines lines, string? rose)
    {
        foreach (var flag in lines.Flags)
            yield return flag;
        if (live.FirstRestart is { } first)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"restarted at step {first:R}{(live.Restarts > 1 ? $" and {live.Restarts - 1} more time{(live.Restarts == 2 ? "" : "s")}" : "")}: from a restart's first step on the later values count, {live.Replaced} earlier one{(live.Replaced == 1 ? "" : "s")} replaced");
        }

        if (live.DivergedAt is { } step)
            yield return string.Create(CultureInfo.InvariantCulture, $"diverged: loss is not finite from step {step:R} on");
        else if (rose is not null)
            yield return rose;
    }

    private async Task<string> HashOfAsync(Upload upload, long before, ReadOnlyMemory<byte> added, CancellationToken cancellationToken)
    {
        if (!_liveHashes.TryGetValue(upload.Id, out var known) || known.Length != before)
        {
            Forget(upload.Id);
            if (_liveHashes.Count >= MostHashes)
                Forget(_liveHashes.Keys.First());
            known = (before, IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
            if (before > 0)
            {
                await using var file = _files.OpenLive(upload.Id, before);
                var buffer = new byte[1 << 16];
                int count;
                while ((count = await file.ReadAsync(buffer, cancellationToken)) > 0)
                    known.Hash.AppendData(buffer, 0, count);
            }
        }

        known.Hash.AppendData(added.Span);
        _liveHashes[upload.Id] = (before + added.Length, known.Hash);
        return Convert.ToHexStringLower(known.Hash.GetCurrentHash());
    }

    private void Forget(long uploadId)
    {
        if (_liveHashes.Remove(uploadId, out var known))
            known.Hash.Dispose();
    }
}
