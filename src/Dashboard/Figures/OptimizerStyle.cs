namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The colour, dash and marker of an optimizer: the same wherever it is drawn. A cautious form has the colour of its base.</summary>
/// <param name="Color">A token of tokens.css.</param>
/// <param name="Dash">Of its line.</param>
/// <param name="Symbol">Of its points.</param>
public readonly record struct OptimizerStyle(string Color, LineDash Dash, MarkerSymbol Symbol)
{
    private const int Colors = 6;
    private static readonly string[] s_known = ["adamw", "lion", "muon", "soap", "adafactor", "sgd", "adam", "schedule-free-adamw", "shampoo", "sophia", "mars", "kron"];
    private static readonly MarkerSymbol[] s_symbols = [MarkerSymbol.Circle, MarkerSymbol.Diamond, MarkerSymbol.Square, MarkerSymbol.TriangleUp];

    /// <summary>Of an optimizer's key.</summary>
    public static OptimizerStyle Of(string key)
    {
        var cautious = key.StartsWith("c-", StringComparison.Ordinal);
        var name = cautious ? key[2..] : key;
        var index = Array.IndexOf(s_known, name);
        if (index < 0)
            index = s_known.Length + name.Sum(character => character) % (2 * Colors);
        // Beyond six colours the second and third rounds differ by dash and marker.
        var round = index / Colors % 2;
        return new OptimizerStyle(
            FormattableString.Invariant($"--cat-{1 + index % Colors}"), (cautious, round) switch { (false, 0) => LineDash.Solid, (true, 0) => LineDash.Dash, (false, _) => LineDash.DashDot, _ => LineDash.Dot },
            s_symbols[2 * round + (cautious ? 1 : 0)]);
    }
}
