using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using ScalingDashboard.Dashboard.Components.Controls;

namespace ScalingDashboard.Dashboard.Tests.Controls;

public sealed class ControlsTests : ComponentTest
{
    private static RenderFragment Text(string text) => builder => builder.AddContent(0, text);

    [Fact]
    public void The_answer_keeps_a_space_before_its_interval()
    {
        var answer = Render<Answer>(parameters => parameters.AddChildContent("At <b>1e23</b>").Add(a => a.Interval, "(80 %: 1–2)"));
        Assert.Equal("At 1e23 (80 %: 1–2)", answer.Find("p").TextContent);
        Assert.Equal("(80 %: 1–2)", answer.Find(".ci").TextContent);
    }

    [Fact]
    public void Warnings_are_one_line_each_with_their_link()
    {
        var warnings = Render<Warnings>(parameters => parameters.Add(w => w.Items, [new PageWarning("Off <centre>.", "Show", "/isoflop?x=d"), new PageWarning("Few points.")]));
        Assert.Equal(2, warnings.FindAll(".warn").Count);
        Assert.Equal("/isoflop?x=d", warnings.Find("a").GetAttribute("href"));
        Assert.Contains("Off <centre>. ", warnings.Find(".warn span").TextContent, StringComparison.Ordinal);
        Assert.Empty(Render<Warnings>(parameters => parameters.Add(w => w.Items, [])).Markup.Trim());
    }

    [Fact]
    public void Key_figures_have_label_value_and_interval()
    {
        var strip = Render<KeyFigures>(parameters => parameters.Add(k => k.Items, [new KeyFigure("N grows as C", "a = 0.495", "80 %: 0.47–0.52", "a")]));
        Assert.Equal(["N grows as Ca"], strip.FindAll("dt").Select(e => e.TextContent));
        Assert.Equal(["a = 0.495", "80 %: 0.47–0.52"], strip.FindAll("dd").Select(e => e.TextContent));
    }

    [Fact]
    public void Segmented_is_a_named_group_of_radio_buttons()
    {
        string? chosen = null;
        var seg = Render<Segmented<string>>(parameters => parameters
            .Add(s => s.Label, "Horizontal axis")
            .Add(s => s.Choices, [new Choice<string>("n", "N"), new Choice<string>("d", "D")])
            .Add(s => s.Value, "n")
            .Add(s => s.ValueChanged, value => chosen = value));
        Assert.Equal("Horizontal axis", seg.Find("fieldset legend").TextContent);
        var radios = seg.FindAll("input[type=radio]");
        Assert.Equal([true, false], radios.Select(radio => radio.HasAttribute("checked")));
        Assert.Single(radios.Select(radio => radio.GetAttribute("name")).Distinct());
        radios[1].Change("on");
        Assert.Equal("d", chosen);
    }

    private IRenderedComponent<QuantityInput> Quantity(Action<double?> changed, double? value = 5.76e23, bool optional = false) =>
        Render<QuantityInput>(parameters => parameters.Add(q => q.Label, "Target budget").Add(q => q.Value, value).Add(q => q.Unit, "FLOP")
            .Add(q => q.Scientific, true).Add(q => q.Optional, optional).Add(q => q.ValueChanged, changed));

    [Theory]
    [InlineData("1e22", 1e22)]
    [InlineData(" 70B ", 70e9)]
    [InlineData("5.76e23 FLOP", 5.76e23)]
    [InlineData("1.4T flop", 1.4e12)]
    public void A_quantity_is_read_as_people_write_it(string text, double expected)
    {
        double? value = null;
        var input = Quantity(changed => value = changed);
        Assert.Equal("5.76e23 FLOP", input.Find("input").GetAttribute("value"));
        input.Find("input").Change(text);
        Assert.Equal(expected, value);
        Assert.Empty(input.FindAll(".error"));
    }

    [Theory]
    [InlineData("abc", "“abc” is not a number. Write it like 5.76e23.")]
    [InlineData("", "Write a number, such as 5.76e23.")]
    [InlineData("-3", "Must be more than 0.")]
    [InlineData("NaN", "“NaN” is not a number. Write it like 5.76e23.")]
    public void Garbage_is_named_and_not_reported(string text, string error)
    {
        var calls = 0;
        var input = Quantity(_ => calls++);
        input.Find("input").Change(text);
        Assert.Equal(error, input.Find(".error").TextContent);
        Assert.Equal("true", input.Find("input").GetAttribute("aria-invalid"));
        Assert.Equal(input.Find(".error").Id, input.Find("input").GetAttribute("aria-describedby"));
        Assert.Equal(0, calls);
        input.Render();
        Assert.Equal(error, input.Find(".error").TextContent);
    }

    [Fact]
    public void An_optional_quantity_may_be_emptied()
    {
        double? value = 1;
        Quantity(changed => value = changed, optional: true).Find("input").Change("  ");
        Assert.Null(value);
    }

    [Fact]
    public void A_value_from_outside_replaces_text_and_error()
    {
        var input = Quantity(_ => { });
        input.Find("input").Change("abc");
        input.Render(parameters => parameters.Add(q => q.Value, 1e21));
        Assert.Equal("1e21 FLOP", input.Find("input").GetAttribute("value"));
        Assert.Empty(input.FindAll(".error"));
    }

    [Theory]
    [InlineData(PageTab.Table, "ArrowRight", PageTab.Method)]
    [InlineData(PageTab.Table, "ArrowLeft", PageTab.Data)]
    [InlineData(PageTab.Data, "ArrowRight", PageTab.Table)]
    [InlineData(PageTab.Method, "End", PageTab.Data)]
    [InlineData(PageTab.Method, "Home", PageTab.Table)]
    public void Arrow_keys_move_between_tabs(PageTab from, string key, PageTab to)
    {
        PageTab? selected = null;
        var tabs = Tabs(from, tab => selected = tab);
        tabs.Find("[role=tablist]").KeyDown(new KeyboardEventArgs { Key = key });
        Assert.Equal(to, selected);
        JSInterop.VerifyFocusAsyncInvoke();
    }

    [Fact]
    public void Tabs_show_the_selected_panel_and_leave_one_tab_stop()
    {
        var tabs = Tabs(PageTab.Method, _ => { });
        Assert.Equal("how", tabs.Find("[role=tabpanel]").TextContent.Trim());
        Assert.Equal(["false", "true", "false"], tabs.FindAll("[role=tab]").Select(tab => tab.GetAttribute("aria-selected")));
        Assert.Equal(["-1", "0", "-1"], tabs.FindAll("[role=tab]").Select(tab => tab.GetAttribute("tabindex")));
        Assert.Equal(tabs.FindAll("[role=tab]")[1].Id, tabs.Find("[role=tabpanel]").GetAttribute("aria-labelledby"));
    }

    [Fact]
    public void Busy_shows_the_share_done_and_can_be_cancelled()
    {
        var cancelled = false;
        var busy = Render<Busy>(parameters => parameters.Add(b => b.Message, "Refitting").Add(b => b.Progress, 0.25).Add(b => b.OnCancel, () => cancelled = true));
        Assert.Equal("0.25", busy.Find("progress").GetAttribute("value"));
        busy.Find("button").Click();
        Assert.True(cancelled);
        var unknown = Render<Busy>(parameters => parameters.Add(b => b.Message, "Reading"));
        Assert.False(unknown.Find("progress").HasAttribute("value"));
        Assert.Empty(unknown.FindAll("button"));
    }

    [Fact]
    public void A_toast_undoes_and_goes()
    {
        var log = new List<string>();
        var toast = Render<Toast>(parameters => parameters.Add(t => t.Message, "3 runs excluded.").Add(t => t.OnAction, () => log.Add("undo")).Add(t => t.OnClose, () => log.Add("close")));
        toast.FindAll("button").Single(b => b.TextContent == "Undo").Click();
        Assert.Equal(["undo", "close"], log);
    }

    [Fact]
    public void A_toast_goes_by_itself()
    {
        var closed = 0;
        var toast = Render<Toast>(parameters => parameters.Add(t => t.Message, "Saved.").Add(t => t.OnClose, () => closed++));
        Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, closed);
        Clock.Advance(TimeSpan.FromSeconds(2));
        toast.WaitForAssertion(() => Assert.Equal(1, closed));
    }

    [Fact]
    public void A_popover_opens_and_closes_by_escape()
    {
        var popover = Render<Popover>(parameters => parameters.Add(p => p.Label, "Share").AddChildContent("inside"));
        Assert.Equal("false", popover.Find("button").GetAttribute("aria-expanded"));
        popover.Find("button").Click();
        Assert.Equal("inside", popover.Find(".panel").TextContent);
        popover.Find(".popover").KeyDown(new KeyboardEventArgs { Key = "Escape" });
        Assert.Empty(popover.FindAll(".panel"));
        JSInterop.VerifyFocusAsyncInvoke();
    }

    private IRenderedComponent<Tabs> Tabs(PageTab selected, Action<PageTab> changed) => Render<Tabs>(parameters => parameters
        .Add(t => t.Selected, selected).Add(t => t.SelectedChanged, changed)
        .Add(t => t.Table, Text("numbers")).Add(t => t.Method, Text("how")).Add(t => t.Data, Text("runs")));
}
