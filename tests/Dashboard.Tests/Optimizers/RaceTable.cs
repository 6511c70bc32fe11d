using System.Globalization;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Optimizers;

/// <summary>A race as the Lab logs it: the challenger goes through the same curve faster, by a factor that falls with size.</summary>
internal static class RaceTable
{
    internal const string Project = "race";

    internal static double[] Sizes { get; } = [20e3, 50e3, 120e3];

    /// <summary>How much faster the challenger is at a size.</summary>
    internal static double Speed(double parameters) => 1.3 - 0.1 * Math.Log10(parameters / 20e3);

    /// <summary>JSON Lines, one row a logged step.</summary>
    internal static string Jsonl(int seeds = 4, IReadOnlyList<string>? optimizers = null)
    {
        var lines = new StringBuilder();
        foreach (var parameters in Sizes)
        {
            foreach (var optimizer in optimizers ?? ["adamw", "c-adamw"])
            {
                for (var seed = 1; seed <= seeds; seed++)
                    Add(lines, optimizer, parameters, seed, 0.004, 0);
                foreach (var (rate, worse) in new[] { (0.002, 0.03), (0.008, 0.05) })
                    Add(lines, optimizer, parameters, 1, rate, worse);
            }
        }

        return lines.ToString();
    }

    private static void Add(StringBuilder lines, string optimizer, double parameters, int seed, double rate, double worse)
    {
        var tokens = 20 * parameters;
        var speed = optimizer == "adamw" ? 1 : Speed(parameters) + 0.01 * (seed - 2.5);
        for (var i = 1; i <= 40; i++)
        {
            var step = 10 * i;
            // At the first step the token counts differ as little as the batches do.
            var loss = 2 + 100 / Math.Sqrt(parameters) + 3 * Math.Pow(step * speed + 20, -0.4) + worse;
            lines.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"run": "{{optimizer}}-{{parameters}}-{{rate}}-{{seed}}", "family": "tiny", "parameters": {{parameters}}, "step": {{step}}, "tokens": {{tokens * i / 40}}, "flops": {{6 * parameters * tokens * i / 40}}, "seconds": {{0.1 * step}}, "loss": {{loss:F6}}, "optimizer": "{{optimizer}}", "peak_learning_rate": {{rate}}, "seed": {{seed}}}"""));
        }
    }
}
