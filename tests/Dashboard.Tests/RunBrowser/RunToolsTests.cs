using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Dashboard.Tests.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.RunBrowser;

public sealed class RunToolsTests
{
    [Fact]
    public void Configurations_are_compared_with_what_most_runs_have()
    {
        var columns = Tables.Of(
        [
            Rows.Row("a") with { Config = [new("lr", "1e-3"), new("opt", "adamw"), new("warmup", "100")] },
            Rows.Row("b") with { Config = [new("lr", "3e-4"), new("opt", "adamw")] },
            Rows.Row("c", parameters: 1.0001e9) with { Config = [new("lr", "3e-4"), new("opt", "adamw"), new("warmup", "100")] },
            Rows.Row("d") with { Config = [new("only", "here")] },
        ]);

        var lines = ConfigDiff.Of(columns, [0, 1, 2]);

        Assert.Equal(["N", "D", "C, FLOP", "lr", "opt", "warmup"], lines.Select(line => line.Key));
        Assert.Equal(["N", "C, FLOP", "lr", "warmup"], lines.Where(line => line.Differs).Select(line => line.Key));
        Assert.Equal([("1e-3", true), ("3e-4", false), ("3e-4", false)], lines.Single(line => line.Key == "lr").Cells.Select(cell => (cell.Text, cell.Differs)));
        Assert.Equal([("100", false), ("", true), ("100", false)], lines.Single(line => line.Key == "warmup").Cells.Select(cell => (cell.Text, cell.Differs)));
        // Of two, the first one's is the usual value.
        Assert.Equal([false, true], ConfigDiff.Of(columns, [1, 0]).Single(line => line.Key == "lr").Cells.Select(cell => cell.Differs));
    }

    [Fact]
    public async Task The_file_of_a_table_has_numbers_as_numbers_and_no_formula()
    {
        var columns = Tables.Of(
        [
            Rows.Row("=HYPERLINK(\"x\")", loss: 1 / 3.0) with { Tags = ["@me"], Note = "-2+3\nnext", Config = [new("wd", "-1e-3"), new("cmd", "+run, now")] },
            Rows.Row("b") with { Loss = null, Parameters = null },
        ], ("acc", [0.5, double.NaN]));
        var state = new RunsState { Columns = ["parameters", "loss", "tags", "note", "config(wd)", "config(cmd)", "max(acc)", "config(gone)"], Sort = RunColumn.Of(RunField.Added), Descending = true };

        var text = RunCsv.Write(await Tables.ArrangeAsync(columns, state));

        Assert.Equal(
            "run,parameters,loss,tags,note,wd,cmd,max(acc),gone\nb,,,,,,,,\n\"'=HYPERLINK(\"\"x\"\")\",1000000000,0.3333333333333333,'@me,\"'-2+3\nnext\",-1e-3,\"'+run, now\",1.5,\n",
            text);
    }

    [Fact]
    public async Task The_file_of_groups_has_their_statistics()
    {
        var columns = Tables.Of(
        [
            Rows.Row("a", loss: 3) with { Config = [new("lr", "1e-3"), new("seed", "1")] }, Rows.Row("b", loss: 4) with { Config = [new("lr", "1e-3"), new("seed", "2")] },
            Rows.Row("c", loss: 2) with { Config = [new("lr", "3e-4"), new("seed", "1")] },
        ]);

        var text = RunCsv.Write(await Tables.ArrangeAsync(columns, new RunsState { Group = [RunsState.AllButSeed], Columns = ["tokens", "loss", "config(seed)"] }));

        Assert.Equal("lr,runs,tokens,loss n,loss mean,loss std,loss stderr,seed\n1e-3,2,20000000000,2,3.5,0.7071067811865476,0.5,\n3e-4,1,20000000000,1,2,,,1\n", text);
    }

    [Fact]
    public async Task A_selection_keeps_what_is_shown_over_changes_of_the_runs()
    {
        var before = Tables.Of([Rows.Row("a"), Rows.Row("b"), Rows.Row("c")]);
        var selection = new RunSelection();
        selection.MoveTo(await Tables.ArrangeAsync(before, new RunsState()));
        selection.Set(0, true);
        selection.Set(2, true);
        selection.Set(2, true);
        Assert.Equal((2, true, false), (selection.Count, selection.Contains(0), selection.Contains(1)));

        selection.MoveTo(await Tables.ArrangeAsync(before, new RunsState { Filter = "c" }));
        Assert.Equal([2], selection.Rows);
        // Another state of the project, in which a run has gone and one has come.
        selection.MoveTo(await Tables.ArrangeAsync(Tables.Of([Rows.Row("a"), Rows.Row("b"), Rows.Row("c"), Rows.Row("d")]), new RunsState()));
        Assert.Equal([2], selection.Rows);
        selection.Clear();
        Assert.Equal((0, false), (selection.Count, selection.Contains(2)));
    }

    [Fact]
    public async Task What_can_be_done_follows_from_the_selected_runs()
    {
        var columns = Tables.Of(
        [
            Rows.Row("a") with { Tags = ["x", "y"], Note = "n" }, Rows.Row("b") with { Tags = ["y"], ExclusionReason = "r" },
            Rows.Row("c") with { Tags = ["z"], Archived = DateTimeOffset.UnixEpoch.AddDays(1), Parameters = null },
        ]);
        var selection = new RunSelection();
        selection.MoveTo(await Tables.ArrangeAsync(columns, new RunsState { WithArchived = true }));
        Assert.Equal(SelectionFacts.None, SelectionFacts.Of(columns.Table, selection));

        selection.Set(0, true);
        selection.Set(1, true);
        var facts = SelectionFacts.Of(columns.Table, selection);
        Assert.Equal(["x", "y"], facts.Tags);
        Assert.Equal(["x", "z"], facts.TagsElsewhere);
        Assert.Equal((1, true, false, false, true), (facts.Noted, facts.Excluded, facts.WithoutParameters, facts.Archived, facts.Live));
        selection.Set(2, true);
        facts = SelectionFacts.Of(columns.Table, selection);
        Assert.Equal((true, true, true), (facts.WithoutParameters, facts.Archived, facts.Live));
        Assert.Equal(["x", "y", "z"], facts.TagsElsewhere);
    }

    [Theory]
    [InlineData("diverged: loss is not finite from step 10 on", "Diverged")]
    [InlineData("train/loss is not finite at step 10 and 3 more", "NaN")]
    [InlineData("truncated: the file ends within a record, it was still being written or is cut off; what is before it was read", "Truncated")]
    [InlineData("damaged after record 17: what follows was not read", "Damaged")]
    [InlineData("restarted at step 100 and 1 more time: from a restart's first step on the later values count, 3 earlier ones replaced", "Restarted")]
    [InlineData("stitched from 2 runs, a-1 to a-2: from a restart's first step on the later run counts, 3 earlier values replaced", "Restarted")]
    [InlineData("its state is running: the last values may be of an unfinished run", "Unfinished")]
    [InlineData("its rows were not in the order of steps and were sorted", "Sorted")]
    [InlineData("values are rounded as the console prints them, to 3 or 4 digits", "Rounded")]
    [InlineData("another run has the same name", "Same name")]
    [InlineData("2 rows repeat the tokens of another row of this run", "Repeated rows")]
    [InlineData("flops contradict 6·N·D by 4.1×", "Contradiction")]
    [InlineData("budget contradicts 6·N·D by 2×", "Contradiction")]
    [InlineData("tokens inferred from flops", "Inferred")]
    [InlineData("flops inferred as 6·N·D", "Inferred")]
    [InlineData("tokens are step × batch_size_in_tokens", "Inferred")]
    [InlineData("parameters from “7B” in the name", "Suggested N")]
    public void Every_flag_that_readers_raise_is_explained(string flag, string kind)
    {
        var explanation = FlagExplanation.Of(flag);

        Assert.Equal(kind, explanation.Kind);
        Assert.NotEmpty(explanation.Text);
    }

    [Fact]
    public void A_flag_nobody_knows_stands_for_itself() => Assert.Equal(new FlagExplanation("Flag", ""), FlagExplanation.Of("something new"));

    [Fact]
    public void A_run_counts_where_it_has_what_a_page_needs()
    {
        var run = Rows.Row("a");
        var curve = (SeriesSummary[])[new("loss", 2, 1, 2, 1, ""), new("tokens", 2, 1, 2, 2, "")];

        Assert.All(RunUse.Of(run, curve, false), use => Assert.Null(use.WhyNot));
        Assert.Equal([null, "no curve of the loss with tokens or flops: needed for the envelope", null, "no family, and other runs name theirs"], Why(run, [], true));
        Assert.Equal(Enumerable.Repeat("excluded: spike", 4), Why(run with { ExclusionReason = "spike" }, curve, false));
        Assert.Equal(Enumerable.Repeat("archived", 4), Why(run with { ExclusionReason = "spike", Archived = DateTimeOffset.UnixEpoch }, curve, false));
        Assert.Equal(Enumerable.Repeat("no loss: needed for IsoFLOP", 4), Why(run with { Loss = null }, curve, false));
        Assert.Equal([PageUrls.IsoFlop, PageUrls.IsoFlop, PageUrls.Fit, PageUrls.Estimate], RunUse.Of(run, curve, false).Select(use => use.Path));

        static IEnumerable<string?> Why(RunRow run, SeriesSummary[] metrics, bool families) => RunUse.Of(run, metrics, families).Select(use => use.WhyNot);
    }
}
