using ScalingDashboard.Ingest;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Reference data beside the repository; a user's clone has none.</summary>
internal static class SharedData
{
    private static readonly string? s_folder = Find();

    /// <summary>Reads a table of the reference data; skips the test where there is none.</summary>
    internal static async Task<RunSet> ReadAsync(string path, string? map = null, params string[] where)
    {
        var table = await TableAsync(path, map, where);
        return new RunSet { Observations = table.Observations, LeftOut = table.LeftOut, InputSha256 = table.Sha256 };
    }

    /// <summary>The same with the runs of the table and their other columns.</summary>
    internal static async Task<SweepTable> TableAsync(string path, string? map = null, params string[] where)
    {
        Skip.If(s_folder is null, "the reference data is not beside this clone");
        await using var stream = File.OpenRead(Path.Combine(s_folder!, path));
        var options = new SweepTableOptions
        {
            Mapping = map is null ? ColumnMapping.Empty : ColumnMapping.Parse([map]),
            Where = [.. where.Select(RowFilter.Parse)],
        };
        return await SweepTableReader.ReadAsync(stream, path, options, CancellationToken.None);
    }

    /// <summary>The cells of every row of a plain CSV of the reference data, by column; skips the test where there is none.</summary>
    internal static IReadOnlyList<Dictionary<string, string>> Cells(string path)
    {
        Skip.If(s_folder is null, "the reference data is not beside this clone");
        var lines = File.ReadAllLines(Path.Combine(s_folder!, path));
        var header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    /// <summary>Lines of a file of the reference data without its header; skips the test where there is none.</summary>
    internal static string[] Lines(string path)
    {
        Skip.If(s_folder is null, "the reference data is not beside this clone");
        return File.ReadAllLines(Path.Combine(s_folder!, path))[1..];
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                continue;
            var data = Path.Combine(folder.Parent!.FullName, "shared", "data");
            return Directory.Exists(data) ? data : null;
        }

        return null;
    }
}
