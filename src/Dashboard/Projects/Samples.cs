using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>The data a newcomer can load with one click.</summary>
/// <param name="SweepPath">File of the sample sweep; null where the samples are missing.</param>
public sealed record Samples(string? SweepPath)
{
    public const string SweepProject = "Sample: Chinchilla-like sweep";
    public const string FamiliesProject = "Sample: model families";
    public const string PrecisionProject = "Sample: precision sweep";
    public const string GrowthProject = "Sample: grown models";

    /// <summary>File of the sample families; null where it is missing.</summary>
    public string? FamiliesPath => Beside("model-families", "families.csv");

    /// <summary>File of the sample sweep over number formats; null where it is missing.</summary>
    public string? PrecisionPath => Beside("precision-sweep", "sweep.csv");

    /// <summary>File of the sample of grown models; null where it is missing.</summary>
    public string? GrowthPath => Beside("lab-growth", "runs.jsonl");

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
        if (Beside("landmark-models", "landmarks.csv") is not { } path)
            return [];
        using var table = File.OpenRead(path);
        return LandmarkModel.Read(table);
    }

    /// <summary>Imports the sample sweep into <see cref="SweepProject"/>; once loaded it adds nothing.</summary>
    /// <exception cref="IngestException">The file was changed and can no longer be read.</exception>
    /// <exception cref="StoreException">The file is missing, or the store cannot take it.</exception>
    public Task LoadSweepAsync(RunStore store, CancellationToken cancellationToken) => LoadAsync(store, SweepPath, SweepProject, cancellationToken);

    /// <summary>Imports the sample families into <see cref="FamiliesProject"/>; once loaded it adds nothing.</summary>
    /// <inheritdoc cref="LoadSweepAsync" path="/exception"/>
    public Task LoadFamiliesAsync(RunStore store, CancellationToken cancellationToken) => LoadAsync(store, FamiliesPath, FamiliesProject, cancellationToken);

    /// <summary>Imports the sample sweep over number formats into <see cref="PrecisionProject"/>; once loaded it adds nothing.</summary>
    /// <inheritdoc cref="LoadSweepAsync" path="/exception"/>
    public Task LoadPrecisionAsync(RunStore store, CancellationToken cancellationToken) => LoadAsync(store, PrecisionPath, PrecisionProject, cancellationToken);

    /// <summary>Imports the sample of grown models into <see cref="GrowthProject"/>; once loaded it adds nothing.</summary>
    /// <inheritdoc cref="LoadSweepAsync" path="/exception"/>
    public Task LoadGrowthAsync(RunStore store, CancellationToken cancellationToken) => LoadAsync(store, GrowthPath, GrowthProject, cancellationToken);

    private static async Task LoadAsync(RunStore store, string? path, string project, CancellationToken cancellationToken)
    {
        if (path is null || !File.Exists(path))
            throw new StoreException("The file of the sample is missing. Restore the folder samples beside the program, then try again.");
        await using var content = File.OpenRead(path);
        var staged = await store.StageAsync(content, Path.GetFileName(path), content.Length, cancellationToken);
        await StagedImport.ImportAsync(store, project, staged, new LogImportOptions(), cancellationToken);
    }

    /// <summary>A file of another sample; null where there is none.</summary>
    private string? Beside(string folder, string file) =>
        SweepPath is not null && Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(SweepPath))!, folder, file) is var path && File.Exists(path) ? path : null;
}
