using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Saved fits as the rest of the program wants them.</summary>
internal static class FitQueries
{
    /// <summary>Newest first; the draws are not even read where they are not wanted.</summary>
    public static async Task<IReadOnlyList<SavedFit>> ReadAsync(IQueryable<Fit> fits, bool withDraws, CancellationToken cancellationToken)
    {
        var rows = await fits
            .OrderByDescending(fit => fit.Id)
            .Select(fit => new
            {
                fit.Id,
                Project = fit.Project!.Name,
                fit.Name,
                fit.Version,
                fit.Law,
                fit.Method,
                fit.Points,
                fit.Status,
                fit.State,
                fit.InputSha256,
                fit.Seed,
                fit.CodeVersion,
                fit.Note,
                fit.CreatedTicks,
                fit.DeletedTicks,
                fit.Report,
                Draws = withDraws ? fit.Draws : null,
            })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(fit => new SavedFit
        {
            Id = FitId.FromKey(fit.Id),
            Project = fit.Project,
            Name = fit.Name,
            Version = fit.Version,
            Law = fit.Law,
            Method = fit.Method,
            Points = fit.Points,
            Status = fit.Status,
            State = fit.State,
            InputSha256 = fit.InputSha256,
            Seed = fit.Seed,
            CodeVersion = fit.CodeVersion,
            Note = fit.Note,
            Report = fit.Report,
            Draws = fit.Draws,
            Created = new DateTimeOffset(fit.CreatedTicks, TimeSpan.Zero),
            Deleted = fit.DeletedTicks is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
        });
    }
}
