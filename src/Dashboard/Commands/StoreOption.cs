using System.CommandLine;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>--store PATH</c>, the same in every command.</summary>
internal static class StoreOption
{
    internal static Option<string> Create() => new("--store")
    {
        Description = "SQLite file of the store.",
        HelpName = "PATH",
        DefaultValueFactory = _ => DashboardOptions.DefaultStorePath,
    };

    /// <summary>Opens a store to read from; one that is not there is not made.</summary>
    internal static Task<RunStore> OpenExistingAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path)
            ? OpenAsync(path, cancellationToken)
            : throw new UsageException($"There is no store at {Path.GetFullPath(path)}. Import a sweep first, or name the store with --store PATH.");

    internal static Task<RunStore> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (new DashboardOptions { StorePath = path }.Problems() is [var problem, ..])
            throw new UsageException(problem);
        return RunStore.OpenAsync(new StoreLocation(Path.GetFullPath(path)), TimeProvider.System, cancellationToken);
    }
}
