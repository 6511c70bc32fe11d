using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A saved fit in the list of a project.</summary>
public sealed record SavedFitEntry
{
    /// <summary>As the store holds it.</summary>
    public required SavedFit Saved { get; init; }

    /// <summary>What was saved; null where it cannot be read.</summary>
    public SavedFitDocument? Document { get; private init; }

    /// <summary>Why it cannot be read; null where it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>"baseline v2".</summary>
    public string Label => FormattableString.Invariant($"{Saved.Name} v{Saved.Version}");

    /// <summary>What the list shows: the exponents of the compute-optimal sizes, of a law without them the first three coefficients.</summary>
    public IReadOnlyList<SavedNumber> KeyNumbers =>
        Document is null ? [] : Document.Exponents.Count > 0 ? Document.Exponents : [.. Document.Parameters.Take(3)];

    /// <summary>A fit that is damaged takes its place in the list with what is wrong; the others are not to suffer.</summary>
    public static SavedFitEntry Of(SavedFit fit)
    {
        try
        {
            return new SavedFitEntry { Saved = fit, Document = SavedFitDocument.Of(fit) };
        }
        catch (StoreException exception)
        {
            return new SavedFitEntry { Saved = fit, Problem = exception.Message };
        }
    }
}
