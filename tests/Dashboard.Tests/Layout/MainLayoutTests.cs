using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.Layout;

namespace ScalingDashboard.Dashboard.Tests.Layout;

public sealed class MainLayoutTests : ComponentTest
{
    private IRenderedComponent<MainLayout> Layout(RenderFragment body, bool interactive = true)
    {
        SetRendererInfo(new RendererInfo("Server", interactive));
        return Render<MainLayout>(parameters => parameters.Add(l => l.Body, body));
    }

    private static RenderFragment Text(string text) => builder => builder.AddContent(0, text);

    [Fact]
    public void Navigation_lists_what_there_is_and_marks_where_one_is()
    {
        Address.NavigateTo("/isoflop?c=1e22");
        var layout = Layout(Text("page"));
        Assert.Equal(["Overview /", "Runs /runs", "Curves /curves", "IsoFLOP /isoflop", "Fit /fit", "Plan /plan", "Estimate /estimate", "Precision /precision", "Optimizers /optimizers", "Growth /growth", "Lab /lab", "Help /help"], layout.FindAll("nav a").Select(a => $"{a.TextContent} {a.GetAttribute("href")}"));
        Assert.Equal("IsoFLOP", layout.Find("nav a[aria-current=page]").TextContent);
        Assert.Equal("/isoflop?c=1e22#content", layout.Find(".skip").GetAttribute("href"));
    }

    [Fact]
    public void Before_the_circuit_only_the_shell_is_drawn() => Assert.Empty(Layout(Text("page"), interactive: false).Find("main").TextContent.Trim());

    [Fact]
    public void Says_when_clicks_are_heard()
    {
        Layout(Text("page"));
        Assert.Single(PageModule.Invocations["markInteractive"]);
    }

    [Fact]
    public void A_page_fills_the_project_area()
    {
        var layout = Layout(builder =>
        {
            builder.OpenComponent<ProjectHeader>(0);
            builder.AddComponentParameter(1, nameof(ProjectHeader.Name), "Chinchilla <b>");
            builder.AddComponentParameter(2, nameof(ProjectHeader.Summary), "123 runs");
            builder.CloseComponent();
        });
        Assert.Equal("Chinchilla <b>", layout.Find("header .project").TextContent);
        Assert.Equal("123 runs", layout.Find("header .muted").TextContent);
    }

    [Fact]
    public void The_menu_opens_closes_by_escape_and_closes_on_the_way_to_a_page()
    {
        var layout = Layout(Text("page"));
        layout.Find(".menu-button").Click();
        Assert.Equal("true", layout.Find(".menu-button").GetAttribute("aria-expanded"));
        layout.Find(".app").KeyDown(new KeyboardEventArgs { Key = "Escape" });
        Assert.Equal("false", layout.Find(".menu-button").GetAttribute("aria-expanded"));
        layout.Find(".menu-button").Click();
        Address.NavigateTo("/help");
        layout.WaitForAssertion(() => Assert.Equal("false", layout.Find(".menu-button").GetAttribute("aria-expanded")));
    }

    [Fact]
    public void A_page_that_fails_leaves_the_frame_and_a_way_on()
    {
        var fails = true;
        var layout = Layout(builder =>
        {
            if (fails)
                throw new InvalidOperationException("secret path");
            builder.AddContent(0, "page");
        });
        Assert.Contains("could not be shown", layout.Find("main [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret path", layout.Markup, StringComparison.Ordinal);
        fails = false;
        layout.FindAll("main button").Single(b => b.TextContent == "Try again").Click();
        Assert.Equal("page", layout.Find("main").TextContent.Trim());
    }

    [Fact]
    public void Share_shows_the_present_address_and_confirms_the_copy()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(true);
        Address.NavigateTo("/isoflop?c=1e22");
        var share = Render<ShareButton>();
        share.Find("button").Click();
        Assert.Equal("http://localhost/isoflop?c=1e22", share.Find("input").GetAttribute("value"));
        Address.NavigateTo("/isoflop?c=1e23");
        share.WaitForAssertion(() => Assert.Equal("http://localhost/isoflop?c=1e23", share.Find("input").GetAttribute("value")));
        share.FindAll("button").Single(b => b.TextContent == "Copy").Click();
        Assert.Equal("http://localhost/isoflop?c=1e23", PageModule.Invocations["copy"].Single().Arguments[0]);
        Assert.StartsWith("Copied.", share.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Share_says_what_to_do_where_the_browser_refuses()
    {
        PageModule.Setup<bool>("copy", _ => true).SetResult(false);
        var share = Render<ShareButton>();
        share.Find("button").Click();
        share.FindAll("button").Single(b => b.TextContent == "Copy").Click();
        Assert.Contains("Ctrl+C", share.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }
}
