namespace ScalingDashboard.Numerics.Fitting;

/// <summary>An objective whose coordinates are those of another, some of them shared: coordinate i of the other is coordinate map[i] here.</summary>
internal sealed class MappedObjective(IObjective inner, int[] map, (double[] Lower, double[] Upper) box) : IObjective
{
    public int Count => Lower.Length;
    public double[] Lower { get; } = box.Lower;
    public double[] Upper { get; } = box.Upper;

    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient, Span<double> hessian, CancellationToken cancellationToken = default)
    {
        var m = map.Length;
        Span<double> at = stackalloc double[m];
        Span<double> innerGradient = stackalloc double[m];
        Span<double> innerHessian = stackalloc double[m * m];
        for (var i = 0; i < m; i++)
            at[i] = theta[map[i]];
        var value = inner.Evaluate(at, innerGradient, innerHessian, cancellationToken);
        gradient.Clear();
        hessian.Clear();
        for (var i = 0; i < m; i++)
        {
            gradient[map[i]] += innerGradient[i];
            for (var j = 0; j < m; j++)
                hessian[map[i] * Count + map[j]] += innerHessian[i * m + j];
        }

        return value;
    }
}
