using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Numerics.Laws;

/// <summary>What a law may take as given about a run.</summary>
public enum LawInput
{
    /// <summary>N, a count.</summary>
    Parameters,

    /// <summary>D, a count.</summary>
    Tokens,

    /// <summary>C, training FLOP.</summary>
    Flops,

    /// <summary>U, different tokens in the training data, a count.</summary>
    UniqueTokens,

    /// <summary>L, nats per token, for laws of what follows from the loss.</summary>
    Loss,

    /// <summary>Bits of the weights in training.</summary>
    WeightBits,

    /// <summary>Bits of the activations in training.</summary>
    ActivationBits,

    /// <summary>Bits of the KV cache in training.</summary>
    KvBits,

    /// <summary>Bits of the weights after training.</summary>
    PostBits,

    /// <summary>Exponent bits of a floating-point format, and a half.</summary>
    ExponentBits,

    /// <summary>Mantissa bits of it, and a half.</summary>
    MantissaBits,

    /// <summary>Values that share a scale, a count.</summary>
    GroupSize,
}

/// <summary>What a coefficient of a law is.</summary>
public enum ParameterKind
{
    /// <summary>What is left of the loss with unlimited means; in the unit of the response.</summary>
    Irreducible,

    /// <summary>Factor of a term, above zero.</summary>
    Coefficient,

    /// <summary>Power of a term.</summary>
    Exponent,

    /// <summary>Any other number.</summary>
    Other,
}

/// <summary>A coefficient of a law.</summary>
/// <param name="Key">Literal key in reports: E, A, alpha.</param>
/// <param name="Symbol">As in the formula: E, A, α.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Meaning">What it stands for and its unit, in a few words.</param>
public sealed record LawParameter(string Key, string Symbol, ParameterKind Kind, string Meaning);

/// <summary>A run as a law sees it; what is not known is NaN.</summary>
/// <param name="Parameters">N, a count.</param>
/// <param name="Tokens">D, a count.</param>
/// <param name="Flops">C, training FLOP.</param>
/// <param name="UniqueTokens">U, a count.</param>
/// <param name="Loss">L, nats per token; read by laws of what follows from the loss.</param>
/// <param name="WeightBits">Bits of the weights in training; <see cref="NotQuantised"/> where they have all of theirs. The same of the three that follow.</param>
/// <param name="ActivationBits">Bits of the activations in training.</param>
/// <param name="KvBits">Bits of the KV cache in training.</param>
/// <param name="PostBits">Bits of the weights after training.</param>
/// <param name="ExponentBits">Exponent bits of the floating-point format in training; <see cref="NotQuantised"/> where there is none.</param>
/// <param name="MantissaBits">Mantissa bits of it, may be 0.</param>
/// <param name="GroupSize">Values that share a scale; 1 where nothing is quantised.</param>
public readonly record struct LawPoint(
    double Parameters, double Tokens, double Flops, double UniqueTokens = double.NaN, double Loss = double.NaN,
    double WeightBits = double.NaN, double ActivationBits = double.NaN, double KvBits = double.NaN, double PostBits = double.NaN,
    double ExponentBits = double.NaN, double MantissaBits = double.NaN, double GroupSize = double.NaN)
{
    /// <summary>Stands for a part that is not quantised: no format has so many bits, and no law tells them from infinitely many.</summary>
    public const double NotQuantised = 1024;

    internal const double Half = 0.5;

    /// <summary>A run of this allocation on tokens that are all different.</summary>
    public static LawPoint Of(Allocation allocation) => new(allocation.Parameters, allocation.Tokens, allocation.Flops, allocation.Tokens, allocation.Loss);

    internal double this[LawInput input] => input switch
    {
        LawInput.Parameters => Parameters,
        LawInput.Tokens => Tokens,
        LawInput.Flops => Flops,
        LawInput.UniqueTokens => UniqueTokens,
        LawInput.Loss => Loss,
        LawInput.WeightBits => WeightBits,
        LawInput.ActivationBits => ActivationBits,
        LawInput.KvBits => KvBits,
        LawInput.PostBits => PostBits,
        // Formats of no mantissa bits have a logarithm too.
        LawInput.ExponentBits => ExponentBits + Half,
        LawInput.MantissaBits => MantissaBits + Half,
        _ => GroupSize,
    };
}

/// <summary>
/// A parametric form of a scaling law: its formula, its coefficients and how to search them. Adding a law is one class like this and its line
/// in <see cref="LawForms"/>; derivatives follow from the formula.
/// </summary>
public abstract class LawForm
{
    /// <summary>Short stable key, used in links, commands and files.</summary>
    public abstract string Key { get; }

    /// <summary>Name for people.</summary>
    public abstract string Name { get; }

    /// <summary>The formula in symbols.</summary>
    public abstract string Formula { get; }

    /// <summary>Paper and section.</summary>
    public abstract string Source { get; }

    /// <summary>The coefficients, in the order in which they are reported.</summary>
    public abstract IReadOnlyList<LawParameter> Parameters { get; }

    /// <summary>What it needs to know about a run.</summary>
    public abstract IReadOnlyList<LawInput> Inputs { get; }

    /// <summary>It predicts the loss, in nats per token; other laws predict a metric between 0 and 1.</summary>
    public virtual bool PredictsLoss => true;

    /// <summary>It needs to know the number formats of a run.</summary>
    public bool TakesFormats => Inputs.Any(input => input >= LawInput.WeightBits);

    /// <summary>It says how to split a compute budget between parameters and tokens.</summary>
    public virtual bool AllocatesCompute => false;

    /// <summary>a and b are the same for all coefficients: nothing estimates them.</summary>
    public virtual bool FixesExponents => false;

    /// <summary>What the law says of a run.</summary>
    /// <param name="coefficients">In the order of <see cref="Parameters"/>.</param>
    /// <param name="point">The run.</param>
    public abstract double Predict(ReadOnlySpan<double> coefficients, in LawPoint point);

    /// <summary>The compute-optimal allocation subject to 6ND = C; NaN where the law has none.</summary>
    public virtual Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => new(flops, double.NaN, double.NaN, double.NaN);

    /// <summary>The Chinchilla surface S of N and D that is behind the law, L = S^power; null where there is none.</summary>
    internal virtual (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) => null;

    /// <summary>Exponents a and b of N_opt ∝ C^a and D_opt ∝ C^b; NaN where the law has none.</summary>
    public virtual (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients) => (double.NaN, double.NaN);

    /// <summary>D at which a model of this size reaches a loss, the iso-loss line; NaN where no count of tokens does.</summary>
    /// <param name="coefficients">In the order of <see cref="Parameters"/>.</param>
    /// <param name="parameters">N, a count.</param>
    /// <param name="loss">L, nats per token.</param>
    public virtual double TokensForLoss(ReadOnlySpan<double> coefficients, double parameters, double loss)
    {
        // The loss falls as D grows: bisection in ln D between one token and more than anybody has.
        var (low, high) = (0.0, Math.Log(1e40));
        if (!PredictsLoss || !(LossAfter(coefficients, low) > loss) || !(LossAfter(coefficients, high) < loss))
            return double.NaN;
        while (high - low > 1e-13 * high)
        {
            var middle = 0.5 * (low + high);
            if (LossAfter(coefficients, middle) > loss)
                low = middle;
            else
                high = middle;
        }

        return Math.Exp(0.5 * (low + high));

        double LossAfter(ReadOnlySpan<double> at, double logTokens)
        {
            var tokens = Math.Exp(logTokens);
            return Predict(at, LawPoint.Of(new Allocation(6 * parameters * tokens, parameters, tokens, double.NaN)));
        }
    }

    /// <summary>The law with these coefficients.</summary>
    public Law With(params double[] coefficients) => new(this, coefficients);

    /// <summary>Position of a coefficient in <see cref="Parameters"/>.</summary>
    /// <exception cref="ArgumentException">The law has no such coefficient.</exception>
    public int IndexOf(string parameter)
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Key == parameter)
                return i;
        }

        throw new ArgumentException($"The law {Key} has no parameter {parameter}.", nameof(parameter));
    }

    /// <summary>The coefficients at the search coordinates θ, which are centred logarithms so that the Hessian is well conditioned.</summary>
    internal abstract double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options);

    /// <summary>The search coordinates of coefficients: the inverse of <see cref="Coefficients"/>.</summary>
    internal abstract double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options);

    /// <summary>Box of the search.</summary>
    internal abstract (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options);

    /// <summary>Coordinate that falls without end as the irreducible loss vanishes; null where the law has none.</summary>
    internal virtual int? IrreducibleCoordinate => null;

    /// <summary>Points in θ from which the global optimum is searched; at least one.</summary>
    internal abstract IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options);

    /// <summary>The formula over four points at once: the logarithm of the response where <paramref name="log"/>, else the response.</summary>
    /// <param name="theta">Search coordinates.</param>
    /// <param name="block">The points' inputs.</param>
    /// <param name="log">Which of the two.</param>
    internal abstract Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log);

    /// <summary>What the search minimises; forms with a kernel of their own override it.</summary>
    /// <param name="points">The points.</param>
    /// <param name="options">Bounds and the space of the residuals.</param>
    /// <param name="delta">δ of the Huber loss; infinite for half squares.</param>
    internal virtual IObjective Objective(FitPoints points, FitOptions options, double delta) => new JetObjective(this, points, options, delta);

    /// <summary>Gradient in θ of what <see cref="Response"/> gives for each point: points × coordinates, row-major.</summary>
    internal virtual void Gradients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options, Span<double> gradients) =>
        new JetObjective(this, points, options, double.PositiveInfinity).Residuals(theta, new double[points.Count], gradients);

    /// <summary>Why the inputs alone cannot tell the coefficients apart; null where they may.</summary>
    internal virtual string? WhyNotIdentifiable(FitPoints points)
    {
        for (var k = 0; k < Inputs.Count; k++)
        {
            if (points.DistinctLevels(Inputs[k]) < 3)
                return $"fewer than three different {LawInputWords.Plural(Inputs[k])}: an exponent and an offset cannot be told apart";
        }

        return null;
    }
}

/// <summary>A law with its coefficients.</summary>
public sealed class Law : IAllocationLaw, IEquatable<Law>
{
    private readonly double[] _coefficients;

    internal Law(LawForm form, double[] coefficients)
    {
        if (coefficients.Length != form.Parameters.Count)
            throw new ArgumentException($"The law {form.Key} has {form.Parameters.Count} coefficients, not {coefficients.Length}.", nameof(coefficients));
        (Form, _coefficients) = (form, coefficients);
    }

    /// <summary>Its form.</summary>
    public LawForm Form { get; }

    /// <summary>Its coefficients, in the order of the form's parameters.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients;

    /// <summary>A coefficient by its key.</summary>
    public double this[string parameter] => _coefficients[Form.IndexOf(parameter)];

    /// <inheritdoc/>
    public double ParameterExponent => Form.AllocationExponents(_coefficients).Parameters;

    /// <inheritdoc/>
    public double TokenExponent => Form.AllocationExponents(_coefficients).Tokens;

    /// <inheritdoc/>
    public bool Equals(Law? other) => other is not null && Form == other.Form && Coefficients.SequenceEqual(other.Coefficients);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Law);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Form.Key);
        foreach (var coefficient in _coefficients)
            hash.Add(coefficient);
        return hash.ToHashCode();
    }

    /// <summary>What the law says of a run: its loss in nats per token, or its metric.</summary>
    public double Predict(in LawPoint point) => Form.Predict(_coefficients, point);

    /// <inheritdoc/>
    public Allocation Optimum(double flops) => Form.Optimum(_coefficients, flops);

    /// <summary>The Chinchilla surface behind it, L = S^power; null where there is none.</summary>
    internal (ChinchillaLaw Surface, double Power)? Core => Form.Core(_coefficients);

    /// <summary>D at which a model of this size reaches a loss; NaN where no count of tokens does.</summary>
    public double TokensForLoss(double parameters, double loss) => Form.TokensForLoss(_coefficients, parameters, loss);
}

/// <summary>Names of <see cref="LawInput"/> for people.</summary>
public static class LawInputWords
{
    /// <summary>"parameter counts", "token counts" …</summary>
    public static string Plural(LawInput input) => input switch
    {
        LawInput.Parameters => "parameter counts",
        LawInput.Tokens => "token counts",
        LawInput.Flops => "amounts of compute",
        LawInput.UniqueTokens => "counts of unique tokens",
        LawInput.Loss => "losses",
        LawInput.WeightBits => "bits of the weights",
        LawInput.ActivationBits => "bits of the activations",
        LawInput.KvBits => "bits of the KV cache",
        LawInput.ExponentBits => "exponent bits",
        LawInput.MantissaBits => "mantissa bits",
        LawInput.GroupSize => "group sizes",
        _ => "bits after training",
    };
}
