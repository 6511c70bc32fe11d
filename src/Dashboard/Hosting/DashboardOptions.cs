using System.Globalization;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Hosting;

/// <summary>How the server is started, as the user typed it. <see cref="Problems"/> names everything that is wrong, all at once.</summary>
public sealed record DashboardOptions
{
    public const string DefaultStorePath = "data/dashboard.db";
    public const string DefaultUploadLimit = "600M";
    public const int DefaultPort = 5080;

    /// <summary>Addresses to listen at; empty for the default port, or the next free one, on this machine only.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>SQLite file, relative to the working directory.</summary>
    public string StorePath { get; init; } = DefaultStorePath;

    /// <summary>Largest upload, in bytes, as a quantity: <c>600M</c>.</summary>
    public string UploadLimit { get; init; } = DefaultUploadLimit;

    /// <summary>Folder whose logs are read and read again as they grow; null for none.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Project the logs go into; null for one named as the folder.</summary>
    public string? LogProject { get; init; }

    /// <summary>Longest training that the Lab page accepts, estimated hours.</summary>
    public double LabHours { get; init; } = LabLimits.Default.Hours;

    public string? FullLogFolder => LogFolder is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(LogFolder));

    /// <summary>Project the logs go into.</summary>
    public string LogProjectName => LogProject ?? Path.GetFileName(FullLogFolder ?? "");

    public string FullStorePath => Path.GetFullPath(StorePath);

    /// <summary>Largest upload in bytes.</summary>
    public long UploadLimitBytes => Quantity.TryParse(UploadLimit, out var bytes) && bytes is >= 1 and <= 1e12
        ? (long)bytes
        : throw new InvalidOperationException($"Upload limit '{UploadLimit}' was not checked before use.");

    /// <summary>Every problem in words, with the value and what to do; empty when the options are sound.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        foreach (var url in Urls)
        {
            if (!IsListenAddress(url))
                problems.Add($"--urls: '{url}' is not an address to listen at; write http://host:port, for example http://127.0.0.1:{DefaultPort.ToString(CultureInfo.InvariantCulture)}.");
        }

        if (string.IsNullOrWhiteSpace(StorePath))
            problems.Add($"--store: the path is empty; name a file, for example {DefaultStorePath}.");
        else if (StorePath.Contains('\0', StringComparison.Ordinal))
            problems.Add("--store: the path holds a character that no file name can hold; name another file.");
        else if (Directory.Exists(StorePath))
            problems.Add($"--store: '{StorePath}' is a folder; name a file in it, for example {Path.Combine(StorePath, "dashboard.db")}.");

        if (LogFolder is null)
        {
            if (LogProject is not null)
                problems.Add("--project: says where logs go, and there is no --logdir to take them from; name the folder with --logdir PATH.");
        }
        else if (string.IsNullOrWhiteSpace(LogFolder) || LogFolder.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add("--logdir: the path is empty or holds a character that no path can hold; name a folder.");
        }
        else if (File.Exists(LogFolder))
        {
            problems.Add($"--logdir: '{LogFolder}' is a file; name the folder it is in.");
        }
        else if (string.IsNullOrWhiteSpace(LogProjectName))
        {
            problems.Add($"--logdir: '{LogFolder}' has no name to give a project; name one with --project NAME.");
        }

        if (LabHours is not (> 0 and <= 1e6))
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"--lab-hours: {LabHours} is not a number of hours above zero."));
        if (!Quantity.TryParse(UploadLimit, out var limit) || limit is < 1 or > 1e12)
            problems.Add($"--upload-limit: '{UploadLimit}' is not a number of bytes between 1 and 1T; write for example {DefaultUploadLimit}.");
        return problems;
    }

    private static bool IsListenAddress(string url)
    {
        // Kestrel also takes http://*:80 and http://+:80, which are no URIs.
        var address = url.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal);
        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.AbsolutePath == "/" && uri.Query.Length == 0 && uri.UserInfo.Length == 0;
    }
}
