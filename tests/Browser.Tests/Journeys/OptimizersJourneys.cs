using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>A server with a race of two optimizers at two sizes, three seeds each.</summary>
public sealed class RaceDashboard : DashboardFixture
{
    internal const string Project = "race";

    protected override Task FillAsync() => ImportAsync(TemporaryFile("race.csv", Table()), Project);

    /// <summary>The challenger goes through the same curve 1.3 times as fast at the small size, 1.2 at the large.</summary>
    private static byte[] Table()
    {
        var text = new StringBuilder("run,parameters,step,tokens,seconds,loss,optimizer,peak_learning_rate,seed\n");
        foreach (var (parameters, gain) in new[] { (20e3, 1.3), (120e3, 1.2) })
        {
            foreach (var (optimizer, speed) in new[] { ("adamw", 1.0), ("c-adamw", gain) })
            {
                for (var seed = 1; seed <= 3; seed++)
                {
                    for (var step = 10; step <= 400; step += 10)
                    {
                        var loss = 2 + 100 / Math.Sqrt(parameters) + 3 * Math.Pow(step * (speed + (speed > 1 ? 0.02 * (seed - 2) : 0)) + 20, -0.4);
                        text.Append(CultureInfo.InvariantCulture, $"{optimizer}-{parameters}-{seed},{parameters},{step},{20 * parameters * step / 400},{0.1 * step},{loss:F6},{optimizer},0.004,{seed}\n");
                    }
                }
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>From a race of optimizers to how much faster one is, against whatever one likes, and into a plan.</summary>
public sealed class OptimizersJourneys(RaceDashboard dashboard) : BrowserTest<RaceDashboard>(dashboard)
{
    [SkippableFact]
    public Task From_a_race_to_a_speed_up_and_into_a_plan() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/optimizers?project=" + RaceDashboard.Project);
        await Expect(visit.Answer).ToContainTextAsync(new Regex("C-AdamW reaches AdamW's final loss in 0\\.8\\d*× the steps at 120K parameters"));
        var speedups = await visit.PlotAsync("Speed-up against size", plot => plot.Has("C-AdamW"));
        Assert.Equal(2, speedups.Trace("C-AdamW").X.Length);
        await visit.PlotAsync("Loss", plot => plot.Has("AdamW") && plot.Has("C-AdamW") && plot.X.Title == "Training step");

        await visit.ChooseAsync("Loss against", "Tokens");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("x=tokens"));
        var tokens = await visit.PlotAsync("Loss", plot => plot.X.Title == "Tokens D" && plot.Has("C-AdamW"));
        Assert.Equal(2.4e6, tokens.Trace("C-AdamW").X[^1]!.Value, 1);
        var answer = await visit.Answer.InnerTextAsync();
        await visit.ReloadAsync();
        await Expect(visit.Answer).ToHaveTextAsync(answer);
        var again = await visit.PlotAsync("Loss", plot => plot.X.Title == "Tokens D" && plot.Has("C-AdamW"));
        Assert.Equal(tokens.Trace("C-AdamW").Y, again.Trace("C-AdamW").Y);

        await visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("into a plan") }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("/plan\\?project=race&a\\.factor=0\\.8"));
        await Expect(visit.Page.GetByText(new Regex("Compute factor 0\\.8"))).ToBeVisibleAsync();
    });

    [SkippableFact]
    public Task A_step_is_seen_through_without_any_runs() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/optimizers?view=why");
        await Expect(visit.Answer).ToContainTextAsync("After 120 steps AdamW is at a loss of");
        await visit.PlotAsync("Paths", plot => plot.Has("AdamW") && plot.Has("C-AdamW") && plot.Has("Momentum, −m"));
        await visit.ChooseAsync("Rule", "Lion");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("rule=lion"));
        await visit.PlotAsync("Loss and energy", plot => plot.Has("C-Lion, H"));
    });
}
