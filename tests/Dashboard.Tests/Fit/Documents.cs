using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Fit;

/// <summary>Documents of fits, made up: L = E + A·N^−alpha with an exponent a.</summary>
internal static class Documents
{
    public static SavedFitDocument Document(double alpha = 0.34, IntervalReport? interval = null) => new()
    {
        Law = "chinchilla",
        Method = "huber",
        Status = "converged",
        Points = 72,
        Parameters =
        [
            new("E", 1.8, "nats per token", new(0.02, 1.78, 1.84, 1.76, 1.86)),
            new("alpha", alpha, "", interval ?? new(0.01, 0.33, 0.355, 0.32, 0.36)),
        ],
        Exponents = [new("a", 0.525, "", new(0.01, 0.51, 0.53, 0.5, 0.54))],
        Objective = 0.0123456789012345,
        Bootstrap = new(1000, 2),
        Seed = 7,
        Warnings = ["Few budgets “ü”."],
        Excluded = [new("3", "odd", "loss spike")],
        Runs = 2,
        RunIds = ["1", "2"],
        Provenance = new Provenance { InputSha256 = "aa", Options = new SortedDictionary<string, string> { ["bootstrap"] = "1000", ["seed"] = "7" }, Version = "1.0.0" },
        Draws = [[1.81, 0.341], [1.79, 0.1 + 0.2]],
    };

    public static SavedFitDocument With(this SavedFitDocument document, string? input = null, string? version = null, params (string Name, string Value)[] options) => document with
    {
        Provenance = document.Provenance with
        {
            InputSha256 = input ?? document.Provenance.InputSha256,
            Version = version ?? document.Provenance.Version,
            Options = options.Length == 0 ? document.Provenance.Options : options.ToDictionary(option => option.Name, option => option.Value),
        },
    };

    /// <summary>As the store would hand it back.</summary>
    public static SavedFit Saved(this SavedFitDocument document, string id = "f1", string name = "baseline", int version = 1, string? note = null, bool withDraws = true)
    {
        var fit = document.ToNewFit(name, note, "?project=p&seed=7");
        return new SavedFit
        {
            Id = id,
            Project = "p",
            Name = name,
            Version = version,
            Law = fit.Law,
            Method = fit.Method,
            Points = fit.Points,
            Status = fit.Status,
            State = fit.State,
            InputSha256 = fit.InputSha256,
            Seed = fit.Seed,
            CodeVersion = fit.CodeVersion,
            Report = fit.Report,
            Draws = withDraws ? fit.Draws : null,
            Note = note,
            Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Deleted = null,
        };
    }
}
