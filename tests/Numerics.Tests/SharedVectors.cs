using System.Text.Json;

namespace ScalingDashboard.Numerics.Tests;

/// <summary>The folder of reference values beside the repository; a user's clone has none.</summary>
internal static class SharedVectors
{
    internal const string Absent = "the reference data is not beside this clone";

    /// <summary>A folder of it; null where there is none.</summary>
    internal static string? Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                continue;
            var vectors = Path.Combine(folder.Parent!.FullName, "shared", "vectors", name);
            return Directory.Exists(vectors) ? vectors : null;
        }

        return null;
    }

    /// <summary>Files below a folder that name a schema; <see cref="Absent"/> where the folder is.</summary>
    internal static IEnumerable<string> Files(string name, string schema)
    {
        if (Folder(name) is not { } folder)
            return [Absent];
        string[] files =
        [
            .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path))
                .Where(file => SchemaOf(name, file) == schema)
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files : throw new InvalidDataException($"no vectors of {schema} in {name}, though the folder is there");
    }

    /// <summary>A file of a folder; skips the test where that is absent.</summary>
    internal static JsonDocument Open(string name, string file)
    {
        Skip.If(file == Absent, Absent);
        return JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name)!, file)));
    }

    private static string? SchemaOf(string name, string file)
    {
        using var document = Open(name, file);
        return document.RootElement.TryGetProperty("schema", out var schema) ? schema.GetString() : null;
    }
}
