namespace ScalingDashboard.Lab.Transformers;

/// <summary>The layers that a step trains: from <paramref name="From"/>, below which everything runs forward only, to before <paramref name="End"/>, from which on no layer takes part.</summary>
public readonly record struct LayerRange(int From, int End)
{
    /// <summary>A tensor is trained: of the layers those in the range; the final norm and a head of its own always, the embeddings with the lowest layer.</summary>
    public bool Trains(WeightTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Layer >= 0 ? tensor.Layer >= From && tensor.Layer < End : From == 0 || tensor.Kind is not (TensorKind.Embedding or TensorKind.Positions);
    }

    // Forward 2 a weight that takes part; backward as much for the weights, and as much again for what goes down to them.
    /// <summary>FLOP a token of a step over a model of this shape: 6N where everything is trained, N with embeddings.</summary>
    public double FlopsPerToken(TransformerShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var architecture = shape.Architecture;
        var layer = architecture.NonEmbeddingParameters / shape.Layers;
        var there = architecture.Parameters - layer * (shape.Layers - End);
        var head = (double)shape.Vocabulary * shape.Width;
        return From == 0 ? 6 * there : 2 * there + 4 * layer * (End - From) + (shape.TiedHead ? 2 : 4) * head;
    }
}
