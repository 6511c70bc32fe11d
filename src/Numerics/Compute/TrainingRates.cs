namespace ScalingDashboard.Numerics.Compute;

/// <summary>
/// What an hour of one accelerator does and costs. Compute, rent, energy and emissions all grow with the hours, so each gives all others:
/// C = hours · 3600 · peak · utilization / overhead; energy = hours · power · PUE; emissions = energy · intensity of the grid.
/// </summary>
public sealed record TrainingRates
{
    /// <summary>Dense peak in the number format, FLOP/s.</summary>
    public required double PeakFlopsPerSecond { get; init; }

    /// <summary>Share of the peak that 6ND takes while training: model FLOPs utilization, MFU.</summary>
    public required double Utilization { get; init; }

    /// <summary>Hours paid for each hour of training: restarts, checkpoints, evaluation. At least 1.</summary>
    public required double Overhead { get; init; }

    /// <summary>Power drawn for each accelerator, W; NaN where nobody says.</summary>
    public required double PowerWatts { get; init; }

    /// <summary>Power usage effectiveness: energy of the data centre for each unit of its machines. At least 1.</summary>
    public required double Pue { get; init; }

    /// <summary>US dollars an accelerator-hour; NaN where nobody says.</summary>
    public required double PricePerHour { get; init; }

    /// <summary>Emissions of the grid, kg CO2e/kWh.</summary>
    public required double CarbonPerKilowattHour { get; init; }

    /// <summary>What one accelerator-hour gives of a quantity, in its unit; NaN for quantities that do not follow from hours, or whose rate is not known.</summary>
    public double PerHour(TrainingQuantity quantity) => quantity switch
    {
        TrainingQuantity.Flops => 3600 * PeakFlopsPerSecond * Utilization / Overhead,
        TrainingQuantity.Money => PricePerHour,
        TrainingQuantity.Energy => PowerWatts / 1000 * Pue,
        TrainingQuantity.Carbon => PowerWatts / 1000 * Pue * CarbonPerKilowattHour,
        _ => double.NaN,
    };
}
