using System.Globalization;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Tests;

/// <summary>The 240 points of Besiroglu et al. 2024 beside the repository; a user's clone has none.</summary>
internal static class SharedPoints
{
    /// <summary>Reads them; skips the test where there are none.</summary>
    internal static FitPoints Chinchilla240()
    {
        var file = Find();
        Skip.If(file is null, "the reference data is not beside this clone");
        var lines = File.ReadAllLines(file!);
        var header = lines[0].Split(',');
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        return FitPoints.From(Column("parameters"), Column("tokens"), Column("loss"));

        double[] Column(string name) => [.. rows.Select(row => double.Parse(row[Array.IndexOf(header, name)], CultureInfo.InvariantCulture))];
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Dashboard.sln")))
                continue;
            var file = Path.Combine(folder.Parent!.FullName, "shared", "data", "epoch-chinchilla", "chinchilla240.csv");
            return File.Exists(file) ? file : null;
        }

        return null;
    }
}
