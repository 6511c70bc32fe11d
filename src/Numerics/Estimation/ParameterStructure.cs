using MathNet.Numerics.LinearAlgebra;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Estimation;

/// <summary>
/// How the fitted parameters of several families hang together: correlations and principal components of (ln A, ln B, ln E, α, β), centred but not
/// scaled, as in arXiv 2410.11840, §9. Unscaled, α and β carry little weight: the components speak mostly of ln A, ln B and ln E.
/// </summary>
public sealed record ParameterStructure
{
    /// <summary>Fewer families than this have no structure.</summary>
    public const int LeastFamilies = 3;

    /// <summary>The order of rows and columns.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ln A", "ln B", "ln E", "α", "β"];

    /// <summary>Pearson correlations, 5×5; NaN where a parameter does not vary.</summary>
    public required double[,] Correlation { get; init; }

    /// <summary>Share of the variance that the first one, two … five components explain; the last is 1.</summary>
    public required IReadOnlyList<double> Explained { get; init; }

    /// <summary>Components, most variance first: their weights in the order of <see cref="Names"/>, of length one, the largest positive.</summary>
    public required IReadOnlyList<double[]> Components { get; init; }

    /// <summary>
    /// Lowest and highest share explained when any one family is left out, in the order of <see cref="Explained"/>; null with fewer than
    /// <see cref="LeastFamilies"/> others. Families are few and differ, so that one of them may carry the structure: a quantile would promise more.
    /// </summary>
    public IReadOnlyList<(double Low, double High)>? ExplainedWithoutOne { get; private init; }

    /// <summary>The same of the correlations, 5×5; NaN where a parameter does not vary.</summary>
    public (double Low, double High)[,]? CorrelationWithoutOne { get; private init; }

    /// <summary>A law has a place here: none of A, B and E is zero.</summary>
    public static bool Takes(ChinchillaLaw law) => Array.TrueForAll(Coordinates(law), double.IsFinite);

    /// <summary>Of laws that are taken; null with fewer than <see cref="LeastFamilies"/>, or when nothing varies.</summary>
    public static ParameterStructure? Of(IReadOnlyList<ChinchillaLaw> laws)
    {
        if (All(laws) is not { } structure)
            return null;
        var without = Enumerable.Range(0, laws.Count).Select(left => All([.. laws.Where((_, i) => i != left)])).OfType<ParameterStructure>().ToArray();
        if (without.Length == 0)
            return structure;
        var count = Names.Count;
        var correlation = new (double Low, double High)[count, count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
                correlation[i, j] = Range(without.Select(one => one.Correlation[i, j]));
        }

        return structure with
        {
            ExplainedWithoutOne = [.. Enumerable.Range(0, count).Select(i => Range(without.Select(one => one.Explained[i])))],
            CorrelationWithoutOne = correlation,
        };
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        return known.Length == 0 ? (double.NaN, double.NaN) : (known.Min(), known.Max());
    }

    private static ParameterStructure? All(IReadOnlyList<ChinchillaLaw> laws)
    {
        if (laws.Count < LeastFamilies)
            return null;
        var data = Matrix<double>.Build.DenseOfRowArrays(laws.Select(Coordinates));
        for (var j = 0; j < data.ColumnCount; j++)
            data.SetColumn(j, data.Column(j) - data.Column(j).Average());
        var covariance = data.TransposeThisAndMultiply(data) / (laws.Count - 1);
        var total = covariance.Trace();
        // Below what rounding leaves of equal parameters.
        if (!(total > 1e-20))
            return null;

        var eigen = covariance.Evd(Symmetricity.Symmetric);
        int[] order = [.. Enumerable.Range(0, Names.Count).OrderByDescending(i => eigen.EigenValues[i].Real)];
        var explained = new double[Names.Count];
        for (var i = 0; i < explained.Length; i++)
            explained[i] = (i == 0 ? 0 : explained[i - 1]) + Math.Max(0, eigen.EigenValues[order[i]].Real) / total;
        var correlation = new double[Names.Count, Names.Count];
        for (var i = 0; i < Names.Count; i++)
        {
            for (var j = 0; j < Names.Count; j++)
                correlation[i, j] = i == j ? 1 : covariance[i, j] / Math.Sqrt(covariance[i, i] * covariance[j, j]);
        }

        return new ParameterStructure
        {
            Correlation = correlation,
            Explained = explained,
            Components = [.. order.Select(i => Upright(eigen.EigenVectors.Column(i).ToArray()))],
        };
    }

    private static double[] Coordinates(ChinchillaLaw law) => [Math.Log(law.A), Math.Log(law.B), Math.Log(law.E), law.Alpha, law.Beta];

    // A component and its opposite are the same; one of them, so that the answer does not depend on the solver.
    private static double[] Upright(double[] component) =>
        component.MaxBy(Math.Abs) < 0 ? Array.ConvertAll(component, weight => -weight) : component;
}
