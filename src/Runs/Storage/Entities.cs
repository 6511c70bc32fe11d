namespace ScalingDashboard.Runs.Storage;

// The tables. Times are UTC ticks, because SQLite does not sort DateTimeOffset.

internal sealed class Project
{
    public long Id { get; set; }
    public required string Name { get; set; }

    /// <summary>Random text, replaced by every change to the project's runs.</summary>
    public required string Stamp { get; set; }
    public List<Upload> Uploads { get; } = [];
    public List<Run> Runs { get; } = [];
}

/// <summary>One import of one file into one project.</summary>
internal sealed class Upload
{
    public long Id { get; set; }
    public long ProjectId { get; set; }
    public Project? Project { get; set; }
    public required string Sha256 { get; set; }
    public required string FileName { get; set; }
    public long Length { get; set; }
    public required string Format { get; set; }
    public required string Mapping { get; set; }

    /// <summary>Hash of the names of its columns; null for imports from before it was kept.</summary>
    public string? Signature { get; set; }

    /// <summary>The file or folder on disk that is watched and read again when it grows; null for what was handed in once.</summary>
    public string? Source { get; set; }

    /// <summary>What told that the source had not changed since it was read.</summary>
    public string? SourceVersion { get; set; }
    public long ReceivedTicks { get; set; }
}

internal sealed class Run
{
    public long Id { get; set; }
    public long ProjectId { get; set; }
    public Project? Project { get; set; }
    public long UploadId { get; set; }
    public Upload? Upload { get; set; }
    public required string Name { get; set; }
    public int Line { get; set; }
    public double? Parameters { get; set; }
    public double? NonEmbeddingParameters { get; set; }
    public double? Tokens { get; set; }
    public double? Flops { get; set; }
    public double? Loss { get; set; }
    public double? Budget { get; set; }
    public string? Family { get; set; }

    /// <summary>JSON object of texts, in the order of the source.</summary>
    public required string Config { get; set; }

    /// <summary>JSON array of texts.</summary>
    public required string Flags { get; set; }
    public int Points { get; set; }
    public string? ExclusionReason { get; set; }
    public string? Note { get; set; }
    public long? ArchivedTicks { get; set; }
    public long? DeletedTicks { get; set; }
    public List<RunTag> Tags { get; } = [];
    public List<Series> Series { get; init; } = [];
}

internal sealed class RunTag
{
    public long RunId { get; set; }
    public required string Tag { get; set; }
}

internal sealed class Series
{
    public long Id { get; set; }
    public long RunId { get; set; }
    public Run? Run { get; set; }
    public required string Metric { get; set; }
    public int Count { get; set; }
    public double? Min { get; set; }
    public double? Max { get; set; }
    public double? Last { get; set; }
    public required string Sha256 { get; set; }
    public List<SeriesChunk> Chunks { get; init; } = [];
}

/// <summary>Up to <see cref="SeriesCodec.ChunkLength"/> steps and values of a series, packed.</summary>
internal sealed class SeriesChunk
{
    public long SeriesId { get; set; }
    public int Number { get; set; }

    /// <summary>Steps in the chunk of a run that is appended to; null for an import, whose chunks but the last are full.</summary>
    public int? Count { get; set; }
    public required byte[] Packed { get; set; }
}

/// <summary>A version of a saved fit; its row is never changed, but for being deleted and brought back.</summary>
internal sealed class Fit
{
    public long Id { get; set; }
    public long ProjectId { get; set; }
    public Project? Project { get; set; }
    public required string Name { get; set; }
    public int Version { get; set; }
    public required string Law { get; set; }
    public required string Method { get; set; }
    public int Points { get; set; }
    public required string Status { get; set; }
    public required string State { get; set; }
    public required string InputSha256 { get; set; }
    public int Seed { get; set; }
    public required string CodeVersion { get; set; }
    public string? Note { get; set; }
    public long CreatedTicks { get; set; }
    public long? DeletedTicks { get; set; }

    // The long texts last: SQLite then reads the rest of a row without them.
    public required string Report { get; set; }
    public required string Draws { get; set; }
}

/// <summary>What a run that is appended to needs beside its row.</summary>
internal sealed class LiveRun
{
    public long RunId { get; set; }
    public Run? Run { get; set; }

    /// <summary>JSON object: loss, tokens … with the name each has in the lines.</summary>
    public required string Names { get; set; }
    public int Restarts { get; set; }
    public double? FirstRestart { get; set; }
    public int Replaced { get; set; }

    /// <summary>Step from which on the loss is not finite; null while it is.</summary>
    public double? DivergedAt { get; set; }
}

/// <summary>Lets a program write into one project. Its text is known to whoever got it when it was made, and to nobody else.</summary>
internal sealed class Token
{
    public long Id { get; set; }

    /// <summary>Name of the project, which need not be there yet.</summary>
    public required string Project { get; set; }
    public required string Name { get; set; }
    public required string Sha256 { get; set; }
    public long CreatedTicks { get; set; }
    public long? RevokedTicks { get; set; }
}

/// <summary>A view of a project's runs that somebody gave a name.</summary>
internal sealed class View
{
    public long Id { get; set; }
    public long ProjectId { get; set; }
    public Project? Project { get; set; }
    public required string Name { get; set; }
    public required string Query { get; set; }
    public long ChangedTicks { get; set; }
}
