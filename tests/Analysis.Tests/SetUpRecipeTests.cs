using System.Globalization;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class SetUpRecipeTests
{
    private static readonly IsoFlopOptions s_options = new() { Surface = new FitRecipeOptions { Bootstrap = 40 } };

    // Two laws with exponents a of 0.51 and 0.40, told apart by a column; another column says nothing, a third is different in every run.
    private static Observation[] TwoSetUps() =>
    [
        .. Sweep("short", Sweeps.Epoch), .. Sweep("long", new ChinchillaLaw(1.7, 480, 700, 0.42, 0.28)),
    ];

    private static IEnumerable<Observation> Sweep(string warmup, ChinchillaLaw law) =>
        SweepSimulation.Run(new SweepSimulationOptions { Law = law, Budgets = Sweeps.Budgets, Range = 4, Noise = 0.001, Seed = 3 }).Select((row, i) => row.Row with
        {
            Config = [new("warmup", warmup), new("data", "web"), new("name", $"{warmup} {i}")],
        });

    [Fact]
    public void Only_columns_with_a_few_different_values_take_runs_apart()
    {
        Assert.Equal(["warmup"], SetUpRecipe.Columns(TwoSetUps()));
        Assert.Equal(["family", "warmup"], SetUpRecipe.Columns([.. TwoSetUps().Select((row, i) => row with { Family = i % 2 == 0 ? "a" : "b" })]));
    }

    [Fact]
    public void Each_set_up_has_the_exponent_of_its_own_law_with_its_interval()
    {
        var rows = TwoSetUps();
        var result = SetUpRecipe.Run(rows, ["warmup", "data"], s_options);
        Assert.Equal(["short · web", "long · web"], result.Rows.Select(row => row.Name));
        Assert.All(result.Rows, row => Assert.Equal(rows.Length / 2, row.Runs));
        Assert.Equal(0.5126, result.Rows[0].Surface!.Law.ParameterExponent, 0.02);
        Assert.Equal(0.4, result.Rows[1].Surface!.Law.ParameterExponent, 0.02);
        Assert.Equal(0.5126, result.Rows[0].Near.Law.ParameterExponent, 0.03);
        Assert.Equal(0.4, result.Rows[1].Near.Law.ParameterExponent, 0.03);
        Assert.All(result.Rows, row => Assert.True(row.Near.ParameterExponent!.Low80 < row.Near.ParameterExponent.High80));
        Assert.Matches(@"^By Approach 2 near the best sizes, a lies between 0\.\d{3} \(long · web; 80 %: .*\) and 0\.\d{3} \(short · web; .*: the set-up moves it by 0\.1\d\d, more than the widest", result.Conclusion);
    }

    [Fact]
    public void What_cannot_be_compared_is_said()
    {
        Assert.Contains("nothing to compare", SetUpRecipe.Run(TwoSetUps(), ["data"], s_options).Conclusion, StringComparison.Ordinal);
        Assert.Contains("No run has a column 'decay'. Columns with a few different values: warmup.", Assert.Throws<AnalysisException>(() => SetUpRecipe.Run(TwoSetUps(), ["decay"], s_options)).Message, StringComparison.Ordinal);
        Assert.Contains("more than 16", Assert.Throws<AnalysisException>(() => SetUpRecipe.Run(TwoSetUps(), ["name"], s_options)).Message, StringComparison.Ordinal);
    }

    // Porian et al., arXiv 2406.19146: the runs of the paper, taken apart, near the best size of each budget.
    [SkippableFact]
    public async Task The_walk_from_Kaplan_to_Chinchilla_is_five_set_ups_of_the_same_runs()
    {
        var table = await SharedData.TableAsync("porian/isoflop_points.csv", null, "dataset=rw", "source=summary_df.pickle.xz");
        var runs = table.Runs.ToDictionary(run => run.Name);
        var result = SetUpRecipe.Run(
            [.. table.Observations.Select(row => row with { Config = runs[row.Run].Config })], ["hparams", "warmup", "decay", "param_count"], new IsoFlopOptions { Surface = new FitRecipeOptions { Bootstrap = 0 } });
        string[] names = ["base · long · kaplan · kaplan", "base · long · kaplan · standard", "base · short · kaplan · standard", "base · short · chinchilla · standard", "tuned · short · const · standard"];
        for (var step = 0; step < names.Length; step++)
            Assert.Equal(PublishedWalk.Steps[step].ParameterExponent, result.Rows.Single(row => row.Name == names[step]).Near.Law.ParameterExponent, 0.03);
        Assert.Contains(result.Warnings, warning => warning.Kind == "wide-grid");
    }
}
