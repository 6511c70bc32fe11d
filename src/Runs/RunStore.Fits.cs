using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

// The saved fits. They change nothing about the runs, so the project's stamp stays as it is and what is cached under it stays true.
public sealed partial class RunStore
{
    private const int LongestState = 4_000;

    /// <summary>Saves a fit as the next version of its name; what was saved before stays as it is.</summary>
    /// <exception cref="StoreInputException">There is no such project, or a text is empty or too long; nothing was saved.</exception>
    public Task<SavedFit> SaveFitAsync(string project, NewFit fit, CancellationToken cancellationToken = default)
    {
        var name = CheckedText(fit.Name, "The fit's name", 100);
        var note = string.IsNullOrWhiteSpace(fit.Note) ? null : CheckedText(fit.Note, "The note", 500);
        CheckLengths(fit);
        return WriteAsync(
            async context =>
            {
                var projectId = await context.Projects.Where(p => p.Name == project).Select(p => (long?)p.Id).SingleOrDefaultAsync(cancellationToken)
                    ?? throw new StoreInputException($"There is no project “{project}” in the store; the fit was not saved. Import its runs first.");
                // Also over deleted ones: a version is never used twice.
                var last = await context.SavedFits.Where(f => f.ProjectId == projectId && f.Name == name).MaxAsync(f => (int?)f.Version, cancellationToken);
                var entity = new Fit
                {
                    ProjectId = projectId,
                    Name = name,
                    Version = (last ?? 0) + 1,
                    Law = fit.Law,
                    Method = fit.Method,
                    Points = fit.Points,
                    Status = fit.Status,
                    State = fit.State,
                    InputSha256 = fit.InputSha256,
                    Seed = fit.Seed,
                    CodeVersion = fit.CodeVersion,
                    Note = note,
                    CreatedTicks = _clock.GetUtcNow().UtcTicks,
                    Report = fit.Report,
                    Draws = fit.Draws,
                };
                context.Add(entity);
                await context.SaveChangesAsync(cancellationToken);
                return (await FitQueries.ReadAsync(context.SavedFits.Where(f => f.Id == entity.Id), withDraws: true, cancellationToken))[0];
            },
            cancellationToken);
    }

    /// <summary>The live saved fits of a project without their draws, newest first; not under the project's stamp, so read them anew.</summary>
    public Task<IReadOnlyList<SavedFit>> FitsAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync(
            context => FitQueries.ReadAsync(
                context.SavedFits.Where(fit => fit.Project!.Name == project && fit.DeletedTicks == null), withDraws: false, cancellationToken),
            cancellationToken);

    /// <summary>The saved fits with these ids, newest first, deleted ones too; an unknown or malformed id is left out.</summary>
    public Task<IReadOnlyList<SavedFit>> FindFitsAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default)
    {
        var keys = FitKeys(ids);
        return ReadAsync(
            context => FitQueries.ReadAsync(
                context.SavedFits.FromSqlInterpolated($"SELECT * FROM SavedFits WHERE Id IN (SELECT value FROM json_each({keys}))"),
                withDraws: true,
                cancellationToken),
            cancellationToken);
    }

    /// <summary>The saved fit with this id, deleted or not; null when there is none. Any text may be asked for.</summary>
    public async Task<SavedFit?> FindFitAsync(string? id, CancellationToken cancellationToken = default) =>
        id is null ? null : (await FindFitsAsync([id], cancellationToken)).SingleOrDefault();

    /// <summary>Takes a fit out of the list; it can come back, and links to it can still name it. False when there is no such live fit.</summary>
    public Task<bool> DeleteFitAsync(string id, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        return ChangeFitAsync(id, key => $"UPDATE SavedFits SET DeletedTicks = {now} WHERE Id = {key} AND DeletedTicks IS NULL", cancellationToken);
    }

    /// <summary>Brings a deleted fit back. False when there is no such deleted fit.</summary>
    public Task<bool> UndeleteFitAsync(string id, CancellationToken cancellationToken = default) =>
        ChangeFitAsync(id, key => $"UPDATE SavedFits SET DeletedTicks = NULL WHERE Id = {key} AND DeletedTicks IS NOT NULL", cancellationToken);

    private async Task<bool> ChangeFitAsync(string id, Func<long, FormattableString> statement, CancellationToken cancellationToken) =>
        FitId.Key(id) is { } key
        && await WriteAsync(context => context.Database.ExecuteSqlInterpolatedAsync(statement(key), cancellationToken), cancellationToken) > 0;

    private static string FitKeys(IEnumerable<string> ids) => JsonSerializer.Serialize(ids.Select(FitId.Key).OfType<long>());

    private static void CheckLengths(NewFit fit)
    {
        if (fit.State.Length > LongestState)
            throw new StoreInputException(string.Create(CultureInfo.InvariantCulture,
                $"The address of the page has {fit.State.Length:N0} characters; at most {LongestState:N0} are kept, the fit was not saved. Leave fewer points out in the view: keep the exclusions for the project."));
        var bytes = Encoding.UTF8.GetByteCount(fit.Report) + Encoding.UTF8.GetByteCount(fit.Draws);
        if (bytes > SavedFit.MaximumBytes)
            throw new StoreInputException(string.Create(CultureInfo.InvariantCulture,
                $"The fit takes {bytes:N0} bytes; at most {SavedFit.MaximumBytes:N0} are kept, it was not saved. Save it with fewer bootstrap draws or fewer excluded runs."));
    }
}
