namespace ScalingDashboard.Runs;

/// <summary>One logged row of a training run: what a law is fitted to.</summary>
/// <remarks>Parameters and tokens are counts, flops is training FLOP, loss is nats per token unless the project says otherwise.</remarks>
public sealed record Observation
{
    /// <summary>Stable short id of the run in the store; empty for a row read straight from a file.</summary>
    public string RunId { get; init; } = "";

    /// <summary>Name of the run; rows of the same run are its checkpoints.</summary>
    public required string Run { get; init; }

    /// <summary>Line in the source file, counted from 1.</summary>
    public required int Line { get; init; }

    /// <summary>N: parameters.</summary>
    public required double Parameters { get; init; }

    /// <summary>N without embeddings, where the source has both counts.</summary>
    public double? NonEmbeddingParameters { get; init; }

    /// <summary>D: training tokens seen at this row.</summary>
    public required double Tokens { get; init; }

    /// <summary>C: training FLOP spent at this row; 6ND where the source has no count of its own.</summary>
    public required double Flops { get; init; }

    /// <summary>L: loss at this row.</summary>
    public required double Loss { get; init; }

    /// <summary>Nominal compute of the IsoFLOP group the run was planned for, FLOP.</summary>
    public double? Budget { get; init; }

    /// <summary>Models that differ only in size and tokens, as the source names them.</summary>
    public string? Family { get; init; }

    /// <summary>Every other column of the run, as text; empty where only the numbers above are needed.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];

    /// <summary>Why the run is excluded from fits in the store; null when it counts.</summary>
    public string? ExclusionReason { get; init; }
}

/// <summary>A row that was read but not kept, and why.</summary>
/// <param name="File">Name of the file the row stands in.</param>
/// <param name="Line">Line in the file, counted from 1.</param>
/// <param name="Reason">What is wrong with the row and what to do, in words.</param>
public sealed record LeftOutRow(string File, int Line, string Reason);
