namespace ScalingDashboard.Runs;

/// <summary>A fit as it is handed over to be saved.</summary>
/// <remarks>The store looks into neither <see cref="State"/> nor <see cref="Report"/> nor <see cref="Draws"/>.</remarks>
public sealed record NewFit
{
    /// <summary>The user's name for it. A name that the project has already gets the next version.</summary>
    public required string Name { get; init; }

    /// <summary>Key of the law: chinchilla …</summary>
    public required string Law { get; init; }

    /// <summary>Key of the method: huber, vpnls …</summary>
    public required string Method { get; init; }

    /// <summary>Count of points fitted.</summary>
    public required int Points { get; init; }

    /// <summary>How the fit ended: converged, at_bound …</summary>
    public required string Status { get; init; }

    /// <summary>Query string of the page that made it: enough to make it again.</summary>
    public required string State { get; init; }

    /// <summary>Hash of the runs it was fitted to, lower-case hexadecimal.</summary>
    public required string InputSha256 { get; init; }

    /// <summary>Seed of the bootstrap draws.</summary>
    public required int Seed { get; init; }

    /// <summary>Version of the code that fitted.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The result as a JSON document, without the draws.</summary>
    public required string Report { get; init; }

    /// <summary>The bootstrap draws as a JSON array, apart from the report so that a list need not read them.</summary>
    public required string Draws { get; init; }

    /// <summary>Why it was saved; null where nobody said.</summary>
    public string? Note { get; init; }
}

/// <summary>A saved fit. Never changed: saving again under its name makes the next version.</summary>
public sealed record SavedFit
{
    /// <summary>Most bytes of report and draws together, in UTF-8.</summary>
    public const int MaximumBytes = 2_000_000;

    /// <summary>Stable short id for links; never used again for another fit.</summary>
    public required string Id { get; init; }
    public required string Project { get; init; }
    public required string Name { get; init; }

    /// <summary>1, 2, … within the project and the name; deleted versions keep theirs.</summary>
    public required int Version { get; init; }
    public required string Law { get; init; }
    public required string Method { get; init; }
    public required int Points { get; init; }
    public required string Status { get; init; }
    public required string State { get; init; }
    public required string InputSha256 { get; init; }
    public required int Seed { get; init; }
    public required string CodeVersion { get; init; }
    public required string Report { get; init; }

    /// <summary>The draws; null in a list.</summary>
    public required string? Draws { get; init; }
    public required string? Note { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>When the fit was deleted; null while it is live.</summary>
    public required DateTimeOffset? Deleted { get; init; }
}
