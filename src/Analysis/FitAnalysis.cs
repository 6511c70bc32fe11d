using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>A fitted law with what it was made from and what it says.</summary>
public sealed record FitAnalysis
{
    /// <summary>The fit and its draws.</summary>
    public required FitResult Result { get; init; }

    /// <summary>Intervals of what it says, of the kind that the options name.</summary>
    public required FitIntervals Intervals { get; init; }

    /// <summary>Options in force.</summary>
    public required FitRecipeOptions Options { get; init; }

    /// <summary>The rows fitted, and those left out.</summary>
    public required RunSet Input { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>What to know before trusting it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>The law.</summary>
    public Law Law => Result.Fit.Law;

    /// <summary>The form of the law.</summary>
    public LawForm Form => Law.Form;

    /// <summary>The rows fitted.</summary>
    public IReadOnlyList<Observation> Rows => Result.Rows;

    /// <summary>C of the smallest row, FLOP.</summary>
    public double SmallestFlops => Rows.Min(row => row.Flops);

    /// <summary>C of the largest row, FLOP.</summary>
    public double LargestFlops => Rows.Max(row => row.Flops);

    /// <summary>What the law says of each row: its loss in nats per token, or its metric; the order of <see cref="Rows"/>.</summary>
    public IReadOnlyList<double> Fitted() => [.. Rows.Select(row => Law.Predict(FitRows.Point(row, Form, Options)))];

    /// <summary>What was measured of each row: its loss, or the metric.</summary>
    public IReadOnlyList<double> Measured() => [.. Rows.Select(row => FitRows.Response(row, Form, Options))];

    /// <summary>Fits and records.</summary>
    /// <exception cref="AnalysisException">Fewer rows than parameters, or rows that lack what the law needs.</exception>
    public static FitAnalysis Run(RunSet input, FitRecipeOptions options, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var result = FitRecipe.Run(input.Observations, options, progress, cancellationToken);
        var intervals = FitIntervals.Of(result, options, cancellationToken);
        return new FitAnalysis
        {
            Result = result,
            Intervals = intervals,
            Options = options,
            Input = input,
            Provenance = input.Provenance(options.Describe()),
            Warnings = [.. result.Warnings, .. intervals.Warnings],
        };
    }
}
