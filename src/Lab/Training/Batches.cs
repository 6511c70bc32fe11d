using ScalingDashboard.Lab.Languages;

namespace ScalingDashboard.Lab.Training;

/// <summary>Batches of a language: the tokens of each sequence, and the token behind each.</summary>
/// <param name="language">Where they come from.</param>
/// <param name="sequences">Sequences of a batch.</param>
/// <param name="context">Tokens of a sequence.</param>
public sealed class Batches(ILanguage language, int sequences, int context)
{
    private readonly int[] _drawn = new int[sequences * (context + 1)];
    private readonly int[] _tokens = new int[sequences * context];
    private readonly int[] _targets = new int[sequences * context];

    /// <summary>Sequences of a batch.</summary>
    public int Sequences => sequences;

    /// <summary>Sequence after sequence.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The token behind each.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>Draws a batch of a stream.</summary>
    /// <param name="stream">As <see cref="ILanguage.Fill"/> has it.</param>
    /// <param name="first">Number of its first sequence.</param>
    public void Draw(int stream, int first)
    {
        language.Fill(stream, first, context + 1, _drawn);
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            var source = _drawn.AsSpan(sequence * (context + 1), context + 1);
            source[..context].CopyTo(_tokens.AsSpan(sequence * context));
            source[1..].CopyTo(_targets.AsSpan(sequence * context));
        }
    }
}
