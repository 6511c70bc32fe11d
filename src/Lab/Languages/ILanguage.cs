namespace ScalingDashboard.Lab.Languages;

/// <summary>Where a model's tokens come from.</summary>
public interface ILanguage
{
    /// <summary>Different tokens.</summary>
    int Vocabulary { get; }

    /// <summary>Mean loss of the best possible model that sees <paramref name="context"/> tokens of a sequence, nats a token; null where nobody knows it.</summary>
    double? BestLoss(int context);

    /// <summary>
    /// Fills whole sequences: each is <paramref name="length"/> tokens of <paramref name="tokens"/>, one after the other, the same for the same seed and number.
    /// </summary>
    /// <param name="draw">Which draw: training and held-out data use different ones.</param>
    /// <param name="first">Number of the first sequence in that draw.</param>
    /// <param name="length">Tokens of a sequence.</param>
    /// <param name="tokens">To be filled; a multiple of <paramref name="length"/>.</param>
    void Fill(TokenDraw draw, long first, int length, Span<int> tokens);
}

/// <summary>Which part of a language is drawn from.</summary>
public enum TokenDraw
{
    /// <summary>For training.</summary>
    Training,

    /// <summary>For the loss that is reported; never trained on.</summary>
    HeldOut,
}
