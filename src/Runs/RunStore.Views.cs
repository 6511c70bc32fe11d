using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

// Views with a name. They change nothing about the runs, so the project's stamp stays as it is.
public sealed partial class RunStore
{
    /// <summary>The saved views of a project, by name.</summary>
    public Task<IReadOnlyList<SavedView>> ViewsAsync(string project, CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyList<SavedView>>(
            async context => [.. (await context.SavedViews.AsNoTracking().Where(view => view.Project!.Name == project).ToListAsync(cancellationToken)).Select(Row).OrderBy(view => view.Name, NaturalOrder.Instance)],
            cancellationToken);

    /// <summary>Saves a view under its name, in place of the one that has it.</summary>
    /// <returns>What was replaced; null where the name is new.</returns>
    /// <exception cref="StoreInputException">There is no such project, or a text is empty or too long; nothing was saved.</exception>
    public Task<SavedView?> SaveViewAsync(string project, string name, string query, CancellationToken cancellationToken = default) =>
        PutViewAsync(project, new SavedView(CheckedText(name, "The view's name", 60), query, _clock.GetUtcNow()), cancellationToken);

    /// <summary>Puts a view back as it was before it was replaced or deleted.</summary>
    public Task RestoreViewAsync(string project, SavedView view, CancellationToken cancellationToken = default) => PutViewAsync(project, view, cancellationToken);

    /// <summary>Takes a view out of the list.</summary>
    /// <returns>What was deleted; null when there is none of this name.</returns>
    public Task<SavedView?> DeleteViewAsync(string project, string name, CancellationToken cancellationToken = default) =>
        WriteAsync(
            async context =>
            {
                var view = await context.SavedViews.SingleOrDefaultAsync(v => v.Project!.Name == project && v.Name == name, cancellationToken);
                if (view is null)
                    return null;
                context.Remove(view);
                await context.SaveChangesAsync(cancellationToken);
                return Row(view);
            },
            cancellationToken);

    private Task<SavedView?> PutViewAsync(string project, SavedView view, CancellationToken cancellationToken)
    {
        if (view.Query.Length > LongestState)
        {
            throw new StoreInputException(string.Create(CultureInfo.InvariantCulture,
                $"The address of the page has {view.Query.Length:N0} characters; at most {LongestState:N0} are kept, the view was not saved. Choose fewer columns or a shorter filter."));
        }

        return WriteAsync(
            async context =>
            {
                var projectId = await context.Projects.Where(p => p.Name == project).Select(p => (long?)p.Id).SingleOrDefaultAsync(cancellationToken)
                    ?? throw new StoreInputException($"There is no project “{project}” in the store; the view was not saved. Import its runs first.");
                var entity = await context.SavedViews.SingleOrDefaultAsync(v => v.ProjectId == projectId && v.Name == view.Name, cancellationToken);
                var replaced = entity is null ? null : Row(entity);
                if (entity is null)
                    context.Add(entity = new View { ProjectId = projectId, Name = view.Name, Query = "" });
                (entity.Query, entity.ChangedTicks) = (view.Query, view.Changed.UtcTicks);
                await context.SaveChangesAsync(cancellationToken);
                return replaced;
            },
            cancellationToken);
    }

    private static SavedView Row(View view) => new(view.Name, view.Query, new DateTimeOffset(view.ChangedTicks, TimeSpan.Zero));
}
