using Bunit;
using Microsoft.AspNetCore.Components.Sections;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Controls;

public sealed class ProjectPickerTests : ComponentTest
{
    private static readonly ProjectRow[] s_projects =
    [
        new("Chinchilla", 123, 9, 6e18, 3e21, null),
        new("Empty", 0, 0, null, null, null),
    ];

    [Fact]
    public void Shows_the_project_what_is_in_it_and_the_others()
    {
        var top = Show("Chinchilla", null);

        Assert.Equal("Chinchilla", top.Find("select").GetAttribute("value"));
        Assert.Equal(["Chinchilla", "Empty"], top.FindAll("option").Select(option => option.TextContent));
        Assert.Equal("123 runs · 9 budgets · 6e18–3e21 FLOP", top.Find(".muted").TextContent);
    }

    [Fact]
    public void A_project_without_runs_says_so() => Assert.Equal("0 runs", Show("Empty", null).Find(".muted").TextContent);

    [Fact]
    public void An_unknown_project_is_shown_as_it_is()
    {
        var top = Show("<gone>", null);

        Assert.Equal(["<gone>", "Chinchilla", "Empty"], top.FindAll("option").Select(option => option.TextContent));
        Assert.Empty(top.FindAll(".muted"));
    }

    [Fact]
    public void Says_which_one_was_picked()
    {
        string? picked = null;

        Show("Chinchilla", name => picked = name).Find("select").Change("Empty");

        Assert.Equal("Empty", picked);
    }

    private IRenderedComponent<SectionOutlet> Show(string project, Action<string>? onPick)
    {
        var outlet = Render<SectionOutlet>(parameters => parameters.Add(section => section.SectionName, ProjectHeader.Section));
        Render<ProjectPicker>(parameters => parameters
            .Add(picker => picker.Projects, s_projects)
            .Add(picker => picker.Project, project)
            .Add(picker => picker.ProjectChanged, name => onPick?.Invoke(name)));
        return outlet;
    }
}
