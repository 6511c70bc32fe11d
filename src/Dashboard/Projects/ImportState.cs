using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>What the import page shows.</summary>
public sealed record ImportState : IViewState<ImportState>
{
    /// <summary>Most files that wait at a time; more would not fit the address.</summary>
    public const int MostStaged = 50;

    /// <summary>Ids of the staged files; the first is previewed, the others wait.</summary>
    public IReadOnlyList<string> Staged { get; init; } = [];

    /// <summary>Where to import to; empty for a name made from the file's.</summary>
    public string Project { get; init; } = "";

    /// <summary>Columns the user chose, as <see cref="Ingest.ColumnMapping"/> reads them.</summary>
    public string Map { get; init; } = "";

    /// <summary>Key of the format to read by; empty to tell it from the content.</summary>
    public string Format { get; init; } = "";

    /// <summary>Give runs without a parameter count the suggested one.</summary>
    public bool Accept { get; init; }

    /// <summary>Add restarted jobs as one run more.</summary>
    public bool Stitch { get; init; }

    /// <summary>Tokens a sample, for logs that count samples.</summary>
    public double? SequenceLength { get; init; }

    /// <summary>Tokens a step, for logs that count neither tokens nor samples.</summary>
    public double? TokensPerStep { get; init; }

    /// <summary>Shape of the model of the runs that tell neither a parameter count nor a shape, as <see cref="Fit.ArchitectureText"/> writes it; empty for none.</summary>
    public string Model { get; init; } = "";

    public ViewQuery ToQuery() => ViewQuery.Empty.With("project", Project).With("staged", Staged, []).With("map", Map)
        .With("format", Format).With("accept", Accept, false).With("stitch", Stitch, false)
        .With("sequence", SequenceLength).With("per_step", TokensPerStep).With("model", Model);

    public static ImportState FromQuery(ViewQuery query) => new()
    {
        Staged = query.List("staged", [], MostStaged),
        Project = query.Text("project"),
        Map = query.Text("map"),
        Format = Ingest.LogReader.Formats.Any(format => format.Key == query.Text("format")) ? query.Text("format") : "",
        Accept = query.Flag("accept", false),
        Stitch = query.Flag("stitch", false),
        SequenceLength = query.NumberOrNull("sequence", double.Epsilon),
        TokensPerStep = query.NumberOrNull("per_step", double.Epsilon),
        Model = query.Text("model") is { Length: > 0 } model ? Fit.ArchitectureText.Write(Fit.ArchitectureText.Read(model)) : "",
    };
}
