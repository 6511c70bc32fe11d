using System.Globalization;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>How a column is called, in which unit it is and how its numbers are written.</summary>
public static class RunColumnText
{
    /// <summary>Head of the column: "N", "Loss, min", "Loss at 10B tokens", "lr".</summary>
    public static string Label(RunColumn column) => column switch
    {
        RunColumn.FieldColumn { Field: var field } => field switch
        {
            RunField.Added => "Order added",
            RunField.Count => "Runs",
            RunField.Parameters => "N",
            RunField.NonEmbedding => "N without embeddings",
            RunField.Tokens => "D",
            RunField.Ratio => "D/N",
            RunField.Flops => "C, FLOP",
            RunField.Loss => "Loss, last",
            _ => field.ToString(),
        },
        RunColumn.ConfigColumn { Key: var key } => key,
        RunColumn.MetricColumn { Summary: Summary.At } at => $"{Metric(at.Metric)} at {Place(at)}",
        RunColumn.MetricColumn { Summary: Summary.Smoothed } smoothed => string.Create(CultureInfo.InvariantCulture, $"{Metric(smoothed.Metric)}, EMA {smoothed.Where:R}"),
#pragma warning disable CA1308 // A label goes on in lower case.
        RunColumn.MetricColumn metric => $"{Metric(metric.Metric)}, {metric.Summary.ToString().ToLowerInvariant()}",
#pragma warning restore CA1308
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "No such column."),
    };

    /// <summary>What the column holds, in a sentence for who hovers over its head; null where the label says it.</summary>
    public static string? Explanation(RunColumn column) => column switch
    {
        RunColumn.FieldColumn { Field: RunField.Parameters } => "Parameters",
        RunColumn.FieldColumn { Field: RunField.Tokens } => "Training tokens",
        RunColumn.FieldColumn { Field: RunField.Ratio } => "Tokens per parameter",
        RunColumn.FieldColumn { Field: RunField.Flops } => "Training compute, FLOP",
        RunColumn.FieldColumn { Field: RunField.Loss } => "Loss at the last checkpoint, nats per token unless the project says otherwise",
        RunColumn.FieldColumn { Field: RunField.Points } => "Logged rows",
        RunColumn.MetricColumn { Summary: Summary.Last } metric => $"Last logged value of {metric.Metric}",
        RunColumn.MetricColumn { Summary: Summary.Min } metric => $"Smallest logged value of {metric.Metric}",
        RunColumn.MetricColumn { Summary: Summary.Max } metric => $"Largest logged value of {metric.Metric}",
        RunColumn.MetricColumn { Summary: Summary.At } at => $"{at.Metric} at {Place(at)}, linear between the logged points around it; a dash where the run has none on both sides",
        RunColumn.MetricColumn smoothed => string.Create(CultureInfo.InvariantCulture, $"Last value of {smoothed.Metric} after an exponential moving average with decay {smoothed.Where:R}, without its bias towards zero"),
        RunColumn.ConfigColumn { Key: var key } => $"Configuration: {key}",
        _ => null,
    };

    /// <summary>Axis title: quantity and unit.</summary>
    public static string AxisTitle(RunColumn column) => column switch
    {
        RunColumn.FieldColumn { Field: RunField.Parameters } => "Parameters N",
        RunColumn.FieldColumn { Field: RunField.NonEmbedding } => "Parameters N without embeddings",
        RunColumn.FieldColumn { Field: RunField.Tokens } => "Tokens D",
        RunColumn.FieldColumn { Field: RunField.Ratio } => "Tokens per parameter D/N",
        RunColumn.FieldColumn { Field: RunField.Flops } => "Training compute C, FLOP",
        RunColumn.FieldColumn { Field: RunField.Budget } => "Budget, FLOP",
        RunColumn.FieldColumn { Field: RunField.Points } => "Logged rows",
        _ when IsLoss(column) => Label(column) + ", nats per token",
        _ => Label(column),
    };

    /// <summary>How its numbers stand at an axis.</summary>
    public static TickKind Ticks(RunColumn column) => column switch
    {
        RunColumn.FieldColumn { Field: RunField.Parameters or RunField.NonEmbedding or RunField.Tokens or RunField.Points } => TickKind.Count,
        RunColumn.FieldColumn { Field: RunField.Flops or RunField.Budget } => TickKind.Scientific,
        RunColumn.MetricColumn { Metric: "tokens" } => TickKind.Count,
        RunColumn.MetricColumn { Metric: "flops" } => TickKind.Scientific,
        _ => TickKind.Plain,
    };

    /// <summary>A number of the column as the table shows it; a dash for none.</summary>
    public static string Number(RunColumn column, double value) => column switch
    {
        RunColumn.FieldColumn { Field: RunField.Points or RunField.Line } => double.IsNaN(value) ? "–" : value.ToString("N0", CultureInfo.InvariantCulture),
        RunColumn.FieldColumn { Field: RunField.Ratio } => Quantity.Significant(value, 3),
        RunColumn.FieldColumn { Field: RunField.Imported } => Date(value),
        _ => Ticks(column) switch
        {
            TickKind.Count => Quantity.Count(value),
            TickKind.Scientific => Quantity.Scientific(value),
            _ => Plain(value, 4),
        },
    };

    /// <summary>A few significant digits of anything, all of a whole number below a million: 3.142, 0.0012, 4e-7, 524288, 1.2e9.</summary>
    public static string Plain(double value, int digits)
    {
        if (double.IsInfinity(value))
            return value > 0 ? "∞" : "−∞";
        if (value == Math.Floor(value) && Math.Abs(value) < 1e6)
            return value.ToString("0", CultureInfo.InvariantCulture);
        return Math.Abs(value) is >= 1e6 or (> 0 and < 1e-3) ? Quantity.Scientific(value) : Quantity.Significant(value, digits);
    }

    /// <summary>Where a metric is read off: "10B tokens", "1e21 FLOP", "step 1,000".</summary>
    public static string Place(RunColumn.MetricColumn at) => at.Axis switch
    {
        SummaryAxis.Tokens => $"{Quantity.Count(at.Where)} tokens",
        SummaryAxis.Flops => $"{Quantity.Scientific(at.Where)} FLOP",
        _ => $"step {at.Where.ToString("N0", CultureInfo.InvariantCulture)}",
    };

    private static bool IsLoss(RunColumn column) => column is RunColumn.FieldColumn { Field: RunField.Loss } or RunColumn.MetricColumn { Metric: "loss" };

    private static string Metric(string metric) => metric switch
    {
        "loss" => "Loss",
        "tokens" => "Tokens",
        "flops" => "FLOP",
        _ => metric,
    };

    // A moment is kept as its ticks.
    private static string Date(double ticks) => double.IsNaN(ticks) ? "–" : new DateTime((long)ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
