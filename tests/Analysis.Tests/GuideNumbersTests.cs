using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>Figures of arXiv 2410.11840 recomputed from the curves of its collection, where they are beside the clone.</summary>
public class GuideNumbersTests
{
    private static async Task<FamilyResult> EstimateAsync(string family, EstimateOptions? options = null)
    {
        var rows = await SharedData.ReadAsync("hitchhiker/checkpoints.csv", null, $"scaled_set={family}");
        var families = ModelFamilies.Of(rows, _ => new RunTraits(family, null, null, null, ""));
        return EstimateRecipe.Run(families, options ?? new EstimateOptions()).Families[0];
    }

    [SkippableTheory]
    [InlineData("gpt3", 7, 1e10, 0.0272)]
    [InlineData("gpt3", 6, 1e10, 0.0092)]
    [InlineData("OPT", 5, 1e10, 0.0323)]
    [InlineData("OPT", 5, 0, 0.0528)]
    [InlineData("chinchilla", 42, 1e10, 0.0107)]
    [InlineData("pythia", 7, 1e10, 0.092)]
    [InlineData("pythia", 7, 0, 1.62)]
    [InlineData("pythia-deduped", 7, 1e10, 0.130)]
    [InlineData("pythia-deduped", 7, 0, 1.65)]
    public async Task Smaller_models_predict_the_largest(string family, int models, double cut, double are)
    {
        var result = await EstimateAsync(family, new() { Models = [models], Fit = new EstimationOptions { MinimumTokens = cut } });
        Assert.Equal(models, result.Chosen!.Plan.Models);
        // To half of the last digit printed.
        Assert.Equal(are, result.Chosen.Error.Are, are < 0.1 && are != 0.092 ? 6e-5 : are < 1 ? 6e-4 : 6e-3);
    }

    [SkippableTheory]
    [InlineData("gpt3", 0.084, 0.092)]
    [InlineData("OPT", 0.058, 0.064)]
    public async Task Without_a_law_the_error_is_larger(string family, double bestLoss, double mostCompute)
    {
        var chosen = (await EstimateAsync(family)).Chosen!;
        Assert.Equal(bestLoss, chosen.BestLoss.Are, 6e-4);
        Assert.Equal(mostCompute, chosen.MostCompute.Are, 6e-4);
    }

    [SkippableTheory]
    [InlineData("olmo", null, 0.0094)]
    [InlineData("GPT2-c4-ep1", 2.8e9, 0.0050)]
    [InlineData("gpt3", null, 0.069)]
    [InlineData("gpt3", 1.25e8, 0.164)]
    [InlineData("OPT", null, 0.044)]
    [InlineData("OPT", 1.25e8, 0.213)]
    public async Task One_model_with_borrowed_A_and_alpha_predicts_the_largest(string family, double? model, double are)
    {
        var result = await EstimateAsync(family, new() { Borrow = EstimateOptions.PublishedDonor, Largest = model });
        Assert.Equal(1, result.Chosen!.Plan.Models);
        Assert.Equal(are, result.Chosen.Error.Are, are < 0.01 ? 6e-5 : 6e-4);
    }
}
