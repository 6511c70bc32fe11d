namespace ScalingDashboard.Analysis;

/// <summary>One line that says what is wrong and what it means.</summary>
/// <param name="Kind">Stable key, for links to the evidence.</param>
/// <param name="Text">The line.</param>
/// <param name="Budgets">Budgets it is about, FLOP; empty when it is about the whole.</param>
public sealed record Warning(string Kind, string Text, IReadOnlyList<double> Budgets)
{
    /// <summary>A warning about the whole.</summary>
    public Warning(string kind, string text)
        : this(kind, text, [])
    {
    }
}
