using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>From staged files that belong together, such as those of a dropped folder, to one staged archive: one preview and one import, all or none.</summary>
public static class StagedFolder
{
    /// <summary>As many as an archive may hold.</summary>
    public const int MostFiles = 2_000;

    private const int LongestPath = 500;

    /// <summary>Packs staged files under the paths they have in their folder, stages the archive and drops the files.</summary>
    /// <exception cref="StoreInputException">A path is none inside a folder or comes twice, or there are too many files.</exception>
    /// <exception cref="StoreException">A file is no longer staged.</exception>
    /// <exception cref="UploadTooLargeException">Together they are more than <paramref name="maxBytes"/> bytes.</exception>
    public static async Task<StagedFile> PackAsync(RunStore store, string name, IReadOnlyList<(string Id, string Path)> files, long maxBytes, CancellationToken cancellationToken)
    {
        if (files.Count is 0 or > MostFiles)
            throw new StoreInputException($"A folder of {files.Count} files cannot be uploaded; it may hold 1 to {MostFiles}. Drop the folders of single runs, or upload a zip.");
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, path) in files)
        {
            if (!IsInside(path))
                throw new StoreInputException($"“{path.ReplaceLineEndings(" ")}” is no path inside a folder. Nothing was stored.");
            if (!paths.Add(path))
                throw new StoreInputException($"The folder holds {path} twice. Nothing was stored.");
        }

        var staged = files.Select(file => (file.Path, File: store.FindStaged(file.Id) ?? throw new StoreException($"{file.Path} is no longer here. Upload the folder again."))).ToArray();
        if (staged.Sum(file => file.File.Length) > maxBytes)
            throw new UploadTooLargeException(name, maxBytes);
        await using var archive = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        await FolderArchive.WriteAsync(archive, staged.Select(file => (file.Path, (Func<Stream>)(() => store.OpenStaged(file.File.Id)))), cancellationToken);
        archive.Position = 0;
        // The frame of the archive does not count.
        var packed = await store.StageAsync(archive, $"{name}.zip", long.MaxValue, cancellationToken);
        foreach (var (_, file) in staged)
            store.DiscardStaged(file.Id);
        return packed;
    }

    private static bool IsInside(string path) =>
        path.Length is > 0 and <= LongestPath && !path.Any(character => char.IsControl(character) || character == '\\')
        && path.Split('/').All(part => part is not ("" or "." or ".."));
}
