using ScalingDashboard.Lab.Languages;

namespace ScalingDashboard.Lab.Tests;

public sealed class MarkovLanguageTests
{
    /// <summary>With every successor equally likely the entropy is known without any sum: ln K.</summary>
    [Fact]
    public void Entropy_rate_of_equally_likely_successors_is_the_logarithm_of_their_number() =>
        Assert.Equal(Math.Log(5), new MarkovLanguage(20, 5, zipf: 0, seed: 3).EntropyRate, 1e-12);

    /// <summary>The best predictor, which knows the pair, has the entropy rate as its mean loss on what the language says; one token alone is worth less.</summary>
    [Fact]
    public void Entropies_are_those_of_what_it_says()
    {
        var language = new MarkovLanguage(12, 4, 1.0, seed: 7);
        const int length = 50;
        var tokens = new int[length * 20_000];
        language.Fill(1, 0, length, tokens);
        var pairs = new Dictionary<(int, int), double[]>();
        var singles = new Dictionary<int, double[]>();
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i % length is 0 or 1)
                continue;
            Count(pairs, (tokens[i - 2], tokens[i - 1]), tokens[i]);
            Count(singles, tokens[i - 1], tokens[i]);
        }

        // Counting makes the estimate too small by about (contexts · (K − 1)) / 2n, 0.0003 here.
        Assert.Equal(language.EntropyRate, Entropy(pairs), 2e-3);
        Assert.Equal(language.FirstEntropy, Entropy(singles), 2e-3);
        Assert.True(language.FirstEntropy > language.EntropyRate + 0.1);
        Assert.Equal((9 * language.EntropyRate + language.FirstEntropy) / 10, language.BestLoss(10));

        void Count<TKey>(Dictionary<TKey, double[]> counts, TKey key, int token) where TKey : notnull
        {
            if (!counts.TryGetValue(key, out var row))
                counts[key] = row = new double[12];
            row[token]++;
        }

        static double Entropy<TKey>(Dictionary<TKey, double[]> counts) where TKey : notnull
        {
            var all = counts.Values.Sum(row => row.Sum());
            return -counts.Values.Sum(row => row.Where(count => count > 0).Sum(count => count / all * Math.Log(count / row.Sum())));
        }
    }

    [Fact]
    public void Sequences_are_the_same_in_whatever_portions_they_are_drawn()
    {
        var language = new MarkovLanguage(30, 6);
        var whole = new int[6 * 9];
        language.Fill(1, 10, 9, whole);
        var part = new int[2 * 9];
        language.Fill(1, 12, 9, part);
        Assert.Equal(whole[18..36], part);
        language.Fill(ILanguage.HeldOut, 12, 9, part);
        Assert.NotEqual(whole[18..36], part);
    }

    [Fact]
    public void Another_seed_is_another_language()
    {
        var one = new int[90];
        var two = new int[90];
        new MarkovLanguage(30, 6, seed: 1).Fill(1, 0, 9, one);
        new MarkovLanguage(30, 6, seed: 2).Fill(1, 0, 9, two);
        Assert.NotEqual(one, two);
    }
}
