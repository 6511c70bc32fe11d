using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Projects;

/// <summary>Rows of the table of runs, made up.</summary>
internal static class Rows
{
    public static RunRow Row(string name, double parameters = 1e9, double tokens = 2e10, double loss = 3) => new()
    {
        Id = name,
        Project = "p",
        Name = name,
        Line = 2,
        Parameters = parameters,
        Tokens = tokens,
        Flops = 6 * parameters * tokens,
        Loss = loss,
        Points = 1,
        Tags = [],
        Flags = [],
        Config = [],
        FileName = "sweep.csv",
        Sha256 = "00",
        Imported = DateTimeOffset.UnixEpoch,
    };
}
