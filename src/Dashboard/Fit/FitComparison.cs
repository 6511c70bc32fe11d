using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>A fit with the name it has in a comparison.</summary>
/// <param name="Label">"baseline v2", or "this view".</param>
/// <param name="Document">The fit, with its draws.</param>
public sealed record ComparedFit(string Label, SavedFitDocument Document);

/// <summary>One quantity over all fits compared.</summary>
/// <param name="Label">"α", or "N at 1e22 FLOP".</param>
/// <param name="Unit">Its unit; empty for a pure number.</param>
/// <param name="Cells">One a fit, with its 80 % interval; "–" where the fit has no such quantity.</param>
public sealed record ComparisonRow(string Label, string Unit, IReadOnlyList<TableCell> Cells);

/// <summary>What a law with these coefficients says a budget is best spent on; null where the law does not say.</summary>
/// <param name="fit">Says which law it is.</param>
/// <param name="coefficients">In the law's order: the estimate's or a draw's.</param>
/// <param name="flops">Budget, FLOP.</param>
public delegate Allocation? FitPredictor(SavedFitDocument fit, IReadOnlyList<double> coefficients, double flops);

/// <summary>Fits side by side.</summary>
public sealed record FitComparison
{
    /// <summary>Names of the fits, from left to right.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Law and method, points, coefficients, exponents, then the predictions budget by budget.</summary>
    public required IReadOnlyList<ComparisonRow> Rows { get; init; }

    /// <summary>Whether the fits rest on the same runs.</summary>
    public required string Note { get; init; }

    /// <summary>Compares fits.</summary>
    /// <param name="fits">At least one.</param>
    /// <param name="budgets">Budgets to predict for, FLOP.</param>
    /// <param name="predict">The prediction of a law.</param>
    public static FitComparison Of(IReadOnlyList<ComparedFit> fits, IReadOnlyList<double> budgets, FitPredictor predict)
    {
        SavedFitDocument[] documents = [.. fits.Select(fit => fit.Document)];
        return new FitComparison
        {
            Labels = [.. fits.Select(fit => fit.Label)],
            Rows =
            [
                Row("Law", "", documents, fit => new($"{fit.Law}, {fit.Method}", Kind(fit) is { } kind ? $"{fit.Status}, {kind} intervals" : fit.Status)),
                Row("Points", "", documents, fit => new(fit.Points.ToString("N0", CultureInfo.InvariantCulture))),
                .. NumberRows(documents, fit => fit.Parameters),
                .. NumberRows(documents, fit => fit.Exponents),
                .. budgets.SelectMany(flops => PredictionRows(documents, flops, predict)),
            ],
            Note = string.Join(" ", ((string[])[RunsNote(documents), budgets.Count > 0 && documents.Any(fit => Kind(fit) is not null) ? $"Of what is predicted, intervals are percentiles of the draws saved with a fit, at most {SavedFitDocument.MostDraws.ToString(CultureInfo.InvariantCulture)}." : ""]).Where(note => note.Length > 0)),
        };
    }

    /// <summary>The rows as a spreadsheet takes them: tabs between cells, the interval in a column of its own.</summary>
    public string Text()
    {
        var header = string.Join('\t', Labels.SelectMany(label => new[] { label, "80 %" }).Prepend("quantity"));
        return string.Join('\n', Rows.Select(row => string.Join('\t', row.Cells.SelectMany(cell => new[] { cell.Value, cell.Interval }).Prepend(Name(row)))).Prepend(header)) + '\n';
    }

    // Percentiles go without saying.
    private static string? Kind(SavedFitDocument fit) => fit.Provenance.Options.GetValueOrDefault("interval");

    private static string Name(ComparisonRow row) => row.Unit.Length == 0 ? row.Label : $"{row.Label}, {row.Unit}";

    private static ComparisonRow Row(string label, string unit, SavedFitDocument[] fits, Func<SavedFitDocument, TableCell> cell) =>
        new(label, unit, [.. fits.Select(cell)]);

    /// <summary>A row for every key that any fit has, in the order they come up.</summary>
    private static IEnumerable<ComparisonRow> NumberRows(SavedFitDocument[] fits, Func<SavedFitDocument, IReadOnlyList<SavedNumber>> numbers) =>
        fits.SelectMany(numbers).DistinctBy(number => number.Key).Select(first => Row(
            SavedFitWords.Symbol(first.Key), first.Unit, fits,
            fit => SavedFitWords.Cell(numbers(fit).FirstOrDefault(number => number.Key == first.Key))));

    private static IEnumerable<ComparisonRow> PredictionRows(SavedFitDocument[] fits, double flops, FitPredictor predict)
    {
        Prediction?[] predictions = [.. fits.Select(fit => Predict(fit, flops, predict))];
        var budget = Quantity.Scientific(flops);
        yield return PredictionRow($"N at {budget} FLOP", "parameters", p => p.Optimum.Parameters, p => p.Parameters, Quantity.Count);
        yield return PredictionRow($"D at {budget} FLOP", "tokens", p => p.Optimum.Tokens, p => p.Tokens, Quantity.Count);
        yield return PredictionRow($"Loss at {budget} FLOP", "nats per token", p => p.Optimum.Loss, p => p.Loss, value => Quantity.Significant(value, 4));

        ComparisonRow PredictionRow(string label, string unit, Func<Prediction, double> value, Func<Prediction, Interval?> interval, Func<double, string> format) =>
            new(label, unit, [.. predictions.Select(p => p is null || !double.IsFinite(value(p)) ? new TableCell("–")
                : new TableCell(format(value(p)), interval(p) is { } range ? IsoFlopWords.Range(range, format) : "no interval"))]);
    }

    private static Prediction? Predict(SavedFitDocument fit, double flops, FitPredictor predict)
    {
        if (predict(fit, [.. fit.Parameters.Select(number => number.Value)], flops) is not { } optimum)
            return null;
        var drawn = (fit.Draws ?? []).Select(draw => predict(fit, draw, flops)).OfType<Allocation>().ToArray();
        return new Prediction(
            optimum,
            Interval.Of(drawn.Select(draw => draw.Parameters)),
            Interval.Of(drawn.Select(draw => draw.Tokens)),
            Interval.Of(drawn.Select(draw => draw.Loss)),
            Interval.Of(drawn.Select(draw => draw.TokensPerParameter)));
    }

    private static string RunsNote(SavedFitDocument[] fits)
    {
        var inputs = fits.Select(fit => fit.Provenance.InputSha256).Distinct().Count();
        return inputs == 1 ? fits.Length == 1 ? "" : "All rest on the same runs."
            : inputs == fits.Length ? "Each rests on other runs: their difference is one of data as well as of fitting."
            : "Not all rest on the same runs: their difference may be one of data as well as of fitting.";
    }
}
