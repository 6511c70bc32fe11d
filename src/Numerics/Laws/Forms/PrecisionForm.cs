using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>What few bits do to the loss.</summary>
public enum PrecisionEffect
{
    /// <summary>Fewer effective parameters, N_eff = N·f(P): the law of Kumar et al.</summary>
    Parameters,

    /// <summary>Fewer effective tokens, D_eff = D·f(P).</summary>
    Tokens,

    /// <summary>Fewer of both, by the same f.</summary>
    Both,

    /// <summary>Fewer of both, each by an f of its own.</summary>
    Apart,

    /// <summary>A power of the bits is added, k·P^−ν.</summary>
    Added,

    /// <summary>The parameter term is multiplied by a power of the bits, (P/16)^−ν.</summary>
    Multiplied,
}

/// <summary>Parts of a model whose bits have one effect, because the runs move them together.</summary>
/// <param name="Parts">At least one; the effect of one of them is taken as often.</param>
/// <param name="Offset">With the shift n of appendix K; without it n = 0.</param>
public sealed record BitGroup(IReadOnlyList<QuantisedPart> Parts, bool Offset)
{
    /// <summary>"w", "a", "kv", "wakv".</summary>
    public string Letters => string.Concat(Parts.Select(Letter));

    /// <summary>"weights", "weights and activations".</summary>
    public string Name => Parts.Count == 1 ? TrainingBits.Name(Parts[0]) : $"{string.Join(", ", Parts.SkipLast(1).Select(TrainingBits.Name))} and {TrainingBits.Name(Parts[^1])}";

    internal LawInput Input => InputOf(Parts[0]);

    internal static LawInput InputOf(QuantisedPart part) => LawInput.WeightBits + (int)part;

    internal static string Letter(QuantisedPart part) => part switch
    {
        QuantisedPart.Weights => "w",
        QuantisedPart.Activations => "a",
        _ => "kv",
    };
}

/// <summary>
/// A law of precision as it can be fitted: Chinchilla's law with N_eff = N·Π(1 − e^(−P/γ + n)) for those parts whose bits the runs vary, and with what
/// quantising after training adds (Kumar et al. 2024, arXiv 2411.04330, eqs. 2, 3 and 9, appendix K), or one of the alternatives of appendix C. C_T holds e^b,
/// which no fit can tell from it; the constants C_x of robustness are 1. There is one form for each choice, under a key such as precision-w-a-kv-post.
/// </summary>
public sealed class PrecisionForm : LawForm
{
    private const string Prefix = "precision";
    private const string PostSegment = "post";
    private const int BaseCount = Fitting.Theta.Count;

    // No format for weights has more; a bf16 run counts as this many where a law needs a finite number.
    private const double FullBits = 16;
    private const double LeastGamma = 0.05;
    private const double MostGamma = 30;
    private const double MostPostGamma = 20;

    // θ of a shift: logit of γn over the fewest bits among the points.
    private const double WidestShift = 14;
    private const double LeastPower = 0.01;
    private const double MostPower = 20;

    // Bits at which the term of quantising after training is centred.
    private const double PostCentre = 4;
    private const int FewestBaselineRows = 8;

    // γ and share of the fewest bits at which nothing is left.
    private static readonly (double Gamma, double Shift)[] s_starts = [(2.5, 0.3), (1, 0.7)];

    private static readonly ConcurrentDictionary<string, PrecisionForm> s_forms = new(StringComparer.Ordinal);

    private readonly Slot[] _slots;
    private readonly int _post;

    private PrecisionForm(IReadOnlyList<BitGroup> groups, bool post, PrecisionEffect effect)
    {
        (Groups, HasPostTraining, Effect) = (groups, post, effect);
        Key = KeyOf(groups, post, effect);
        var slots = new List<Slot>();
        var parameters = new List<LawParameter>(LawForms.Chinchilla.Parameters);
        foreach (var group in groups)
        {
            var (letters, bits) = (group.Letters, $"the {group.Name}");
            if (effect is PrecisionEffect.Added or PrecisionEffect.Multiplied)
            {
                slots.Add(new Slot(group, parameters.Count, effect == PrecisionEffect.Added ? 2 : 1, false));
                if (effect == PrecisionEffect.Added)
                    parameters.Add(new($"k_{letters}", $"k_{letters}", ParameterKind.Coefficient, $"of the bits of {bits}, nats per token"));
                parameters.Add(new($"nu_{letters}", $"ν_{letters}", ParameterKind.Other, $"power of the bits of {bits}"));
                continue;
            }

            foreach (var ofTokens in effect switch { PrecisionEffect.Apart => new[] { false, true }, PrecisionEffect.Tokens => [true], _ => [false] })
            {
                var suffix = effect == PrecisionEffect.Apart && ofTokens ? "_D" : "";
                slots.Add(new Slot(group, parameters.Count, group.Offset ? 2 : 1, ofTokens));
                parameters.Add(new($"gamma_{letters}{suffix}", $"γ_{letters}{suffix}", ParameterKind.Other, $"bits over which {bits} come to count"));
                if (group.Offset)
                    parameters.Add(new($"n_{letters}{suffix}", $"n_{letters}{suffix}", ParameterKind.Other, $"shift of {bits}: nothing is left at γ·n bits"));
            }
        }

        _slots = [.. slots];
        _post = parameters.Count;
        if (post)
        {
            parameters.AddRange(
            [
                new("C_T", "C_T", ParameterKind.Coefficient, "of quantising after training, e^b included, nats per token"),
                new("gamma_D", "γ_D", ParameterKind.Exponent, "of tokens in it"),
                new("gamma_N", "γ_N", ParameterKind.Exponent, "of effective parameters in it"),
                new("gamma_post", "γ_post", ParameterKind.Other, "bits after training over which it fades"),
            ]);
        }

        Parameters = parameters;
        Inputs =
        [
            LawInput.Parameters, LawInput.Tokens,
            .. TrainingBits.Parts.Where(part => post || groups.Any(group => group.Parts.Contains(part))).Select(BitGroup.InputOf),
            .. post ? [LawInput.PostBits] : Array.Empty<LawInput>(),
        ];
    }

    /// <summary>Which parts' bits have an effect.</summary>
    public IReadOnlyList<BitGroup> Groups { get; }

    /// <summary>With what quantising after training adds.</summary>
    public bool HasPostTraining { get; }

    /// <summary>What few bits do.</summary>
    public PrecisionEffect Effect { get; }

    /// <inheritdoc/>
    public override string Key { get; }

    /// <inheritdoc/>
    public override string Name => Effect switch
    {
        PrecisionEffect.Parameters => Groups.Count == 0 ? "Precision after training" : $"Precision of {string.Join(", ", Groups.Select(group => group.Name))}{(HasPostTraining ? ", and after training" : "")}",
        _ => $"Precision: {EffectName(Effect)}",
    };

    /// <inheritdoc/>
    public override string Formula => Effect switch
    {
        PrecisionEffect.Parameters => Groups.Count == 0
            ? "L = E + A·N^−α + B·D^−β + δ, δ = C_T·e^(−P_post/γ_post)·D^γ_D/N^γ_N"
            : $"L = E + A·N_eff^−α + B·D^−β{(HasPostTraining ? " + δ" : "")}, N_eff = N·{Factors()}{(HasPostTraining ? "; δ = C_T·e^(−P_post/γ_post)·D^γ_D/N_eff^γ_N·Π(1 − e^(−(P − P_post)))" : "")}",
        PrecisionEffect.Tokens => $"L = E + A·N^−α + B·D_eff^−β, D_eff = D·{Factors()}",
        PrecisionEffect.Both => $"L = E + A·(N·f)^−α + B·(D·f)^−β, f = {Factors()}",
        PrecisionEffect.Apart => "L = E + A·(N·f_N)^−α + B·(D·f_D)^−β, f = Π(1 − e^(−P/γ + n))",
        PrecisionEffect.Added => "L = E + A·N^−α + B·D^−β + Σ k·P^−ν",
        _ => "L = E + A·N^−α·Π(P/16)^−ν + B·D^−β",
    };

    /// <inheritdoc/>
    public override string Source => Effect == PrecisionEffect.Parameters
        ? "Kumar et al. 2024, arXiv 2411.04330, eqs. 3, 8 and 9, appendix K"
        : "an alternative as in Kumar et al. 2024, arXiv 2411.04330, appendix C";

    /// <inheritdoc/>
    public override IReadOnlyList<LawParameter> Parameters { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LawInput> Inputs { get; }

    /// <inheritdoc/>
    public override bool AllocatesCompute => true;

    /// <summary>What few bits might do instead of taking effective parameters.</summary>
    public static IReadOnlyList<PrecisionEffect> Alternatives { get; } = [.. Enum.GetValues<PrecisionEffect>().Where(effect => effect != PrecisionEffect.Parameters)];

    /// <summary>What few bits do, in a few words.</summary>
    public static string EffectName(PrecisionEffect effect) => effect switch
    {
        PrecisionEffect.Parameters => "fewer effective parameters",
        PrecisionEffect.Tokens => "fewer effective tokens",
        PrecisionEffect.Both => "fewer of both, alike",
        PrecisionEffect.Apart => "fewer of both, apart",
        PrecisionEffect.Added => "a power of the bits added",
        _ => "a power of the bits as a factor",
    };

    /// <summary>The form of these groups.</summary>
    /// <exception cref="ArgumentException">A part stands in two groups; or an alternative is asked to say something of quantising after training.</exception>
    public static PrecisionForm Of(IReadOnlyList<BitGroup> groups, bool post, PrecisionEffect effect = PrecisionEffect.Parameters)
    {
        var parts = groups.SelectMany(group => group.Parts).ToArray();
        if (parts.Length != parts.Distinct().Count() || (parts.Length == 0 && !post) || (post && effect != PrecisionEffect.Parameters))
            throw new ArgumentException("A form of the law of precision takes each part once, and only that of effective parameters goes on after training.", nameof(groups));
        BitGroup[] ordered = [.. groups.Select(group => group with { Parts = [.. group.Parts.Order()] }).OrderBy(group => group.Parts[0])];
        return s_forms.GetOrAdd(KeyOf(ordered, post, effect), _ => new PrecisionForm(ordered, post, effect));
    }

    /// <summary>The form of a key such as precision-w-a-kv-post, precision-wakv, precision-w0; null where the key is none.</summary>
    public static PrecisionForm? Find(string key)
    {
        if (key.Split('-') is not [Prefix, .. var segments] || segments.Length == 0)
            return null;
        var effect = Alternatives.FirstOrDefault(alternative => Segment(alternative) == segments[^1]);
        if (effect != PrecisionEffect.Parameters)
            segments = segments[..^1];
        var post = segments is [.., PostSegment];
        var groups = new List<BitGroup>();
        foreach (var segment in post ? segments[..^1] : segments)
        {
            if (Group(segment) is not { } group)
                return null;
            groups.Add(group);
        }

        var parts = groups.SelectMany(group => group.Parts).ToArray();
        var isOne = parts.Length == parts.Distinct().Count() && (parts.Length > 0 || post) && !(post && effect != PrecisionEffect.Parameters);
        return isOne && Of(groups, post, effect) is var form && form.Key == key ? form : null;
    }

    /// <summary>The same law without what only the fit needs; for alternatives of appendix C there is none.</summary>
    /// <param name="coefficients">In the order of <see cref="Parameters"/>.</param>
    public PrecisionLaw? LawOf(ReadOnlySpan<double> coefficients)
    {
        if (Effect != PrecisionEffect.Parameters)
            return null;
        var law = new PrecisionLaw { Base = ChinchillaForm.LawOf(coefficients) };
        foreach (var slot in _slots)
        {
            var sensitivity = new PartSensitivity(coefficients[slot.At], slot.Group.Offset ? coefficients[slot.At + 1] : 0);
            foreach (var part in slot.Group.Parts)
            {
                law = part switch
                {
                    QuantisedPart.Weights => law with { Weights = sensitivity },
                    QuantisedPart.Activations => law with { Activations = sensitivity },
                    _ => law with { KvCache = sensitivity },
                };
            }
        }

        return HasPostTraining
            ? law with { PostTraining = new(coefficients[_post], coefficients[_post + 1], coefficients[_post + 2], coefficients[_post + 3], 0) }
            : law;
    }

    /// <inheritdoc/>
    public override double Predict(ReadOnlySpan<double> coefficients, in LawPoint point)
    {
        var (n, d, added, factor) = (point.Parameters, point.Tokens, 0.0, 1.0);
        foreach (var slot in _slots)
        {
            var bits = Known(point[slot.Group.Input]);
            if (Effect == PrecisionEffect.Added)
            {
                added += coefficients[slot.At] * Math.Pow(Math.Min(bits, FullBits), -coefficients[slot.At + 1]);
            }
            else if (Effect == PrecisionEffect.Multiplied)
            {
                factor *= Math.Pow(Math.Min(bits, FullBits) / FullBits, -coefficients[slot.At]);
            }
            else
            {
                var share = Math.Pow(Math.Max(0, new PartSensitivity(coefficients[slot.At], slot.Group.Offset ? coefficients[slot.At + 1] : 0).Factor(bits)), slot.Group.Parts.Count);
                if (!slot.OfTokens)
                    n *= share;
                if (slot.OfTokens || Effect == PrecisionEffect.Both)
                    d *= share;
            }
        }

        var (e, a, b, alpha, beta) = ChinchillaForm.LawOf(coefficients);
        if (HasPostTraining && Known(point.PostBits) < LawPoint.NotQuantised)
        {
            var robust = 1.0;
            foreach (var part in TrainingBits.Parts)
                robust *= 1 - Math.Exp(-Math.Max(0, Known(point[BitGroup.InputOf(part)]) - point.PostBits));
            var term = new PostTrainingTerm(coefficients[_post], coefficients[_post + 1], coefficients[_post + 2], coefficients[_post + 3], 0);
            added += term.Loss(n, d, point.PostBits) * robust;
        }

        return e + a * factor * Math.Pow(n, -alpha) + b * Math.Pow(d, -beta) + added;

        static double Known(double bits) => double.IsNaN(bits) ? LawPoint.NotQuantised : bits;
    }

    /// <summary>The optimum of models that are not quantised.</summary>
    public override Allocation Optimum(ReadOnlySpan<double> coefficients, double flops) => ChinchillaForm.LawOf(coefficients).Optimum(flops);

    /// <summary>That of models that are not quantised, of which N_eff is then taken for N; the alternatives of appendix C have no N_eff.</summary>
    internal override (ChinchillaLaw Surface, double Power)? Core(ReadOnlySpan<double> coefficients) =>
        Effect == PrecisionEffect.Parameters ? (ChinchillaForm.LawOf(coefficients), 1) : null;

    /// <inheritdoc/>
    public override (double Parameters, double Tokens) AllocationExponents(ReadOnlySpan<double> coefficients) => LawForms.Chinchilla.AllocationExponents(coefficients[..BaseCount]);

    // θ = (p, α, q, β, e) as Chinchilla's in logarithms; for each γ its logarithm and, with a shift, the logit of γn over the fewest bits among the points,
    // so that every point keeps some parameters; for powers ln k and ln ν; then (c, γ_D, γ_N, ln γ_post), c the log of δ at the centre.
    internal override double[] Coefficients(ReadOnlySpan<double> theta, FitPoints points, FitOptions options)
    {
        var coefficients = new double[Parameters.Count];
        LawForms.Chinchilla.Coefficients(theta[..BaseCount], points, options.InLogarithms).CopyTo(coefficients, 0);
        foreach (var slot in _slots)
        {
            coefficients[slot.At] = Math.Exp(theta[slot.At]);
            if (Effect == PrecisionEffect.Added)
                coefficients[slot.At + 1] = Math.Exp(theta[slot.At + 1]);
            else if (slot.Count == 2)
                coefficients[slot.At + 1] = points.Least(slot.Group.Input) / (1 + Math.Exp(-theta[slot.At + 1])) / coefficients[slot.At];
        }

        if (HasPostTraining)
        {
            var (gammaD, gammaN, gamma) = (theta[_post + 1], theta[_post + 2], Math.Exp(theta[_post + 3]));
            coefficients[_post] = Math.Exp(theta[_post] + PostCentre / gamma - gammaD * points.MeanLog(LawInput.Tokens) + gammaN * points.MeanLog(LawInput.Parameters));
            (coefficients[_post + 1], coefficients[_post + 2], coefficients[_post + 3]) = (gammaD, gammaN, gamma);
        }

        return coefficients;
    }

    internal override double[] Theta(ReadOnlySpan<double> coefficients, FitPoints points, FitOptions options)
    {
        var theta = new double[Parameters.Count];
        LawForms.Chinchilla.Theta(coefficients[..BaseCount], points, options.InLogarithms).CopyTo(theta, 0);
        foreach (var slot in _slots)
        {
            theta[slot.At] = Math.Log(coefficients[slot.At]);
            if (Effect == PrecisionEffect.Added)
                theta[slot.At + 1] = Math.Log(coefficients[slot.At + 1]);
            else if (slot.Count == 2)
                theta[slot.At + 1] = Logit(coefficients[slot.At] * coefficients[slot.At + 1] / points.Least(slot.Group.Input));
        }

        if (HasPostTraining)
        {
            var (gammaD, gammaN, gamma) = (coefficients[_post + 1], coefficients[_post + 2], coefficients[_post + 3]);
            theta[_post] = Math.Log(coefficients[_post]) - PostCentre / gamma + gammaD * points.MeanLog(LawInput.Tokens) - gammaN * points.MeanLog(LawInput.Parameters);
            (theta[_post + 1], theta[_post + 2], theta[_post + 3]) = (gammaD, gammaN, Math.Log(gamma));
        }

        return theta;
    }

    internal override (double[] Lower, double[] Upper) Box(FitPoints points, FitOptions options)
    {
        var (lower, upper) = LawForms.Chinchilla.Box(points, options.InLogarithms);
        var smallest = Math.Log(points.SmallestResponse);
        List<double> least = [.. lower], most = [.. upper];
        foreach (var slot in _slots)
        {
            switch (Effect)
            {
                case PrecisionEffect.Added:
                    Add(smallest - LogHuberObjective.Vanishing, smallest + LogHuberObjective.Vanishing);
                    Add(Math.Log(LeastPower), Math.Log(MostPower));
                    break;
                case PrecisionEffect.Multiplied:
                    Add(Math.Log(LeastPower / 100), Math.Log(MostPower));
                    break;
                default:
                    Add(Math.Log(LeastGamma), Math.Log(MostGamma));
                    if (slot.Count == 2)
                        Add(-WidestShift, WidestShift);
                    break;
            }
        }

        if (HasPostTraining)
        {
            Add(smallest - 2 * LogHuberObjective.Vanishing, smallest + LogHuberObjective.Vanishing);
            Add(options.ExponentLow, options.ExponentHigh);
            Add(options.ExponentLow, options.ExponentHigh);
            Add(Math.Log(LeastGamma), Math.Log(MostPostGamma));
        }

        return ([.. least], [.. most]);

        void Add(double low, double high)
        {
            least.Add(low);
            most.Add(high);
        }
    }

    internal override int? IrreducibleCoordinate => Fitting.Theta.E;

    internal override IReadOnlyList<double[]> Starts(FitPoints points, FitOptions options)
    {
        // The runs without any quantisation know Chinchilla's part; of too few of them, all do.
        var baseline = Baseline(points);
        var grid = new ProjectionGrid(baseline.Length >= FewestBaselineRows ? points.Take(baseline) : points, ChinchillaForm.GridExponents);
        return [.. grid.LocalMinima().Take(2).SelectMany(cell => s_starts.Select(start => Start(cell, start.Gamma, start.Shift)))];

        double[] Start(ProjectionGrid.Cell cell, double gamma, double shift)
        {
            var theta = new double[Parameters.Count];
            LogHuberObjective.Start(points, cell.E, cell.P, cell.Alpha, cell.Q, cell.Beta).CopyTo(theta, 0);
            foreach (var slot in _slots)
            {
                (theta[slot.At], var second) = Effect switch
                {
                    PrecisionEffect.Added => (Math.Log(points.SmallestResponse), Math.Log(gamma)),
                    PrecisionEffect.Multiplied => (Math.Log(shift), 0),
                    _ => (Math.Log(gamma), Logit(shift)),
                };
                if (slot.Count == 2)
                    theta[slot.At + 1] = second;
            }

            if (HasPostTraining)
                (theta[_post], theta[_post + 1], theta[_post + 2], theta[_post + 3]) = (Math.Log(0.02 * points.SmallestResponse), 0.5, 0.4, Math.Log(0.7));
            return theta;
        }
    }

    internal override Jet Response(ReadOnlySpan<Jet> theta, PointBlock block, bool log)
    {
        var x = block.Centred(LawInput.Parameters);
        var y = block.Centred(LawInput.Tokens);
        var (alpha, beta) = (theta[Fitting.Theta.Alpha], theta[Fitting.Theta.Beta]);
        // ln of what is left of N and of D, and what else there is.
        Jet? ofParameters = null, ofTokens = null, factor = null, added = null;
        foreach (var slot in _slots)
        {
            var bits = ElementaryFunctions.Exp(block.Log(slot.Group.Input));
            var full = ElementaryFunctions.Log(Vector256.Min(bits, Vector256.Create(FullBits)));
            switch (Effect)
            {
                case PrecisionEffect.Added:
                    var power = theta[slot.At] - Jet.Exp(theta[slot.At + 1]) * full;
                    added = added is { } sum ? Jet.LogSumExp(sum, power) : power;
                    break;
                case PrecisionEffect.Multiplied:
                    factor = Sum(factor, Jet.Exp(theta[slot.At]) * (Vector256.Create(Math.Log(FullBits)) - full));
                    break;
                default:
                    // ln(1 − e^((P₀ − P)/γ)), P₀ = γn
                    var rate = Jet.Exp(-theta[slot.At]);
                    var exponent = slot.Count == 2
                        ? (Jet.Logistic(theta[slot.At + 1]) * block.Least(slot.Group.Input) - bits) * rate
                        : -(rate * bits);
                    var share = Jet.Log(1 - Jet.Exp(exponent)) * slot.Group.Parts.Count;
                    if (!slot.OfTokens)
                        ofParameters = Sum(ofParameters, share);
                    if (slot.OfTokens || Effect == PrecisionEffect.Both)
                        ofTokens = Sum(ofTokens, share);
                    break;
            }
        }

        var first = theta[Fitting.Theta.P] - (ofParameters is { } n ? alpha * (n + x) : alpha * x);
        if (factor is { } more)
            first += more;
        var second = theta[Fitting.Theta.Q] - (ofTokens is { } d ? beta * (d + y) : beta * y);
        if (HasPostTraining)
        {
            var effective = ofParameters is { } left ? theta[_post + 2] * (left + x) : theta[_post + 2] * x;
            added = theta[_post] + theta[_post + 1] * y - effective
                - Jet.Exp(-theta[_post + 3]) * (ElementaryFunctions.Exp(block.Log(LawInput.PostBits)) - Vector256.Create(PostCentre)) + LogRobustness(block);
        }

        var terms = Jet.LogSumExp(first, second);
        if (log)
            return Jet.LogSumExp(theta[Fitting.Theta.E], added is { } also ? Jet.LogSumExp(terms, also) : terms);
        var loss = Jet.Exp(theta[Fitting.Theta.E]) + Jet.Exp(terms);
        return added is { } last ? loss + Jet.Exp(last) : loss;

        static Jet Sum(Jet? sum, Jet one) => sum is { } before ? before + one : one;
    }

    internal override string? WhyNotIdentifiable(FitPoints points)
    {
        if (LawForms.Chinchilla.WhyNotIdentifiable(points) is { } reason)
            return reason;
        foreach (var group in Groups)
        {
            var needed = group.Offset ? 3 : 2;
            if (points.DistinctLevels(group.Input, needed) < needed)
                return $"fewer than {(needed == 3 ? "three" : "two")} precisions of the {group.Name}{(group.Offset ? ": γ and n cannot be told apart" : "")}";
        }

        return HasPostTraining && points.DistinctLevels(LawInput.PostBits) < 3 ? "fewer than two precisions after training: C_T and γ_post cannot be told apart" : null;
    }

    private static int[] Baseline(FitPoints points) =>
        [.. Enumerable.Range(0, points.Count).Where(i => points.Run(i) is var run && IsFull(run.WeightBits) && IsFull(run.ActivationBits) && IsFull(run.KvBits) && IsFull(run.PostBits))];

    // Not known to this form, or not quantised; a rounding below it.
    private static bool IsFull(double bits) => !(bits < LawPoint.NotQuantised - 1);

    /// <summary>ln Π(1 − e^−(P − P_post)), very low where nothing was quantised after training: there the term vanishes anyway.</summary>
    private static Vector256<double> LogRobustness(PointBlock block)
    {
        var post = ElementaryFunctions.Exp(block.Log(LawInput.PostBits));
        var product = Vector256<double>.One;
        foreach (var part in TrainingBits.Parts)
        {
            var above = Vector256.Max(ElementaryFunctions.Exp(block.Log(BitGroup.InputOf(part))) - post, default);
            product *= Vector256<double>.One - ElementaryFunctions.Exp(-above);
        }

        return ElementaryFunctions.Log(Vector256.Max(product, Vector256.Create(1e-300)));
    }

    private static double Logit(double share)
    {
        var inside = Math.Clamp(share, 1e-9, 1 - 1e-9);
        return Math.Log(inside / (1 - inside));
    }

    private string Factors() => string.Join("·", Groups.Select(group =>
        $"(1 − e^(−P_{group.Letters}/γ_{group.Letters}{(group.Offset ? $" + n_{group.Letters}" : "")})){(group.Parts.Count > 1 ? $"^{group.Parts.Count}" : "")}"));

    private static string KeyOf(IReadOnlyList<BitGroup> groups, bool post, PrecisionEffect effect) => string.Join(
        '-', [Prefix, .. groups.Select(group => group.Letters + (group.Offset ? "" : "0")), .. post ? [PostSegment] : Array.Empty<string>(), .. effect == PrecisionEffect.Parameters ? [] : new[] { Segment(effect) }]);

    private static string Segment(PrecisionEffect effect) => effect switch
    {
        PrecisionEffect.Tokens => "tokens",
        PrecisionEffect.Both => "both",
        PrecisionEffect.Apart => "apart",
        PrecisionEffect.Added => "added",
        PrecisionEffect.Multiplied => "multiplied",
        _ => "",
    };

    private static BitGroup? Group(string segment)
    {
        var offset = !segment.EndsWith('0');
        var letters = offset ? segment : segment[..^1];
        var parts = new List<QuantisedPart>();
        foreach (var part in TrainingBits.Parts)
        {
            if (letters.StartsWith(BitGroup.Letter(part), StringComparison.Ordinal))
            {
                parts.Add(part);
                letters = letters[BitGroup.Letter(part).Length..];
            }
        }

        return letters.Length == 0 && parts.Count > 0 ? new BitGroup(parts, offset) : null;
    }

    /// <summary>Where the numbers of a group stand among the coefficients, which is also their place in θ.</summary>
    /// <param name="Group">The group.</param>
    /// <param name="At">Place of the first of them.</param>
    /// <param name="Count">How many.</param>
    /// <param name="OfTokens">They say what is left of the tokens.</param>
    private sealed record Slot(BitGroup Group, int At, int Count, bool OfTokens);
}
