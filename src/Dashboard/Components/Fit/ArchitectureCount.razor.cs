using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Counts parameters and FLOP per token of a model whose shape the user types.</summary>
public sealed partial class ArchitectureCount
{
    /// <summary>The shape; only its key size may be NaN.</summary>
    [Parameter, EditorRequired] public required Architecture Shape { get; set; }

    [Parameter] public EventCallback<Architecture> ShapeChanged { get; set; }

    private IEnumerable<(string Label, double Value, Func<double, Architecture> Set)> Figures =>
    [
        ("Layers", Shape.Layers, value => Shape with { Layers = value }),
        ("Width", Shape.Width, value => Shape with { Width = value }),
        ("Feed-forward width", Shape.FeedForwardWidth, value => Shape with { FeedForwardWidth = value }),
        ("Heads", Shape.Heads, value => Shape with { Heads = value }),
        ("Vocabulary", Shape.Vocabulary, value => Shape with { Vocabulary = value }),
        ("Sequence, tokens", Shape.Sequence, value => Shape with { Sequence = value }),
    ];

    private string Share =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * (1 - Shape.NonEmbeddingParameters / Shape.Parameters):0.##} %");

    private string Ratio(double flopsPerToken) => (flopsPerToken / (6 * Shape.Parameters)).ToString("F3", CultureInfo.InvariantCulture);

    private Task SetAsync(Architecture shape) => ShapeChanged.InvokeAsync(shape);
}
