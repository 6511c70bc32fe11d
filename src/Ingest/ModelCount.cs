namespace ScalingDashboard.Ingest;

/// <summary>Parameters counted from the shape of a model that a log tells.</summary>
/// <param name="Parameters">N with embeddings; null where the log tells no vocabulary.</param>
/// <param name="NonEmbeddingParameters">N without them.</param>
/// <param name="From">In words, the figures they follow from.</param>
public sealed record ModelCount(double? Parameters, double NonEmbeddingParameters, string From);
