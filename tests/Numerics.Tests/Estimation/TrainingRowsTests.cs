using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Numerics.Tests.Estimation;

/// <summary>Which checkpoints are fitted and which are predicted, to the edge.</summary>
public class TrainingRowsTests
{
    private static readonly EstimationOptions s_uncut = new() { MinimumTokens = 0 };

    private static double[] Tokens(params double[] billions) => Array.ConvertAll(billions, value => value * 1e9);

    [Fact]
    public void The_cut_and_the_share_are_both_strict()
    {
        var model = Families.Model(1e9, Tokens(10, 11, 29, 30, 31, 100));
        var rows = TrainingRows.Of([model], 0.3, new EstimationOptions { MinimumTokens = 10e9 });
        Assert.Equal(Tokens(11, 29), rows.Tokens);
    }

    [Fact]
    public void Even_the_whole_training_leaves_out_its_very_end_unless_the_end_is_asked_for()
    {
        var model = Families.Model(1e9, Tokens(20, 50, 100));
        Assert.Equal(Tokens(20, 50), TrainingRows.Of([model], 1, s_uncut).Tokens);
        Assert.Equal(Tokens(20, 50, 100), TrainingRows.Of([model], 1, s_uncut, endIncluded: true).Tokens);
    }

    [Fact]
    public void The_share_is_of_the_most_tokens_over_the_chosen_models()
    {
        FamilyModel[] models = [Families.Model(1e8, Tokens(20, 40)), Families.Model(2e8, Tokens(20, 40, 100))];
        // Half of 100B, not half of each model's own.
        Assert.Equal(Tokens(20, 40, 20, 40), TrainingRows.Of(models, 0.5, s_uncut).Tokens);
        Assert.Equal([1e8, 1e8, 2e8, 2e8], TrainingRows.Of(models, 0.5, s_uncut).Parameters);
    }

    [Fact]
    public void Compute_is_that_of_each_models_last_row()
    {
        FamilyModel[] models = [Families.Model(1e8, Tokens(20, 40, 100)), Families.Model(2e8, Tokens(30, 100)), Families.Model(4e8, Tokens(90, 100))];
        var rows = TrainingRows.Of(models, 0.5, s_uncut);
        Assert.Equal(6 * 1e8 * 40e9 + 6 * 2e8 * 30e9, rows.FlopsSpent);
    }

    [Fact]
    public void Final_losses_are_the_last_of_each_model_the_end_included()
    {
        FamilyModel[] models = [Families.Model(1e8, Tokens(100, 20, 60)), Families.Model(2e8, Tokens(30, 80))];
        Assert.Equal(Tokens(100, 80), TrainingRows.Of(models, 1, s_uncut with { Checkpoints = CheckpointUse.Final }).Tokens);
        Assert.Equal(Tokens(60, 30), TrainingRows.Of(models, 0.6, s_uncut with { Checkpoints = CheckpointUse.Final }).Tokens);
    }

    [Fact]
    public void Tenths_take_ten_checkpoints_of_a_long_log()
    {
        var model = Families.Model(1e9, [.. Enumerable.Range(1, 1000).Select(i => i * 1e8)]);
        var rows = TrainingRows.Of([model], 1, s_uncut with { Checkpoints = CheckpointUse.Tenths });
        Assert.Equal(10, rows.Tokens.Length);
        Assert.Equal(1e10, rows.Tokens[0]);
        Assert.Equal(99.9e9, rows.Tokens[^1]);
    }

    [Fact]
    public void The_target_is_predicted_from_seventy_percent_on_the_edge_included()
    {
        var target = new TargetRows([Families.Model(1e9, Tokens(10, 69, 70, 71, 100))]);
        Assert.Equal(Tokens(70, 71, 100), target.Tokens);
    }

    [Fact]
    public void Nothing_between_cut_and_share_is_no_row_and_no_cost()
    {
        var rows = TrainingRows.Of([Families.Model(1e9, Tokens(20, 40))], 0.3, new EstimationOptions());
        Assert.Empty(rows.Losses);
        Assert.Equal(0, rows.FlopsSpent);
    }

    [Fact]
    public void A_model_needs_a_checkpoint()
    {
        Assert.Throws<ArgumentException>(() => new FamilyModel("m", 1e9, [], []));
        Assert.Throws<ArgumentException>(() => new FamilyModel("m", 1e9, [1], [1, 2]));
    }
}
