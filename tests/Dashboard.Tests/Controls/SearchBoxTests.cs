using Bunit;
using ScalingDashboard.Dashboard.Components.Controls;

namespace ScalingDashboard.Dashboard.Tests.Controls;

public sealed class SearchBoxTests : ComponentTest
{
    private readonly List<string> _reported = [];

    private IRenderedComponent<SearchBox> Box(string value) =>
        Render<SearchBox>(parameters => parameters.Add(box => box.Label, "Filter").Add(box => box.Value, value).Add(box => box.ValueChanged, _reported.Add));

    [Fact]
    public async Task Every_key_is_reported_and_the_text_is_left_to_the_browser()
    {
        var box = Box("");
        var before = box.Find("input").GetAttribute("blazor:oninput");
        await box.InvokeAsync(() => box.Find("input").Input("a"));
        box.Render(parameters => parameters.Add(b => b.Value, "a"));
        await box.InvokeAsync(() => box.Find("input").Input("ab"));
        box.Render(parameters => parameters.Add(b => b.Value, "ab"));

        Assert.Equal(["a", "ab"], _reported);
        Assert.Equal("", box.Find("input").GetAttribute("value"));
        Assert.NotNull(before);
        Assert.Equal(before, box.Find("input").GetAttribute("blazor:oninput"));
    }

    [Fact]
    public async Task A_value_from_elsewhere_replaces_what_was_typed()
    {
        var box = Box("old");
        await box.InvokeAsync(() => box.Find("input").Input("typed"));
        box.Render(parameters => parameters.Add(b => b.Value, "typed"));
        Assert.Equal("old", box.Find("input").GetAttribute("value"));

        box.Render(parameters => parameters.Add(b => b.Value, ""));
        Assert.Equal("", box.Find("input").GetAttribute("value"));
    }
}
