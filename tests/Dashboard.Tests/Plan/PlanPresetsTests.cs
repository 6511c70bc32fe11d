using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Dashboard.Tests.Plan;

/// <summary>The worked examples give the numbers that they promise.</summary>
public class PlanPresetsTests
{
    [Fact]
    public void Gpt3()
    {
        var plan = Plans("GPT-3 on 10,000 V100")[0][0];
        Assert.Equal(3.55e6, plan.AcceleratorHours.Value, 0.005e6);
        Assert.Equal(14.8, plan[Days].Value, 0.05);
        Assert.Equal(1287e3, plan[Energy].Value, 1e3);
        Assert.Equal(552e3, plan[Carbon].Value, 1e3);
        Assert.Equal(300e9, plan[Tokens].Value, 2e9);
    }

    [Fact]
    public void Gopher()
    {
        var plans = Plans("Gopher's budget")[0];
        Assert.Equal([67e9, 63e9, 40e9], plans.Take(3).Select(plan => Math.Round(plan[Parameters].Value / 1e9) * 1e9));
        Assert.Equal(1.43e12, plans[0][Tokens].Value, 0.01e12);
    }

    [Fact]
    public void Table_3() => Near([1.21e20, 1.23e22, 3.85e24, 1.27e26], Plans("Chinchilla, Table 3").Select(plans => plans[0][Flops].Value), 0.07);

    [Fact]
    public void Table_A3()
    {
        Near([1.20e20, 6.88e23, 1.18e25, 1.59e26], Plans("Chinchilla, Table A3").Select(plans => plans[0][Flops].Value), 0.07);
        Near([1.62e20, 1.71e24, 3.52e25, 5.65e26], Plans("Chinchilla, Table A3").Select(plans => plans[1][Flops].Value), 0.16);
    }

    [Fact]
    public void Ten_times_the_compute()
    {
        var scenarios = Plans("Ten times the compute");
        Near([5.37, 3.16, 2.86], Enumerable.Range(0, 3).Select(law => scenarios[1][law][Parameters].Value / scenarios[0][law][Parameters].Value), 0.001);
        Near([1.86, 3.16, 3.50], Enumerable.Range(0, 3).Select(law => scenarios[1][law][Tokens].Value / scenarios[0][law][Tokens].Value), 0.002);
    }

    [Fact]
    public void Over_trained()
    {
        var scenarios = Plans("Over-trained like Llama 3.1 8B");
        Assert.Equal(7.2e23, scenarios[0][0][Flops].Value, 1e10);
        Assert.True(scenarios[0][0].Off!.Overhead > 3);
        // The best for serving 10T tokens at this compute is larger than 8B, and smaller than the best without serving.
        Assert.InRange(scenarios[1][0][Parameters].Value, 20e9, 80e9);
    }

    // Table 4: 400 TFLOP/s a GPU; the report's own count of FLOP is 3.8e25.
    [Fact]
    public void Llama_405B()
    {
        var plan = Plans("Llama 3.1 405B")[0][0];
        Assert.Equal(3.8e25, plan[Flops].Value, 0.02e25);
        Assert.Equal(26e6, plan.AcceleratorHours.Value / 1.1, 0.3e6);
    }

    [Fact]
    public void Few_tokens_cost_loss()
    {
        var losses = Plans("Few different tokens").Select(plans => plans[0][Loss].Value).ToArray();
        Assert.True(losses[2] < losses[0] && losses[0] < losses[1]);
        Assert.True(Plans("Few different tokens")[0][0][Tokens].Value > 4 * 200e9);
    }

    private static IReadOnlyList<IReadOnlyList<LawPlan>> Plans(string name)
    {
        var state = PlanPresets.All.Single(preset => preset.Name == name).State;
        return [.. state.Scenarios.Select(scenario => ScenarioRecipe.Run(scenario.ToScenario(), [.. state.Laws.Select(key => TrainingLaw.Find(key)!)]).Plans)];
    }

    private static void Near(double[] expected, IEnumerable<double> actual, double relative) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second / pair.First, 1 - relative, 1 + relative));
}
