using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A sample.</summary>
/// <param name="Name">What is loaded: "sample families".</param>
/// <param name="Project">Project it goes into.</param>
/// <param name="Path">Its file; null where it is missing.</param>
/// <param name="Page">Page that shows it best.</param>
public sealed record Sample(string Name, string Project, string? Path, string Page)
{
    /// <summary>Imports it; once loaded it adds nothing.</summary>
    /// <exception cref="IngestException">The file was changed and can no longer be read.</exception>
    /// <exception cref="StoreException">The file is missing, or the store cannot take it.</exception>
    public async Task LoadAsync(RunStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (Path is null || !File.Exists(Path))
            throw new StoreException("The file of the sample is missing. Restore the folder samples beside the program, then try again.");
        await using var content = File.OpenRead(Path);
        var staged = await store.StageAsync(content, System.IO.Path.GetFileName(Path), content.Length, cancellationToken);
        await StagedImport.ImportAsync(store, Project, staged, new LogImportOptions(), cancellationToken);
    }
}

/// <summary>The data a newcomer can load with one click.</summary>
/// <param name="SweepPath">File of the sample sweep; null where the samples are missing.</param>
public sealed record Samples(string? SweepPath)
{
    public const string SweepProject = "Sample: Chinchilla-like sweep";
    public const string FamiliesProject = "Sample: model families";
    public const string PrecisionProject = "Sample: precision sweep";
    public const string GrowthProject = "Sample: grown models";
    public const string OptimizersProject = "Sample: race of optimizers";
    public const string TinySweepProject = "Sample: IsoFLOP sweep of tiny models";
    public const string TinyPrecisionProject = "Sample: tiny models in few bits";

    /// <summary>Generated IsoFLOP sweep.</summary>
    public Sample Sweep => new("sample sweep", SweepProject, SweepPath, PageUrls.IsoFlop);

    /// <summary>Generated families of models.</summary>
    public Sample Families => new("sample families", FamiliesProject, Beside("model-families", "families.csv"), PageUrls.Estimate);

    /// <summary>Generated sweep over number formats.</summary>
    public Sample Precision => new("sample number formats", PrecisionProject, Beside("precision-sweep", "sweep.csv"), PageUrls.Precision);

    /// <summary>Models grown by the Lab.</summary>
    public Sample Growth => new("sample of grown models", GrowthProject, Beside("lab-growth", "runs.jsonl"), PageUrls.Growth);

    /// <summary>Optimizers raced by the Lab.</summary>
    public Sample Optimizers => new("sample race of optimizers", OptimizersProject, Beside("lab-optimizers", "runs.jsonl"), PageUrls.Optimizers);

    /// <summary>Those there are, in the order in which they are offered: generated ones, whose truth is known, before those that the Lab trained.</summary>
    public IReadOnlyList<Sample> All => [.. ((Sample[])
    [
        Sweep, Families, Precision, Optimizers, Growth,
        new("IsoFLOP sweep of tiny models", TinySweepProject, Beside("lab-isoflop", "runs.jsonl"), PageUrls.IsoFlop),
        new("tiny models in few bits", TinyPrecisionProject, Beside("lab-precision", "runs.jsonl"), PageUrls.Precision),
    ]).Where(sample => sample.Path is not null)];

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

    /// <summary>A file of another sample; null where there is none.</summary>
    private string? Beside(string folder, string file) =>
        SweepPath is not null && Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(SweepPath))!, folder, file) is var path && File.Exists(path) ? path : null;
}
