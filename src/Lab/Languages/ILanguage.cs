namespace ScalingDashboard.Lab.Languages;

/// <summary>Where a model's tokens come from.</summary>
public interface ILanguage
{
    /// <summary>Different tokens.</summary>
    int Vocabulary { get; }

    /// <summary>Mean loss of the best possible model that sees <paramref name="context"/> tokens of a sequence, nats a token; null where nobody knows it.</summary>
    double? BestLoss(int context);

    /// <summary>
    /// Fills whole sequences of <paramref name="length"/> tokens, one after the other; the same for the same stream and number in whatever portions they are drawn.
    /// </summary>
    /// <param name="stream"><see cref="HeldOut"/>, or the seed of a run, whose training data it is; above zero.</param>
    /// <param name="first">Number of the first sequence in that stream.</param>
    /// <param name="length">Tokens of a sequence.</param>
    /// <param name="tokens">To be filled; a multiple of <paramref name="length"/>.</param>
    void Fill(int stream, int first, int length, Span<int> tokens);

    /// <summary>The stream that losses are reported on; never trained on.</summary>
    const int HeldOut = 0;
}
