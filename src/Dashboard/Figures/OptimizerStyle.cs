namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The colour, dash and marker of an optimizer: the same wherever it is drawn. Cautious forms are dashed.</summary>
/// <param name="Color">A token of tokens.css.</param>
/// <param name="Dash">Of its line.</param>
/// <param name="Symbol">Of its points.</param>
public readonly record struct OptimizerStyle(string Color, LineDash Dash, MarkerSymbol Symbol)
{
    private const int Colors = 6;
    private static readonly string[] s_known = ["adamw", "c-adamw", "lion", "c-lion", "muon", "c-muon", "sgd", "c-sgd", "soap", "c-soap", "adafactor", "schedule-free-adamw"];
    private static readonly MarkerSymbol[] s_symbols = [MarkerSymbol.Circle, MarkerSymbol.Diamond, MarkerSymbol.Square, MarkerSymbol.TriangleUp];

    /// <summary>Of an optimizer's key.</summary>
    public static OptimizerStyle Of(string key)
    {
        var cautious = key.StartsWith("c-", StringComparison.Ordinal);
        var index = Array.IndexOf(s_known, key);
        if (index < 0)
            index = key.Sum(character => character) % s_known.Length;
        // Beyond six colours the second round differs by dash and marker.
        var round = index / Colors;
        return new OptimizerStyle(
            FormattableString.Invariant($"--cat-{1 + index % Colors}"), (cautious, round) switch { (false, 0) => LineDash.Solid, (true, 0) => LineDash.Dash, (false, _) => LineDash.DashDot, _ => LineDash.Dot },
            s_symbols[2 * round + (cautious ? 1 : 0)]);
    }
}
