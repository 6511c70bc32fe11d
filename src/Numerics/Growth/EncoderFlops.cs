namespace ScalingDashboard.Numerics.Growth;

/// <summary>
/// FLOP of an encoder as the LiGO authors count them (their flop_computation.py, which follows ELECTRA's): two a multiply-add, the backward pass as much as the forward
/// pass, the embedding as a dense product, the output softmax on a share of the tokens; per element 5 for softmax and norm, 8 for GELU, 4 for dropout.
/// </summary>
/// <param name="Name">Of the model.</param>
/// <param name="Hidden">h: width.</param>
/// <param name="Layers">l.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="FeedForward">i: width inside the feed-forward block.</param>
/// <param name="Vocabulary">v.</param>
/// <param name="Sequence">s: tokens of a sequence.</param>
public sealed record EncoderFlops(string Name, double Hidden, double Layers, double Heads, double FeedForward, double Vocabulary, double Sequence)
{
    private const double PredictedShare = 0.15625;
    private const double Softmax = 5;
    private const double Norm = 5;
    private const double Gelu = 8;
    private const double Dropout = 4;

    /// <summary>Forward pass of one layer over one sequence.</summary>
    // Products 6h² + 2h² + 4hi + 4hs a token. Attention's norm is counted once a token there, not once an element: theirs, kept.
    public double BlockForward => Sequence * (
        8 * Hidden * Hidden + 4 * Hidden * FeedForward + 4 * Hidden * Sequence
        + (Softmax + Dropout + 1) * Sequence * Heads
        + (3 + 1 + Dropout + 1) * Hidden + Norm
        + (Gelu + 1) * FeedForward + (1 + Dropout + 1 + Norm) * Hidden);

    /// <summary>Forward pass of the embedding over one sequence.</summary>
    public double EmbeddingForward => Sequence * (2 * Hidden * Vocabulary + 2 * Hidden * (Sequence + 2) + (2 + Norm + Dropout) * Hidden);

    /// <summary>Forward pass of the output over one sequence.</summary>
    public double OutputForward => PredictedShare * Sequence * (2 * Hidden * Vocabulary + 2 * Hidden * Hidden + (1 + Gelu + Norm) * Hidden + (Softmax + 2) * Vocabulary);

    /// <summary>Training of some steps.</summary>
    public double Training(double batch, double steps) => 2 * batch * steps * (Layers * BlockForward + EmbeddingForward + OutputForward);

    /// <summary>
    /// Steps of learning the operator that grows a smaller model into this one: training, and for each layer and sequence the blend over depth and the expansions.
    /// </summary>
    public double OperatorTraining(EncoderFlops small, double batch, double steps)
    {
        ArgumentNullException.ThrowIfNull(small);
        var (h, i, l, d) = (Hidden, FeedForward, small.Layers, small.Hidden);
        var added = h - d;
        var fusion =
            2 * (2 * h * h * l + 4 * added * d * d) + 2 * (h * l + added * d)
            + 2 * h * l + 2 * added * d
            + 2 * h * i * l + 4 * added * d * i + i * l + added * i
            + 2 * h * i * l + 2 * added * i * h
            + 4 * h * l + 2 * added * h;
        return Training(batch, steps) + 2 * batch * steps * Layers * fusion;
    }
}
