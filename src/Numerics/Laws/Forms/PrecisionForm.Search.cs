using System.Runtime.Intrinsics;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <content>How it is searched: coordinates, bounds, starts, and the formula with its derivatives.</content>
public sealed partial class PrecisionForm
{
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
}
