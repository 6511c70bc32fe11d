using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.RunBrowser;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public sealed class PageStateTests
{
    [Fact]
    public void The_state_of_the_runs_is_its_address()
    {
        var state = new RunsState { Project = "a&b +ü", Filter = "params>1B tag:\"x y\"", Sort = RunColumn.Loss, Descending = true, WithExcluded = false, Run = "7f" };

        Assert.Equal(
            "/runs?project=a%26b%20%2B%C3%BC&filter=params%3E1B%20tag%3A%22x%20y%22&sort=loss&descending=1&excluded=0&run=7f",
            PageUrls.For(PageUrls.Runs, state));
        Assert.Equal(state, RunsState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString())));
        Assert.Equal("/runs", PageUrls.For(PageUrls.Runs, new RunsState()));
    }

    [Fact]
    public void A_view_of_the_runs_is_its_address()
    {
        var state = new RunsState
        {
            Project = "p", Sort = RunColumn.Parse("min(eval/loss)")!, Order = GroupOrder.Error, WithArchived = true, Columns = ["loss", "at(1e10 tokens, loss)", "config(a&b)"],
            Group = ["config(lr)", "family"], Ignored = ["output dir"], Show = RunsPresentation.Scatter, X = RunColumn.Parse("config(lr)")!, Y = RunColumn.Parse("ema(0.99, loss)")!,
            Color = RunColumn.Of(RunField.Family), XScale = AxisScale.Log, YScale = AxisScale.Linear, Compared = ["1", "2"], WithEqual = true,
        };

        Assert.Equal(
            "/runs?project=p&sort=min%28eval%2Floss%29&by=error&archived=1&columns=loss&columns=at%281e10%20tokens%2C%20loss%29&columns=config%28a%26b%29&group=config%28lr%29&group=family&but=output%20dir&show=scatter&x=config%28lr%29&y=ema%280.99%2C%20loss%29&color=family&xscale=log&yscale=linear&compare=1&compare=2&equal=1",
            PageUrls.For(PageUrls.Runs, state));
        var read = RunsState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString()));
        Assert.Equal(state.ToQuery().ToString(), read.ToQuery().ToString());
        Assert.Equal((state.Sort, state.X, state.Y, state.Color), (read.Sort, read.X, read.Y, read.Color));
        Assert.Equal(state.ShownColumns, read.ShownColumns);
        Assert.Empty(RunsState.FromQuery(ViewQuery.Parse("?columns=")).ShownColumns);
        Assert.Equal([RunColumn.Loss], RunsState.FromQuery(ViewQuery.Parse("?columns=speed&columns=loss&columns=LOSS")).ShownColumns);
    }

    [Fact]
    public void The_state_of_a_run_is_its_address_and_leads_back_to_its_list()
    {
        var list = new RunsState { Project = "p", Filter = "a b", Sort = RunColumn.Loss, Descending = true, WithExcluded = false, WithArchived = true, Run = "x" };
        var state = RunState.Of(list, "7f") with { Search = "lr" };

        Assert.Equal("/run?project=p&id=7f&search=lr&filter=a%20b&sort=loss&descending=1&excluded=0&archived=1", PageUrls.For(PageUrls.Run, state));
        Assert.Equal(state, RunState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString())));
        Assert.Equal("/runs?project=p&filter=a%20b&sort=loss&descending=1&excluded=0&archived=1", PageUrls.For(PageUrls.Runs, state.List with { Columns = RunsState.DefaultColumns }));
        Assert.Equal("/curves?project=a%26b&runs=7f&metrics=eval%2Floss", PageUrls.CurveOf("a&b", "7f", "eval/loss"));
    }

    [Fact]
    public void The_state_of_an_import_is_its_address()
    {
        var state = new ImportState { Project = "p", Staged = ["a1", "b2"], Map = "loss=\"eval, mean\"" };

        Assert.Equal("/import?project=p&staged=a1&staged=b2&map=loss%3D%22eval%2C%20mean%22", PageUrls.For(PageUrls.Import, state));
        var read = ImportState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString()));
        Assert.Equal((state.Project, state.Map), (read.Project, read.Map));
        Assert.Equal(state.Staged, read.Staged);

        var told = new ImportState { SequenceLength = 2048, TokensPerStep = 5e5 };
        Assert.Equal("/import?sequence=2048&per_step=500000", PageUrls.For(PageUrls.Import, told));
        Assert.Equal(told with { Staged = [] }, ImportState.FromQuery(ViewQuery.Parse("?sequence=2048&per_step=500K")) with { Staged = [] });
        Assert.Equal("12-768-3072-12-0-50257-1024-t", ImportState.FromQuery((told with { Model = "12-768-3072-12-0-50257-1024-t" }).ToQuery()).Model);
        Assert.Null(ImportState.FromQuery(ViewQuery.Parse("?sequence=-1&per_step=none")).SequenceLength);
    }

    [Theory]
    [InlineData("?sort=speed&descending=7&excluded=no&run=&%%%")]
    [InlineData("?sort=999")]
    public void Garbage_takes_the_defaults(string query) => Assert.Equal(new RunsState(), RunsState.FromQuery(ViewQuery.Parse(query)));

    [Fact]
    public void All_files_that_may_wait_fit_the_address()
    {
        var ids = Enumerable.Range(0, ImportState.MostStaged).Select(number => number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var state = new ImportState { Project = new string('p', 100), Staged = ids, Map = new string('m', 500) };

        Assert.Equal(ids, ImportState.FromQuery(ViewQuery.Parse(state.ToQuery().ToString())).Staged);
    }

    [Theory]
    [InlineData("a/b?c#d", "/runs?project=a%2Fb%3Fc%23d")]
    [InlineData("", "/runs")]
    public void Pages_of_a_project(string project, string expected) => Assert.Equal(expected, PageUrls.OfProject(PageUrls.Runs, project));
}
