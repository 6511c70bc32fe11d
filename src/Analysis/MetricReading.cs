namespace ScalingDashboard.Analysis;

/// <summary>One number out of a curve.</summary>
public static class MetricReading
{
    /// <summary>
    /// The last value of the exponential moving average m_t = β·m_(t−1) + (1−β)·x_t from m_0 = 0, without its bias towards zero: m_T/(1 − β^T)
    /// (Kingma and Ba, arXiv 1412.6980, section 3). Values that are not finite are passed over; NaN without any other.
    /// </summary>
    /// <param name="values">By step.</param>
    /// <param name="decay">β, between 0 and 1.</param>
    public static double SmoothedLast(ReadOnlySpan<double> values, double decay)
    {
        var (average, weight) = (0.0, 0.0);
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                continue;
            average = decay * average + (1 - decay) * value;
            weight = decay * weight + (1 - decay);
        }

        return weight > 0 ? average / weight : double.NaN;
    }

    /// <summary>The value at a place, linear between the first two neighbouring points on both sides of it; NaN where there are none.</summary>
    /// <param name="places">Place of each value, non-decreasing; NaN where it is not known.</param>
    /// <param name="values">The curve; what is not finite is passed over.</param>
    /// <param name="place">Where it is read off.</param>
    public static double At(ReadOnlySpan<double> places, ReadOnlySpan<double> values, double place)
    {
        var before = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]) || !double.IsFinite(places[i]))
                continue;
            if (places[i] == place)
                return values[i];
            if (places[i] > place)
                return before < 0 ? double.NaN : values[before] + (values[i] - values[before]) * (place - places[before]) / (places[i] - places[before]);
            before = i;
        }

        return double.NaN;
    }

    /// <summary>Another curve of the same run at other steps: linear in between, NaN beyond its ends.</summary>
    /// <param name="steps">Where it is wanted, non-decreasing.</param>
    /// <param name="otherSteps">Where it was logged, non-decreasing.</param>
    /// <param name="other">What was logged.</param>
    public static double[] AtSteps(ReadOnlySpan<double> steps, ReadOnlySpan<double> otherSteps, ReadOnlySpan<double> other)
    {
        var values = new double[steps.Length];
        var j = 0;
        for (var i = 0; i < values.Length; i++)
        {
            while (j + 1 < otherSteps.Length && otherSteps[j + 1] <= steps[i])
                j++;
            values[i] = j >= otherSteps.Length || steps[i] < otherSteps[j] ? double.NaN
                : steps[i] == otherSteps[j] ? other[j]
                : j + 1 == otherSteps.Length ? double.NaN
                : other[j] + (other[j + 1] - other[j]) * (steps[i] - otherSteps[j]) / (otherSteps[j + 1] - otherSteps[j]);
        }

        return values;
    }
}
