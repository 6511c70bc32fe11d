using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <summary>
/// A law of precision as it can be fitted: Chinchilla's law with N_eff = N·Π(1 − e^(−P/γ + n)) for those parts whose bits the runs vary, and with what
/// quantising after training adds (Kumar et al. 2024, arXiv 2411.04330, eqs. 2, 3 and 9, appendix K), or one of the alternatives of appendix C. C_T holds e^b,
/// which no fit can tell from it; the constants C_x of robustness are 1. There is one form for each choice, under a key such as precision-w-a-kv-post.
/// </summary>
public sealed partial class PrecisionForm : LawForm
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

    private string Factors() => string.Join("·", Groups.Select(group =>
        $"(1 − e^(−P_{group.Letters}/γ_{group.Letters}{(group.Offset ? $" + n_{group.Letters}" : "")})){(group.Parts.Count > 1 ? $"^{group.Parts.Count}" : "")}"));

    /// <summary>Where the numbers of a group stand among the coefficients, which is also their place in θ.</summary>
    /// <param name="Group">The group.</param>
    /// <param name="At">Place of the first of them.</param>
    /// <param name="Count">How many.</param>
    /// <param name="OfTokens">They say what is left of the tokens.</param>
    private sealed record Slot(BitGroup Group, int At, int Count, bool OfTokens);
}
