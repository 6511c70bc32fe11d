using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.Fit;
using ScalingDashboard.Dashboard.Fit;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class SavedFitComponentsTests : ComponentTest
{
    private static readonly SavedFitEntry s_first = SavedFitEntry.Of(Document().Saved());
    private static readonly SavedFitEntry s_second = SavedFitEntry.Of(Document(alpha: 0.36).Saved("f2", version: 2, note: "with <new> data"));

    [Fact]
    public void The_list_shows_what_a_fit_is_and_its_numbers_with_intervals()
    {
        var list = List([s_second, s_first]);

        var rows = list.FindAll("tbody tr");
        Assert.Equal(2, rows.Count);
        Assert.Equal("with <new> data", rows[0].QuerySelector("th small")!.TextContent);
        Assert.Equal(["baseline v2", "baseline v1"], rows.Select(row => Words(row.QuerySelector("th")!).Replace(" with <new> data", "", StringComparison.Ordinal)));
        Assert.Equal("chinchilla, huber 72 points, converged", Words(rows[0].Children[2]));
        Assert.Equal("a = 0.525 80 %: 0.51–0.53", Words(rows[0].Children[3]));
        Assert.Equal("2026-01-02 03:04 UTC", Words(rows[0].Children[4]));
        Assert.Equal("/fit?project=p&seed=7", rows[0].QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void Without_fits_it_says_what_they_are_good_for()
    {
        Assert.StartsWith("No fit of this project is saved yet.", List([]).Find("p").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Fits_are_laid_over_in_the_order_they_were_chosen()
    {
        IReadOnlyList<string>? overlaid = null;
        var list = List([s_second, s_first], parameters => parameters.Add(l => l.Overlaid, ["f2"]).Add(l => l.OverlaidChanged, ids => overlaid = ids));

        var boxes = list.FindAll("input[type=checkbox]");
        Assert.Equal([true, false], boxes.Select(box => box.HasAttribute("checked")));
        boxes[1].Change(true);
        Assert.Equal(["f2", "f1"], overlaid!);
        list.FindAll("input[type=checkbox]")[0].Change(false);
        Assert.Equal([], overlaid!);
    }

    [Fact]
    public void No_more_are_laid_over_than_can_be_told_apart()
    {
        var list = List([s_second, s_first], parameters => parameters.Add(l => l.Overlaid, ["f2", "f3", "f4", "f5", "f6", "f7"]));
        var boxes = list.FindAll("input[type=checkbox]");
        Assert.Equal([false, true], boxes.Select(box => box.HasAttribute("disabled")));
        Assert.Equal("At most 6 fits are laid over each other.", boxes[1].GetAttribute("title"));
    }

    [Fact]
    public void A_damaged_fit_says_so_and_can_only_be_opened_or_deleted()
    {
        var list = List([SavedFitEntry.Of(Document().Saved() with { Report = "x" })]);
        Assert.Contains("damaged", list.Find(".problem").TextContent, StringComparison.Ordinal);
        Assert.True(list.Find("input[type=checkbox]").HasAttribute("disabled"));
        Assert.Equal([true, false], list.FindAll("tbody button").Select(button => button.HasAttribute("disabled")));
    }

    [Fact]
    public void Recompute_names_its_fit()
    {
        string? recomputed = null;
        List([s_second, s_first], parameters => parameters.Add(l => l.OnRecompute, id => recomputed = id)).Find("button[aria-label='Recompute baseline v1']").Click();
        Assert.Equal("f1", recomputed);
        var busy = List([s_first], parameters => parameters.Add(l => l.Disabled, true));
        Assert.All(busy.FindAll("tbody button"), button => Assert.True(button.HasAttribute("disabled")));
    }

    [Fact]
    public void A_deletion_is_reported_once_it_has_happened_and_can_be_undone()
    {
        string? deleted = null, restored = null;
        var list = List([s_second, s_first], parameters => parameters.Add(l => l.OnDelete, id => deleted = id).Add(l => l.OnUndelete, id => restored = id));

        list.Find("button[aria-label='Delete baseline v2']").Click();
        Assert.Equal("f2", deleted);
        Assert.Empty(list.FindComponents<Toast>());
        list.Render(parameters => parameters.Add(l => l.Entries, [s_first]));
        Assert.Equal("baseline v2 deleted.", list.Find(".toast span").TextContent);

        list.Find(".toast button").Click();
        Assert.Equal("f2", restored);
        Assert.Empty(list.FindAll(".toast"));
        list.Render(parameters => parameters.Add(l => l.Entries, [s_second, s_first]));
        Assert.Equal(2, list.FindAll("tbody tr").Count);
    }

    [Fact]
    public void The_last_fit_can_be_deleted_and_brought_back()
    {
        string? restored = null;
        var list = List([s_first], parameters => parameters.Add(l => l.OnUndelete, id => restored = id));
        list.Find("button[aria-label='Delete baseline v1']").Click();
        list.Render(parameters => parameters.Add(l => l.Entries, []));
        list.Find(".toast button").Click();
        Assert.Equal("f1", restored);
    }

    [Fact]
    public void Saving_hands_over_a_trimmed_name_and_a_note()
    {
        var saved = new List<SaveFitRequest>();
        var box = Render<SaveFitBox>(parameters => parameters.Add(b => b.OnSave, saved.Add));
        Assert.True(box.Find("button").HasAttribute("disabled"));
        box.Find("form").Submit();
        Assert.Empty(saved);

        box.FindAll("input")[0].Input(" baseline ");
        box.Find("form").Submit();
        box.FindAll("input")[1].Input(" new data ");
        box.Find("form").Submit();

        Assert.Equal([new("baseline", null), new("baseline", "new data")], saved);
        Assert.Equal("", box.FindAll("input")[1].GetAttribute("value") ?? "");
        Assert.Equal(" baseline ", box.FindAll("input")[0].GetAttribute("value"));
    }

    [Fact]
    public void A_name_that_is_there_says_that_a_version_follows()
    {
        var box = Render<SaveFitBox>(parameters => parameters.Add(b => b.Names, ["baseline"]).Add(b => b.SuggestedName, "baseline"));
        Assert.Equal("“baseline” is there already: this becomes its next version, the earlier ones stay.", box.Find("p").TextContent);
        box.FindAll("input")[0].Input("baseline 2");
        Assert.Empty(box.FindAll("p"));
        box.Render();
        Assert.Equal("baseline 2", box.FindAll("input")[0].GetAttribute("value"));
    }

    [Fact]
    public void A_second_submit_while_saving_saves_nothing_twice()
    {
        var calls = 0;
        var stored = new TaskCompletionSource();
        var box = Render<SaveFitBox>(parameters => parameters.Add(b => b.SuggestedName, "x").Add(b => b.OnSave, _ => { calls++; return stored.Task; }));
        box.Find("form").Submit();
        Assert.True(box.Find("button").HasAttribute("disabled"));
        box.Find("form").Submit();
        stored.SetResult();
        box.WaitForAssertion(() => Assert.False(box.Find("button").HasAttribute("disabled")));
        Assert.Equal(1, calls);
    }

    [Fact]
    public void The_comparison_can_be_copied()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(true);
        var comparison = FitComparison.Of([new("x v1", Document()), new("y v1", Document())], [], (_, _, _) => null);
        var table = Render<FitComparisonTable>(parameters => parameters.Add(t => t.Comparison, comparison));

        Assert.Equal(["Quantity", "x v1", "y v1"], table.FindAll("thead th").Select(cell => cell.TextContent));
        Assert.Equal("1.81.78–1.84", table.FindAll("tbody tr")[2].Children[1].TextContent);
        Assert.Equal("All rest on the same runs.", table.Find("p").TextContent);
        table.Find("button").Click();
        Assert.Equal("Copied", table.Find("button").TextContent);
        Assert.Equal(comparison.Text(), PageModule.Invocations["copy"].Single().Arguments[0]);
    }

    [Fact]
    public void Drift_is_a_sentence_a_table_of_moves_and_the_runs_by_name()
    {
        var closed = false;
        var drift = FitDrift.Between(Document(), (Document(alpha: 0.344) with { RunIds = ["1", "4"] }).With(input: "bb"));
        var panel = Render<FitDriftPanel>(parameters => parameters.Add(p => p.Label, "baseline v1").Add(p => p.Drift, drift)
            .Add(p => p.RunName, id => $"run {id}").Add(p => p.OnClose, () => closed = true));

        Assert.Equal(drift.Sentence, panel.Find("p[role=status]").TextContent);
        Assert.Equal(["α", "0.340.33–0.355", "0.3440.33–0.355", "+0.40"], panel.FindAll("tbody tr")[1].Children.Select(cell => cell.TextContent));
        Assert.Equal(["Added: run 4.", "Gone: run 2."], panel.FindAll("p.muted").Select(line => line.TextContent));
        panel.Find("button").Click();
        Assert.True(closed);
    }

    [Fact]
    public void Without_drift_there_is_no_table()
    {
        var panel = Render<FitDriftPanel>(parameters => parameters.Add(p => p.Label, "x v1").Add(p => p.Drift, FitDrift.Between(Document(), Document())));
        Assert.Empty(panel.FindAll("table"));
        Assert.Empty(panel.FindAll("p.muted"));
    }

    private IRenderedComponent<SavedFits> List(IReadOnlyList<SavedFitEntry> entries, Action<ComponentParameterCollectionBuilder<SavedFits>>? more = null) =>
        Render<SavedFits>(parameters =>
        {
            parameters.Add(l => l.Entries, entries).Add(l => l.Path, "/fit");
            more?.Invoke(parameters);
        });

    /// <summary>The text with single spaces between its parts.</summary>
    private static string Words(IElement element) =>
        string.Join(' ', element.Descendants<IText>().SelectMany(text => text.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
}
