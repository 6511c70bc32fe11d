using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>The shape of a model in an address: layers, width, feed-forward width, heads, key size (0 for width/heads), vocabulary, sequence, then t and g.</summary>
public static class ArchitectureText
{
    /// <summary>Largest figure that is taken.</summary>
    public const double Largest = 1e9;

    /// <summary>Llama 2 7B: Touvron et al. 2023, arXiv 2307.09288, with the feed-forward width of the released model.</summary>
    public static Architecture Default { get; } = new()
    {
        Layers = 32,
        Width = 4096,
        FeedForwardWidth = 11_008,
        Heads = 32,
        KeySize = 128,
        Vocabulary = 32_000,
        Sequence = 4096,
        GatedFeedForward = true,
    };

    /// <summary>"32-4096-11008-32-128-32000-4096", with "-t" when tied and "-g" when gated.</summary>
    public static string Write(Architecture shape) =>
        string.Join('-', new[] { shape.Layers, shape.Width, shape.FeedForwardWidth, shape.Heads, double.IsNaN(shape.KeySize) ? 0 : shape.KeySize, shape.Vocabulary, shape.Sequence }
            .Select(figure => figure.ToString("R", CultureInfo.InvariantCulture)))
        + (shape.TiedEmbeddings ? "-t" : "") + (shape.GatedFeedForward ? "-g" : "");

    /// <summary>Reads what <see cref="Write"/> wrote; the default for anything else.</summary>
    public static Architecture Read(string? text)
    {
        var parts = (text ?? "").Split('-');
        if (parts.Length < 7 || parts[7..] is not ([] or ["t"] or ["g"] or ["t", "g"]))
            return Default;
        var figures = new double[7];
        for (var i = 0; i < figures.Length; i++)
        {
            // Only the key size may be left to width/heads.
            if (!Quantity.TryParse(parts[i], out figures[i]) || figures[i] > Largest || figures[i] < (i == 4 ? 0 : 1))
                return Default;
        }

        return new Architecture
        {
            Layers = figures[0],
            Width = figures[1],
            FeedForwardWidth = figures[2],
            Heads = figures[3],
            KeySize = figures[4] == 0 ? double.NaN : figures[4],
            Vocabulary = figures[5],
            Sequence = figures[6],
            TiedEmbeddings = parts[7..].Contains("t"),
            GatedFeedForward = parts[7..].Contains("g"),
        };
    }
}
