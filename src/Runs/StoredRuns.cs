namespace ScalingDashboard.Runs;

/// <summary>A project in the list of projects; the figures count its live runs that are not archived.</summary>
/// <param name="Budgets">Number of distinct IsoFLOP budgets.</param>
/// <param name="SmallestFlops">Smallest training compute of a run, FLOP; null without runs.</param>
/// <param name="LargestFlops">Largest training compute of a run, FLOP; null without runs.</param>
/// <param name="LastImport">When runs were last added, UTC.</param>
public sealed record ProjectRow(
    string Name, int Runs, int Budgets, double? SmallestFlops, double? LargestFlops, DateTimeOffset? LastImport);

/// <summary>A run as a table shows it. Counts and FLOP as in <see cref="Observation"/>; null where the source has none.</summary>
public sealed record RunRow
{
    /// <summary>Stable short id for links; never used again for another run.</summary>
    public required string Id { get; init; }
    public required string Project { get; init; }
    public required string Name { get; init; }

    /// <summary>Line of the run's last row in its file, counted from 1.</summary>
    public required int Line { get; init; }
    public required double? Parameters { get; init; }
    public double? NonEmbeddingParameters { get; init; }
    public required double? Tokens { get; init; }
    public required double? Flops { get; init; }
    public required double? Loss { get; init; }
    public double? Budget { get; init; }
    public string? Family { get; init; }

    /// <summary>Number of logged rows: checkpoints of the longest series, 1 for a run without curves.</summary>
    public required int Points { get; init; }

    /// <summary>In alphabetical order.</summary>
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Why the run is excluded from fits; null when it counts.</summary>
    public string? ExclusionReason { get; init; }

    /// <summary>What somebody wrote about the run; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Every other column of the source, in its order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    /// <summary>Name of the uploaded file, and the key to its bytes.</summary>
    public required string FileName { get; init; }
    public required string Sha256 { get; init; }
    public required DateTimeOffset Imported { get; init; }

    /// <summary>When the run was archived: hidden from lists and fits; null while it is not.</summary>
    public DateTimeOffset? Archived { get; init; }

    /// <summary>When the run was deleted; null while it is live.</summary>
    public DateTimeOffset? Deleted { get; init; }
}

/// <summary>What is known about one curve without reading it.</summary>
/// <param name="Count">Number of checkpoints.</param>
/// <param name="Min">Smallest value that is not NaN; null when there is none. The same for Max and Last.</param>
/// <param name="Sha256">Hash of steps and values: changes exactly when the curve does.</param>
public sealed record SeriesSummary(string Metric, int Count, double? Min, double? Max, double? Last, string Sha256);

/// <summary>A curve of a run, without its rows.</summary>
public sealed record SeriesOfRun(string RunId, SeriesSummary Summary);

/// <summary>A metric and how many runs of a project have a curve of it.</summary>
public sealed record MetricOfProject(string Metric, int Runs);

/// <summary>An uploaded file that waits to be imported.</summary>
/// <param name="Id">Unguessable, URL-safe.</param>
/// <param name="FileName">The user's name of the file, without folders and control characters; never a path.</param>
/// <param name="Length">Bytes.</param>
public sealed record StagedFile(string Id, string FileName, long Length, string Sha256);

/// <summary>How far an upload is that comes in pieces.</summary>
/// <param name="Id">Made by the client: 32 random hexadecimal digits; the id of the staged file once all is there.</param>
/// <param name="FileName">As of a <see cref="StagedFile"/>.</param>
/// <param name="Length">Bytes of the whole file.</param>
/// <param name="Offset">Bytes that are there.</param>
/// <param name="Sha256">Hash of the whole file; null while it is not all there.</param>
public sealed record UploadState(string Id, string FileName, long Length, long Offset, string? Sha256);

/// <summary>Lets a program write into one project.</summary>
/// <param name="Id">Stable short id, no secret.</param>
/// <param name="Revoked">When it was taken back; null while it is good.</param>
public sealed record ProjectToken(string Id, string Project, string Name, DateTimeOffset Created, DateTimeOffset? Revoked);

/// <summary>What an import did.</summary>
/// <param name="Added">Runs that are new in the project.</param>
/// <param name="AlreadyThere">Names of runs of the same file that the project already had.</param>
public sealed record ImportReceipt(string Project, IReadOnlyList<AddedRun> Added, IReadOnlyList<string> AlreadyThere);

/// <summary>A run that an import added.</summary>
public sealed record AddedRun(string Id, string Name);

/// <summary>An imported file, as a run names it.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Format">Name of the reader that read it.</param>
/// <param name="Mapping">How its columns were mapped, as the reader writes it; empty where nothing was said.</param>
public sealed record SourceFile(string FileName, string Sha256, long Length, string Format, string Mapping, DateTimeOffset Imported);

/// <summary>A view of the runs of a project under a name.</summary>
/// <param name="Query">Query string of the page.</param>
/// <param name="Changed">When it was saved or replaced.</param>
public sealed record SavedView(string Name, string Query, DateTimeOffset Changed);
