using System.Diagnostics;
using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Benchmarks;

/// <summary>How often intervals hold the truth, over simulated sweeps whose law is known.</summary>
internal static class Coverage
{
    private const int Simulations = 1000;
    private const int Draws = 400;
    private const double LargestBudget = 1e22;

    private static readonly FitMethod[] s_methods = Enum.GetValues<FitMethod>();
    private static readonly ChinchillaLaw s_truth = new(1.8, 480, 2100, 0.35, 0.37);
    private static readonly double[] s_budgets = [1e18, 1e19, 1e20, 1e21, LargestBudget];

    private static readonly (string Name, Func<Law, double> Of)[] s_quantities =
    [
        ("a", law => law.ParameterExponent),
        ("α", law => law["alpha"]),
        ("E", law => law["E"]),
        ("loss, 100×", law => law.Optimum(100 * LargestBudget).Loss),
        ("N, 100×", law => law.Optimum(100 * LargestBudget).Parameters),
    ];

    /// <summary>Prints a table; a share in it errs by 1.3 points at 80 % and 0.7 at 95 %.</summary>
    /// <param name="methods">Names of methods, as the command takes them; all of them if empty.</param>
    internal static void Run(IReadOnlyList<string> methods)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Coverage over {Simulations:N0} simulated sweeps of 45 runs (5 budgets, 9 sizes within 8× of the optimum, 0.5 % Gaussian noise in ln L), {Draws} draws; share of 80 % / 95 % intervals that hold the truth. An open end holds everything."));
        Console.WriteLine();
        Console.WriteLine($"| method | interval | {string.Join(" | ", s_quantities.Select(quantity => quantity.Name))} | none | seconds |");
        Console.WriteLine($"|---|---|{string.Concat(s_quantities.Select(_ => "---:|"))}---:|---:|");
        var truth = LawForms.Chinchilla.With(s_truth.E, s_truth.A, s_truth.B, s_truth.Alpha, s_truth.Beta);
        foreach (var method in s_methods.Where(method => methods.Count == 0 || methods.Contains(FitRecipeOptions.MethodName(method))))
            Measure(method, truth);
    }

    private static void Measure(FitMethod method, Law truth)
    {
        var options = new FitOptions { Method = method };
        var kinds = Enum.GetValues<IntervalKind>();
        var held = new int[kinds.Length, s_quantities.Length, 2];
        var none = new int[kinds.Length];
        var seconds = new double[kinds.Length];
        for (var simulation = 0; simulation < Simulations; simulation++)
        {
            var rows = SweepSimulation.Run(new SweepSimulationOptions { Law = s_truth, Budgets = s_budgets, Sizes = 9, Checkpoints = 1, Seed = simulation });
            var points = FitPoints.From([.. rows.Select(row => row.Row.Parameters)], [.. rows.Select(row => row.Row.Tokens)], [.. rows.Select(row => row.Row.Loss)]);
            var fit = LawFitter.Fit(LawForms.Chinchilla, points, options);
            var watch = Stopwatch.StartNew();
            var draws = BootstrapDraws.Run(points, fit, options, Draws, simulation);
            var drawing = watch.Elapsed.TotalSeconds;
            for (var k = 0; k < kinds.Length; k++)
            {
                watch.Restart();
                var intervals = LawIntervals.For(kinds[k], fit, points, options, draws).Of([.. s_quantities.Select(quantity => quantity.Of)]);
                seconds[k] += watch.Elapsed.TotalSeconds + (kinds[k] is IntervalKind.Percentile or IntervalKind.BiasCorrected ? drawing : 0);
                for (var q = 0; q < intervals.Count; q++)
                {
                    if (intervals[q] is not { } interval)
                    {
                        none[k]++;
                        continue;
                    }

                    var value = s_quantities[q].Of(truth);
                    // A comparison with NaN is false: an open end leaves nothing out.
                    held[k, q, 0] += value < interval.Low80 || value > interval.High80 ? 0 : 1;
                    held[k, q, 1] += value < interval.Low95 || value > interval.High95 ? 0 : 1;
                }
            }
        }

        for (var k = 0; k < kinds.Length; k++)
        {
            var shares = s_quantities.Select((_, q) => string.Create(
                CultureInfo.InvariantCulture, $"{100.0 * held[k, q, 0] / Simulations:F1} / {100.0 * held[k, q, 1] / Simulations:F1}"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {FitRecipeOptions.MethodName(method)} | {kinds[k]} | {string.Join(" | ", shares)} | {none[k]} | {seconds[k]:F1} |"));
        }
    }
}
