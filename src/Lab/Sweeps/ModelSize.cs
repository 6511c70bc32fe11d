using System.Globalization;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>A size of a model: layers × width, "2x64", or about so many parameters, "25K", for which a usual shape is chosen.</summary>
public sealed record ModelSize
{
    private const int WidthStep = 8;
    private const int WidestShape = 2048;
    private const int DeepestShape = 48;
    private const int UsualHeadWidth = 16;

    // Small models are two layers deep; larger ones a layer for every 32 of width. A layer more or less than that weighs as much as being off by a seventh.
    private const int FewestLayers = 2;
    private const double WidthOfLayer = 32;
    private const double DepthWeight = 0.3;

    private ModelSize(double? parameters, int layers, int width) => (Parameters, Layers, Width) = (parameters, layers, width);

    /// <summary>Parameters asked for; null for a shape.</summary>
    public double? Parameters { get; }

    private int Layers { get; }

    private int Width { get; }

    /// <summary>Layers × width.</summary>
    public static ModelSize Of(int layers, int width) => new(null, layers, width);

    /// <summary>About so many parameters, with embeddings.</summary>
    public static ModelSize Of(double parameters) => new(parameters, 0, 0);

    /// <summary>Reads "2x64", "25K" or "25000".</summary>
    public static bool TryParse(string text, out ModelSize size)
    {
        ArgumentNullException.ThrowIfNull(text);
        size = Of(0);
        if (text.Split(['x', '×']) is [var layers, var width])
        {
            var isShape = int.TryParse(layers, NumberStyles.None, CultureInfo.InvariantCulture, out var deep) & int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var wide);
            size = Of(deep, wide);
            return isShape;
        }

        var isCount = Quantity.TryParse(text, out var parameters) && parameters > 0;
        size = Of(parameters);
        return isCount;
    }

    /// <summary>As it is typed.</summary>
    public override string ToString() => Parameters is { } parameters ? Quantity.Count(parameters) : FormattableString.Invariant($"{Layers}x{Width}");

    /// <summary>The shape of this size, with all else as in <paramref name="template"/>; heads about 16 wide, and a feed-forward block four times the width, or 8/3 of it when gated.</summary>
    public TransformerShape Shape(TransformerShape template)
    {
        ArgumentNullException.ThrowIfNull(template);
        if (Parameters is not { } parameters)
            return Shape(template, Layers, Width);
        var best = Shape(template, 1, WidthStep);
        var least = double.PositiveInfinity;
        for (var layers = 1; layers <= DeepestShape; layers++)
        {
            for (var width = WidthStep; width <= WidestShape; width += WidthStep)
            {
                var shape = Shape(template, layers, width);
                var apart = Math.Abs(Math.Log(shape.Architecture.Parameters / parameters)) + DepthWeight * Math.Abs(Math.Log(layers / Math.Max(FewestLayers, width / WidthOfLayer)));
                if (apart < least)
                    (best, least) = (shape, apart);
            }
        }

        return best;
    }

    private static TransformerShape Shape(TransformerShape template, int layers, int width)
    {
        var heads = Math.Max(1, width / UsualHeadWidth);
        while (heads > 1 && (width % heads != 0 || width / heads % 2 != 0))
            heads--;
        var feedForward = template.FeedForward == FeedForwardKind.SwiGlu ? Math.Max(1, (int)Math.Round(width * 8 / 3.0 / WidthStep)) * WidthStep : 4 * width;
        return template with { Layers = layers, Width = width, Heads = heads, FeedForwardWidth = feedForward };
    }
}
