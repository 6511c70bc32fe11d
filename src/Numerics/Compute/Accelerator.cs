namespace ScalingDashboard.Numerics.Compute;

/// <summary>What an accelerator costs to rent.</summary>
/// <param name="PerHour">US dollars for one accelerator for an hour.</param>
/// <param name="Date">When the list was read.</param>
/// <param name="Source">Whose list.</param>
public sealed record AcceleratorPrice(double PerHour, DateOnly Date, string Source);

/// <summary>An accelerator as its vendor describes it. Peaks are dense: those with structured sparsity are twice as high and do not apply to training.</summary>
public sealed record Accelerator
{
    /// <summary>Short stable key, used in links and commands.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Memory, bytes.</summary>
    public required double MemoryBytes { get; init; }

    /// <summary>Board power, W; NaN where the vendor does not say.</summary>
    public required double PowerWatts { get; init; }

    /// <summary>Dense peak by key of the number format, FLOP/s; a format without a figure of the vendor is absent.</summary>
    public required IReadOnlyDictionary<string, double> Peaks { get; init; }

    /// <summary>What it costs to rent; null where no dated list is at hand.</summary>
    public required AcceleratorPrice? Price { get; init; }

    /// <summary>Document of the vendor with peaks, memory and power.</summary>
    public required string Source { get; init; }

    /// <summary>Year of that document.</summary>
    public required int SourceYear { get; init; }

    /// <summary>What a reader should know about the figures; empty where nothing.</summary>
    public required string Note { get; init; }

    /// <summary>Dense peak in a format, FLOP/s; null where the vendor prints none.</summary>
    public double? Peak(NumberFormat format) => Peaks.TryGetValue(format.Key, out var peak) ? peak : null;

    /// <summary>A user described it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The format that most trainings use on it: BF16, else FP16, else the widest it has.</summary>
    public NumberFormat UsualFormat => NumberFormat.Find(Peaks.ContainsKey("bf16") ? "bf16" : "fp16") is var usual && Peak(usual!) is not null ? usual! : NumberFormat.All.First(format => Peak(format) is not null);
}
