using Bunit;
using ScalingDashboard.Dashboard.Components.Controls;

namespace ScalingDashboard.Dashboard.Tests.Controls;

public sealed class TokensPanelTests : StoreTest
{
    [Fact]
    public async Task A_token_is_shown_once_and_can_be_copied_and_revoked()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(true);
        var panel = Render<TokensPanel>(parameters => parameters.Add(tokens => tokens.Project, "my project"));
        panel.WaitForAssertion(() => Assert.False(panel.Find("button").HasAttribute("disabled")));
        Assert.Empty(panel.FindAll("tbody tr"));

        await panel.InvokeAsync(() => panel.FindAll("input")[1].Input("cluster A"));
        await panel.InvokeAsync(() => panel.Find("button").Click());
        panel.WaitForAssertion(() => Assert.Single(panel.FindAll("tbody tr")));
        var made = panel.Find(".made pre").TextContent;
        Assert.Matches("^export DASHBOARD_URL=http://localhost/api/v1/projects/my%20project\nexport DASHBOARD_TOKEN=sd_t1_[A-Za-z0-9_-]{43}$", made);
        Assert.NotNull(await Temporary.Store.FindTokenAsync(made[(made.LastIndexOf('=') + 1)..]));
        await panel.InvokeAsync(() => panel.Find(".made button").Click());
        Assert.Equal(made, PageModule.Invocations["copy"].Single().Arguments[0]);
        Assert.Equal("Copied", panel.Find(".made button").TextContent);

        // Another visit does not see it.
        var later = Render<TokensPanel>(parameters => parameters.Add(tokens => tokens.Project, ""));
        later.WaitForAssertion(() => Assert.Single(later.FindAll("tbody tr")));
        Assert.DoesNotContain("sd_", later.Markup, StringComparison.Ordinal);
        Assert.True(later.Find("button").HasAttribute("disabled"));

        await later.InvokeAsync(() => later.Find(".popover button").Click());
        await later.InvokeAsync(() => later.Find(".ask button").Click());
        later.WaitForAssertion(() => Assert.Contains("revoked ", later.Find("tbody tr").TextContent, StringComparison.Ordinal));
        Assert.Null(await Temporary.Store.FindTokenAsync(made[(made.LastIndexOf('=') + 1)..]));
    }

    [Fact]
    public async Task A_name_that_cannot_be_is_said()
    {
        var panel = Render<TokensPanel>(parameters => parameters.Add(tokens => tokens.Project, new string('p', 101)));
        panel.WaitForAssertion(() => Assert.False(panel.Find("button").HasAttribute("disabled")));
        await panel.InvokeAsync(() => panel.Find("button").Click());
        panel.WaitForAssertion(() => Assert.Contains("101 characters", panel.Find(".error-panel").TextContent, StringComparison.Ordinal));
        Assert.Empty(await Temporary.Store.TokensAsync());
    }
}
