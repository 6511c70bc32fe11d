using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Analysis;

/// <summary>What came of reading a quantity.</summary>
/// <param name="Value">The number in the quantity's unit; null where it was not taken.</param>
/// <param name="Problem">Why not, and what to write; null where it was taken.</param>
/// <param name="Suggestion">What may have been meant, as it would be written; null where nobody can tell.</param>
public readonly record struct QuantityReading(double? Value, string? Problem, string? Suggestion = null);

/// <summary>Names of <see cref="TrainingQuantity"/>, and how people read and write them: 5.76e23, 7B, 3.2T, 30d, $2M, 1290MWh.</summary>
public static class TrainingQuantities
{
    private static readonly (string Suffix, double Days)[] s_times = [("days", 1), ("day", 1), ("d", 1), ("hours", 1 / 24.0), ("hour", 1 / 24.0), ("h", 1 / 24.0), ("weeks", 7), ("week", 7), ("w", 7)];
    private static readonly (string Suffix, double KilowattHours)[] s_energies = [("kWh", 1), ("MWh", 1e3), ("GWh", 1e6), ("TWh", 1e9)];
    private static readonly (string Suffix, double Kilograms)[] s_masses = [("kt", 1e6), ("kg", 1), ("t", 1e3)];

    /// <summary>All that can be given, in the order a planner thinks.</summary>
    public static IReadOnlyList<TrainingQuantity> All { get; } =
        [Flops, Money, Days, Accelerators, Energy, Carbon, Parameters, Tokens, Loss, ServedTokens, LifeFlops, UniqueTokens, Epochs, Bits];

    /// <summary>Key in links, commands and reports.</summary>
    public static string Key(TrainingQuantity quantity) => quantity switch
    {
        Flops => "flops",
        Parameters => "parameters",
        Tokens => "tokens",
        Loss => "loss",
        Days => "days",
        Accelerators => "accelerators",
        Money => "money",
        Energy => "energy",
        Carbon => "carbon",
        ServedTokens => "served_tokens",
        UniqueTokens => "unique_tokens",
        Bits => "bits",
        LifeFlops => "life_flops",
        _ => "epochs",
    };

    /// <summary>Name for people, in the middle of a sentence.</summary>
    public static string Name(TrainingQuantity quantity) => quantity switch
    {
        Flops => "compute",
        ServedTokens => "served tokens",
        UniqueTokens => "unique tokens",
        LifeFlops => "compute over its life",
        Carbon => "emissions",
        _ => Key(quantity),
    };

    /// <summary>"compute and loss".</summary>
    public static string Names(IEnumerable<TrainingQuantity> quantities) => Words.List([.. quantities.Select(Name)]);

    /// <summary>Smallest and largest value that is taken.</summary>
    public static (double Low, double High) Bounds(TrainingQuantity quantity) => quantity switch
    {
        Flops or LifeFlops => (1e10, 1e35),
        Bits => (1, 32),
        Parameters => (1e4, 1e18),
        Tokens or ServedTokens or UniqueTokens => (1e4, 1e24),
        Loss => (0.01, 20),
        Days => (1e-4, 1e5),
        Accelerators => (1, 1e8),
        Money => (0.01, 1e15),
        Energy => (1e-3, 1e15),
        Carbon => (1e-3, 1e15),
        _ => (0.01, 1e4),
    };

    /// <summary>An example of how it is written.</summary>
    public static string Example(TrainingQuantity quantity) => quantity switch
    {
        Flops => "5.76e23",
        Parameters => "7B",
        Tokens => "3.2T",
        ServedTokens => "10T",
        UniqueTokens => "400B",
        LifeFlops => "1e24",
        Bits => "8",
        Loss => "2.1",
        Days => "30d or 36h",
        Accelerators => "512",
        Money => "$2M",
        Energy => "1290MWh",
        Carbon => "550t",
        _ => "4",
    };

    /// <summary>With its unit, rounded to three digits: "72.4B parameters", "16.5 days", "$1.61M".</summary>
    public static string Format(TrainingQuantity quantity, double value) => quantity switch
    {
        Flops => $"{Quantity.Scientific(value)} FLOP",
        Parameters => $"{Quantity.Count(value)} parameters",
        Tokens => $"{Quantity.Count(value)} tokens",
        ServedTokens => $"{Quantity.Count(value)} served tokens",
        UniqueTokens => $"{Quantity.Count(value)} unique tokens",
        LifeFlops => $"{Quantity.Scientific(value)} FLOP over its life",
        Bits => $"{Number(quantity, value)} bits",
        Loss => $"{Number(quantity, value)} nats per token",
        Accelerators => $"{Number(quantity, value)} {(value == 1 ? "accelerator" : "accelerators")}",
        Epochs => $"{Number(quantity, value)} {(value == 1 ? "epoch" : "epochs")}",
        _ => Number(quantity, value),
    };

    /// <summary>The number with only such units as it cannot do without: "72.4B", "5.76e23", "16.5 days", "$1.61M".</summary>
    public static string Number(TrainingQuantity quantity, double value)
    {
        if (!double.IsFinite(value))
            return "–";
        return quantity switch
        {
            Flops or LifeFlops => Quantity.Scientific(value),
            Parameters or Tokens or ServedTokens or UniqueTokens => Quantity.Count(value),
            Loss => value.ToString(value < 1 ? "F3" : "F2", CultureInfo.InvariantCulture),
            Days => value < 2 ? $"{Quantity.Significant(24 * value, 3)} hours" : value < 1000 ? $"{Quantity.Significant(value, 3)} days" : $"{Quantity.Significant(value / 365.25, 3)} years",
            // Nobody rents a part of one.
            Accelerators => Math.Ceiling(value * (1 - 1e-9)).ToString("N0", CultureInfo.InvariantCulture),
            Money => $"${(Math.Abs(value) < 1000 ? Quantity.Significant(value, 3) : Quantity.Count(value))}",
            Energy => Scaled(value, [("kWh", 1), ("MWh", 1e3), ("GWh", 1e6)]),
            Carbon => Scaled(value, [("kg CO2e", 1), ("t CO2e", 1e3), ("kt CO2e", 1e6)]),
            _ => Quantity.Significant(value, 3),
        };
    }

    /// <summary>As it is typed, to as many digits as there are: what <see cref="Read"/> takes back.</summary>
    public static string Typed(TrainingQuantity quantity, double value)
    {
        var exact = value.ToString("R", CultureInfo.InvariantCulture);
        return quantity switch
        {
            Flops or LifeFlops => Short(Quantity.Scientific(value)),
            Parameters or Tokens or ServedTokens or UniqueTokens => Short(Quantity.Count(value)),
            Days => $"{exact}d",
            Money => Short("$" + Quantity.Count(value)),
            Energy => value >= 1e3 ? (value / 1e3).ToString("R", CultureInfo.InvariantCulture) + "MWh" : exact + "kWh",
            Carbon => value >= 1e3 ? (value / 1e3).ToString("R", CultureInfo.InvariantCulture) + "t" : exact + "kg",
            _ => exact,
        };

        string Short(string text) => Quantity.TryParse(text.TrimStart('$'), out var read) && read.Equals(value) ? text : (quantity == Money ? "$" : "") + exact;
    }

    /// <summary>Reads what somebody typed. A number that is no such quantity, such as 7 where 7B was meant, is not taken but asked about.</summary>
    public static QuantityReading Read(TrainingQuantity quantity, string? text)
    {
        var typed = (text ?? "").Trim();
        if (typed.Length == 0)
            return new(null, $"Write {Name(quantity)} such as {Example(quantity)}.");
        if (Scale(quantity, typed) is not var (number, scale, hasUnit) || !Quantity.TryParse(number, out var value))
            return new(null, $"“{(typed.Length <= 40 ? typed : typed[..40] + "…")}” is not {Article(quantity)}. Write it like {Example(quantity)}.");
        value *= scale;
        if (quantity is Energy or Carbon && !hasUnit)
            return new(null, $"{typed} of what? Write the unit: {Example(quantity)}.", quantity == Energy ? $"{typed}MWh" : $"{typed}t");
        if (Doubt(quantity, typed, value, hasUnit) is { } meant)
            return new(null, $"{typed} {Unit(quantity, value)}? Write {meant} if that was meant.", meant);
        var (low, high) = Bounds(quantity);
        if (value < low || value > high)
            return new(null, $"{typed} is {(value < low ? "too small" : "too large")} for {Name(quantity)}: {Typed(quantity, low)} to {Typed(quantity, high)} {(value < low ? "can be planned" : "are taken")}.");
        return new(value, null);
    }

    // A plain small number where people think in billions.
    private static string? Doubt(TrainingQuantity quantity, string typed, double value, bool hasUnit) => quantity switch
    {
        Parameters when value is > 0 and < 1e4 => $"{typed}B",
        Tokens or UniqueTokens or ServedTokens when value is > 0 and < 1e4 => $"{typed}{(value < 50 ? "T" : "B")}",
        Flops or LifeFlops when value is >= 15 and <= 35 => $"1e{typed}",
        Flops or LifeFlops when value is > 0 and < 15 => $"{typed}e23",
        Money when value is > 0 and < 1000 && !hasUnit => $"${typed}M",
        Loss when value > 20 => "2.1",
        _ => null,
    };

    private static (string Number, double Scale, bool HasUnit)? Scale(TrainingQuantity quantity, string typed)
    {
        switch (quantity)
        {
            case Days:
                return Suffixed(s_times, StringComparison.OrdinalIgnoreCase);
            case Energy:
                return Suffixed(s_energies, StringComparison.OrdinalIgnoreCase);
            case Carbon:
                return Suffixed(s_masses, StringComparison.Ordinal);
            case Money:
                var bare = typed.TrimStart('$').TrimEnd('$').Trim();
                var dollars = bare.EndsWith("USD", StringComparison.OrdinalIgnoreCase) ? bare[..^3].TrimEnd() : bare;
                return (dollars, 1, dollars.Length < typed.Length);
            default:
                return (typed, 1, false);
        }

        (string, double, bool)? Suffixed((string Suffix, double Scale)[] units, StringComparison comparison)
        {
            foreach (var (suffix, scale) in units)
            {
                if (typed.EndsWith(suffix, comparison))
                    return (typed[..^suffix.Length].TrimEnd(), scale, true);
            }

            return (typed, 1, false);
        }
    }

    private static string Scaled(double value, (string Unit, double Size)[] units)
    {
        var (unit, size) = units.LastOrDefault(candidate => value >= 0.9995 * candidate.Size, units[0]);
        var scaled = value / size;
        return $"{(scaled >= 1e6 ? Quantity.Scientific(scaled) : scaled >= 1000 ? scaled.ToString("N0", CultureInfo.InvariantCulture) : Quantity.Significant(scaled, 3))} {unit}";
    }

    private static string Article(TrainingQuantity quantity) => quantity switch
    {
        Flops or LifeFlops => "an amount of compute",
        Bits => "a number of bits",
        Parameters => "a count of parameters",
        Tokens or ServedTokens or UniqueTokens => "a count of tokens",
        Loss => "a loss",
        Days => "a time",
        Accelerators => "a count of accelerators",
        Money => "a sum of dollars",
        Energy => "an energy",
        Carbon => "a mass of CO2e",
        _ => "a count of epochs",
    };

    private static string Unit(TrainingQuantity quantity, double value) => quantity switch
    {
        Flops or LifeFlops => "FLOP",
        Parameters => value == 1 ? "parameter" : "parameters",
        Money => value == 1 ? "dollar" : "dollars",
        Loss => "nats per token",
        _ => value == 1 ? "token" : "tokens",
    };
}
