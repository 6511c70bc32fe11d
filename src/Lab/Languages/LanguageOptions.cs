namespace ScalingDashboard.Lab.Languages;

/// <summary>Which language a model is trained on: the Markov language of these numbers, or a text.</summary>
public sealed record LanguageOptions
{
    /// <summary>V: different tokens.</summary>
    public int Vocabulary { get; init; } = 128;

    /// <summary>K: possible successors of a pair of tokens.</summary>
    public int Successors { get; init; } = 16;

    /// <summary>s: the r-th successor has a frequency ∝ 1/r^s.</summary>
    public double Zipf { get; init; } = 1.2;

    /// <summary>Another seed is another language.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Name of the text's file; null for the Markov language.</summary>
    public string? Text { get; init; }

    /// <summary>SHA-256 of the text in small hexadecimal digits, by which a folder of runs keeps it.</summary>
    public string? TextSha256 { get; init; }

    /// <summary>Different tokens of a model of this language.</summary>
    public int Tokens => Text is null ? Vocabulary : 256;

    /// <summary>As the logs name it: "markov 128,16,1.2 seed 1", or the name of the text.</summary>
    public string Name => Text ?? FormattableString.Invariant($"markov {Vocabulary},{Successors},{Zipf:R} seed {Seed}");

    /// <summary>Everything that makes the language impossible, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (Text is not null)
            yield break;
        if (Vocabulary is < 2 or > 512)
            yield return FormattableString.Invariant($"vocabulary is {Vocabulary}; it must be 2 to 512.");
        else if (Successors < 1 || Successors > Vocabulary)
            yield return FormattableString.Invariant($"successors is {Successors}; it must be 1 to the vocabulary, {Vocabulary}.");
        if (Zipf is not (>= 0 and <= 10))
            yield return FormattableString.Invariant($"zipf is {Zipf}; it must be 0 to 10.");
    }
}
