namespace ScalingDashboard.Numerics.Estimation;

/// <summary>One trained model of a scaled family, with its checkpoints in the order of tokens. Another seed is another model (arXiv 2410.11840, §2).</summary>
public sealed class FamilyModel
{
    /// <param name="name">Name of the run.</param>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">D of every checkpoint, at least one, in any order.</param>
    /// <param name="losses">L of every checkpoint.</param>
    /// <exception cref="ArgumentException">There is no checkpoint, or the arrays differ in length.</exception>
    public FamilyModel(string name, double parameters, double[] tokens, double[] losses)
    {
        if (tokens.Length == 0 || tokens.Length != losses.Length)
            throw new ArgumentException("A model needs at least one checkpoint, each with tokens and a loss.");
        var order = Enumerable.Range(0, tokens.Length).OrderBy(i => tokens[i]).ToArray();
        Name = name;
        Parameters = parameters;
        Tokens = Array.ConvertAll(order, i => tokens[i]);
        Losses = Array.ConvertAll(order, i => losses[i]);
    }

    /// <summary>Name of the run.</summary>
    public string Name { get; }

    /// <summary>N.</summary>
    public double Parameters { get; }

    /// <summary>D of every checkpoint, ascending.</summary>
    public IReadOnlyList<double> Tokens { get; }

    /// <summary>L of every checkpoint, in the order of <see cref="Tokens"/>.</summary>
    public IReadOnlyList<double> Losses { get; }

    /// <summary>D of the last checkpoint.</summary>
    public double MostTokens => Tokens[^1];
}
