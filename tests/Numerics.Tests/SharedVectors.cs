using System.Text.Json;

namespace ScalingDashboard.Numerics.Tests;

/// <summary>Reference vectors beside the clone, by the schema they name; where there is no such folder there are none.</summary>
internal static class SharedVectors
{
    private const string Absent = "no folder shared/vectors beside this clone";

    /// <summary>Files below a folder of one schema, as paths relative to the vectors; where the folder is absent one line that says so.</summary>
    public static IEnumerable<string> Files(string folder, string schema)
    {
        if (Root is not { } root)
            return [Absent];
        string[] files =
        [
            .. Directory.EnumerateFiles(Path.Combine(root, folder), "*.json", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(root, path))
                .Where(path => SchemaOf(path) == schema)
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files : throw new InvalidDataException($"no vectors of {schema} in {folder}, though the folder is there");
    }

    /// <summary>Skips a test where the folder is absent.</summary>
    public static void SkipWithout(string file) => Skip.If(file == Absent, Absent);

    /// <summary>A file's content.</summary>
    public static JsonDocument Open(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Root!, file)));

    private static string? Root
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (!File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                    continue;
                var vectors = Path.Combine(folder.Parent!.FullName, "shared", "vectors");
                return Directory.Exists(vectors) ? vectors : null;
            }

            return null;
        }
    }

    private static string? SchemaOf(string file)
    {
        using var document = Open(file);
        return document.RootElement.TryGetProperty("schema", out var schema) ? schema.GetString() : null;
    }
}
