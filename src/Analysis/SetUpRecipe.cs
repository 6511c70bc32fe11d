using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>The exponents of the runs that share a set-up.</summary>
/// <param name="Name">Values of the columns, in their order: "long · kaplan".</param>
/// <param name="Runs">How many there are.</param>
/// <param name="Profiles">Approach 2 over all sizes.</param>
/// <param name="Near">Approach 2 over the sizes near each budget's best run (<see cref="SetUpRecipe.NearFactor"/>).</param>
/// <param name="Surface">Approach 3; null with fewer runs than parameters.</param>
public sealed record SetUpRow(string Name, int Runs, ApproachResult Profiles, ApproachResult Near, ApproachResult? Surface);

/// <summary>What a set-up makes of the exponents.</summary>
/// <param name="Rows">One a set-up, in the order of the runs.</param>
/// <param name="Conclusion">How far they are apart, in a sentence.</param>
/// <param name="Warnings">What to know before comparing the rows.</param>
public sealed record SetUpResult(IReadOnlyList<SetUpRow> Rows, string Conclusion, IReadOnlyList<Warning> Warnings);

/// <summary>
/// These runs, taken apart by columns such as warm-up or decay → the exponents of each part: how Porian et al. 2024 (arXiv 2406.19146) walk from
/// Kaplan's exponent to Chinchilla's.
/// </summary>
public static class SetUpRecipe
{
    /// <summary>Most set-ups that are fitted; more are no comparison.</summary>
    public const int MostSetUps = 16;

    /// <summary>Sizes within this factor of a budget's best run are near it. Porian et al. train sizes up to 1,200× apart, too far for a parabola.</summary>
    public const double NearFactor = 4;

    /// <summary>Columns by which the runs can be taken apart: those with a few different values, and the family where there are several.</summary>
    public static IReadOnlyList<string> Columns(IReadOnlyList<Observation> rows) =>
        [.. rows.SelectMany(row => row.Config.Select(pair => pair.Key)).Distinct().Prepend(FamilyColumn).Distinct()
            .Where(column => rows.Select(row => Value(row, column)).Distinct().Take(MostSetUps + 1).Count() is > 1 and <= MostSetUps)];

    /// <summary>Fits the rows of each set-up, as Approach 2 and Approach 3 do.</summary>
    /// <param name="rows">The runs, one row each.</param>
    /// <param name="columns">What makes a set-up.</param>
    /// <param name="options">Options of the two approaches.</param>
    /// <param name="progress">Set-ups that are done, as a share.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">No run has a column, or there are too many set-ups.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SetUpResult Run(
        IReadOnlyList<Observation> rows, IReadOnlyList<string> columns, IsoFlopOptions options, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (columns.FirstOrDefault(column => rows.All(row => Value(row, column).Length == 0)) is { } unknown)
            throw new AnalysisException($"No run has a column '{unknown}'. Columns with a few different values: {(Columns(rows) is { Count: > 0 } some ? Words.List([.. some], 20) : "none")}.");
        var setUps = rows.GroupBy(row => string.Join(" · ", columns.Select(column => Value(row, column) is { Length: > 0 } value ? value : "none"))).ToArray();
        if (setUps.Length > MostSetUps)
            throw new AnalysisException($"{Words.List([.. columns])} make {setUps.Length} set-ups of these runs, more than {MostSetUps}. Take fewer columns, or filter the runs.");
        var fitted = new List<SetUpRow>(setUps.Length);
        foreach (var setUp in setUps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Observation[] runs = [.. setUp];
            var (groups, profiles, surface) = CountingRecipe.Exponents(runs, options, cancellationToken);
            var near = IsoFlopRecipe.Profiles(groups, options with { SizeWindow = NearFactor }, cancellationToken).Result;
            fitted.Add(new SetUpRow(setUp.Key, runs.Length, profiles, near, surface));
            progress?.Report((double)fitted.Count / setUps.Length);
        }

        return new SetUpResult(fitted, Conclusion(fitted), [.. Warnings(fitted)]);
    }

    private const string FamilyColumn = "family";

    private static string Value(Observation row, string column) =>
        column == FamilyColumn && row.Family is { } family ? family : row.Config.FirstOrDefault(pair => pair.Key == column).Value ?? "";

    private static string Conclusion(List<SetUpRow> rows)
    {
        foreach (var (approach, of) in new (string, Func<SetUpRow, ApproachResult?>)[] { ("Approach 2 near the best sizes", row => row.Near), ("Approach 3", row => row.Surface) })
        {
            if (CountingRecipe.Spread(approach, rows.Select(row => (row.Name, of(row))), "the set-up") is { } spread)
                return spread;
        }

        return rows.Count == 1 ? "All runs are of one set-up, so there is nothing to compare." : "Fewer than two set-ups have an exponent, so there is nothing to compare.";
    }

    private static IEnumerable<Warning> Warnings(List<SetUpRow> rows)
    {
        var doubtful = rows.Where(row => row.Profiles.Warnings.Any(warning => warning.Kind is "wide-grid" or "outside")).ToArray();
        if (doubtful.Length > 0)
        {
            yield return new Warning(
                "wide-grid", $"Approach 2 over all sizes is doubtful for {doubtful.Length} of {Words.Count(rows.Count, "set-up")}: sizes lie too far apart for a parabola, or minima outside the sizes trained. Go by the sizes near the best.");
        }
    }
}
