using System.Globalization;
using MathNet.Numerics.Distributions;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>
/// How much of the compute that a law asks for a training really needs for the same loss: 1/speed-up of an optimizer, 1 − savings of growing a model. Below 1 it needs less.
/// </summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low95">Lower end of its 95 % interval; the value where there is none.</param>
/// <param name="High95">Upper end.</param>
public sealed record ComputeFactor(double Value, double Low95, double High95)
{
    /// <summary>Smallest and largest factor that is taken.</summary>
    public const double Least = 0.01;

    /// <inheritdoc cref="Least"/>
    public const double Most = 100;

    // Draws where the law has none of its own.
    private const int OwnDraws = 400;
    private static readonly double s_quantile95 = Normal.InvCDF(0, 1, 0.975);

    /// <summary>A number without an interval.</summary>
    public ComputeFactor(double value)
        : this(value, value, value)
    {
    }

    /// <summary>It has an interval.</summary>
    public bool IsUncertain => Low95 < High95;

    /// <summary>Of a speed-up with its interval.</summary>
    public static ComputeFactor OfSpeedup(double speedup, Numerics.Fitting.Interval? interval) =>
        interval is null ? new(1 / speedup) : new(1 / speedup, Math.Min(1 / speedup, 1 / interval.High95), Math.Max(1 / speedup, 1 / interval.Low95));

    /// <summary>Reads 0.84, 0.84:0.79:0.9 (value, low, high at 95 %), the parts separated by colons, tildes or blanks.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">What is wrong and what to write; null where nothing is.</param>
    public static ComputeFactor? Parse(string? text, out string? problem)
    {
        var parts = (text ?? "").Split([':', '~', ' '], StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!Quantity.TryParse(parts[i], out numbers[i]))
                numbers[i] = double.NaN;
        }

        problem = null;
        if (numbers is [>= Least and <= Most])
            return new(numbers[0]);
        if (numbers is [>= Least and <= Most, >= Least and <= Most, >= Least and <= Most] && numbers[1] <= numbers[0] && numbers[0] <= numbers[2])
            return new(numbers[0], numbers[1], numbers[2]);
        var shown = (text ?? "").Trim();
        problem = string.Create(CultureInfo.InvariantCulture, $"“{(shown.Length <= 40 ? shown : shown[..40] + "…")}” is no factor. Write a number from {Least} to {Most}, or value:low:high of its 95 % interval, such as 0.84:0.79:0.9.");
        return null;
    }

    /// <summary>As it is typed and stands in commands: "0.84:0.79:0.9".</summary>
    public override string ToString() => ToString(':');

    /// <summary>The same with another separator.</summary>
    public string ToString(char separator) => IsUncertain ? $"{Text(Value)}{separator}{Text(Low95)}{separator}{Text(High95)}" : Text(Value);

    /// <summary>
    /// Its values for as many draws of a law: quantiles of a normal distribution of the logarithm that has the interval, each half with its own width. The draws of a law are in no order, so
    /// the two are independent. One value without an interval.
    /// </summary>
    /// <param name="count">Draws of the law; 0 for as many as the factor alone takes.</param>
    public double[] Draws(int count)
    {
        if (!IsUncertain)
            return [.. Enumerable.Repeat(Value, count)];
        var draws = new double[count == 0 ? OwnDraws : count];
        for (var i = 0; i < draws.Length; i++)
        {
            var z = Normal.InvCDF(0, 1, (i + 0.5) / draws.Length) / s_quantile95;
            draws[i] = Value * Math.Pow(z < 0 ? Value / Low95 : High95 / Value, z);
        }

        return draws;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
