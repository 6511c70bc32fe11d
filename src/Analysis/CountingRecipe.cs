using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>What the runs say when their compute is counted in one way.</summary>
public sealed record CountingRow
{
    /// <summary>Short stable key.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>FLOP per token in symbols.</summary>
    public required string Formula { get; init; }

    /// <summary>Who counts so; empty for the table's own count.</summary>
    public string Source { get; init; } = "";

    /// <summary>Runs that can be counted so.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that cannot, by what they lack, the most frequent first.</summary>
    public required IReadOnlyList<MissingCount> Missing { get; init; }

    /// <summary>Approach 2; null with no run.</summary>
    public ApproachResult? Profiles { get; init; }

    /// <summary>Runs on the curves that have a minimum, the ones Approach 2 rests on.</summary>
    public int ProfileRuns { get; init; }

    /// <summary>Approach 3; null with fewer runs than parameters.</summary>
    public ApproachResult? Surface { get; init; }

    /// <summary>Approach 3 where it gives an answer, else Approach 2; null where neither does.</summary>
    public ApproachResult? Best =>
        Surface is { Status: FitStatus.Converged, IsUsable: true } surface ? surface : Profiles is { IsUsable: true } profiles ? profiles : null;
}

/// <summary>Runs that lack the same thing.</summary>
/// <param name="What">"vocabulary and sequence".</param>
/// <param name="Runs">Their names.</param>
public sealed record MissingCount(string What, IReadOnlyList<string> Runs);

/// <summary>The exponents of the same runs under every way of counting.</summary>
/// <param name="Rows">One a convention.</param>
/// <param name="Conclusion">What the way of counting changes, in a sentence.</param>
/// <param name="Warnings">What to know before comparing the rows.</param>
public sealed record CountingResult(IReadOnlyList<CountingRow> Rows, string Conclusion, IReadOnlyList<Warning> Warnings);

/// <summary>These runs, counted in every way they allow → the exponents a and b by Approach 2 and Approach 3.</summary>
public static class CountingRecipe
{
    // Flops that follow 6ND to the digits a table prints are no count of their own.
    private const double SameFlops = 0.005;

    // Norms, biases and positions are a percent or two; a third matrix in the feed-forward block is a fifth and more.
    private const double SameParameters = 0.05;

    /// <summary>Counts the final rows of the runs in each convention, N = FLOP per token / 6 and C = FLOP per token · D, and fits each.</summary>
    /// <remarks>Budgets are the ones the runs name while every recounted C is within the tolerance of them, else runs are grouped by the recounted C.</remarks>
    /// <param name="runs">The runs that count.</param>
    /// <param name="options">Options of the two approaches.</param>
    /// <param name="progress">Conventions that are done, as a share.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static CountingResult Run(
        IReadOnlyList<RunRow> runs, IsoFlopOptions options, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var counted = runs.Where(run => run is { Parameters: not null, Tokens: not null, Flops: not null, Loss: not null }).Select(run => new CountedRun(run, ArchitectureColumns.Read(run))).ToArray();
        var given = counted.Any(run => Math.Abs(run.Given / run.FlopsPerToken(CountingConvention.AllParameters) - 1) > SameFlops);
        var count = CountingConvention.All.Count + (given ? 1 : 0);
        var rows = new List<CountingRow>(count);
        if (given)
            Add("given", "FLOP as given", "flops / tokens of the table", "", run => run.Given, _ => []);
        foreach (var convention in CountingConvention.All)
            Add(convention.Key, convention.Name, convention.Formula, convention.Source, run => run.FlopsPerToken(convention), run => run.Lacks(convention));
        return new CountingResult(rows, Conclusion(rows), [.. Warnings(counted, rows)]);

        void Add(string key, string name, string formula, string source, Func<CountedRun, double> flopsPerToken, Func<CountedRun, IReadOnlyList<string>> lacks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var usable = counted.Where(run => double.IsFinite(flopsPerToken(run))).ToArray();
            Observation[] observations = [.. usable.Select(run => run.Observe(flopsPerToken(run)))];
            var row = new CountingRow
            {
                Key = key,
                Name = name,
                Formula = formula,
                Source = source,
                Runs = usable.Length,
                Missing = [.. counted.Except(usable)
                    .GroupBy(run => Words.List(lacks(run)))
                    .OrderByDescending(group => group.Count())
                    .Select(group => new MissingCount(group.Key, [.. group.Select(run => run.Row.Name)]))],
            };
            rows.Add(observations.Length == 0 ? row : Fit(row, observations, options, cancellationToken));
            progress?.Report((double)rows.Count / count);
        }
    }

    private static CountingRow Fit(CountingRow row, Observation[] observations, IsoFlopOptions options, CancellationToken cancellationToken)
    {
        var (_, profiles, surface) = Exponents(observations, options, cancellationToken);
        return row with
        {
            Profiles = profiles,
            ProfileRuns = profiles.Budgets.Where(budget => budget.Status == FitStatus.Converged).Sum(budget => budget.Points),
            Surface = surface,
        };
    }

    /// <summary>The runs in their budgets, Approach 2, and Approach 3; null with fewer runs than parameters.</summary>
    internal static (IsoFlopGroups Groups, ApproachResult Profiles, ApproachResult? Surface) Exponents(Observation[] observations, IsoFlopOptions options, CancellationToken cancellationToken)
    {
        var planned = observations.All(run => run.Budget is { } budget && Math.Abs(run.Flops / budget - 1) <= options.BudgetTolerance);
        var groups = IsoFlopRecipe.Group(observations, options with { IgnorePlannedBudgets = options.IgnorePlannedBudgets || !planned });
        var surface = observations.Length < LawForms.Chinchilla.Parameters.Count
            ? null
            : IsoFlopRecipe.Surface(FitRecipe.Run(observations, options.Surface, null, cancellationToken), groups, cancellationToken);
        return (groups, IsoFlopRecipe.Profiles(groups, options, cancellationToken).Result, surface);
    }

    private static string Conclusion(List<CountingRow> rows)
    {
        // One approach for all, so that the difference is the counting's.
        return Spread("Approach 3", rows.Select(row => (row.Name, row.Surface)), "how compute is counted")
            ?? Spread("Approach 2", rows.Select(row => (row.Name, row.Profiles)), "how compute is counted")
            ?? (rows.Any(row => row.Best is not null)
                ? "Only one way of counting gives an exponent; add columns for the others to see what the count changes."
                : rows.Any(row => row.Surface is { Status: FitStatus.AtBound })
                    ? "No way of counting gives a law inside its bounds, so there is nothing to compare."
                    : "These runs give no exponent in any way of counting.");
    }

    /// <summary>How far the exponents a are apart, in a sentence; null where fewer than two results have one.</summary>
    internal static string? Spread(string approach, IEnumerable<(string Name, ApproachResult? Result)> results, string cause)
    {
        var usable = results.Where(row => row.Result is { Status: FitStatus.Converged, IsUsable: true }).OrderBy(row => row.Result!.Law.ParameterExponent).ToArray();
        if (usable.Length < 2)
            return null;
        var (low, high) = (usable[0], usable[^1]);
        var spread = high.Result!.Law.ParameterExponent - low.Result!.Law.ParameterExponent;
        var width = usable.Max(row => row.Result!.ParameterExponent is { } interval ? interval.High80 - interval.Low80 : double.NaN);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"By {approach}, a lies between {Exponent(low)} and {Exponent(high)}: {cause} moves it by {spread:F3}")
            + (double.IsNaN(width) ? "."
                : string.Create(CultureInfo.InvariantCulture, $", {(spread > width ? "more" : "less")} than the widest 80 % interval, {width:F3}."));

        static string Exponent((string Name, ApproachResult? Result) row)
        {
            var interval = row.Result!.ParameterExponent is { } found
                ? string.Create(CultureInfo.InvariantCulture, $"; 80 %: {found.Low80:F3}–{found.High80:F3}")
                : "";
            return string.Create(CultureInfo.InvariantCulture, $"{row.Result.Law.ParameterExponent:F3} ({row.Name}{interval})");
        }
    }

    private static IEnumerable<Warning> Warnings(CountedRun[] counted, List<CountingRow> rows)
    {
        var partial = rows.Where(row => row.Runs > 0 && row.Missing.Count > 0).ToArray();
        if (partial.Length > 0)
        {
            yield return new Warning(
                "subset", $"Not every run can be counted in every way: {Words.List([.. partial.Select(row => $"“{row.Name}” rests on {row.Runs} of {Words.Count(counted.Length, "run")}")])}. Part of the difference may come from the runs, not from the count.");
        }

        var regrouped = rows.Where(row => row.Profiles is not null && row.ProfileRuns < row.Runs).ToArray();
        if (regrouped.Length > 0)
        {
            yield return new Warning(
                "regrouped", $"Approach 2 uses only runs that share their compute with others, and recounted fewer do: {Words.List([.. regrouped.Select(Left)])}. It is shaky where they are few; Approach 3 uses all of them.");
        }

        var other = counted.Where(run => run.ShapeMismatch > SameParameters).ToArray();
        if (other.Length > 0)
        {
            var worst = other.MaxBy(run => run.ShapeMismatch)!;
            yield return new Warning("shape", string.Create(
                CultureInfo.InvariantCulture,
                $"The architecture columns of {Words.Count(other.Length, "run")} do not give the parameters of the table; {worst.Row.Name} is {100 * worst.ShapeMismatch:F0} % off. Check the feed-forward width (4 · width where no column says) and whether the block is gated (a column gated with 1)."));
        }
    }

    private static string Left(CountingRow row)
    {
        var minima = row.Profiles!.Budgets.Count(budget => budget.Status == FitStatus.Converged);
        var outside = row.Profiles.Warnings.FirstOrDefault(warning => warning.Kind == "outside")?.Budgets.Count ?? 0;
        return $"under “{row.Name}” {row.ProfileRuns} of {row.Runs} lie on IsoFLOP curves with a minimum"
            + (outside == 0 ? "" : $" ({outside} of {minima} minima outside the sizes on their curve)");
    }

    /// <summary>A run with the shape its columns describe.</summary>
    private sealed class CountedRun(RunRow row, Architecture shape)
    {
        // The feed-forward width follows from the width where no column says.
        private static readonly (string Name, Func<Architecture, double> Of, Func<Architecture, Architecture> Without)[] s_figures =
        [
            ("layers", known => known.Layers, known => known with { Layers = double.NaN }),
            ("width", known => known.Width, known => known with { Width = double.NaN }),
            ("heads", known => known.Heads, known => known with { Heads = double.NaN }),
            ("vocabulary", known => known.Vocabulary, known => known with { Vocabulary = double.NaN }),
            ("sequence", known => known.Sequence, known => known with { Sequence = double.NaN }),
        ];

        private static readonly Architecture s_complete = new() { Layers = 1, Width = 1, FeedForwardWidth = 1, Heads = 1, Vocabulary = 1, Sequence = 1 };

        internal RunRow Row { get; } = row;

        /// <summary>FLOP per token of the table.</summary>
        internal double Given => Row.Flops / Row.Tokens ?? double.NaN;

        /// <summary>How far the shape's parameters are from the table's, as a share; NaN where either is missing.</summary>
        internal double ShapeMismatch => Row.NonEmbeddingParameters is { } nonEmbedding
            ? Off(shape.NonEmbeddingParameters, nonEmbedding)
            // The table may count embeddings twice, once or not at all; without a vocabulary nothing can be said.
            : new[] { shape.NonEmbeddingParameters + 2 * shape.Vocabulary * shape.Width, shape.HeadParameters, shape.NonEmbeddingParameters }
                .Min(parameters => double.IsNaN(shape.Vocabulary) ? double.NaN : Off(parameters, Row.Parameters ?? double.NaN));

        /// <summary>FLOP per token in a convention; what the table counts goes before what its columns imply. NaN where something is missing.</summary>
        internal double FlopsPerToken(CountingConvention convention) =>
            convention == CountingConvention.AllParameters ? 6 * Row.Parameters ?? double.NaN
            : convention == CountingConvention.WithoutEmbeddings && Row.NonEmbeddingParameters is { } nonEmbedding ? 6 * nonEmbedding
            : convention.FlopsPerToken(shape);

        /// <summary>What the convention needs and the run lacks.</summary>
        internal IReadOnlyList<string> Lacks(CountingConvention convention) =>
            [.. s_figures.Where(figure => double.IsNaN(figure.Of(shape)) && double.IsNaN(convention.FlopsPerToken(figure.Without(s_complete)))).Select(figure => figure.Name)];

        internal Observation Observe(double flopsPerToken) => new()
        {
            RunId = Row.Id,
            Run = Row.Name,
            Line = Row.Line,
            Parameters = flopsPerToken / 6,
            Tokens = Row.Tokens!.Value,
            Flops = flopsPerToken * Row.Tokens!.Value,
            Loss = Row.Loss!.Value,
            Budget = Row.Budget,
        };

        private static double Off(double parameters, double given) => Math.Abs(parameters / given - 1);
    }
}
