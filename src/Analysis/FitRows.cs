using System.Globalization;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>Rows as the points of a fit.</summary>
internal static class FitRows
{
    private const int RowsBetweenChecks = 1 << 14;

    /// <summary>The points of a law, in the order of the rows.</summary>
    /// <exception cref="AnalysisException">A row lacks what the law needs; the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static FitPoints Points(IReadOnlyList<Observation> rows, LawForm form, FitRecipeOptions options, CancellationToken cancellationToken = default)
    {
        var points = new LawPoint[rows.Count];
        var responses = new double[rows.Count];
        var weights = options.WeightColumn.Length > 0 ? new double[rows.Count] : [];
        if (!form.PredictsLoss && options.MetricColumn.Length == 0)
            throw new AnalysisException($"The law {form.Key} predicts a metric between 0 and 1 from the loss: name its column with --metric COLUMN.");
        for (var i = 0; i < points.Length; i++)
        {
            if (i % RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var row = rows[i];
            points[i] = Point(row, form, options);
            responses[i] = Response(row, form, options);
            if (weights.Length > 0)
                weights[i] = Number(row, options.WeightColumn, "a weight, zero or above", value => value >= 0);
        }

        return FitPoints.From(points, responses, weights);
    }

    /// <summary>A row as the law sees it.</summary>
    internal static LawPoint Point(Observation row, LawForm form, FitRecipeOptions options)
    {
        var unique = form.Inputs.Contains(LawInput.UniqueTokens)
            ? Number(row, options.UniqueTokensColumn, "tokens that are all different, above zero", value => value > 0)
            : double.NaN;
        var point = new LawPoint(row.Parameters, row.Tokens, row.Flops, unique, row.Loss);
        return form.TakesFormats ? point.WithFormats(row, form) : point;
    }

    /// <summary>What the law predicts of a row, as it was measured.</summary>
    internal static double Response(Observation row, LawForm form, FitRecipeOptions options) =>
        form.PredictsLoss ? row.Loss : Number(row, options.MetricColumn, "a metric from 0 to 1", value => value is >= 0 and <= 1);

    /// <summary>Block of each row for resampling; null for single points.</summary>
    /// <exception cref="AnalysisException">There are fewer than two blocks.</exception>
    internal static int[]? Blocks(IReadOnlyList<Observation> rows, Resampling resampling)
    {
        if (resampling == Resampling.Points)
            return null;
        var groups = resampling switch
        {
            Resampling.Families => [.. rows.Select(row => row.Family ?? "")],
            Resampling.Models => [.. PrecisionRows.Of(rows).Take(rows.Count).Select(row => row.Model)],
            _ => BudgetNames(rows),
        };
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var blocks = groups.Select(group => numbers.TryGetValue(group, out var number) ? number : numbers[group] = numbers.Count).ToArray();
        var noun = resampling switch { Resampling.Families => "family", Resampling.Models => "model", _ => "budget" };
        return numbers.Count >= 2
            ? blocks
            : throw new AnalysisException($"A bootstrap by {noun} needs at least two of them; these rows have one. Resample points instead.");
    }

    private static string[] BudgetNames(IReadOnlyList<Observation> rows)
    {
        var groups = IsoFlopRecipe.Group(rows, new IsoFlopOptions()).Groups;
        var names = new string[rows.Count];
        Array.Fill(names, "");
        for (var k = 0; k < groups.Count; k++)
        {
            foreach (var member in groups[k].Members)
                names[member] = k.ToString(CultureInfo.InvariantCulture);
        }

        return names;
    }

    private static double Number(Observation row, string column, string what, Func<double, bool> isRight)
    {
        var cell = row.Config.FirstOrDefault(pair => pair.Key == column).Value;
        if (cell is not null && Quantity.TryParse(cell, out var value) && double.IsFinite(value) && isRight(value))
            return value;
        var has = cell is null ? $"no column '{column}'" : $"'{cell}' in the column '{column}'";
        throw new AnalysisException($"{row.Run} (line {row.Line.ToString(CultureInfo.InvariantCulture)}) has {has}, where the fit needs {what}. Name another column, or filter such rows out.");
    }
}
