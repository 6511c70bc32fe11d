using System.Security.Cryptography;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>A file to import.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Open">Opens its bytes from the start, seekable.</param>
/// <param name="IsFromFolder">Nobody named it and its name does not say that it is a table, so that it may turn out to be no log.</param>
internal sealed record ImportFile(string Name, Func<Stream> Open, bool IsFromFolder)
{
    internal async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        await using var content = Open();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
    }
}

/// <summary>What the paths of an import stand for: files as they are; in folders, files that are one run only together become one archive.</summary>
internal sealed class ImportFiles : IDisposable
{
    private readonly List<string> _archives = [];

    private ImportFiles()
    {
    }

    internal List<ImportFile> All { get; } = [];

    /// <exception cref="UsageException">There is no file.</exception>
    internal static async Task<ImportFiles> OfAsync(string[] paths, CancellationToken cancellationToken)
    {
        var files = new ImportFiles();
        try
        {
            foreach (var path in paths)
            {
                if (Directory.Exists(path))
                    await files.AddFolderAsync(path, cancellationToken);
                else
                    files.Add(new FileInfo(path), Path.GetFileName(path), isFromFolder: false);
            }

            return files.All.Count > 0 ? files : throw new UsageException($"There is no csv, tsv or jsonl file and no other log in {string.Join(", ", paths)}.");
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose() => _archives.ForEach(File.Delete);

    private async Task AddFolderAsync(string folder, CancellationToken cancellationToken)
    {
        var all = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => (Full: file, Path: Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .Where(file => !file.Path.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .ToArray();
        // Event files, the files of an MLflow store, trainer states of checkpoints and settings beside metrics.
        var together = all.ToLookup(file => IsPart(file.Path));
        foreach (var (full, path) in together[false])
            Add(new FileInfo(full), Path.GetFileName(path), isFromFolder: Path.GetExtension(path).ToUpperInvariant() is not (".CSV" or ".TSV" or ".JSONL"));
        if (together[true].Any())
            await PackAsync(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), [.. together[true]], cancellationToken);
    }

    private static bool IsPart(string path)
    {
        var name = Path.GetFileName(path);
        return name.Contains("tfevents", StringComparison.Ordinal) || name is "trainer_state.json" or "meta.yaml" or "hparams.yaml" or "metrics.csv" or "main.log"
            || path.Split('/').SkipLast(1).Any(part => part is "metrics" or "params" or "tags");
    }

    private void Add(FileInfo file, string name, bool isFromFolder) => All.Add(new ImportFile(name, () => SweepFile.Open(file), isFromFolder));

    private async Task PackAsync(string name, (string Full, string Path)[] files, CancellationToken cancellationToken)
    {
        var packed = Path.GetTempFileName();
        _archives.Add(packed);
        await using (var archive = File.Create(packed))
            await FolderArchive.WriteAsync(archive, files.Select(file => (file.Path, (Func<Stream>)(() => SweepFile.Open(new FileInfo(file.Full))))), cancellationToken);
        All.Add(new ImportFile($"{name}.zip", () => File.OpenRead(packed), IsFromFolder: true));
    }
}
