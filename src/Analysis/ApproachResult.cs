using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>What one of Chinchilla's three approaches says about compute-optimal training.</summary>
public sealed record ApproachResult
{
    /// <summary>1 envelope, 2 parabolas, 3 parametric.</summary>
    public required int Approach { get; init; }

    /// <summary>How the fit ended.</summary>
    public required FitStatus Status { get; init; }

    /// <summary>N_opt and D_opt at any budget.</summary>
    public required IAllocationLaw Law { get; init; }

    /// <summary>The same from each bootstrap draw that could be refitted.</summary>
    public required IReadOnlyList<IAllocationLaw> Draws { get; init; }

    /// <summary>Interval of a; null without draws.</summary>
    public Interval? ParameterExponent { get; private init; }

    /// <summary>Interval of b; null without draws.</summary>
    public Interval? TokenExponent { get; private init; }

    /// <summary>The optimum at each budget, ascending: minima of approach 2, closed forms of approach 3, levels of approach 1.</summary>
    public required IReadOnlyList<BudgetRow> Budgets { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>Its numbers may be read as an answer. A law with a term on its bound may put its optimum at no size that could be trained.</summary>
    public bool IsUsable =>
        Status is FitStatus.Converged or FitStatus.AtBound && double.IsFinite(Law.ParameterExponent)
        && Budgets.Any(row => row.Optimum is { Parameters: >= 1 and < double.PositiveInfinity, Tokens: >= 1 and < double.PositiveInfinity });

    /// <summary>The allocation of a budget with intervals.</summary>
    public Prediction At(double flops) => Prediction.At(flops, Law, Draws);

    /// <summary>Fills in the intervals of the exponents from the draws.</summary>
    internal ApproachResult WithExponentIntervals() => this with
    {
        ParameterExponent = Interval.Of(Draws.Select(draw => draw.ParameterExponent)),
        TokenExponent = Interval.Of(Draws.Select(draw => draw.TokenExponent)),
    };
}

/// <summary>The optimum at one budget.</summary>
/// <param name="Flops">C, FLOP.</param>
/// <param name="Points">Runs it rests on.</param>
/// <param name="Optimum">N, D and loss; NaN where there is none.</param>
/// <param name="Status">Says why there is none.</param>
/// <param name="Parameters">Interval of N.</param>
/// <param name="Tokens">Interval of D.</param>
/// <param name="Loss">Interval of the loss.</param>
public sealed record BudgetRow(
    double Flops, int Points, Allocation Optimum, FitStatus Status, Interval? Parameters, Interval? Tokens, Interval? Loss);
