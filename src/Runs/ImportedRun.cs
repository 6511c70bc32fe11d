namespace ScalingDashboard.Runs;

/// <summary>A run as a reader hands it to the store: final values, configuration, and its curves where the source has them.</summary>
public sealed record ImportedRun
{
    public required string Name { get; init; }

    /// <summary>Line of the run's last row in the source file, counted from 1.</summary>
    public required int Line { get; init; }

    /// <summary>N; null where nobody knows it.</summary>
    public required double? Parameters { get; init; }
    public double? NonEmbeddingParameters { get; init; }

    /// <summary>Tokens, FLOP and loss at the last checkpoint; null where the source has none and none follows from C = 6ND.</summary>
    public required double? Tokens { get; init; }
    public required double? Flops { get; init; }
    public required double? Loss { get; init; }

    public double? Budget { get; init; }
    public string? Family { get; init; }

    /// <summary>Every other column of the source, as text, in the order of the source.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];

    /// <summary>What is odd about the run, in words: "flops contradict 6ND by 4.1×", "tokens inferred from flops" …</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Metrics over checkpoints; empty when the source has one row a run.</summary>
    public IReadOnlyList<ImportedSeries> Series { get; init; } = [];
}

/// <summary>One metric of a run over its checkpoints.</summary>
/// <param name="Metric">Name in the field's words: loss, tokens, flops, seconds, or the source's column name.</param>
/// <param name="Steps">Step of each checkpoint, non-decreasing; the checkpoint's number from 0 where the source has no step.</param>
/// <param name="Values">Value at each step; NaN where it was not logged.</param>
public sealed record ImportedSeries(string Metric, double[] Steps, double[] Values);
