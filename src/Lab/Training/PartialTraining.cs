using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Lab.Training;

/// <summary>Which layers the first steps of a training leave out.</summary>
public enum PartialTrainingKind
{
    /// <summary>Embeddings and the layers at the bottom run forward only, and the layers above them train: MSLT, Yang et al. 2020, arXiv 2011.13635.</summary>
    OnTop,

    /// <summary>Every step draws how many layers from the bottom the model has: the first stage of bert2BERT, Chen et al. 2021, arXiv 2110.07143.</summary>
    Prefixes,
}

/// <summary>Training of a part of the layers in the first steps; the rest of the steps train everything.</summary>
/// <param name="Kind">Which part.</param>
/// <param name="Layers">On top: layers that stand still, at the bottom. Prefixes: a prefix has a multiple of so many layers, or all.</param>
/// <param name="Share">Share of the steps.</param>
public sealed record PartialTraining(PartialTrainingKind Kind, int Layers, double Share)
{
    /// <summary>The layers that a step trains.</summary>
    /// <param name="step">0 to steps − 1.</param>
    /// <param name="training">The whole training.</param>
    public LayerRange At(int step, TrainingOptions training)
    {
        ArgumentNullException.ThrowIfNull(training);
        var all = training.Shape.Layers;
        if (step >= Math.Floor(Share * training.Steps))
            return new LayerRange(0, all);
        if (Kind == PartialTrainingKind.OnTop)
            return new LayerRange(Layers, all);
        var prefixes = (all + Layers - 1) / Layers;
        var generator = new DrawGenerator(training.Seed, step);
        return new LayerRange(0, Math.Min(all, Layers * (1 + generator.Next(prefixes))));
    }

    /// <summary>What makes it impossible for a model of so many layers, in words; null where nothing does.</summary>
    public string? Problem(int layers)
    {
        if (!(Share is > 0 and <= 1))
            return FormattableString.Invariant($"the share of the steps that train a part of the layers is {Share}; it must be above 0, up to 1.");
        if (Layers < 1)
            return FormattableString.Invariant($"a part of {Layers} layers cannot be trained.");
        return Kind == PartialTrainingKind.OnTop && Layers >= layers
            ? FormattableString.Invariant($"the layers above the first {Layers} would be trained first, but the model has {layers}. Ask for more layers.")
            : null;
    }
}
