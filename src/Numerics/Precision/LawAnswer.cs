namespace ScalingDashboard.Numerics.Precision;

/// <summary>Why a law of precision says nothing about a question.</summary>
public enum OutsideReason
{
    /// <summary>A part has so few bits that no effective parameters are left: such runs diverge.</summary>
    TooFewBits,

    /// <summary>Quantising after training to more bits than a part was trained in.</summary>
    PostAboveTraining,

    /// <summary>The law has no term for quantising after training.</summary>
    NoPostTraining,

    /// <summary>There is no best choice: fewer bits are always better, or no budget reaches the loss.</summary>
    NoOptimum,
}

/// <summary>A question outside a law, told instead of a number that means nothing.</summary>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Text">The same in words, a clause without a full stop.</param>
public sealed record OutsideLaw(OutsideReason Reason, string Text);

/// <summary>What a law says, or why it says nothing: exactly one of the two is there.</summary>
/// <param name="Value">The answer; null outside the law.</param>
/// <param name="Outside">Why there is none.</param>
public readonly record struct LawAnswer<T>(T? Value, OutsideLaw? Outside) where T : class
{
    /// <summary>An answer.</summary>
    public static implicit operator LawAnswer<T>(T value) => new(value, null);

    /// <summary>No answer.</summary>
    public static implicit operator LawAnswer<T>(OutsideLaw outside) => new(null, outside);
}
