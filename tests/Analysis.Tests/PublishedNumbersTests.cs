using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Figures printed in papers, from their data.</summary>
public class PublishedNumbersTests
{
    private const string IsoFlops = "isoflops/isoflops_annotated.csv";
    private static readonly IsoFlopOptions s_noDraws = new() { Surface = new FitRecipeOptions { Bootstrap = 0 } };

    /// <summary>Besiroglu et al., arXiv 2404.10102: standard errors from 4,000 bootstraps.</summary>
    [SkippableFact]
    public async Task Standard_errors_of_Epochs_refit()
    {
        var rows = await SharedData.ReadAsync("epoch-chinchilla/chinchilla240.csv");
        var result = FitRecipe.Run(rows.Observations, new FitRecipeOptions { Bootstrap = 4000, Seed = 42 });
        var laws = result.Bootstrap.Laws;
        Near(0.01540, laws.Select(law => law["alpha"]));
        Near(0.02060, laws.Select(law => law["beta"]));
        Near(0.02566, laws.Select(law => law["E"]));
        Near(0.258, laws.Select(law => Math.Log(law["A"])));
        Near(0.421, laws.Select(law => Math.Log(law["B"])));
        Near(0.020, laws.Select(law => law.ParameterExponent));
        Assert.Equal(0, result.Bootstrap.Failed);

        static void Near(double published, IEnumerable<double> draws) =>
            Assert.InRange(Interval.Of(draws)!.StandardError / published, 0.9, 1.1);
    }

    /// <summary>The five rows with the highest losses move β from 0.367 to 0.453.</summary>
    [SkippableFact]
    public async Task All_245_points()
    {
        var rows = await SharedData.ReadAsync("epoch-chinchilla/chinchilla245.csv");
        var law = FitRecipe.Run(rows.Observations, s_noDraws.Surface).Fit.Law;
        Assert.Equal(1, law["A"] / 495.726, 1e-3);
        Assert.Equal(1, law["B"] / 12845.6, 1e-3);
        Assert.Equal(1.891338, law["E"], 1e-5);
        Assert.Equal(0.349313, law["alpha"], 1e-5);
        Assert.Equal(0.453049, law["beta"], 1e-5);
        Assert.Equal(0.564644, law.ParameterExponent, 1e-5);
    }

    /// <summary>arXiv 2603.22339, §6: the Llama 3 points by variable projection and by parabolas.</summary>
    [SkippableFact]
    public async Task Llama_3_by_variable_projection()
    {
        var rows = await SharedData.ReadAsync(IsoFlops, null, "experiment=llama_3__raw_loss");
        Assert.Equal(133, rows.Observations.Count);
        var law = FitRecipe.Run(rows.Observations, s_noDraws.Surface with { Fit = new FitOptions { Method = FitMethod.VariableProjection } }).Fit.Law;
        Assert.Equal(0.6047, law["E"], 1e-4);
        Assert.Equal(59.1, law["A"], 0.1);
        Assert.Equal(155.1, law["B"], 0.1);
        Assert.Equal(0.3100, law["alpha"], 1e-4);
        Assert.Equal(0.3136, law["beta"], 1e-4);
        var optimum = law.Optimum(3.8e25);
        Assert.Equal(621.6e9, optimum.Parameters, 1e9);
        Assert.Equal(10.2e12, optimum.Tokens, 0.05e12);
    }

    [SkippableFact]
    public async Task Llama_3_by_parabolas()
    {
        var rows = await SharedData.ReadAsync(IsoFlops, null, "experiment=llama_3__raw_loss");
        var (_, result) = IsoFlopRecipe.Profiles(IsoFlopRecipe.Group(rows.Observations, s_noDraws), s_noDraws);
        Assert.Equal(10, result.Budgets.Count);
        Assert.Equal(0.4632, result.Law.ParameterExponent, 1e-4);
        var optimum = result.At(3.8e25).Optimum;
        Assert.Equal(393.3e9, optimum.Parameters, 0.5e9);
        Assert.Equal(16.1e12, optimum.Tokens, 0.05e12);
    }

    /// <summary>Gemstones, arXiv 2502.06857: the authors print 0.499 with their own count of FLOP.</summary>
    [SkippableFact]
    public async Task Gemstones_envelope()
    {
        var rows = await SharedData.ReadAsync("gemstones/checkpoints.csv", null, "subset=hot_477");
        var line = EnvelopeMatchesPlainLoops(rows);
        Assert.InRange(line.Exponent, 0.4, 0.6);
    }

    [SkippableFact]
    public async Task Misfitting_envelope()
    {
        var rows = await SharedData.ReadAsync("misfitting/scaling_results.csv", "run=model+total_steps+peak_lr");
        var line = EnvelopeMatchesPlainLoops(rows);
        Assert.InRange(line.Exponent, 0.3, 0.8);
    }

    private static (double Exponent, double LogCoefficient) EnvelopeMatchesPlainLoops(RunSet rows)
    {
        var line = PlainEnvelope(rows.Observations);
        var (_, result) = IsoFlopRecipe.Envelope(rows.Observations, s_noDraws)!.Value;
        Assert.Equal(line.Exponent, result.Law.ParameterExponent, 1e-9);
        Assert.Equal(1, Math.Exp(line.LogCoefficient + line.Exponent * Math.Log(1e22)) / result.At(1e22).Optimum.Parameters, 1e-8);
        return line;
    }

    /// <summary>Approach 1 written as its definition reads, without a thought of speed.</summary>
    private static (double Exponent, double LogCoefficient) PlainEnvelope(IReadOnlyList<Observation> rows)
    {
        var runs = rows.GroupBy(row => row.Run)
            .Select(run => run.GroupBy(row => row.Flops).Select(same => same.Last()).OrderBy(row => row.Flops).ToArray())
            .Where(run => run.Length >= 2)
            .ToArray();
        var smallest = runs.Min(run => run[0].Flops);
        var largest = runs.Max(run => run[^1].Flops);
        var x = new List<double>();
        var y = new List<double>();
        for (var level = 0; level < 1500; level++)
        {
            var flops = level == 1499 ? largest : Math.Exp(Math.Log(smallest) + Math.Log(largest / smallest) * level / 1499);
            var best = double.PositiveInfinity;
            var parameters = double.NaN;
            foreach (var run in runs)
            {
                for (var i = 0; i + 1 < run.Length; i++)
                {
                    if (flops < run[i].Flops * (1 - 1e-13) || flops > run[i + 1].Flops * (1 + 1e-13))
                        continue;
                    var share = Math.Log(flops / run[i].Flops) / Math.Log(run[i + 1].Flops / run[i].Flops);
                    var loss = Math.Log(run[i].Loss) + share * Math.Log(run[i + 1].Loss / run[i].Loss);
                    if (loss < best)
                        (best, parameters) = (loss, run[i].Parameters);
                }
            }

            if (double.IsNaN(parameters))
                continue;
            x.Add(Math.Log(flops));
            y.Add(Math.Log(parameters));
        }

        var (meanX, meanY) = (x.Average(), y.Average());
        var slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
        return (slope, meanY - slope * meanX);
    }
}
