using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>The runs found in the files of one source, under the names their logs use; nothing is interpreted yet.</summary>
public sealed record LoggedRuns
{
    /// <summary>Keys of the formats found, in the order of the files.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>In the order in which they were met.</summary>
    public required IReadOnlyList<LoggedRun> Runs { get; init; }

    /// <summary>Sweep tables among the files; their runs are not in <see cref="Runs"/>.</summary>
    public required IReadOnlyList<SweepTable> Tables { get; init; }

    /// <summary>Rows and files that were not used; line 0 means the file as a whole.</summary>
    public required IReadOnlyList<LeftOutRow> LeftOut { get; init; }

    /// <summary>What a reader of the result should know, in words.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Runs that look like one job that was restarted.</summary>
    public required IReadOnlyList<RestartedJob> RestartedJobs { get; init; }
}

/// <summary>A run as its log tells it.</summary>
public sealed record LoggedRun
{
    public required string Name { get; init; }

    /// <summary>Key of the format it was read by.</summary>
    public required string Format { get; init; }

    /// <summary>File it was found in; the first of several.</summary>
    public required string File { get; init; }

    /// <summary>Line of its last record in the file; 0 where the file has no lines.</summary>
    public required int Line { get; init; }

    /// <summary>Metrics by the names the log gives them, at non-decreasing steps. A run without history has one value of each.</summary>
    /// <remarks>Where the log has moments in time, <c>seconds</c> is the time since the first of them.</remarks>
    public required IReadOnlyList<ImportedSeries> Metrics { get; init; }

    /// <summary>Everything that is told about the run besides its metrics.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    /// <summary>What is odd about it, in words.</summary>
    public required IReadOnlyList<string> Flags { get; init; }
}

/// <summary>Runs whose names differ by a last number and whose steps follow each other.</summary>
/// <param name="Name">The common part of the names.</param>
/// <param name="Runs">Their names, in the order of the restarts.</param>
public sealed record RestartedJob(string Name, IReadOnlyList<string> Runs);

/// <summary>How logs are read.</summary>
public sealed record LogReadOptions
{
    /// <summary>Key of the format every file is read by; null to tell it from the content.</summary>
    public string? Format { get; init; }

    /// <summary>Columns the caller names.</summary>
    public ColumnMapping Mapping { get; init; } = ColumnMapping.Empty;

    /// <summary>Adds each restarted job as one run: from a restart's first step on the later run wins. Its parts stay.</summary>
    public bool Stitch { get; init; }

    /// <summary>Refuse a table when a row cannot be used.</summary>
    public bool Strict { get; init; }

    /// <inheritdoc cref="LogImportOptions.CountModel"/>
    public Func<IReadOnlyList<KeyValuePair<string, string>>, ModelCount?> CountModel { get; init; } = _ => null;

    /// <summary>Limits of archives; smaller only in tests.</summary>
    internal ArchiveLimits Archives { get; init; } = new();
}

/// <summary>Sizes beyond which an archive is refused; lengths in bytes.</summary>
internal sealed record ArchiveLimits
{
    public int Entries { get; init; } = 2_000;
    public long Unpacked { get; init; } = 2_000_000_000;

    /// <summary>Unpacked over packed, looked at once <see cref="RatioFrom"/> bytes are unpacked.</summary>
    public int Ratio { get; init; } = 200;
    public long RatioFrom { get; init; } = 1_000_000;
}
