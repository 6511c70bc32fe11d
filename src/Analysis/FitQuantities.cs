using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>A number that follows from a law.</summary>
/// <param name="Key">Literal key in reports.</param>
/// <param name="Symbol">As in a formula.</param>
/// <param name="Of">The number.</param>
/// <param name="IsFixed">The form of the law says it, no data.</param>
public sealed record LawQuantity(string Key, string Symbol, Func<Law, double> Of, bool IsFixed = false);

/// <summary>What is reported of a fitted law, each with its interval.</summary>
public static class FitQuantities
{
    /// <summary>The coefficients, and the exponents a and b where the law allocates compute.</summary>
    public static IReadOnlyList<LawQuantity> Of(LawForm form)
    {
        var quantities = form.Parameters.Select(parameter => new LawQuantity(parameter.Key, parameter.Symbol, law => law[parameter.Key]));
        return form.AllocatesCompute
            ? [.. quantities, new("a", "a", law => law.ParameterExponent, form.FixesExponents), new("b", "b", law => law.TokenExponent, form.FixesExponents)]
            : [.. quantities];
    }
}
