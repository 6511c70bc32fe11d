using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>
/// L = E + A·N^−α + B·D^−β with A and α taken from elsewhere and E, B, β ≥ 0 fitted by least squares on the loss: one model of a family is
/// then enough (arXiv 2410.11840, §5). For a fixed β the rest is linear in (E, B) and solved exactly; β is searched on a grid, then by
/// golden section (Press et al., Numerical Recipes, §10.2) between the neighbours of the best.
/// </summary>
public static class BorrowedLaw
{
    /// <summary>Parameters fitted.</summary>
    public const int ParameterCount = 3;

    /// <summary>A and α that the guide borrows: those of Muennighoff et al. 2023 (arXiv 2305.16264), as its code starts from, A = exp 6.255414.</summary>
    public static (double A, double Alpha) Published { get; } = (Math.Exp(6.255414), 0.3526596);

    // E + B·D^−β is the law of compute alone, with tokens in place of compute.
    private static readonly LawForm s_rest = new ComputePowerForm(offset: true);

    private const double LargestBeta = 5;
    private const double Narrow = 1e-10;

    private static readonly double[] s_betas = [0, .. Enumerable.Range(0, 60).Select(i => 0.01 * Math.Pow(LargestBeta / 0.01, i / 59.0))];

    /// <summary>Fits E, B and β.</summary>
    /// <param name="rows">Rows of at least one model.</param>
    /// <param name="a">A.</param>
    /// <param name="alpha">α.</param>
    public static EstimationLaw Fit(TrainingRows rows, double a, double alpha)
    {
        var count = rows.Losses.Length;
        if (count < ParameterCount)
            return EstimationLaw.TooFew(count, ParameterCount);
        var left = new double[count];
        var logs = new double[count];
        for (var i = 0; i < count; i++)
        {
            left[i] = rows.Losses[i] - a * Math.Pow(rows.Parameters[i], -alpha);
            logs[i] = Math.Log(rows.Tokens[i]);
        }

        // Around the mean of ln D, so that D^−β neither under- nor overflows.
        var centre = logs.Average();
        var best = 0;
        for (var k = 1; k < s_betas.Length; k++)
        {
            if (Solve(s_betas[k]).Squares < Solve(s_betas[best]).Squares)
                best = k;
        }

        var beta = GoldenSection(s_betas[Math.Max(best - 1, 0)], s_betas[Math.Min(best + 1, s_betas.Length - 1)]);
        if (Solve(s_betas[best]).Squares <= Solve(beta).Squares)
            beta = s_betas[best];
        var (e, q, _) = Solve(beta);
        var law = new ChinchillaLaw(e, a, q * Math.Exp(beta * centre), alpha, beta);
        var (status, explanation) =
            e <= 0 ? (FitStatus.AtBound, "E ended at zero")
            : q <= 0 || beta <= 0 ? (FitStatus.AtBound, "the token term vanished: the loss does not fall with tokens")
            : beta >= LargestBeta - Narrow ? (FitStatus.AtBound, FormattableString.Invariant($"β ended on its bound {LargestBeta}"))
            : (FitStatus.Converged, "");
        return new EstimationLaw(law, status, explanation, count) { Intervals = status == FitStatus.Converged ? Intervals(rows, left, law) : CoefficientIntervals.None };

        (double E, double Q, double Squares) Solve(double beta)
        {
            double chi = 0, mean = 0;
            var powers = new double[count];
            for (var i = 0; i < count; i++)
            {
                powers[i] = Math.Exp(-beta * (logs[i] - centre));
                chi += powers[i] / count;
                mean += left[i] / count;
            }

            double cc = 0, cl = 0, raw = 0, rawLeft = 0;
            for (var i = 0; i < count; i++)
            {
                cc += (powers[i] - chi) * (powers[i] - chi);
                cl += (powers[i] - chi) * (left[i] - mean);
                raw += powers[i] * powers[i];
                rawLeft += powers[i] * left[i];
            }

            // The free solution, else the better of those on the two edges E = 0 and B = 0.
            var slope = cc > 0 ? cl / cc : 0;
            if (slope >= 0 && mean - slope * chi >= 0)
                return (mean - slope * chi, slope, Squares(mean - slope * chi, slope));
            var withoutE = Math.Max(rawLeft / raw, 0);
            var withoutB = Math.Max(mean, 0);
            var (squaresE, squaresB) = (Squares(0, withoutE), Squares(withoutB, 0));
            return squaresE < squaresB ? (0, withoutE, squaresE) : (withoutB, 0, squaresB);

            double Squares(double e, double q)
            {
                var sum = 0.0;
                for (var i = 0; i < count; i++)
                {
                    var residual = e + q * powers[i] - left[i];
                    sum += residual * residual;
                }

                return sum;
            }
        }

        double GoldenSection(double low, double high)
        {
            var ratio = (Math.Sqrt(5) - 1) / 2;
            var (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
            var (atLeft, atRight) = (Solve(left).Squares, Solve(right).Squares);
            while (high - low > Narrow)
            {
                if (atLeft <= atRight)
                {
                    (high, right, atRight) = (right, left, atLeft);
                    left = high - ratio * (high - low);
                    atLeft = Solve(left).Squares;
                }
                else
                {
                    (low, left, atLeft) = (left, right, atRight);
                    right = low + ratio * (high - low);
                    atRight = Solve(right).Squares;
                }
            }

            return (low + high) / 2;
        }
    }

    /// <summary>
    /// With A and α known, what is left of the loss is a law of tokens alone, and its intervals are those of that law. None where a size term above the
    /// loss leaves something below zero.
    /// </summary>
    private static CoefficientIntervals Intervals(TrainingRows rows, double[] left, ChinchillaLaw law)
    {
        if (!Array.TrueForAll(left, rest => rest > 0))
            return CoefficientIntervals.None;
        var points = FitPoints.From(Array.ConvertAll(rows.Tokens, tokens => new LawPoint(double.NaN, double.NaN, tokens)), left);
        var options = new FitOptions { Method = FitMethod.VariableProjection };
        double[] coefficients = [law.E, law.B, law.Beta];
        var fit = new LawFit
        {
            Law = s_rest.With(coefficients),
            Theta = s_rest.Theta(coefficients, points, options),
            Status = FitStatus.Converged,
            Explanation = "",
            Points = points.Count,
            Objective = double.NaN,
            ConditionNumber = double.NaN,
        };
        var intervals = CoefficientIntervals.Of(fit, points, options, ["E", "K", "gamma"]);
        return new(intervals[0], null, intervals[1], null, intervals[2]);
    }
}
