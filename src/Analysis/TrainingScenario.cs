using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Analysis;

/// <summary>A rate that a plan rests on.</summary>
public enum AssumptionKind
{
    /// <summary>Dense peak of the accelerator in the number format, FLOP/s.</summary>
    Peak,

    /// <summary>Share of the peak that training takes.</summary>
    Utilization,

    /// <summary>Hours paid for each hour of training.</summary>
    Overhead,

    /// <summary>Power for each accelerator, W.</summary>
    Power,

    /// <summary>Power usage effectiveness.</summary>
    Pue,

    /// <summary>US dollars an accelerator-hour.</summary>
    Price,

    /// <summary>Emissions of the grid, kg CO2e/kWh.</summary>
    Grid,

    /// <summary>Bytes of weight, gradient and optimizer states a parameter.</summary>
    BytesPerParameter,
}

/// <summary>An assumption with where it comes from.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Value">The number in force; NaN where nobody says.</param>
/// <param name="Source">Document and date, or that the user set it.</param>
/// <param name="IsOverridden">The user set it.</param>
public sealed record Assumption(AssumptionKind Kind, double Value, string Source, bool IsOverridden)
{
    /// <summary>Key in reports, links and commands.</summary>
    public static string Key(AssumptionKind kind) => kind switch
    {
        AssumptionKind.BytesPerParameter => "bytes_per_parameter",
        AssumptionKind.Peak => "peak",
        AssumptionKind.Utilization => "utilization",
        AssumptionKind.Overhead => "overhead",
        AssumptionKind.Power => "power",
        AssumptionKind.Pue => "pue",
        AssumptionKind.Price => "price",
        _ => "grid",
    };

    /// <summary>Name for people.</summary>
    public static string Name(AssumptionKind kind) => kind switch
    {
        AssumptionKind.Peak => "Dense peak",
        AssumptionKind.Utilization => "Utilization (MFU)",
        AssumptionKind.Overhead => "Overhead, hours paid per hour of training",
        AssumptionKind.Power => "Power for each accelerator",
        AssumptionKind.Pue => "PUE of the data centre",
        AssumptionKind.Price => "Price of an accelerator-hour",
        AssumptionKind.Grid => "Emissions of the grid",
        _ => "Memory of the states, a parameter",
    };

    /// <summary>Unit; empty for a pure number.</summary>
    public static string Unit(AssumptionKind kind) => kind switch
    {
        AssumptionKind.Peak => "FLOP/s",
        AssumptionKind.Power => "W",
        AssumptionKind.Price => "US$/h",
        AssumptionKind.Grid => "kg CO2e/kWh",
        AssumptionKind.BytesPerParameter => "bytes",
        _ => "",
    };

    /// <summary>Smallest and largest value that may be set.</summary>
    public static (double Low, double High) Bounds(AssumptionKind kind) => kind switch
    {
        AssumptionKind.Utilization => (0.001, 1),
        AssumptionKind.Overhead => (1, 100),
        AssumptionKind.Power => (1, 1e5),
        AssumptionKind.Pue => (1, 10),
        AssumptionKind.Price => (1e-4, 1e5),
        AssumptionKind.Grid => (1e-4, 10),
        AssumptionKind.BytesPerParameter => (0.1, 100),
        _ => (1, 1e30),
    };

    /// <summary>Those that a user may set, in the order they are asked for; the peak follows from accelerator and format.</summary>
    public static IReadOnlyList<AssumptionKind> Settable { get; } = [.. Enum.GetValues<AssumptionKind>().Where(kind => kind != AssumptionKind.Peak)];
}

/// <summary>A what-if: what is given of a training, and on what it would run.</summary>
public sealed record TrainingScenario
{
    /// <summary>MFU where nothing else is known.</summary>
    public const double UsualUtilization = 0.4;

    /// <summary>Hours paid for each hour of training where nothing else is known.</summary>
    public const double UsualOverhead = 1.1;

    /// <summary>PUE where nothing else is known.</summary>
    public const double UsualPue = 1.1;

    /// <summary>kg CO2e/kWh where nothing else is known.</summary>
    public const double UsualGrid = 0.429;

    /// <summary>What is given.</summary>
    public TrainingGoals Goals { get; init; } = new();

    /// <summary>What it runs on.</summary>
    public required Accelerator Accelerator { get; init; }

    /// <summary>Number format of the matrix products.</summary>
    public required NumberFormat Format { get; init; }

    /// <summary>Share of the law's compute that the training needs, by a better optimizer or by growing the model; null for all of it.</summary>
    public ComputeFactor? Factor { get; init; }

    /// <summary>Assumptions that the user set; the others take their defaults.</summary>
    public IReadOnlyDictionary<AssumptionKind, double> Overrides { get; init; } = new Dictionary<AssumptionKind, double>();

    /// <summary>Every assumption in force, in the order of <see cref="AssumptionKind"/>.</summary>
    public IReadOnlyList<Assumption> Assumptions => [.. Enum.GetValues<AssumptionKind>().Select(Assume)];

    /// <summary>What an accelerator-hour does and costs.</summary>
    public TrainingRates Rates => new()
    {
        // Where bits count, an hour is measured in FLOP of 16 bits.
        PeakFlopsPerSecond = Assume(AssumptionKind.Peak).Value * (Goals.CountsBits ? Format.Bits / BitsPlanner.FullBits : 1),
        Utilization = Assume(AssumptionKind.Utilization).Value,
        Overhead = Assume(AssumptionKind.Overhead).Value,
        PowerWatts = Assume(AssumptionKind.Power).Value,
        Pue = Assume(AssumptionKind.Pue).Value,
        PricePerHour = Assume(AssumptionKind.Price).Value,
        CarbonPerKilowattHour = Assume(AssumptionKind.Grid).Value,
    };

    /// <summary>One assumption.</summary>
    public Assumption Assume(AssumptionKind kind)
    {
        if (Overrides.TryGetValue(kind, out var set))
            return new(kind, set, "set by you", true);
        var vendor = Accelerator.IsOwn ? "as you described it" : string.Create(CultureInfo.InvariantCulture, $"{Accelerator.Source}, {Accelerator.SourceYear}");
        var (value, source) = kind switch
        {
            AssumptionKind.Peak => (Accelerator.Peak(Format) ?? double.NaN, $"{Format.Name} without sparsity, {vendor}"),
            AssumptionKind.Utilization => (UsualUtilization, "Llama 3 405B on 16,384 H100 in BF16: 38 to 43 %, arXiv 2407.21783, Table 4, 2024"),
            AssumptionKind.Overhead => (UsualOverhead, "Llama 3 405B trained more than 90 % of the time, arXiv 2407.21783, §3.3.4, 2024"),
            AssumptionKind.Power => (Accelerator.PowerWatts, double.IsNaN(Accelerator.PowerWatts) ? $"{(Accelerator.IsOwn ? "you gave none" : "the vendor publishes none")}; set one to get energy and emissions" : $"board power, hosts and network not counted, {vendor}"),
            AssumptionKind.Pue => (UsualPue, "GPT-3's data centre as estimated by Patterson et al., arXiv 2104.10350, Table 4, 2021"),
            AssumptionKind.Price => Accelerator.Price is { } price
                ? (price.PerHour, string.Create(CultureInfo.InvariantCulture, $"{price.Source}, list price read {price.Date:yyyy-MM-dd}"))
                : (double.NaN, Accelerator.IsOwn ? "you gave none; set one to get money" : "no dated list price is at hand; set one to get money"),
            AssumptionKind.Grid => (UsualGrid, "average of the United States as in Patterson et al., arXiv 2104.10350, Table 4, 2021"),
            _ => (TrainingMemory.BytesPerParameter(Format), "Adam with FP32 states, ZeRO, arXiv 1910.02054, §3.1; activations come on top"),
        };
        return new(kind, value, source, false);
    }
}
