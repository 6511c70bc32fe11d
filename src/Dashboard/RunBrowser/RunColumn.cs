using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>What every run has a place for; Added is the order in which runs came in, Count how many runs a group has.</summary>
public enum RunField { Added, Count, Run, Parameters, NonEmbedding, Tokens, Ratio, Flops, Loss, Budget, Family, Tags, Note, Flags, Points, Status, File, Line, Imported }

/// <summary>Which of the many values of a metric stands for the run.</summary>
public enum Summary { Last, Min, Max, At, Smoothed }

/// <summary>What a metric is read off at.</summary>
public enum SummaryAxis { Steps, Tokens, Flops }

/// <summary>A column of the table of runs. Its text is what an address, a filter and a request name it by.</summary>
/// <remarks>
/// A field by its name: <c>loss</c>. A setting of the configuration: <c>config(lr)</c>. A metric with its summary: <c>last(eval_loss)</c>, <c>min(loss)</c>,
/// <c>max(accuracy)</c>, <c>at(1e10 tokens, loss)</c>, <c>ema(0.99, loss)</c>.
/// </remarks>
public abstract record RunColumn
{
    public static readonly RunColumn Added = new FieldColumn(RunField.Added);
    public static readonly RunColumn Loss = new FieldColumn(RunField.Loss);

    private static readonly RunField[] s_fields = Enum.GetValues<RunField>();

    // In the order of the fields.
    private static readonly string[] s_keys =
        ["added", "count", "run", "parameters", "non_embedding_parameters", "tokens", "tokens_per_parameter", "flops", "loss", "budget", "family", "tags", "note", "flags", "points", "status", "file", "line", "imported"];

    private RunColumn()
    {
    }

    /// <summary>A field of every run.</summary>
    public sealed record FieldColumn(RunField Field) : RunColumn
    {
        /// <inheritdoc/>
        public override string ToString() => s_keys[(int)Field];
    }

    /// <summary>A setting of the configuration, or another column of the source.</summary>
    public sealed record ConfigColumn(string Key) : RunColumn
    {
        /// <inheritdoc/>
        public override string ToString() => $"config({Key})";
    }

    /// <summary>A metric, with what stands for the run.</summary>
    /// <param name="Metric">Name of the metric.</param>
    /// <param name="Summary">Which value.</param>
    /// <param name="Where">Step, tokens or FLOP of <see cref="Summary.At"/>, decay of <see cref="Summary.Smoothed"/>; else 0.</param>
    /// <param name="Axis">What <paramref name="Where"/> counts.</param>
    public sealed record MetricColumn(string Metric, Summary Summary, double Where = 0, SummaryAxis Axis = SummaryAxis.Steps) : RunColumn
    {
        /// <summary>Its curve has to be read for it.</summary>
        public bool NeedsCurve => Summary is Summary.At or Summary.Smoothed;

        /// <inheritdoc/>
        public override string ToString() => Summary switch
        {
#pragma warning disable CA1308 // Addresses are lower case.
            Summary.At => $"at({Number(Where)} {Axis.ToString().ToLowerInvariant()}, {Metric})",
            Summary.Smoothed => $"ema({Number(Where)}, {Metric})",
            _ => $"{Summary.ToString().ToLowerInvariant()}({Metric})",
#pragma warning restore CA1308
        };
    }

    public static RunColumn Of(RunField field) => new FieldColumn(field);

    /// <summary>Reads the text of a column; null where it is none.</summary>
    public static RunColumn? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = text.Trim();
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
            return s_fields.FirstOrDefault(field => s_keys[(int)field].Equals(text, StringComparison.OrdinalIgnoreCase), (RunField)(-1)) is var found && (int)found >= 0 ? Of(found) : null;
        if (!text.EndsWith(')') || text[(open + 1)..^1].Trim() is not { Length: > 0 } inside)
            return null;
        return text[..open].Trim().ToUpperInvariant() switch
        {
            "CONFIG" => new ConfigColumn(inside),
            "LAST" => new MetricColumn(inside, Summary.Last),
            "MIN" => new MetricColumn(inside, Summary.Min),
            "MAX" => new MetricColumn(inside, Summary.Max),
            "AT" => At(inside),
            "EMA" => Smoothed(inside),
            _ => null,
        };
    }

    /// <summary>Number of axis, metric.</summary>
    private static MetricColumn? At(string inside)
    {
        if (Split(inside) is not var (where, metric))
            return null;
        foreach (var axis in Enum.GetValues<SummaryAxis>())
        {
            if (where.EndsWith(axis.ToString(), StringComparison.OrdinalIgnoreCase) && Quantity.TryParse(where[..^axis.ToString().Length], out var value) && value > 0)
                return new MetricColumn(metric, Summary.At, value, axis);
        }

        return null;
    }

    private static MetricColumn? Smoothed(string inside) =>
        Split(inside) is var (decay, metric) && Quantity.TryParse(decay, out var value) && value is > 0 and < 1 ? new MetricColumn(metric, Summary.Smoothed, value) : null;

    private static (string First, string Metric)? Split(string inside) =>
        inside.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && inside[(comma + 1)..].Trim() is { Length: > 0 } metric ? (inside[..comma].Trim(), metric) : null;

    /// <summary>The shortest text that reads back as the same number, without a plus sign, which an address reads as a space.</summary>
    private static string Number(double value)
    {
        var (plain, scientific) = (value.ToString("R", CultureInfo.InvariantCulture), value.ToString("0.################E0", CultureInfo.InvariantCulture));
        var shortest = scientific.Length < plain.Length && double.Parse(scientific, CultureInfo.InvariantCulture) == value ? scientific : plain;
        return shortest.Replace("E+", "e", StringComparison.Ordinal).Replace('E', 'e');
    }
}
