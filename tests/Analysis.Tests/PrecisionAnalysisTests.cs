using MathNet.Numerics.Distributions;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Analysis.Tests;

public class PrecisionAnalysisTests
{
    private static readonly FitRecipeOptions s_options = new() { Bootstrap = 200, Seed = 1, Fit = new FitOptions { Method = FitMethod.LogSquared } };

    // What the fit calls C_T holds e^b.
    private static readonly Dictionary<string, double> s_truth = new()
    {
        ["E"] = 2.7648, ["A"] = 4299, ["B"] = 18060, ["alpha"] = 0.4965, ["beta"] = 0.4965, ["gamma_w"] = 2.6745, ["n_w"] = 0.3037, ["gamma_a"] = 2.2102, ["n_a"] = 1.4072,
        ["gamma_kv"] = 0.9578, ["n_kv"] = 2.4185, ["C_T"] = 0.0598 * Math.Exp(1.1277), ["gamma_D"] = 0.5068, ["gamma_N"] = 0.3439, ["gamma_post"] = 0.5907,
    };

    [Fact]
    public void A_sweep_gives_the_published_constants_back_within_their_intervals()
    {
        var analysis = PrecisionAnalysis.Run(PrecisionSweeps.Simulated(), s_options);

        Assert.Equal(FitStatus.Converged, analysis.Fit.Result.Fit.Status);
        Assert.Equal("precision-w-a-kv-post", analysis.Fit.Form.Key);
        Assert.Empty(analysis.Design.Notes);
        Assert.Equal(Resampling.Models, analysis.Fit.Options.Resampling);
        var held = s_truth.Count(pair => analysis.Fit.Intervals.Quantities[pair.Key] is { } interval && interval.Low95 <= pair.Value && pair.Value <= interval.High95);
        Assert.InRange(held, 13, 15);
        Assert.Equal(7.002, analysis.Law.JointBits()!.Value, 0.15);
        Assert.Equal(200, analysis.Draws.Count);
        Assert.InRange(analysis.LossSquared, 0.995, 1);
        Assert.InRange(analysis.AddedSquared, 0.98, 1);
    }

    // Sweeps are independent, so how often the interval of one constant holds its truth is binomial: of ten, fewer than 7 at 95 % and fewer than 4 at 80 % come about once in a thousand times
    // where the intervals are right. That is asked of each of the fifteen constants; of all of them, those of one sweep moving together, between 88 and 100 % and between 68 and 92 %.
    [Fact]
    public void Over_many_sweeps_intervals_hold_the_constants_as_often_as_they_say()
    {
        const int sweeps = 10;
        var intervals = Enumerable.Range(1, sweeps).AsParallel().Select(seed =>
            PrecisionAnalysis.Run(PrecisionSweeps.Simulated(seed: seed), s_options with { Bootstrap = 100, Seed = seed }).Fit.Intervals.Quantities).ToArray();
        foreach (var (level, fewest, low, high) in new[] { (0.8, 4, 0.68, 0.92), (0.95, 7, 0.88, 1) })
        {
            Assert.Equal(1e-3, Binomial.CDF(level, sweeps, fewest - 1), 2e-4);
            var held = s_truth.ToDictionary(pair => pair.Key, pair => intervals.Count(sweep => level > 0.9
                ? sweep[pair.Key]!.Low95 <= pair.Value && pair.Value <= sweep[pair.Key]!.High95
                : sweep[pair.Key]!.Low80 <= pair.Value && pair.Value <= sweep[pair.Key]!.High80));
            Assert.All(held, pair => Assert.True(pair.Value >= fewest, $"{pair.Key}: {pair.Value} of {sweeps} at {level}"));
            Assert.InRange(held.Values.Average() / sweeps, low, high);
        }
    }

    [Fact]
    public void On_held_out_runs_the_true_form_predicts_best_of_those_with_as_many_coefficients()
    {
        var alternatives = PrecisionAnalysis.Run(PrecisionSweeps.Simulated(), s_options with { Bootstrap = 0 }).Alternatives();

        Assert.Equal(7, alternatives.Count);
        var own = alternatives[0];
        Assert.Equal(("precision-w-a-kv", 11, 12 * 16), (own.Key, own.Coefficients, own.HeldOut));
        Assert.All(alternatives.Skip(1).Where(other => other.Coefficients <= own.Coefficients), other => Assert.True(other.AddedSquared < own.AddedSquared - 0.01, other.Name));
        // Without bits no run differs from its twin.
        Assert.True(alternatives[^1] is { Key: "chinchilla", AddedSquared: < 0 });
    }

    [Fact]
    public void Of_a_part_in_one_precision_nothing_is_told()
    {
        // Activations at 8 bits throughout, weights at three precisions, no KV cache.
        var rows = PrecisionSweeps.Simulated(keep: row => row.Post is null && row.Bits is { Activations: null, KvCache: null });
        var design = PrecisionDesign.Of(PrecisionRows.Of([.. rows.Observations.Select(row => row with { Config = [.. row.Config.Where(cell => cell.Key != "activation_bits"), new("activation_bits", "8")] })]));

        Assert.Equal("precision-w", design.Form!.Key);
        Assert.Equal(["gamma_a", "n_a", "gamma_kv", "n_kv", "C_T", "gamma_D", "gamma_N", "gamma_post"], design.LeftOut);
        Assert.Equal(
            [
                "All runs have the activations at 8 bits, so γ_a and n_a cannot be told; what those bits cost stays inside A.",
                "No run quantises the KV cache in training, so γ_kv and n_kv cannot be told; the law takes them as not quantised.",
                "No run is quantised after training, so C_T, γ_D, γ_N and γ_post cannot be told.",
            ],
            design.Notes);
    }

    [Fact]
    public void Of_two_precisions_only_gamma_is_told()
    {
        var design = PrecisionDesign.Of(PrecisionRows.Of(PrecisionSweeps.Simulated(keep: row => row.Bits is { Activations: null, KvCache: null } and { Weights: null or 4 }).Observations));
        Assert.Equal("precision-w0-post", design.Form!.Key);
        Assert.Contains("The weights come in 2 precisions only, so n_w cannot be told from γ_w; n is taken as 0.", design.Notes);
        Assert.Contains("n_w", design.LeftOut);
    }

    [Fact]
    public void Parts_that_move_together_share_their_gamma()
    {
        var runs = PrecisionSweeps.Simulated(keep: row => row.Post is null && row.Bits.Weights == row.Bits.Activations && row.Bits.Weights == row.Bits.KvCache);
        var analysis = PrecisionAnalysis.Run(runs, s_options with { Bootstrap = 0 });
        Assert.Equal("precision-wakv", analysis.Fit.Form.Key);
        Assert.Contains("All runs have the same bits for weights, activations and KV cache, so only a γ that they share can be told.", analysis.Design.Notes);
        // f³ of one γ stands for the product of three.
        Assert.Equal(PrecisionSweeps.Truth.Share(TrainingBits.Tied(6)), analysis.Law.Share(TrainingBits.Tied(6)), 0.03);
    }

    [Fact]
    public void In_the_plain_form_no_shift_is_fitted()
    {
        var analysis = PrecisionAnalysis.Run(PrecisionSweeps.Simulated(), s_options with { Bootstrap = 0 }, plain: true);
        Assert.Equal("precision-w0-a0-kv0-post", analysis.Fit.Form.Key);
        Assert.Empty(analysis.Design.Notes);
        Assert.Equal(0, analysis.Law.Activations!.Value.Offset);
    }

    [Fact]
    public void Too_little_of_what_follows_training_is_left_out_of_the_fit()
    {
        var design = PrecisionDesign.Of(PrecisionRows.Of(PrecisionSweeps.Simulated(keep: row => row.Post is null or 4).Observations));
        Assert.Equal("precision-w-a-kv", design.Form!.Key);
        Assert.All(design.Rows, row => Assert.Null(row.Precision.Post));
        Assert.Contains("Runs quantised after training come in 4 bits only, so γ_post cannot be told from C_T; these 24 runs are left out of the fit.", design.Notes);

        var oneSize = PrecisionDesign.Of(PrecisionRows.Of(PrecisionSweeps.Simulated(keep: row => row.Post is null || row.Row.Parameters == 30e6).Observations));
        Assert.Contains(oneSize.Notes, note => note.Contains("one size only, so γ_N cannot be told", StringComparison.Ordinal));
        var oneLength = PrecisionDesign.Of(PrecisionRows.Of(PrecisionSweeps.Simulated(keep: row => row.Post is null || row.Row.Tokens == 6e9).Observations));
        Assert.Contains(oneLength.Notes, note => note.Contains("one count of tokens only, so γ_D cannot be told", StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_without_any_bits_are_refused_with_what_to_add()
    {
        var failure = Assert.Throws<AnalysisException>(() => PrecisionAnalysis.Run(Sweeps.Simulated(), s_options));
        Assert.StartsWith("These runs tell nothing about precision. No run quantises the weights, activations and KV cache in training", failure.Message, StringComparison.Ordinal);
        Assert.Contains("weight_bits, activation_bits, kv_bits and post_bits", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_compares_with_its_parent_or_with_runs_of_its_size_and_tokens()
    {
        var rows = PrecisionRows.Of(
        [
            PrecisionSweeps.Row("base 1", 1e9, 1e10, 3.0),
            PrecisionSweeps.Row("base 2", 1e9, 1.005e10, 3.2),
            PrecisionSweeps.Row("w4", 1e9, 1e10, 3.5, ("weight_bits", "4")),
            PrecisionSweeps.Row("w4 served", 1e9, 1e10, 3.6, ("weight_bits", "4"), ("post_bits", "3")),
            PrecisionSweeps.Row("served", 1e9, 1e10, 3.3, ("post_bits", "3"), ("parent", "base 2")),
            PrecisionSweeps.Row("alone", 2e9, 1e10, 3.3, ("weight_bits", "4")),
        ]);
        Assert.Equal([null, null, 3.1, 3.5, 3.2, null], rows.Select(row => row.TwinLoss is { } loss ? Math.Round(loss, 6) : (double?)null));
        Assert.Equal(["base 1", "base 2", "w4", "w4", "base 2", "alone"], rows.Select(row => row.Model));
        Assert.Equal([null, null, 0.4, 0.1, 0.1, null], rows.Select(row => row.AddedLoss is { } loss ? Math.Round(loss, 6) : (double?)null));
    }

    [Fact]
    public void A_loss_of_the_unquantised_run_counts_as_a_run_of_its_own_once()
    {
        var rows = PrecisionRows.Of(
        [
            PrecisionSweeps.Row("q3", 1e9, 1e10, 3.4, ("ptq_bits", "3"), ("bf16_loss", "3.0")),
            PrecisionSweeps.Row("q4", 1e9, 1e10, 3.1, ("ptq_bits", "4"), ("bf16_loss", "3.0")),
            PrecisionSweeps.Row("w5", 1e9, 1e10, 3.2, ("w_bits", "5"), ("bf16_loss", "3.0")),
        ]);
        Assert.Equal(4, rows.Count);
        Assert.Equal(("q3 before quantisation", 3.0, true), (rows[3].Row.Run, rows[3].Row.Loss, rows[3].Precision.IsFull));
        Assert.Equal([0.4, 0.1, 0.2], rows.Take(3).Select(row => Math.Round(row.AddedLoss!.Value, 6)));
    }

    [Fact]
    public void Reports_carry_what_every_fit_does_and_what_cannot_be_told()
    {
        var runs = PrecisionSweeps.Simulated(keep: row => row.Post is null);
        var report = PrecisionFitReport.Run(runs, s_options with { Bootstrap = 40 }, plain: false, [1e22], alternatives: false);
        Assert.Equal("precision-w-a-kv", report.Law);
        Assert.Equal(["C_T", "gamma_D", "gamma_N", "gamma_post"], report.Precision!.NotIdentified);
        Assert.Null(report.Precision.Alternatives);
        Assert.NotNull(report.Precision.OptimalBitsInterval);
        Assert.StartsWith("No run is quantised after training", report.Warnings[0], StringComparison.Ordinal);

        var analysis = PrecisionAnalysis.Run(runs, s_options with { Bootstrap = 40 });
        var asked = PrecisionFitReport.Ask(analysis, new PrecisionQuestion { Parameters = 1e8, Tokens = 1e10, Bits = TrainingBits.Tied(6) });
        Assert.InRange(asked.Loss, asked.Intervals!.Loss!.Low95, asked.Intervals.Loss.High95);
        var best = PrecisionFitReport.Optimum(analysis, 1e20, 1e9, null);
        Assert.Equal("fixed_parameters", best.Mode);
        Assert.InRange(best.Bits, best.Intervals!.Bits!.Low95, best.Intervals.Bits.High95);
        Assert.Throws<AnalysisException>(() => PrecisionFitReport.Ask(analysis, new PrecisionQuestion { Parameters = 1e8, Tokens = 1e10, Post = 4 }));
        Assert.Throws<AnalysisException>(() => PrecisionFitReport.Optimum(analysis, 0, null, null));
    }

    [Fact]
    public void An_alternative_says_what_few_bits_do_in_it()
    {
        Assert.Equal(5, PrecisionForm.Alternatives.Count);
        Assert.Equal(6, PrecisionForm.Alternatives.Append(PrecisionEffect.Parameters).Select(PrecisionForm.EffectName).Distinct().Count());
    }
}
