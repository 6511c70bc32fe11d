using System.Text.Json.Serialization;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>What went wrong and what to do, in words.</summary>
public sealed record ErrorReport([property: JsonPropertyName("error")] string Error);

/// <summary>An uploaded file that waits to be imported; length in bytes.</summary>
public sealed record StagedReport(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("sha256")] string Sha256);

/// <summary>How far an upload in pieces is; lengths in bytes. The hash is that of the whole file, null while it is not all there.</summary>
public sealed record UploadReport(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("length")] long Length,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("sha256")] string? Sha256)
{
    /// <summary>From the store.</summary>
    public static UploadReport Of(UploadState upload) => new(upload.Id, upload.FileName, upload.Length, upload.Offset, upload.Sha256);
}

/// <summary>What was wrong with an offset, and the right one, in bytes.</summary>
public sealed record OffsetReport([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("offset")] long Offset);

/// <summary>A run that is appended to.</summary>
/// <param name="Id">Stable short id of the run; empty where there is none yet.</param>
/// <param name="Name">Name of the run.</param>
/// <param name="Offset">Bytes of lines stored: the offset of the next append.</param>
/// <param name="Lines">Lines stored.</param>
/// <param name="Points">Steps of its longest series.</param>
public sealed record LiveReport(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("lines")] int Lines,
    [property: JsonPropertyName("points")] int Points)
{
    /// <summary>From the store.</summary>
    public static LiveReport Of(string name, LiveState live) => new(live.RunId, name, live.Offset, live.Lines, live.Points);
}

/// <summary>Staged files that belong together.</summary>
public sealed record FolderRequest(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("files")] IReadOnlyList<FolderFileRequest>? Files);

/// <summary>A staged file, and its path inside the folder with forward slashes.</summary>
public sealed record FolderFileRequest([property: JsonPropertyName("id")] string? Id, [property: JsonPropertyName("path")] string? Path);

/// <summary>A project; compute in training FLOP.</summary>
public sealed record ProjectReport(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("runs")] int Runs,
    [property: JsonPropertyName("budgets")] int Budgets,
    [property: JsonPropertyName("smallest_flops")] double? SmallestFlops,
    [property: JsonPropertyName("largest_flops")] double? LargestFlops,
    [property: JsonPropertyName("last_import")] DateTimeOffset? LastImport)
{
    /// <summary>From a row of the store.</summary>
    public static ProjectReport Of(ProjectRow row) => new(row.Name, row.Runs, row.Budgets, row.SmallestFlops, row.LargestFlops, row.LastImport);
}

/// <summary>A run of a project. Counts, training FLOP, and loss in nats per token unless the project says otherwise; null where the source has none.</summary>
public sealed record RunReport
{
    /// <summary>Stable short id.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }
    [JsonPropertyName("name")] public required string Name { get; init; }
    [JsonPropertyName("parameters")] public required double? Parameters { get; init; }
    [JsonPropertyName("non_embedding_parameters")] public required double? NonEmbeddingParameters { get; init; }
    [JsonPropertyName("tokens")] public required double? Tokens { get; init; }
    [JsonPropertyName("flops")] public required double? Flops { get; init; }
    [JsonPropertyName("loss")] public required double? Loss { get; init; }
    [JsonPropertyName("budget")] public required double? Budget { get; init; }
    [JsonPropertyName("family")] public required string? Family { get; init; }

    /// <summary>Logged rows.</summary>
    [JsonPropertyName("points")] public required int Points { get; init; }
    [JsonPropertyName("tags")] public required IReadOnlyList<string> Tags { get; init; }
    [JsonPropertyName("flags")] public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Why the run is excluded from fits; null when it counts.</summary>
    [JsonPropertyName("exclusion_reason")] public required string? ExclusionReason { get; init; }

    /// <summary>What somebody wrote about the run, and since when it is archived; absent where there is nothing to say.</summary>
    [JsonPropertyName("note"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Note { get; init; }
    [JsonPropertyName("archived"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DateTimeOffset? Archived { get; init; }

    /// <summary>The columns asked for; absent where none was. Numbers, or text; null where the run has none.</summary>
    [JsonPropertyName("values"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, object?>? Values { get; init; }

    /// <summary>Every other column of the source, as text.</summary>
    [JsonPropertyName("config")] public required IReadOnlyDictionary<string, string> Config { get; init; }
    [JsonPropertyName("file_name")] public required string FileName { get; init; }
    [JsonPropertyName("sha256")] public required string Sha256 { get; init; }

    /// <summary>Line of the run's last row in its file, counted from 1.</summary>
    [JsonPropertyName("line")] public required int Line { get; init; }
    [JsonPropertyName("imported")] public required DateTimeOffset Imported { get; init; }

    /// <summary>From a row of the store.</summary>
    public static RunReport Of(RunRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Parameters = row.Parameters,
        NonEmbeddingParameters = row.NonEmbeddingParameters,
        Tokens = row.Tokens,
        Flops = row.Flops,
        Loss = row.Loss,
        Budget = row.Budget,
        Family = row.Family,
        Points = row.Points,
        Tags = row.Tags,
        Flags = row.Flags,
        ExclusionReason = row.ExclusionReason,
        Note = row.Note,
        Archived = row.Archived,
        Config = row.Config.DistinctBy(pair => pair.Key).ToDictionary(),
        FileName = row.FileName,
        Sha256 = row.Sha256,
        Line = row.Line,
        Imported = row.Imported,
    };
}

/// <summary>Runs of a project that have the same values in the columns they are grouped by.</summary>
/// <param name="Keys">Those values, by column; of "all-but-seed" the settings in which groups differ.</param>
/// <param name="Runs">How many.</param>
/// <param name="Ids">The runs.</param>
/// <param name="Values">What was measured, by column.</param>
/// <param name="TakenAsSeed">Settings that were taken as the seed; null where groups are by chosen columns.</param>
public sealed record RunGroupReport(
    [property: JsonPropertyName("keys")] IReadOnlyDictionary<string, object?> Keys,
    [property: JsonPropertyName("runs")] int Runs,
    [property: JsonPropertyName("ids")] IReadOnlyList<string> Ids,
    [property: JsonPropertyName("values")] IReadOnlyDictionary<string, RunStatisticsReport> Values,
    [property: JsonPropertyName("taken_as_seed")] IReadOnlyList<string>? TakenAsSeed);

/// <summary>A column over the runs of a group; deviation and error are null for fewer than two values.</summary>
public sealed record RunStatisticsReport(
    [property: JsonPropertyName("n")] int Count,
    [property: JsonPropertyName("mean")] double? Mean,
    [property: JsonPropertyName("std")] double? Deviation,
    [property: JsonPropertyName("standard_error")] double? Error);

/// <summary>A saved fit and the document it was saved as.</summary>
public sealed record SavedFitReport
{
    /// <summary>Stable short id.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }
    [JsonPropertyName("project")] public required string Project { get; init; }
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>1, 2, … within the project and the name.</summary>
    [JsonPropertyName("version")] public required int Version { get; init; }

    /// <summary>Why it was saved; null where nobody said.</summary>
    [JsonPropertyName("note")] public required string? Note { get; init; }
    [JsonPropertyName("created")] public required DateTimeOffset Created { get; init; }

    /// <summary>When it was deleted; null while it is live.</summary>
    [JsonPropertyName("deleted")] public required DateTimeOffset? Deleted { get; init; }

    /// <summary>Query string of the page that made it.</summary>
    [JsonPropertyName("state")] public required string State { get; init; }
    [JsonPropertyName("fit")] public required SavedFitDocument Fit { get; init; }

    /// <summary>From the store.</summary>
    public static SavedFitReport Of(SavedFit fit) => new()
    {
        Id = fit.Id,
        Project = fit.Project,
        Name = fit.Name,
        Version = fit.Version,
        Note = fit.Note,
        Created = fit.Created,
        Deleted = fit.Deleted,
        State = fit.State,
        Fit = SavedFitDocument.Of(fit),
    };
}

/// <summary>A token of a project.</summary>
/// <param name="Id">Stable short id, no secret.</param>
/// <param name="Project">The one project it writes into.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Revoked">When it was taken back; null while it is good.</param>
public sealed record TokenReport(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("project")] string Project,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("created")] DateTimeOffset Created,
    [property: JsonPropertyName("revoked")] DateTimeOffset? Revoked)
{
    /// <summary>Its text; only where it was just made.</summary>
    [JsonPropertyName("token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>From the store.</summary>
    public static TokenReport Of(ProjectToken token) => new(token.Id, token.Project, token.Name, token.Created, token.Revoked);
}
