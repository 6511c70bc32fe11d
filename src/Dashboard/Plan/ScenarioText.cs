using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>Scenarios as commands and requests spell them.</summary>
public static class ScenarioText
{
    /// <summary>Laws that answer where nobody names any.</summary>
    public const string DefaultLaws = "hoffmann-unrounded,epoch,kaplan";

    /// <summary>Stands for a quantity that is to be found.</summary>
    public const string Solve = "solve";

    /// <summary>Reads a scenario.</summary>
    /// <param name="text">Text of a quantity or assumption by its key; null where it is not given.</param>
    /// <param name="accelerator">Key of the accelerator.</param>
    /// <param name="format">Key of the number format; null for the usual one of the accelerator.</param>
    /// <param name="name">How a message names a key: "--served-tokens".</param>
    /// <exception cref="AnalysisException">A text is no such number, or a key names nothing.</exception>
    public static TrainingScenario Read(Func<string, string?> text, string accelerator, string? format, Func<string, string> name)
    {
        var goals = new TrainingGoals();
        foreach (var quantity in TrainingQuantities.All)
        {
            var key = TrainingQuantities.Key(quantity);
            if (text(key) is not { } typed)
                continue;
            if (quantity == TrainingQuantity.Bits && typed.Trim() == Solve)
            {
                goals = goals with { SolvesBits = true };
                continue;
            }

            var reading = TrainingQuantities.Read(quantity, typed);
            goals = goals.With(quantity, reading.Value ?? throw new AnalysisException($"{name(key)}: {reading.Problem}"));
        }

        var overrides = new Dictionary<AssumptionKind, double>();
        foreach (var kind in Assumption.Settable)
        {
            var key = Assumption.Key(kind);
            if (text(key) is not { } typed)
                continue;
            var reading = ReadAssumption(kind, typed);
            overrides[kind] = reading.Value ?? throw new AnalysisException($"{name(key)}: {reading.Problem}");
        }

        var factor = text("factor") is { } share
            ? ComputeFactor.Parse(share, out var problem) ?? throw new AnalysisException($"{name("factor")}: {problem}")
            : null;
        var own = text(OwnAccelerator.Key) is { } described
            ? OwnAccelerator.Parse(described, out var mistake) ?? throw new AnalysisException($"{name(OwnAccelerator.Key)}: {mistake}")
            : null;
        var hardware = own?.ToAccelerator() ?? AcceleratorTable.Find(accelerator)
            ?? throw new AnalysisException($"{name("accelerator")}: '{accelerator}' is not one of {string.Join(", ", AcceleratorTable.All.Select(known => known.Key))}.");
        var number = format is null ? hardware.UsualFormat : NumberFormat.Find(format)
            ?? throw new AnalysisException($"{name("format")}: '{format}' is not one of {string.Join(", ", NumberFormat.All.Select(known => known.Key))}.");
        if (hardware.Peak(number) is null)
            throw new AnalysisException($"{name("format")}: no peak of the {hardware.Name} in {number.Name} is {(own is null ? "published" : "given")}; there are {string.Join(", ", hardware.Peaks.Keys)}.");
        return new TrainingScenario { Goals = goals, Accelerator = hardware, Format = number, Factor = factor, Overrides = overrides };
    }

    /// <summary>Reads an assumption as people write it: 0.4 or 40 %, 700, 1.1. A number out of its range is asked about.</summary>
    public static QuantityReading ReadAssumption(AssumptionKind kind, string? typed)
    {
        var text = (typed ?? "").Trim();
        var (low, high) = Assumption.Bounds(kind);
        var isShare = text.EndsWith('%');
        var bare = isShare ? text[..^1].TrimEnd() : kind == AssumptionKind.Price ? text.TrimStart('$') : text;
        if (!Quantity.TryParse(bare, out var value))
            return new(null, $"“{(text.Length <= 40 ? text : text[..40] + "…")}” is not a number. Write {Range(low, high)}.");
        if (isShare)
            value /= 100;
        if (kind == AssumptionKind.Utilization && value is > 1 and <= 100)
            return new(null, $"A utilization of {bare} times the peak? Write {bare}% if that was meant.", $"{bare}%");
        return value >= low && value <= high
            ? new(value, null)
            : new(null, $"{text} is outside of what is taken. Write {Range(low, high)}.");

        static string Range(double low, double high) => string.Create(CultureInfo.InvariantCulture, $"a number from {low:0.####} to {high:0.####}");
    }

    /// <summary>Published laws by their keys, separated by commas.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="name">How a message names the option.</param>
    /// <exception cref="AnalysisException">A key names nothing.</exception>
    public static IReadOnlyList<TrainingLaw> Laws(string keys, string name) =>
        [.. keys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().Select(key => TrainingLaw.Find(key)
            ?? throw new AnalysisException($"{name}: '{key}' is not one of hoffmann-unrounded, hoffmann-rounded, {string.Join(", ", TrainingLaw.Published.Select(law => law.Key))}."))];
}
