using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>The data a newcomer can load with one click.</summary>
/// <param name="SweepPath">File of the sample sweep; null where the samples are missing.</param>
public sealed record Samples(string? SweepPath)
{
    public const string SweepProject = "Sample: Chinchilla-like sweep";

    /// <summary>Looks for the folder <c>samples</c>: beside the published executable, else at the top of the repository.</summary>
    public static Samples Find(string startFolder)
    {
        for (var folder = new DirectoryInfo(startFolder); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "samples", "chinchilla-sweep", "sweep.csv");
            if (File.Exists(candidate))
                return new Samples(candidate);
        }

        return new Samples((string?)null);
    }

    /// <summary>Landmark models as facts, to lay over charts; none where the samples are missing.</summary>
    public IReadOnlyList<LandmarkModel> ReadLandmarks()
    {
        if (SweepPath is null)
            return [];
        var path = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(SweepPath))!, "landmark-models", "landmarks.csv");
        if (!File.Exists(path))
            return [];
        using var table = File.OpenRead(path);
        return LandmarkModel.Read(table);
    }

    /// <summary>Imports the sample sweep into <see cref="SweepProject"/>; once loaded it adds nothing.</summary>
    /// <exception cref="IngestException">The file was changed and can no longer be read.</exception>
    /// <exception cref="StoreException">The file is missing, or the store cannot take it.</exception>
    public async Task LoadSweepAsync(RunStore store, CancellationToken cancellationToken)
    {
        if (SweepPath is null || !File.Exists(SweepPath))
            throw new StoreException("The file of the sample sweep is missing. Restore the folder samples beside the program, then try again.");
        await using var content = File.OpenRead(SweepPath);
        var staged = await store.StageAsync(content, Path.GetFileName(SweepPath), content.Length, cancellationToken);
        await StagedImport.ImportAsync(store, SweepProject, staged, ColumnMapping.Empty, cancellationToken);
    }
}
