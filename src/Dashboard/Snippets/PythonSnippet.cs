namespace ScalingDashboard.Dashboard.Snippets;

/// <summary>What the help page shows to be copied into training scripts; a test runs it.</summary>
public static class PythonSnippet
{
    /// <summary>A class that posts metrics; standard library only.</summary>
    public static string Run { get; } = Read("dashboard_run.py");

    private static string Read(string name)
    {
        using var content = typeof(PythonSnippet).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(content);
        return reader.ReadToEnd().TrimEnd();
    }
}
