using System.Text.Unicode;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Lab.Languages;

/// <summary>
/// A text as a language whose tokens are its bytes. Sequences are cut out at random places; those behind held-out losses come from the last tenth of the
/// text, which nothing is trained on. A run longer than the text sees parts of it again.
/// </summary>
public sealed class TextLanguage : ILanguage
{
    /// <summary>Largest text, bytes.</summary>
    public const int LargestText = 64 * 1024 * 1024;

    /// <summary>Smallest text, bytes: the held-out tenth is then a few sequences.</summary>
    public const int SmallestText = 10_000;

    private const int HeldOutPart = 10;

    private readonly byte[] _text;
    private readonly int _trained;

    /// <param name="text">Without <see cref="Problem"/>.</param>
    public TextLanguage(byte[] text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        _trained = text.Length - text.Length / HeldOutPart;
    }

    /// <inheritdoc />
    public int Vocabulary => 256;

    /// <summary>Nobody knows the entropy of a text.</summary>
    public double? BestLoss(int context) => null;

    /// <summary>Why a file is no text to learn from, in words; null where it is one.</summary>
    /// <param name="name">What the file is called.</param>
    /// <param name="text">Its bytes.</param>
    public static string? Problem(string name, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return FormattableString.Invariant($"{name} is empty. Choose a text file with at least {SmallestText:N0} bytes.");
        if (text.Length > LargestText)
            return TooLarge(name);
        if (text.Contains((byte)0) || !Utf8.IsValid(text))
            return $"{name} is not a UTF-8 text: it holds bytes that no such text has. Choose a plain text file, or save it as UTF-8.";
        return text.Length < SmallestText
            ? FormattableString.Invariant($"{name} has {text.Length:N0} bytes. Choose a text with at least {SmallestText:N0}, so that some can be held out.")
            : null;
    }

    /// <summary>What is said of a file that is larger than <see cref="LargestText"/>.</summary>
    public static string TooLarge(string name) => FormattableString.Invariant($"{name} has more than {LargestText / (1024 * 1024)} MB. Cut out a part of it.");

    /// <inheritdoc />
    public void Fill(int stream, int first, int length, Span<int> tokens)
    {
        var (start, end) = stream == ILanguage.HeldOut ? (_trained, _text.Length) : (0, _trained);
        if (end - start < length)
            throw new LabException(FormattableString.Invariant($"A sequence of {length:N0} tokens is longer than the held-out part of the text, {end - start:N0} bytes. Choose a shorter context or a longer text."));
        for (var sequence = 0; sequence * length < tokens.Length; sequence++)
        {
            var random = new DrawGenerator(stream, first + sequence);
            var from = start + (int)(random.NextDouble() * (end - start - length + 1));
            var target = tokens.Slice(sequence * length, length);
            for (var i = 0; i < length; i++)
                target[i] = _text[from + i];
        }
    }
}
