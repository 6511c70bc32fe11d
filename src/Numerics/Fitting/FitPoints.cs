using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// The points a law is fitted to, in the form the objectives read: centred logarithms of the inputs, padded to whole vectors with points of
/// weight zero. Centring is what makes the Hessian well conditioned.
/// </summary>
public sealed class FitPoints
{
    /// <summary>Vector width the arrays are padded to.</summary>
    internal const int Lanes = 4;

    private const int InputCount = (int)LawInput.GroupSize + 1;
    private const double SameLevel = 1e-9;

    // By input: ln of it minus the mean over the original points; null where it is not known.
    private readonly double[]?[] _centred = new double[InputCount][];
    private readonly double[] _meanLogs = new double[InputCount];
    private readonly double[] _leastLogs = new double[InputCount];

    // The inputs that are known.
    private readonly int[] _known;

    private FitPoints(int capacity, ReadOnlySpan<bool> known)
    {
        var length = (capacity + Lanes - 1) / Lanes * Lanes;
        for (var k = 0; k < InputCount; k++)
            _centred[k] = known[k] ? new double[length] : null;
        _known = [.. Enumerable.Range(0, InputCount).Where(k => _centred[k] is not null)];
        Response = new double[length];
        LogResponse = new double[length];
        Weight = new double[length];
    }

    /// <summary>Count of points, padding not included.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of the weights.</summary>
    public double TotalWeight { get; private set; }

    /// <summary>What the law predicts: the loss in nats per token, or a metric.</summary>
    internal double[] Response { get; }

    /// <summary>Its natural logarithm.</summary>
    internal double[] LogResponse { get; }

    /// <summary>Weight of each point, in a bootstrap draw times how often the draw holds it.</summary>
    internal double[] Weight { get; }

    internal double SmallestResponse { get; private set; }

    internal double LargestResponse { get; private set; }

    /// <summary>ln N − mean ln N.</summary>
    internal double[] X => Centred(LawInput.Parameters);

    /// <summary>ln D − mean ln D.</summary>
    internal double[] Y => Centred(LawInput.Tokens);

    /// <summary>Length of the padded arrays that is in use.</summary>
    internal int PaddedCount => (Count + Lanes - 1) / Lanes * Lanes;

    internal double[] Centred(LawInput input) =>
        _centred[(int)input] ?? throw new InvalidOperationException($"These points have no {LawInputWords.Plural(input)}.");

    internal double MeanLog(LawInput input) => _meanLogs[(int)input];

    /// <summary>Smallest value of an input over the original points.</summary>
    internal double Least(LawInput input) => Math.Exp(_leastLogs[(int)input]);

    /// <summary>Points of weight one with a count of parameters and of tokens; compute is 6ND.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">D.</param>
    /// <param name="losses">L, nats per token.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or a value is not finite and positive.</exception>
    public static FitPoints From(ReadOnlySpan<double> parameters, ReadOnlySpan<double> tokens, ReadOnlySpan<double> losses)
    {
        if (parameters.Length != tokens.Length || parameters.Length != losses.Length)
            throw new ArgumentException("Parameters, tokens and losses must have the same length.");
        var points = new LawPoint[parameters.Length];
        for (var i = 0; i < points.Length; i++)
            points[i] = new LawPoint(parameters[i], tokens[i], 6 * parameters[i] * tokens[i]);
        return From(points, losses);
    }

    /// <summary>Points for any law: inputs that are NaN in the first point are taken as not known.</summary>
    /// <param name="runs">What is given of each run.</param>
    /// <param name="responses">Loss in nats per token, or a metric; as many.</param>
    /// <param name="weights">Weights, zero or above; empty for ones.</param>
    /// <exception cref="ArgumentException">The arrays differ in length, or a value is not finite and positive.</exception>
    public static FitPoints From(ReadOnlySpan<LawPoint> runs, ReadOnlySpan<double> responses, ReadOnlySpan<double> weights = default)
    {
        var count = runs.Length;
        if (responses.Length != count || (weights.Length != count && weights.Length != 0))
            throw new ArgumentException("Runs, responses and weights must have the same length.");
        var known = new bool[InputCount];
        for (var k = 0; k < InputCount && count > 0; k++)
            known[k] = !double.IsNaN(runs[0][(LawInput)k]);
        double smallest = double.PositiveInfinity, largest = 0, total = 0;
        for (var i = 0; i < count; i++)
        {
            // A metric may be zero, a loss may not.
            if (!(IsPositive(responses[i]) || (responses[i] == 0 && known[(int)LawInput.Loss])))
                throw new ArgumentException($"Point {i}: the loss must be finite and above zero.");
            if (weights.Length > 0 && !(double.IsFinite(weights[i]) && weights[i] >= 0))
                throw new ArgumentException($"Point {i}: the weight must be finite and not below zero.");
            smallest = Math.Min(smallest, responses[i]);
            largest = Math.Max(largest, responses[i]);
        }

        var points = new FitPoints(count, known) { Count = count, SmallestResponse = smallest, LargestResponse = largest };
        for (var k = 0; k < InputCount; k++)
        {
            if (points._centred[k] is not { } centred)
                continue;
            var mean = 0.0;
            for (var i = 0; i < count; i++)
            {
                var value = runs[i][(LawInput)k];
                if (!IsPositive(value))
                    throw new ArgumentException($"Point {i}: {LawInputWords.Plural((LawInput)k)} must be finite and above zero.");
                centred[i] = Math.Log(value);
                mean += centred[i] / count;
            }

            for (var i = 0; i < count; i++)
                centred[i] -= mean;
            points._meanLogs[k] = mean;
            points._leastLogs[k] = count > 0 ? centred.Take(count).Min() + mean : double.NaN;
        }

        for (var i = 0; i < count; i++)
        {
            points.Response[i] = responses[i];
            points.LogResponse[i] = Math.Log(responses[i]);
            points.Weight[i] = weights.Length > 0 ? weights[i] : 1;
            total += points.Weight[i];
        }

        points.TotalWeight = total;
        points.Pad();
        return points;
    }

    /// <summary>Room for draws from these points; fill it with <see cref="Draw"/>.</summary>
    internal FitPoints ScratchForDraws() => Room(Count);

    /// <summary>Copies into <paramref name="scratch"/> the points drawn at least once, in order, each with its weight times how often it was drawn.</summary>
    internal void Draw(ReadOnlySpan<int> times, FitPoints scratch)
    {
        var count = 0;
        var total = 0.0;
        for (var i = 0; i < Count; i++)
        {
            if (times[i] == 0)
                continue;
            foreach (var k in _known)
                scratch._centred[k]![count] = _centred[k]![i];
            scratch.Response[count] = Response[i];
            scratch.LogResponse[count] = LogResponse[i];
            total += scratch.Weight[count] = Weight[i] * times[i];
            count++;
        }

        (scratch.Count, scratch.TotalWeight) = (count, total);
        scratch.Pad();
    }

    /// <summary>The points at these positions, with the same centre.</summary>
    internal FitPoints Take(ReadOnlySpan<int> positions)
    {
        var taken = Room(positions.Length);
        var times = new int[Count];
        foreach (var i in positions)
            times[i]++;
        Draw(times, taken);
        return taken;
    }

    /// <summary>The points at these positions as points of their own, centred on themselves: what a fit without the others starts from.</summary>
    internal FitPoints Only(ReadOnlySpan<int> positions)
    {
        var only = Take(positions);
        for (var k = 0; k < InputCount; k++)
        {
            if (only._centred[k] is not { } centred)
                continue;
            var used = centred.AsSpan(0, only.Count);
            var mean = 0.0;
            foreach (var value in used)
                mean += value / only.Count;
            for (var i = 0; i < used.Length; i++)
                used[i] -= mean;
            only._meanLogs[k] += mean;
            only._leastLogs[k] = used.Length > 0 ? centred.Take(only.Count).Min() + only._meanLogs[k] : double.NaN;
        }

        (only.SmallestResponse, only.LargestResponse) = (double.PositiveInfinity, 0);
        foreach (var response in only.Response.AsSpan(0, only.Count))
        {
            only.SmallestResponse = Math.Min(only.SmallestResponse, response);
            only.LargestResponse = Math.Max(only.LargestResponse, response);
        }

        return only;
    }

    /// <summary>What is given of a point; what is not known is NaN.</summary>
    internal LawPoint Run(int i)
    {
        return new LawPoint(
            Of(LawInput.Parameters), Of(LawInput.Tokens), Of(LawInput.Flops), Of(LawInput.UniqueTokens), Of(LawInput.Loss),
            Of(LawInput.WeightBits), Of(LawInput.ActivationBits), Of(LawInput.KvBits), Of(LawInput.PostBits),
            Of(LawInput.ExponentBits) - LawPoint.Half, Of(LawInput.MantissaBits) - LawPoint.Half, Of(LawInput.GroupSize));

        double Of(LawInput input) => _centred[(int)input] is { } centred ? Math.Exp(centred[i] + _meanLogs[(int)input]) : double.NaN;
    }

    /// <summary>Different values of an input, counted up to <paramref name="most"/>.</summary>
    internal int DistinctLevels(LawInput input, int most = 3) => DistinctLevels(Centred(input), most);

    /// <summary>Different responses, counted up to <paramref name="most"/>.</summary>
    internal int DistinctResponses(int most = 2) => DistinctLevels(Response, most);

    /// <summary>Correlation of the logarithms of two inputs.</summary>
    internal double Correlation(LawInput first, LawInput second)
    {
        var (x, y) = (Centred(first), Centred(second));
        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < Count; i++)
        {
            xx += x[i] * x[i];
            yy += y[i] * y[i];
            xy += x[i] * y[i];
        }

        return xy / Math.Sqrt(xx * yy);
    }

    private FitPoints Room(int capacity)
    {
        var known = new bool[InputCount];
        for (var k = 0; k < InputCount; k++)
            known[k] = _centred[k] is not null;
        var room = new FitPoints(capacity, known) { SmallestResponse = SmallestResponse, LargestResponse = LargestResponse };
        _meanLogs.CopyTo(room._meanLogs, 0);
        _leastLogs.CopyTo(room._leastLogs, 0);
        return room;
    }

    private void Pad()
    {
        for (var i = Count; i < PaddedCount; i++)
        {
            foreach (var centred in _centred)
            {
                if (centred is not null)
                    centred[i] = 0;
            }

            LogResponse[i] = Weight[i] = 0;
            Response[i] = 1;
        }
    }

    private int DistinctLevels(double[] values, int most)
    {
        var levels = new double[most];
        var count = 0;
        for (var i = 0; i < Count && count < most; i++)
        {
            var known = 0;
            while (known < count && !(Math.Abs(levels[known] - values[i]) <= SameLevel))
                known++;
            if (known == count)
                levels[count++] = values[i];
        }

        return count;
    }

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;
}
