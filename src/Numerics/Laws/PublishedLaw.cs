namespace ScalingDashboard.Numerics.Laws;

/// <summary>A compute-optimal law as a paper prints it.</summary>
public sealed record PublishedLaw
{
    /// <summary>Short stable key, used in links.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Paper and section the figures come from.</summary>
    public required string Source { get; init; }

    /// <summary>How the paper counts parameters.</summary>
    public required string Counting { get; init; }

    /// <summary>The law itself: a <see cref="ChinchillaLaw"/> where the paper prints a loss surface, a line otherwise.</summary>
    public required IAllocationLaw Law { get; init; }

    /// <summary>Exponent a as printed, with the printed 80 % range where there is one.</summary>
    public required PublishedExponent ParameterExponent { get; init; }

    /// <summary>Exponent b as printed, with the printed 80 % range where there is one.</summary>
    public required PublishedExponent TokenExponent { get; init; }

    /// <summary>Compute range of the runs behind the law, FLOP; null where the paper gives none we could check.</summary>
    public (double Low, double High)? FlopsRange { get; init; }
}

/// <summary>A printed exponent with its printed 10th–90th percentile range, if any.</summary>
public sealed record PublishedExponent(double Value, double? Low80 = null, double? High80 = null);
