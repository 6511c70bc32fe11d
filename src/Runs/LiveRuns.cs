namespace ScalingDashboard.Runs;

/// <summary>How far a run has come that is appended to while it trains.</summary>
/// <param name="RunId">Stable short id of the run.</param>
/// <param name="Offset">Bytes of lines stored so far: where the next append begins.</param>
/// <param name="Lines">Lines stored so far.</param>
/// <param name="Points">Steps of its longest series.</param>
public sealed record LiveState(string RunId, long Offset, int Lines, int Points)
{
    /// <summary>loss, tokens … with the name each has in the lines.</summary>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    /// <summary>The run's configuration so far.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    /// <summary>Of a run that is not there yet.</summary>
    public static LiveState None { get; } = new("", 0, 0, 0) { Names = new Dictionary<string, string>(), Config = [] };
}

/// <summary>What the lines of one append say.</summary>
public sealed record LiveLines
{
    /// <summary>Lines, blank ones too.</summary>
    public required int Lines { get; init; }

    /// <summary>Points by series, in the order of the lines; steps may go back.</summary>
    public required IReadOnlyList<ImportedSeries> Series { get; init; }

    /// <summary>Configuration of the run, earlier lines included.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    /// <inheritdoc cref="LiveState.Names"/>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    // Null leaves what the run has.
    public double? Parameters { get; init; }
    public double? NonEmbeddingParameters { get; init; }
    public double? Budget { get; init; }
    public string? Family { get; init; }

    /// <summary>What is odd about how the lines were read, in words.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];
}
