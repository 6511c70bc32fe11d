using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.IsoFlop;

/// <summary>A value as text with the interval below it.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Interval">Its 80 % interval; empty where there is none.</param>
public sealed record TableCell(string Value, string Interval = "");

/// <summary>What one approach or paper says at the target budget.</summary>
public sealed record ApproachRow
{
    /// <summary>Key of the approach or law.</summary>
    public required string Key { get; init; }

    /// <summary>Who says it.</summary>
    public required string Name { get; init; }

    /// <summary>Paper; empty for the user's own runs.</summary>
    public string Source { get; init; } = "";

    /// <summary>Printed in a paper, not fitted to the user's runs.</summary>
    public bool Published { get; init; }

    /// <summary>a.</summary>
    public required TableCell ParameterExponent { get; init; }

    /// <summary>b.</summary>
    public required TableCell TokenExponent { get; init; }

    /// <summary>N.</summary>
    public required TableCell Parameters { get; init; }

    /// <summary>D.</summary>
    public required TableCell Tokens { get; init; }

    /// <summary>D/N.</summary>
    public required TableCell TokensPerParameter { get; init; }

    /// <summary>Loss, nats per token.</summary>
    public required TableCell Loss { get; init; }

    /// <summary>The cells from left to right.</summary>
    public IReadOnlyList<TableCell> Cells => [ParameterExponent, TokenExponent, Parameters, Tokens, TokensPerParameter, Loss];
}

/// <summary>The approaches side by side with the published values.</summary>
public static class IsoFlopTable
{
    /// <summary>One row an approach, then one a published law, at a budget.</summary>
    public static IReadOnlyList<ApproachRow> Rows(IsoFlopAnalysis? analysis, double target) =>
        [.. (analysis?.Approaches ?? []).Select(result => Own(result, target)), .. PublishedLaws.All.Select(law => Printed(law, target))];

    /// <summary>The rows as a spreadsheet takes them: tabs between cells, the interval in a column of its own.</summary>
    public static string Text(IReadOnlyList<ApproachRow> rows, double target)
    {
        var budget = Quantity.Scientific(target);
        string[] names = ["a", "b", $"N at {budget} FLOP", $"D at {budget} FLOP", "D/N", "loss, nats per token"];
        var header = string.Join('\t', names.SelectMany(name => new[] { name, "80 %" }).Prepend("approach"));
        return string.Join('\n', rows.Select(row => string.Join('\t', row.Cells.SelectMany(cell => new[] { cell.Value, cell.Interval }).Prepend(row.Name))).Prepend(header)) + '\n';
    }

    private static ApproachRow Own(ApproachResult result, double target)
    {
        var prediction = result.At(target);
        var optimum = prediction.Optimum;
        return new ApproachRow
        {
            Key = FormattableString.Invariant($"{result.Approach}"),
            Name = $"{IsoFlopWords.ApproachName(result.Approach)}, your runs",
            ParameterExponent = Cell(result.Law.ParameterExponent, result.ParameterExponent, IsoFlopWords.Exponent),
            TokenExponent = Cell(result.Law.TokenExponent, result.TokenExponent, IsoFlopWords.Exponent),
            Parameters = Cell(optimum.Parameters, prediction.Parameters, Quantity.Count),
            Tokens = Cell(optimum.Tokens, prediction.Tokens, Quantity.Count),
            TokensPerParameter = Cell(optimum.TokensPerParameter, prediction.TokensPerParameter, value => Quantity.Significant(value, 3)),
            Loss = Cell(optimum.Loss, prediction.Loss, IsoFlopWords.Loss),
        };
    }

    private static ApproachRow Printed(PublishedLaw law, double target)
    {
        var optimum = law.Law.Optimum(target);
        return new ApproachRow
        {
            Key = law.Key,
            Name = $"{law.Name} (published)",
            Source = law.Source,
            Published = true,
            ParameterExponent = Exponent(law.ParameterExponent),
            TokenExponent = Exponent(law.TokenExponent),
            Parameters = new(Quantity.Count(optimum.Parameters)),
            Tokens = new(Quantity.Count(optimum.Tokens)),
            TokensPerParameter = new(Quantity.Significant(optimum.TokensPerParameter, 3)),
            Loss = new(IsoFlopWords.Loss(optimum.Loss)),
        };
    }

    private static TableCell Exponent(PublishedExponent printed) => new(
        IsoFlopWords.Printed(printed.Value),
        printed is { Low80: { } low, High80: { } high } ? $"{IsoFlopWords.Exponent(low)}–{IsoFlopWords.Exponent(high)}" : "");

    private static TableCell Cell(double value, Numerics.Fitting.Interval? interval, Func<double, string> format) =>
        double.IsFinite(value) ? new(format(value), interval is null ? "" : IsoFlopWords.Range(interval, format)) : new("–");
}
