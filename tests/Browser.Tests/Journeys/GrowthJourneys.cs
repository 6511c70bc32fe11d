using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>A server with a tiny model of the Lab, grown by two operators, beside the same size from scratch.</summary>
public sealed class GrownDashboard : DashboardFixture
{
    internal const string Project = "grown";

    protected override async Task FillAsync()
    {
        string[] into = ["--out", Path.Combine(Path.GetDirectoryName(StorePath)!, "lab"), "--project", Project, "--store", StorePath, "--threads", "2"];
        await ServerProcess.RunCommandAsync(
            ["lab", "sweep", "--size", "1x16", "--heads", "2", "--vocabulary", "8", "--successors", "3", "--context", "16", "--batch", "8", "--rows", "8", "--held-out", "16", "--tokens", "20K", "--decay", "constant", "--lr", "1e-2", "--seed", "1..2", .. into]);
        await ServerProcess.RunCommandAsync(
            ["lab", "grow", "--from", "1x16-20Ktok-adamw-lr0.01-s1,1x16-20Ktok-adamw-lr0.01-s2", "--layers", "2", "--width", "24", "--operator", "scratch,stack,ligo", "--steps", "10", "--tokens", "20K", .. into]);
    }
}

/// <summary>From grown runs of the Lab to what growing saved, what the operator does, and a link that shows the same.</summary>
public sealed class GrowthJourneys(GrownDashboard dashboard) : BrowserTest<GrownDashboard>(dashboard)
{
    [SkippableFact]
    public Task From_grown_runs_to_savings_an_operator_and_a_link() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/growth?project=" + GrownDashboard.Project);
        await Expect(visit.Answer).ToContainTextAsync(new Regex("Growing by LiGO, .* parameters, (saves|costs) \\d"));
        await visit.PlotAsync("FLOP saved", plot => plot.Has("LiGO") && plot.Has("StackBERT"));
        await visit.PlotAsync("Loss", plot => plot.Has("Scratch") && plot.Has("LiGO"));

        await visit.Page.GetByRole(AriaRole.Combobox, new() { Name = "Operator", Exact = true }).SelectOptionAsync("stack");
        await Expect(visit.Answer).ToContainTextAsync("Growing by StackBERT");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("operator=stack"));
        await visit.Page.GetByLabel("Charge the small model's training").CheckAsync();
        await Expect(visit.Answer).ToContainTextAsync("the small model is charged");
        var answer = await visit.Answer.InnerTextAsync();
        var teammate = await visit.AnotherVisitorAsync();
        await teammate.OpenAsync(await visit.ShareAsync());
        await Expect(teammate.Answer).ToHaveTextAsync(answer);

        await visit.ChooseAsync("Question", "Operator");
        await Expect(visit.Answer).ToContainTextAsync("At the moment of growth StackBERT");
        await visit.PlotAsync("What growing changes of the predictions", plot => plot.Has("StackBERT"));
        await visit.ChooseAsync("Question", "Schedule");
        await Expect(visit.Answer).ToContainTextAsync("Growing 1B → 10B takes");
    });
}
