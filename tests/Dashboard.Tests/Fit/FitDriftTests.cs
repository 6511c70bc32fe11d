using ScalingDashboard.Dashboard.Fit;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class FitDriftTests
{
    [Fact]
    public void Nothing_changed()
    {
        var drift = FitDrift.Between(Document(), Document());
        Assert.Equal("Nothing changed: same runs, same options, same code, same numbers.", drift.Sentence);
        Assert.True(drift is { SameRuns: true, SameOptions: true, SameCode: true, SameNumbers: true });
        Assert.All(drift.Numbers, number => Assert.Equal((0.0, 0.0), (number.StandardErrors, number.Relative)));
        Assert.Equal(["E", "alpha", "a"], drift.Numbers.Select(number => number.Key));
    }

    [Fact]
    public void Runs_that_were_added_and_are_gone_are_counted_and_the_farthest_move_is_named()
    {
        var now = Document(alpha: 0.344) with { RunIds = ["2", "4", "5", "6"] };

        var drift = FitDrift.Between(Document(), now.With(input: "bb"));

        Assert.Equal("The runs changed: 3 added, 1 gone; α moved by 0.4 standard errors.", drift.Sentence);
        Assert.Equal(["4", "5", "6"], drift.Added);
        Assert.Equal(["1"], drift.Gone);
        Assert.Equal(0.4, drift.Numbers[1].StandardErrors!.Value, 9);
        Assert.Equal(("alpha", 0.34, 0.344), (drift.Numbers[1].Key, drift.Numbers[1].Then, drift.Numbers[1].Now));
    }

    [Fact]
    public void The_move_is_signed_and_in_saved_standard_errors()
    {
        var drift = FitDrift.Between(Document(), Document(alpha: 0.32, interval: new(5, 0, 1, 0, 1)).With(input: "bb"));
        Assert.Equal(-2, drift.Numbers[1].StandardErrors!.Value, 9);
        Assert.EndsWith("α moved by 2 standard errors.", drift.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_runs_with_other_values_are_told_from_other_runs()
    {
        Assert.Equal(
            "The runs changed: the same ones with other values; the numbers are the same.",
            FitDrift.Between(Document(), Document().With(input: "bb")).Sentence);
        Assert.Equal(
            "The runs changed: 1 added; the numbers are the same.",
            FitDrift.Between(Document(), (Document() with { RunIds = ["1", "2", "3"] }).With(input: "bb")).Sentence);
    }

    [Fact]
    public void What_a_fit_does_unless_asked_otherwise_is_named_where_it_changes_and_no_change_where_it_is_not_written_down()
    {
        var written = Document().With(options: [("bootstrap", "1000"), ("seed", "7"), ("interval", "percentile"), ("resampling", "points")]);
        Assert.True(FitDrift.Between(Document(), written).SameOptions);
        Assert.Equal(
            ["interval was profile, is percentile", "resampling was points, is budgets"],
            FitDrift.Between(Document().With(options: [("bootstrap", "1000"), ("seed", "7"), ("interval", "profile")]), Document().With(options: [("bootstrap", "1000"), ("seed", "7"), ("resampling", "budgets")])).ChangedOptions);
    }

    [Fact]
    public void Of_too_many_runs_only_the_counts_are_known()
    {
        var drift = FitDrift.Between(Document() with { Runs = 6000, RunIds = null }, (Document() with { Runs = 6200, RunIds = null }).With(input: "bb"));
        Assert.Equal("The runs changed: 6,000 then, 6,200 now; the numbers are the same.", drift.Sentence);
        Assert.Null(drift.Added);
        Assert.Null(drift.Gone);
    }

    [Fact]
    public void Another_version_of_the_code_may_agree_but_for_rounding()
    {
        var now = Document(alpha: 0.34 * (1 + 8e-10)).With(version: "1.1.0+0123456789abcdef");
        Assert.Equal(
            "Same runs and options but the code is another version (1.0.0 then, 1.1.0+0123456 now): the numbers agree to 1e-9.",
            FitDrift.Between(Document(), now).Sentence);
        Assert.EndsWith("now): the numbers are the same.", FitDrift.Between(Document(), Document().With(version: "1.1.0")).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_move_without_a_cause_are_no_silent_matter()
    {
        Assert.Equal(
            "Same runs, same options and same code, yet α moved by 1 standard error.",
            FitDrift.Between(Document(), Document(alpha: 0.35)).Sentence);
        Assert.Equal(
            "Same runs, same options and same code, yet no number moved by more than 0.01 standard errors.",
            FitDrift.Between(Document(), Document(alpha: 0.3401)).Sentence);
        Assert.Equal(
            "Same runs, same options and same code, yet the estimates are the same, their intervals are not.",
            FitDrift.Between(Document(), Document(interval: new(0.02, 0.3, 0.4, 0.2, 0.5))).Sentence);
        Assert.Equal(
            "Same runs, same options and same code, yet the fit ended as at_bound, not converged; the numbers are the same.",
            FitDrift.Between(Document(), Document() with { Status = "at_bound" }).Sentence);
    }

    [Fact]
    public void Options_that_changed_are_named_with_both_values()
    {
        var drift = FitDrift.Between(Document(), Document().With(version: "2.0.0", options: [("bootstrap", "200"), ("where", "subset=hot")]) with { Method = "vpnls" });
        Assert.Equal(["bootstrap was 1000, is 200", "method was huber, is vpnls", "seed was 7, is not set", "where was not set, is subset=hot"], drift.ChangedOptions);
        Assert.Equal(
            "The options changed: bootstrap was 1000, is 200, method was huber, is vpnls, seed was 7, is not set and where was not set, is subset=hot; the code is another version (1.0.0 then, 2.0.0 now); the numbers are the same.",
            drift.Sentence);
        Assert.False(drift.SameOptions);
    }

    [Fact]
    public void Everything_may_change_at_once()
    {
        var now = (Document(alpha: 0.35) with { RunIds = ["1", "2", "3"] }).With(input: "bb", version: "2.0.0", options: [("bootstrap", "1000"), ("seed", "8")]);
        Assert.Equal(
            "The runs changed: 1 added; the options changed: seed was 7, is 8; the code is another version (1.0.0 then, 2.0.0 now); α moved by 1 standard error.",
            FitDrift.Between(Document(), now).Sentence);
    }

    [Fact]
    public void Without_standard_errors_the_values_speak()
    {
        var saved = Document() with { Parameters = [new("E", 1.8, "nats per token", null)], Exponents = [] };
        var drift = FitDrift.Between(saved, saved with { Parameters = [new("E", 1.9, "nats per token", null)] });
        Assert.Equal("Same runs, same options and same code, yet E went from 1.8 to 1.9, saved without a standard error.", drift.Sentence);
        Assert.Null(drift.Numbers[0].StandardErrors);
    }

    [Fact]
    public void A_number_that_is_not_there_any_more_is_named()
    {
        var saved = Document();
        var gone = FitDrift.Between(saved, saved with { Exponents = [new("a", double.NaN, "", null)] });
        Assert.Equal("Same runs, same options and same code, yet a was 0.525, is –.", gone.Sentence);
        var other = FitDrift.Between(saved, saved with { Exponents = [new("b", 0.5, "", null)] });
        Assert.Equal(["E", "alpha", "a", "b"], other.Numbers.Select(number => number.Key));
        Assert.Equal((double.NaN, 0.5), (other.Numbers[3].Then, other.Numbers[3].Now));
        Assert.True(FitDrift.Between(saved with { Objective = 1, Exponents = [new("a", double.NaN, "", null)] }, saved with { Exponents = [new("a", double.NaN, "", null)] }).SameNumbers);
    }
}
