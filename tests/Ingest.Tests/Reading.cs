using System.Text;

namespace ScalingDashboard.Ingest.Tests;

/// <summary>Short ways to read a table from a text, and to find the shared data.</summary>
internal static class Reading
{
    public static Task<SweepTable> ReadAsync(string text, string map = "", string[]? where = null, bool strict = false) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), map, where, strict);

    public static async Task<SweepTable> ReadAsync(byte[] bytes, string map = "", string[]? where = null, bool strict = false)
    {
        using var stream = new MemoryStream(bytes);
        return await SweepTableReader.ReadAsync(stream, "sweep.csv", Options(map, where, strict), CancellationToken.None);
    }

    public static SweepTableOptions Options(string map = "", string[]? where = null, bool strict = false) => new()
    {
        Mapping = map.Length == 0 ? ColumnMapping.Empty : ColumnMapping.Parse(map),
        Where = [.. (where ?? []).Select(RowFilter.Parse)],
        Strict = strict,
    };

    /// <summary>Opens a file of the shared data; skips the test where there is none.</summary>
    public static FileStream OpenShared(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
            folder = folder.Parent;
        var file = folder?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "data", path) : null;
        Skip.If(file is null || !File.Exists(file), $"../shared/data/{path} is not there");
        return File.OpenRead(file!);
    }
}
