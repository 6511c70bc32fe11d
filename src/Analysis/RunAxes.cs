using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>What curves are drawn against.</summary>
public enum CurveAxis
{
    /// <summary>Training step.</summary>
    Step,

    /// <summary>Tokens seen.</summary>
    Tokens,

    /// <summary>Training FLOP spent.</summary>
    Flops,

    /// <summary>Wall time since the first logged row, hours.</summary>
    Time,

    /// <summary>Money the devices cost since the first logged row, dollars.</summary>
    Cost,
}

/// <summary>What an hour of a run costs.</summary>
/// <param name="PerDeviceHour">Dollars for an hour of one device.</param>
/// <param name="Devices">Devices it ran on; null where nobody says.</param>
public sealed record RunPrice(double PerDeviceHour, double? Devices)
{
    /// <summary>Dollars for an hour of all devices.</summary>
    public double? PerHour => PerDeviceHour * Devices;
}

/// <summary>From the steps of a run to its tokens, FLOP, hours and dollars.</summary>
/// <remarks>At a step between two logged ones linearly in between, never beyond them; a missing one of tokens and FLOP follows from C = 6ND.</remarks>
public sealed class RunAxes
{
    private const double SecondsPerHour = 3600;

    private readonly double? _parameters;
    private readonly ImportedSeries? _tokens;
    private readonly ImportedSeries? _flops;
    private readonly ImportedSeries? _seconds;
    private readonly RunPrice? _price;

    /// <summary>Over the curves of a run, where it has them.</summary>
    /// <param name="parameters">N.</param>
    /// <param name="tokens">Tokens seen.</param>
    /// <param name="flops">Training FLOP spent.</param>
    /// <param name="seconds">Wall time, seconds.</param>
    /// <param name="price">What an hour of the run costs; null where nobody says.</param>
    public RunAxes(double? parameters, ImportedSeries? tokens, ImportedSeries? flops, ImportedSeries? seconds, RunPrice? price = null) =>
        (_parameters, _tokens, _flops, _seconds, _price) = (parameters, Logged(tokens), Logged(flops), Logged(seconds), price);

    /// <summary>Why the run cannot be drawn against an axis, in words; null where it can.</summary>
    public string? Lacks(CurveAxis axis) => axis switch
    {
        CurveAxis.Tokens when _tokens is null => _flops is null
            ? "its log has neither tokens nor flops"
            : _parameters is null ? "its log has no tokens, and without a parameter count none follow from flops" : null,
        CurveAxis.Flops when _flops is null => _tokens is null
            ? "its log has neither flops nor tokens"
            : _parameters is null ? "its log has no flops, and without a parameter count none follow from tokens" : null,
        CurveAxis.Time or CurveAxis.Cost when _seconds is null => "its log has no wall time",
        CurveAxis.Cost when _price is null => "no price is given",
        CurveAxis.Cost when _price.Devices is null => "its log does not tell on how many devices it ran, and no number is given",
        _ => null,
    };

    /// <summary>The axis at each step, in its unit; NaN where there is none.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="steps">Non-decreasing.</param>
    public double[] At(CurveAxis axis, double[] steps) => axis switch
    {
        CurveAxis.Step => steps,
        CurveAxis.Tokens => Filled(steps, _tokens, _flops, 1 / (6 * _parameters)),
        CurveAxis.Flops => Filled(steps, _flops, _tokens, 6 * _parameters),
        CurveAxis.Cost => Array.ConvertAll(Joined(steps, _seconds), seconds => seconds / SecondsPerHour * (_price?.PerHour ?? double.NaN)),
        _ => Array.ConvertAll(Joined(steps, _seconds), seconds => seconds / SecondsPerHour),
    };

    /// <summary>The series, and where it has nothing the other one times a factor.</summary>
    private static double[] Filled(double[] steps, ImportedSeries? series, ImportedSeries? other, double? factor)
    {
        var values = Joined(steps, series);
        if (other is null || factor is not { } times || !Array.Exists(values, double.IsNaN))
            return values;
        var others = Joined(steps, other);
        var filled = new double[steps.Length];
        for (var i = 0; i < filled.Length; i++)
            filled[i] = double.IsNaN(values[i]) ? others[i] * times : values[i];
        return filled;
    }

    private static double[] Joined(double[] steps, ImportedSeries? series)
    {
        var values = new double[steps.Length];
        if (series is null)
        {
            Array.Fill(values, double.NaN);
            return values;
        }

        if (steps.AsSpan().SequenceEqual(series.Steps))
            return series.Values;
        var (others, j) = (series.Steps, 0);
        for (var i = 0; i < steps.Length; i++)
        {
            while (j < others.Length && others[j] < steps[i])
                j++;
            // A repeated step goes with the repetition in the other series.
            values[i] = j < others.Length && others[j] == steps[i] ? series.Values[j++]
                : j > 0 && others[j - 1] == steps[i] ? series.Values[j - 1]
                : j == 0 || j == others.Length ? double.NaN
                : series.Values[j - 1] + (series.Values[j] - series.Values[j - 1]) * ((steps[i] - others[j - 1]) / (others[j] - others[j - 1]));
        }

        return values;
    }

    /// <summary>Without the rows at which nothing was logged; null where none is left.</summary>
    private static ImportedSeries? Logged(ImportedSeries? series)
    {
        if (series is null || Array.TrueForAll(series.Values, double.IsFinite))
            return series is { Steps.Length: > 0 } ? series : null;
        int[] there = [.. Enumerable.Range(0, series.Values.Length).Where(i => double.IsFinite(series.Values[i]))];
        return there.Length == 0 ? null : new ImportedSeries(series.Metric, [.. there.Select(i => series.Steps[i])], [.. there.Select(i => series.Values[i])]);
    }
}
