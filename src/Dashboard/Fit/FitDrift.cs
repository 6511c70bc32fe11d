using System.Globalization;
using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Fit;

/// <summary>One number of a saved fit, then and now.</summary>
/// <param name="Saved">As saved; null where the saved fit has it not.</param>
/// <param name="Current">As computed again; null where it is not there any more.</param>
public sealed record NumberDrift(SavedNumber? Saved, SavedNumber? Current)
{
    /// <summary>Name of the number.</summary>
    public string Key => (Saved ?? Current)!.Key;

    /// <summary>Its unit; empty for a pure number.</summary>
    public string Unit => (Saved ?? Current)!.Unit;

    /// <summary>As saved; NaN where it was not there.</summary>
    public double Then => Saved?.Value ?? double.NaN;

    /// <summary>As computed again; NaN where it is not there.</summary>
    public double Now => Current?.Value ?? double.NaN;

    /// <summary>(now − then) / saved standard error; null where there is no such error or no such number.</summary>
    public double? StandardErrors =>
        Saved?.Interval is { StandardError: > 0 } interval && double.IsFinite(Now - Then) ? (Now - Then) / interval.StandardError : null;

    /// <summary>|now − then| relative to the larger of the two; 0 for equals, infinite where one of them is missing.</summary>
    public double Relative =>
        Then.Equals(Now) ? 0
        : double.IsFinite(Then) && double.IsFinite(Now) ? Math.Abs(Now - Then) / Math.Max(Math.Abs(Then), Math.Abs(Now))
        : double.PositiveInfinity;
}

/// <summary>What changed between a saved fit and the same fit computed again.</summary>
public sealed record FitDrift
{
    /// <summary>Below it numbers agree but for rounding.</summary>
    private const double Rounding = 1e-6;

    /// <summary>The hash of the runs is the same.</summary>
    public required bool SameRuns { get; init; }

    /// <summary>Law, method and options are the same.</summary>
    public bool SameOptions => ChangedOptions.Count == 0;

    /// <summary>The code has the same version.</summary>
    public required bool SameCode { get; init; }

    /// <summary>Coefficients, then exponents, in the order of the saved fit.</summary>
    public required IReadOnlyList<NumberDrift> Numbers { get; init; }

    /// <summary>Ids of runs that are there now and were not then; null where not both fits know theirs.</summary>
    public required IReadOnlyList<string>? Added { get; init; }

    /// <summary>Ids of runs that were there and are not now; null where not both fits know theirs.</summary>
    public required IReadOnlyList<string>? Gone { get; init; }

    /// <summary>Each option that changed: "bootstrap was 1000, is 200".</summary>
    public required IReadOnlyList<string> ChangedOptions { get; init; }

    /// <summary>Every number is the same to the last digit.</summary>
    public bool SameNumbers => Numbers.All(number => number.Relative == 0);

    /// <summary>What changed and what came of it.</summary>
    public required string Sentence { get; init; }

    /// <summary>Compares a saved fit with the same one computed again.</summary>
    public static FitDrift Between(SavedFitDocument saved, SavedFitDocument now)
    {
        var (added, gone) = saved.RunIds is { } then && now.RunIds is { } ids ? (ids.Except(then).ToArray(), then.Except(ids).ToArray()) : (null, null);
        var drift = new FitDrift
        {
            SameRuns = saved.Provenance.InputSha256 == now.Provenance.InputSha256,
            SameCode = saved.Provenance.Version == now.Provenance.Version,
            Numbers = [.. CompareNumbers(saved, now)],
            Added = added,
            Gone = gone,
            ChangedOptions = [.. CompareOptions(Options(saved), Options(now))],
            Sentence = "",
        };
        return drift with { Sentence = Say(drift, saved, now) };
    }

    private static IEnumerable<NumberDrift> CompareNumbers(SavedFitDocument saved, SavedFitDocument now)
    {
        var current = now.Numbers.ToDictionary(number => number.Key);
        foreach (var then in saved.Numbers)
            yield return new(then, current.Remove(then.Key, out var number) ? number : null);

        // Of another law.
        foreach (var number in now.Numbers.Where(number => current.ContainsKey(number.Key)))
            yield return new(null, number);
    }

    private static SortedDictionary<string, string> Options(SavedFitDocument document)
    {
        var options = new SortedDictionary<string, string>(document.Provenance.Options.ToDictionary(), StringComparer.Ordinal) { ["law"] = document.Law, ["method"] = document.Method };
        // What a fit does unless asked otherwise is not written down.
        options.TryAdd("interval", FitRecipeOptions.IntervalName(default));
        options.TryAdd("resampling", FitRecipeOptions.ResamplingName(default));
        return options;
    }

    private static IEnumerable<string> CompareOptions(SortedDictionary<string, string> saved, SortedDictionary<string, string> now)
    {
        foreach (var name in saved.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var (then, value) = (saved.GetValueOrDefault(name), now.GetValueOrDefault(name));
            if (then != value)
                yield return $"{name} was {then ?? "not set"}, is {value ?? "not set"}";
        }
    }

    private static string Say(FitDrift drift, SavedFitDocument saved, SavedFitDocument now)
    {
        var outcome = Outcome(drift, saved, now);
        if (drift is { SameRuns: true, SameOptions: true, SameCode: true })
        {
            return drift.SameNumbers && outcome == "the numbers are the same"
                ? "Nothing changed: same runs, same options, same code, same numbers."
                : $"Same runs, same options and same code, yet {outcome}.";
        }

        if (drift is { SameRuns: true, SameOptions: true })
            return $"Same runs and options but the code is another version ({SavedFitWords.Version(saved.Provenance.Version)} then, {SavedFitWords.Version(now.Provenance.Version)} now): {outcome}.";

        var causes = new List<string>();
        if (!drift.SameRuns)
            causes.Add($"The runs changed: {RunsChanged(drift, saved, now)}");
        if (!drift.SameOptions)
            causes.Add($"{(causes.Count == 0 ? "The" : "the")} options changed: {Words.List(drift.ChangedOptions)}");
        if (!drift.SameCode)
            causes.Add($"the code is another version ({SavedFitWords.Version(saved.Provenance.Version)} then, {SavedFitWords.Version(now.Provenance.Version)} now)");
        return $"{string.Join("; ", causes)}; {outcome}.";
    }

    private static string RunsChanged(FitDrift drift, SavedFitDocument saved, SavedFitDocument now)
    {
        if (drift is { Added: { } added, Gone: { } gone })
        {
            string[] parts =
            [
                .. added.Count > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{added.Count:N0} added")] : Array.Empty<string>(),
                .. gone.Count > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{gone.Count:N0} gone")] : Array.Empty<string>(),
            ];
            return parts.Length > 0 ? string.Join(", ", parts) : "the same ones with other values";
        }

        return string.Create(CultureInfo.InvariantCulture, $"{saved.Runs:N0} then, {now.Runs:N0} now");
    }

    private static string Outcome(FitDrift drift, SavedFitDocument saved, SavedFitDocument now)
    {
        var ended = saved.Status == now.Status ? "" : $"the fit ended as {now.Status}, not {saved.Status}; ";
        if (drift.SameNumbers)
        {
            var intervals = saved.Numbers.Select(number => number.Interval).SequenceEqual(now.Numbers.Select(number => number.Interval));
            return ended + (intervals ? "the numbers are the same" : "the estimates are the same, their intervals are not");
        }

        var widest = drift.Numbers.Max(number => number.Relative);
        if (widest < Rounding)
            return ended + $"the numbers agree to 1e{((int)Math.Ceiling(Math.Log10(widest))).ToString(CultureInfo.InvariantCulture)}";
        return ended + Moved(drift.Numbers);
    }

    /// <summary>The number that moved farthest: in standard errors, or relative to itself where there are none.</summary>
    private static string Moved(IReadOnlyList<NumberDrift> numbers)
    {
        if (numbers.FirstOrDefault(number => double.IsPositiveInfinity(number.Relative)) is { } missing)
            return $"{SavedFitWords.Symbol(missing.Key)} was {FitTable.Number(missing.Then)}, is {FitTable.Number(missing.Now)}";
        var known = numbers.Where(number => number.StandardErrors is not null).ToArray();
        if (known.Length > 0)
        {
            var farthest = known.MaxBy(number => Math.Abs(number.StandardErrors!.Value))!;
            var distance = Math.Abs(farthest.StandardErrors!.Value);
            if (distance < 0.05)
                return string.Create(CultureInfo.InvariantCulture, $"no number moved by more than {Math.Ceiling(distance * 1000) / 1000:0.###} standard errors");
            var text = distance.ToString("0.#", CultureInfo.InvariantCulture);
            return $"{SavedFitWords.Symbol(farthest.Key)} moved by {text} standard error{(text == "1" ? "" : "s")}";
        }

        var widest = numbers.MaxBy(number => number.Relative)!;
        return $"{SavedFitWords.Symbol(widest.Key)} went from {FitTable.Number(widest.Then)} to {FitTable.Number(widest.Now)}, saved without a standard error";
    }
}
