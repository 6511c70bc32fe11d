using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>Columns of the runs that a fit reads beside N, D, C and loss.</summary>
public static class FitColumns
{
    private const int MostNamed = 20;

    /// <summary>Columns of the source that hold a number in every run that has any.</summary>
    public static IReadOnlyList<string> Numeric(IReadOnlyList<RunRow> rows)
    {
        var numeric = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (column, cell) in rows.SelectMany(row => row.Config))
            numeric[column] = numeric.GetValueOrDefault(column, true) && Quantity.TryParse(cell, out _);
        return [.. numeric.Where(pair => pair.Value).Select(pair => pair.Key)];
    }

    /// <summary>The number in a column of a run; NaN where there is none.</summary>
    public static double Number(RunRow row, string column) =>
        Quantity.TryParse(row.Config.FirstOrDefault(pair => pair.Key == column).Value, out var number) ? number : double.NaN;

    /// <summary>Which column the fit asks for and no run has, and what to do; null where none is missing.</summary>
    public static string? WhatIsMissing(FitState state, IReadOnlyList<RunRow> rows)
    {
        var form = state.Form;
        if (form.Inputs.Contains(LawInput.UniqueTokens) && IsMissing(state.UniqueTokensColumn))
        {
            return $"The law “{form.Name}” needs to know how many different tokens each run saw, and no run has a column “{state.UniqueTokensColumn}”. "
                + $"Choose its column under Unique tokens, or add one of that name to the file and upload it again. {Columns()}";
        }

        if (form.TakesFormats && form is not PrecisionForm && rows.All(row => !row.Config.Any(pair => PrecisionColumns.Recognises(pair.Key) && pair.Value.Trim().Length > 0)))
        {
            return $"The law “{form.Name}” needs to know the number format of each run, and no run names one. Name it in columns such as "
                + $"{(form.Inputs.Contains(LawInput.PostBits) ? "post_bits" : form.Inputs.Contains(LawInput.ExponentBits) ? "exponent_bits and mantissa_bits, or precision with e4m3 and the like" : "group_size")}, and upload the file again. {Columns()}";
        }

        if (!form.PredictsLoss && state.MetricColumn.Length == 0)
            return $"The law “{form.Name}” predicts a metric between 0 and 1, such as an accuracy, from the loss: choose its column under Metric. {Columns()}";
        if (!form.PredictsLoss && IsMissing(state.MetricColumn))
            return $"No run has a column “{state.MetricColumn}” to fit. Choose another one under Metric. {Columns()}";
        if (state.WeightColumn.Length > 0 && IsMissing(state.WeightColumn))
            return $"No run has a column “{state.WeightColumn}” to weigh it by. Choose another one under Weights, or equal weights. {Columns()}";
        return null;

        bool IsMissing(string column) => rows.All(row => row.Config.All(pair => pair.Key != column));

        string Columns()
        {
            var columns = Numeric(rows);
            return columns.Count == 0 ? "The runs have no further columns with numbers." : $"Columns with numbers: {Words.List([.. columns], MostNamed)}.";
        }
    }
}
