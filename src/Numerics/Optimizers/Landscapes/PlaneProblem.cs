namespace ScalingDashboard.Numerics.Optimizers.Landscapes;

/// <summary>A problem of two weights.</summary>
public enum PlaneKind
{
    /// <summary>L = κ·w₁² + w₂², the problem of the cautious paper (arXiv 2411.16085, §3.1).</summary>
    Quadratic,

    /// <summary>The same turned by 30°, so that no axis points along the valley.</summary>
    Turned,

    /// <summary>L = (1 − w₁)² + 10·(w₂ − w₁²)²: a bent valley (Rosenbrock 1960, with 10 for 100).</summary>
    Rosenbrock,

    /// <summary>The quadratic with normal noise on each gradient, as a small batch has it.</summary>
    Noisy,
}

/// <summary>Loss and gradient over the plane.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Condition">κ: how much steeper the steep direction is; without meaning for <see cref="PlaneKind.Rosenbrock"/>.</param>
public sealed record PlaneProblem(PlaneKind Kind, double Condition)
{
    private const double Bend = 10;
    private static readonly (double Sin, double Cos) s_turn = Math.SinCos(Math.PI / 6);

    /// <summary>Where paths start.</summary>
    public (double X, double Y) Start => Kind switch { PlaneKind.Rosenbrock => (-1.2, 1.5), PlaneKind.Turned => (-0.3, 1.2), _ => (1, 1) };

    /// <summary>Where the loss is least.</summary>
    public (double X, double Y) Minimum => Kind == PlaneKind.Rosenbrock ? (1, 1) : (0, 0);

    /// <summary>L.</summary>
    public double Loss(double x, double y)
    {
        if (Kind == PlaneKind.Rosenbrock)
            return (1 - x) * (1 - x) + Bend * (y - x * x) * (y - x * x);
        var (u, v) = Turn(x, y, s_turn.Sin);
        return Condition * u * u + v * v;
    }

    /// <summary>∇L, without noise.</summary>
    public (double X, double Y) Gradient(double x, double y)
    {
        if (Kind == PlaneKind.Rosenbrock)
            return (-2 * (1 - x) - 4 * Bend * x * (y - x * x), 2 * Bend * (y - x * x));
        var (u, v) = Turn(x, y, s_turn.Sin);
        return Turn(2 * Condition * u, 2 * v, -s_turn.Sin);
    }

    /// <summary>The closed line on which the loss is the same, around the minimum.</summary>
    /// <param name="loss">L, above zero.</param>
    /// <param name="points">Points on it; the last is the first again.</param>
    public (double[] X, double[] Y) Level(double loss, int points)
    {
        var (xs, ys) = (new double[points], new double[points]);
        for (var i = 0; i < points; i++)
        {
            // Each loss is a sum of two squares, which sine and cosine share out.
            var (sin, cos) = Math.SinCos(2 * Math.PI * i / (points - 1));
            if (Kind == PlaneKind.Rosenbrock)
                (xs[i], ys[i]) = (1 - Math.Sqrt(loss) * cos, (1 - Math.Sqrt(loss) * cos) * (1 - Math.Sqrt(loss) * cos) + Math.Sqrt(loss / Bend) * sin);
            else
                (xs[i], ys[i]) = Turn(Math.Sqrt(loss / Condition) * cos, Math.Sqrt(loss) * sin, -s_turn.Sin);
        }

        return (xs, ys);
    }

    private (double, double) Turn(double x, double y, double sin) =>
        Kind == PlaneKind.Turned ? (s_turn.Cos * x + sin * y, -sin * x + s_turn.Cos * y) : (x, y);
}
