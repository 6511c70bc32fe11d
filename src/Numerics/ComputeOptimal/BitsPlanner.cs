using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Precision;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>
/// Finds the bits of a training from what is given about it. N_eff = N·f(P) stands for N in the law, and compute is C = κ·N·D·P with κ = 6/16, in FLOP of
/// 16 bits (Kumar et al. 2024, arXiv 2411.04330, eqs. 3 and 5). Where the size is free, f(P)/P is highest at the best bits, whatever the surface is (§4.3.2);
/// with N given they are where N·∂L/∂N · d ln f/d ln P = (1 + D_inf/(3·D))·D·∂L/∂D, which is the least compute of a loss over training and serving, in the
/// same bits, and the least loss of a budget.
/// </summary>
public static class BitsPlanner
{
    /// <summary>Bits of the FLOP that compute is counted in.</summary>
    public const double FullBits = 16;

    /// <summary>No format has more.</summary>
    public const double MostBits = 32;

    // In ln(P − P₀), from a hair above the fewest that the law takes.
    private const double LeastStep = -20;

    /// <summary>The bits.</summary>
    /// <param name="goals">Size, tokens, loss and what is known of serving, with the compute of a life in FLOP of 16 bits.</param>
    /// <param name="flops">C, FLOP of 16 bits; null where nothing says it.</param>
    /// <param name="model">The surface, of trainings that are not quantised.</param>
    /// <param name="precision">f.</param>
    /// <returns>P, or why there is none.</returns>
    public static (double Bits, PlanObstacle? Obstacle) Solve(TrainingGoals goals, double? flops, SurfaceModel model, PrecisionLaw precision)
    {
        var (parameters, tokens, loss) = (goals.Parameters, goals.Tokens, goals.Loss);
        if (parameters is { } n && tokens is { } d)
        {
            if (flops is { } given)
                return Inside(given / (PrecisionLaw.CostPerBit * n * d), precision);
            return loss is { } target ? Needed(n, d, target) : Fail(new(ObstacleKind.BitsOpen, Bits, [Parameters, Tokens], double.NaN, [], double.NaN));
        }

        if (precision.JointBits() is not { } joint)
            return Fail(new(ObstacleKind.NoBestBits, Bits, [], double.NaN, [], double.NaN));
        var served = goals.ServedTokens ?? 0;
        if (parameters is { } size)
        {
            return loss is { } asked ? ForSizeAndLoss(size, asked)
                : flops is { } budget ? Inside(ForSizeAndBudget(size, budget, served), precision)
                : goals is { LifeFlops: { } life, ServedTokens: not null } ? Inside(ForSizeAndLife(size, life), precision)
                : Inside(joint, precision);
        }

        return tokens is { } seen && flops is { } all && loss is { } reach ? ForTokensBudgetAndLoss(seen, all, reach) : Inside(joint, precision);

        // f(P)·N = N_eff, which the loss asks for.
        (double, PlanObstacle?) Needed(double n, double d, double target)
        {
            var share = model.ParametersForLoss(d, target) / n;
            return precision.BitsForShare(share) is { } bits
                ? Inside(bits, precision)
                : Fail(share < 1 ? new(ObstacleKind.NoBestBits, Bits, [], double.NaN, [], double.NaN) : new(ObstacleKind.LossBelowLimit, Loss, [Loss], target, [Parameters, Tokens], model.Loss(n, d)));
        }

        double ForSizeAndBudget(double n, double c, double serving)
        {
            var best = precision.BitsWhere(bits => Balance(n, c / (PrecisionLaw.CostPerBit * n * bits), bits, serving)) ?? double.NaN;
            // Of limited tokens there may be none left to buy with fewer bits.
            return double.IsFinite(goals.MostTokens) ? Math.Max(best, c / (PrecisionLaw.CostPerBit * n * goals.MostTokens)) : best;
        }

        // κ·N·P·(D + D_inf/3) = C
        double ForSizeAndLife(double n, double c) => precision.BitsWhere(bits =>
            c / (PrecisionLaw.CostPerBit * n * bits) - served / 3 is > 0 and var left ? Balance(n, left, bits, served) : double.NegativeInfinity) ?? double.NaN;

        (double, PlanObstacle?) ForSizeAndLoss(double n, double target)
        {
            if (double.IsNaN(model.TokensForLoss(n, target)))
                return Fail(new(ObstacleKind.LossBelowLimit, Loss, [Loss], target, goals.UniqueTokens is null ? [Parameters] : [Parameters, UniqueTokens], model.Loss(n, goals.MostTokens)));
            double Cheapest(double serving) => precision.BitsWhere(bits =>
                model.TokensForLoss(n * Share(bits), target) is var needed && double.IsNaN(needed) ? double.PositiveInfinity : Balance(n, needed, bits, serving)) ?? double.NaN;
            if (flops is not { } c)
                return Inside(Cheapest(served), precision);
            var cheapest = Cheapest(0);
            var least = PrecisionLaw.CostPerBit * n * model.TokensForLoss(n * Share(cheapest), target) * cheapest;
            if (!(least <= c * (1 + TrainingPlanner.Agreement)))
                return Fail(new(ObstacleKind.BudgetTooSmall, Flops, [Flops], c, [Loss, Parameters], least));
            // Of the two that end at this loss, the fewer: cheaper to serve.
            var best = ForSizeAndBudget(n, c, 0);
            return Inside(Below(best, bits => model.Loss(n * Share(bits), c / (PrecisionLaw.CostPerBit * n * bits)) - target), precision);
        }

        // f(P)/P = κ·N_eff·D/C
        (double, PlanObstacle?) ForTokensBudgetAndLoss(double d, double c, double target)
        {
            var effective = model.ParametersForLoss(d, target);
            if (double.IsNaN(effective))
                return Fail(new(ObstacleKind.LossBelowLimit, Loss, [Loss], target, [Tokens], model.Loss(double.PositiveInfinity, d)));
            var least = PrecisionLaw.CostPerBit * effective * d * joint / Share(joint);
            return least <= c * (1 + TrainingPlanner.Agreement)
                ? Inside(Below(joint, bits => Math.Log(PrecisionLaw.CostPerBit * effective * d * bits / (c * Share(bits)))), precision)
                : Fail(new(ObstacleKind.BudgetTooSmall, Flops, [Flops], c, [Loss, Tokens], least));
        }

        double Share(double bits) => precision.Share(TrainingBits.Tied(bits));

        // Falls with the bits, and is zero at the best.
        double Balance(double n, double d, double bits, double serving) => Math.Log(bits * precision.LogSlope(bits) * model.ElasticityRatio(n * Share(bits), d) / (1 + serving / (3 * d)));

        // Where a function that falls up to some bits is zero.
        double Below(double most, Func<double, double> falls)
        {
            var fewest = precision.LeastTiedBits;
            return fewest + Math.Exp(MonotoneRoot.Find(step => falls(fewest + Math.Exp(step)), LeastStep, Math.Log(most - fewest)));
        }
    }

    /// <summary>Whether a law of precision says something of these bits.</summary>
    public static (double Bits, PlanObstacle? Obstacle) Inside(double bits, PrecisionLaw precision)
    {
        var fewest = Math.Max(1, precision.LeastTiedBits);
        return bits > fewest && bits <= MostBits ? (bits, null)
            : double.IsNaN(bits) ? Fail(new(ObstacleKind.NoBestBits, Bits, [], double.NaN, [], double.NaN))
            : Fail(new(ObstacleKind.BitsOutside, Bits, [Bits], bits, [], bits > MostBits ? MostBits : fewest));
    }

    private static (double Bits, PlanObstacle? Obstacle) Fail(PlanObstacle obstacle) => (double.NaN, obstacle);
}
