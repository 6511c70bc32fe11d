using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// A number that follows from a law as a function h(θ) of the search coordinates: its logarithm where it is above zero at the optimum, which makes
/// it nearly linear in θ (ln A = p + α·mean ln N) and keeps intervals above zero.
/// </summary>
internal sealed class SearchQuantity
{
    private const double GradientStep = 1e-5;
    private const double HessianStep = 1e-3;

    private readonly LawForm _form;
    private readonly FitPoints _points;
    private readonly FitOptions _options;
    private readonly Func<Law, double> _of;

    internal SearchQuantity(Func<Law, double> of, LawForm form, FitPoints points, FitOptions options, ReadOnlySpan<double> optimum)
    {
        (_of, _form, _points, _options) = (of, form, points, options);
        Optimum = Number(optimum);
        IsLogarithmic = Optimum > 0;
    }

    /// <summary>The number at the optimum.</summary>
    internal double Optimum { get; }

    internal bool IsLogarithmic { get; }

    /// <summary>h(θ); not finite where the number has no logarithm.</summary>
    internal double At(ReadOnlySpan<double> theta) => IsLogarithmic ? Math.Log(Number(theta)) : Number(theta);

    /// <summary>The number that a value of h stands for.</summary>
    internal double FromScale(double h) => IsLogarithmic ? Math.Exp(h) : h;

    // Central differences.
    internal void Gradient(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        Span<double> at = stackalloc double[theta.Length];
        theta.CopyTo(at);
        for (var i = 0; i < theta.Length; i++)
        {
            gradient[i] = Slope(at, i, GradientStep * Math.Max(1, Math.Abs(theta[i])));
            // A coordinate near the end of its range, where the step would leave it.
            if (!double.IsFinite(gradient[i]))
                gradient[i] = Slope(at, i, GradientStep * Math.Abs(theta[i]));
        }
    }

    /// <summary>Hessian, n×n; zeros where it cannot be told.</summary>
    internal void Hessian(ReadOnlySpan<double> theta, Span<double> hessian)
    {
        var n = theta.Length;
        Span<double> at = stackalloc double[n];
        Span<double> up = stackalloc double[n];
        Span<double> down = stackalloc double[n];
        theta.CopyTo(at);
        for (var i = 0; i < n; i++)
        {
            at[i] = theta[i] + HessianStep;
            Gradient(at, up);
            at[i] = theta[i] - HessianStep;
            Gradient(at, down);
            at[i] = theta[i];
            for (var j = 0; j < n; j++)
                hessian[i * n + j] = (up[j] - down[j]) / (2 * HessianStep);
        }

        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var mean = 0.5 * (hessian[i * n + j] + hessian[j * n + i]);
                Symmetric.Set(hessian, n, i, j, double.IsFinite(mean) ? mean : 0);
            }
        }
    }

    private double Slope(Span<double> theta, int i, double step)
    {
        var middle = theta[i];
        theta[i] = middle + step;
        var up = At(theta);
        theta[i] = middle - step;
        var down = At(theta);
        theta[i] = middle;
        return (up - down) / (2 * step);
    }

    private double Number(ReadOnlySpan<double> theta) => _of(new Law(_form, _form.Coefficients(theta, _points, _options)));
}
