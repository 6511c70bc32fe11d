namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// The points a loss surface is fitted to, in the form the objectives read: centred logarithms, padded to whole vectors
/// with points of weight zero. Centring is what makes the Hessian well conditioned.
/// </summary>
public sealed class SurfacePoints
{
    /// <summary>Vector width the arrays are padded to.</summary>
    internal const int Lanes = 4;

    /// <summary>Count of points, padding not included.</summary>
    public int Count { get; private set; }

    /// <summary>ln N − mean ln N.</summary>
    internal double[] X { get; }

    /// <summary>ln D − mean ln D.</summary>
    internal double[] Y { get; }

    /// <summary>Loss, nats per token.</summary>
    internal double[] Loss { get; }

    /// <summary>ln loss.</summary>
    internal double[] LogLoss { get; }

    /// <summary>Weight of each point: 1, or the times a bootstrap draw holds it.</summary>
    internal double[] Weight { get; }

    /// <summary>Mean of ln N and ln D over the original points.</summary>
    internal double MeanLogParameters { get; private init; }

    internal double MeanLogTokens { get; private init; }

    internal double SmallestLoss { get; private init; }

    /// <summary>Length of the padded arrays that is in use.</summary>
    internal int PaddedCount => (Count + Lanes - 1) / Lanes * Lanes;

    private SurfacePoints(int capacity)
    {
        var length = (capacity + Lanes - 1) / Lanes * Lanes;
        X = new double[length];
        Y = new double[length];
        Loss = new double[length];
        LogLoss = new double[length];
        Weight = new double[length];
    }

    /// <summary>Points of weight one.</summary>
    /// <exception cref="ArgumentException">The arrays differ in length, or a value is not finite and positive.</exception>
    public static SurfacePoints From(ReadOnlySpan<double> parameters, ReadOnlySpan<double> tokens, ReadOnlySpan<double> losses)
    {
        if (parameters.Length != tokens.Length || parameters.Length != losses.Length)
            throw new ArgumentException("Parameters, tokens and losses must have the same length.");
        var count = parameters.Length;
        double meanX = 0, meanY = 0, smallest = double.PositiveInfinity;
        for (var i = 0; i < count; i++)
        {
            if (!(IsPositive(parameters[i]) && IsPositive(tokens[i]) && IsPositive(losses[i])))
                throw new ArgumentException($"Point {i}: parameters, tokens and loss must be finite and above zero.");
            meanX += Math.Log(parameters[i]) / count;
            meanY += Math.Log(tokens[i]) / count;
            smallest = Math.Min(smallest, losses[i]);
        }

        var points = new SurfacePoints(count)
        {
            Count = count,
            MeanLogParameters = meanX,
            MeanLogTokens = meanY,
            SmallestLoss = smallest,
        };
        for (var i = 0; i < count; i++)
        {
            points.X[i] = Math.Log(parameters[i]) - meanX;
            points.Y[i] = Math.Log(tokens[i]) - meanY;
            points.Loss[i] = losses[i];
            points.LogLoss[i] = Math.Log(losses[i]);
            points.Weight[i] = 1;
        }

        return points;
    }

    /// <summary>Room for draws from these points; fill it with <see cref="Draw"/>.</summary>
    internal SurfacePoints ScratchForDraws() => new(Count)
    {
        MeanLogParameters = MeanLogParameters,
        MeanLogTokens = MeanLogTokens,
        SmallestLoss = SmallestLoss,
    };

    /// <summary>Copies into <paramref name="scratch"/> the points with a weight above zero, in order.</summary>
    internal void Draw(ReadOnlySpan<int> times, SurfacePoints scratch)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            if (times[i] == 0)
                continue;
            scratch.X[count] = X[i];
            scratch.Y[count] = Y[i];
            scratch.Loss[count] = Loss[i];
            scratch.LogLoss[count] = LogLoss[i];
            scratch.Weight[count] = times[i];
            count++;
        }

        scratch.Count = count;
        for (var i = count; i < scratch.PaddedCount; i++)
        {
            scratch.X[i] = scratch.Y[i] = scratch.LogLoss[i] = scratch.Weight[i] = 0;
            scratch.Loss[i] = 1;
        }
    }

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;
}
