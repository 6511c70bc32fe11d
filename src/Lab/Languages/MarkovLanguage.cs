using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Lab.Languages;

/// <summary>
/// A synthetic language whose entropy is known exactly: each pair of tokens has a few possible successors of its own, with Zipf's frequencies, and
/// common tokens are likelier to be among them. So there are many rare contexts, each of which a model must learn by itself.
/// </summary>
/// <remarks>
/// A Markov chain over pairs (x₋₁, x₀). Entropy rate Σ_s π(s)·H(s) with π the stationary distribution (Cover and Thomas 2006, theorem 4.2.4), found by
/// power iteration on the chain itself; a property of the language, not an estimate from samples.
/// </remarks>
public sealed class MarkovLanguage : ILanguage
{
    private readonly int _seed;
    private readonly int _successors;

    /// <summary>Successors of pair s: tokens at [s·successors …], probability that it is this or an earlier one beside it.</summary>
    private readonly int[] _tokens;
    private readonly double[] _cumulative;
    private readonly double[] _stationary;
    private readonly double[] _stationaryCumulative;

    /// <param name="vocabulary">V: different tokens, 2 to 512.</param>
    /// <param name="successors">K: possible successors of a pair, 1 to V.</param>
    /// <param name="zipf">s: the r-th successor has a frequency ∝ 1/r^s.</param>
    /// <param name="seed">Another seed is another language.</param>
    public MarkovLanguage(int vocabulary = 128, int successors = 16, double zipf = 1.2, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vocabulary, 512);
        ArgumentOutOfRangeException.ThrowIfLessThan(successors, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successors, vocabulary);
        Vocabulary = vocabulary;
        _successors = successors;
        _seed = seed;
        var random = new Random(seed);
        var popularity = Cumulative(vocabulary, 1);
        var shares = Cumulative(successors, zipf);
        var pairs = vocabulary * vocabulary;
        _tokens = new int[pairs * successors];
        _cumulative = new double[pairs * successors];
        var taken = new bool[vocabulary];
        for (var pair = 0; pair < pairs; pair++)
        {
            Array.Clear(taken);
            for (var k = 0; k < successors; k++)
            {
                int token;
                do
                    token = Find(popularity, 0, vocabulary, random.NextDouble());
                while (taken[token]);
                taken[token] = true;
                _tokens[pair * successors + k] = token;
                _cumulative[pair * successors + k] = shares[k];
            }
        }

        _stationary = Stationary();
        _stationaryCumulative = Sums(_stationary);
        (EntropyRate, FirstEntropy) = Entropies(shares);
    }

    /// <inheritdoc />
    public int Vocabulary { get; }

    /// <summary>H(x₁ | x₋₁, x₀): no model can have a lower loss where it sees two tokens, nats a token.</summary>
    public double EntropyRate { get; }

    /// <summary>H(x₁ | x₀): the best loss of the first token of a sequence, whose predecessor is out of sight, nats a token.</summary>
    public double FirstEntropy { get; }

    /// <inheritdoc />
    // ((context − 1)·H(x₁ | x₋₁, x₀) + H(x₁ | x₀)) / context
    public double? BestLoss(int context) => ((context - 1) * EntropyRate + FirstEntropy) / context;

    /// <inheritdoc />
    public void Fill(int stream, int first, int length, Span<int> tokens)
    {
        for (var sequence = 0; sequence * length < tokens.Length; sequence++)
        {
            // 48271 keeps the streams of languages with near seeds apart (Park and Miller 1988).
            var random = new DrawGenerator(unchecked(_seed * 48271 + stream), first + sequence);
            var pair = Find(_stationaryCumulative, 0, _stationaryCumulative.Length, random.NextDouble());
            var target = tokens.Slice(sequence * length, length);
            for (var i = 0; i < length; i++)
            {
                // The pair's second token is the one shown; the first is before the sequence.
                target[i] = pair % Vocabulary;
                var k = Find(_cumulative, pair * _successors, _successors, random.NextDouble());
                pair = pair % Vocabulary * Vocabulary + _tokens[pair * _successors + k];
            }
        }
    }

    /// <summary>1/r^s, r = 1 … n, summed up and divided by the whole.</summary>
    private static double[] Cumulative(int count, double exponent) => Sums([.. Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -exponent))]);

    private static double[] Sums(double[] shares)
    {
        var sums = new double[shares.Length];
        var total = shares.Sum();
        var sum = 0.0;
        for (var i = 0; i < shares.Length; i++)
            sums[i] = (sum += shares[i]) / total;
        sums[^1] = 1;
        return sums;
    }

    private static int Find(double[] cumulative, int start, int count, double uniform)
    {
        var index = Array.BinarySearch(cumulative, start, count, uniform);
        // A hit belongs to the next one: each holds the numbers below its sum.
        return Math.Min(index >= 0 ? index + 1 : ~index, start + count - 1) - start;
    }

    private double Share(int pair, int k) => _cumulative[pair * _successors + k] - (k == 0 ? 0 : _cumulative[pair * _successors + k - 1]);

    private double[] Stationary()
    {
        const int limit = 10_000;
        var now = new double[Vocabulary * Vocabulary];
        var next = new double[now.Length];
        Array.Fill(now, 1.0 / now.Length);
        for (var round = 0; round < limit; round++)
        {
            Array.Clear(next);
            for (var pair = 0; pair < now.Length; pair++)
            {
                for (var k = 0; k < _successors; k++)
                    next[pair % Vocabulary * Vocabulary + _tokens[pair * _successors + k]] += now[pair] * Share(pair, k);
            }

            var moved = 0.0;
            for (var pair = 0; pair < now.Length; pair++)
                moved += Math.Abs(next[pair] - now[pair]);
            (now, next) = (next, now);
            if (moved < 1e-13)
                return now;
        }

        throw new InvalidOperationException($"The chain of seed {_seed} does not settle. Use another seed.");
    }

    private (double Rate, double First) Entropies(double[] shares)
    {
        // Every pair has the same shares, only of other tokens.
        var rate = 0.0;
        for (var k = 0; k < _successors; k++)
        {
            var share = shares[k] - (k == 0 ? 0 : shares[k - 1]);
            rate -= share * Math.Log(share);
        }

        // p(x₁ | x₀) = Σ over x₋₁ of π(x₋₁, x₀)·p(x₁ | x₋₁, x₀) / π(x₀)
        var first = 0.0;
        var successors = new double[Vocabulary];
        for (var token = 0; token < Vocabulary; token++)
        {
            Array.Clear(successors);
            var weight = 0.0;
            for (var before = 0; before < Vocabulary; before++)
            {
                var pair = before * Vocabulary + token;
                weight += _stationary[pair];
                for (var k = 0; k < _successors; k++)
                    successors[_tokens[pair * _successors + k]] += _stationary[pair] * Share(pair, k);
            }

            foreach (var mass in successors)
            {
                if (mass > 0)
                    first -= mass * Math.Log(mass / weight);
            }
        }

        return (rate, first);
    }
}
