using Bunit;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class ViewStatePageTests : ComponentTest
{
    [Fact]
    public void State_comes_from_the_address()
    {
        Address.NavigateTo("/isoflop?c=7");
        var page = Render<BudgetPage>();
        Assert.Equal(7, page.Instance.Shown);
        Assert.Equal(["7"], page.Instance.Computed);
    }

    [Fact]
    public async Task A_choice_pushes_an_entry_and_computes_once()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        await page.InvokeAsync(() => page.Instance.GoAsync(5));
        Assert.Equal("http://localhost/isoflop?c=5", Address.Uri);
        Assert.False(Address.History.First().Options.ReplaceHistoryEntry);
        Assert.Equal(["1", "5"], page.Instance.Computed);
    }

    [Fact]
    public async Task The_default_leaves_the_bare_address()
    {
        Address.NavigateTo("/isoflop?c=5");
        var page = Render<BudgetPage>();
        await page.InvokeAsync(() => page.Instance.GoAsync(1));
        Assert.Equal("http://localhost/isoflop", Address.Uri);
    }

    [Fact]
    public async Task The_same_state_again_writes_nothing()
    {
        Address.NavigateTo("/isoflop?c=5");
        var page = Render<BudgetPage>();
        var before = Address.History.Count;
        await page.InvokeAsync(() => page.Instance.GoAsync(5));
        Assert.Equal(before, Address.History.Count);
    }

    [Fact]
    public void Back_brings_the_state_back()
    {
        Address.NavigateTo("/isoflop?c=5");
        var page = Render<BudgetPage>();
        Address.NavigateTo("/isoflop?c=9");
        page.WaitForAssertion(() => Assert.Equal(9, page.Instance.Shown));
        Address.NavigateTo("/isoflop?c=5");
        page.WaitForAssertion(() => Assert.Equal(["5", "9", "5"], page.Instance.Computed));
    }

    [Fact]
    public async Task Dragging_replaces_at_most_ten_times_a_second_and_ends_with_the_last_value()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        var before = Address.History.Count;
        var writes = 0;
        Address.LocationChanged += (_, _) => writes++;
        for (var value = 2; value <= 21; value++)
        {
            await page.InvokeAsync(() => page.Instance.GoAsync(value, replace: true));
            Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Clock.Advance(TimeSpan.FromMilliseconds(100));
        // 400 ms of dragging: at 0, 100, 200 and 300 ms, and the value it stopped at.
        page.WaitForAssertion(() => Assert.Equal("http://localhost/isoflop?c=21", Address.Uri));
        Assert.Equal(5, writes);
        Assert.Equal(before, Address.History.Count);
        Assert.Equal(21, page.Instance.Computed.Count);
        Assert.Equal(21, page.Instance.Shown);
    }

    [Fact]
    public async Task A_choice_overtakes_a_waiting_replacement()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        await page.InvokeAsync(() => page.Instance.GoAsync(2, replace: true));
        await page.InvokeAsync(() => page.Instance.GoAsync(3, replace: true));
        await page.InvokeAsync(() => page.Instance.GoAsync(4));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("http://localhost/isoflop?c=4", Address.Uri);
    }

    [Fact]
    public async Task Leaving_the_page_drops_what_waits_and_cancels_the_work()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        await page.InvokeAsync(() => page.Instance.GoAsync(2, replace: true));
        await page.InvokeAsync(() => page.Instance.GoAsync(3, replace: true));
        var instance = page.Instance;
        Address.NavigateTo("/help");
        await DisposeComponentsAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("http://localhost/help", Address.Uri);
        Assert.True(instance.LastToken.IsCancellationRequested);
        Address.NavigateTo("/isoflop?c=8");
        Assert.Equal(3, instance.Shown);
    }

    [Fact]
    public async Task A_change_cancels_the_work_before_it()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        var first = page.Instance.LastToken;
        await page.InvokeAsync(() => page.Instance.GoAsync(2));
        Assert.True(first.IsCancellationRequested);
        Assert.False(page.Instance.LastToken.IsCancellationRequested);
    }

    [Fact]
    public async Task An_overtaken_question_that_fails_is_nobodys_error()
    {
        Address.NavigateTo("/isoflop");
        var page = Render<BudgetPage>();
        var overtaken = new TaskCompletionSource();
        page.Instance.Work = overtaken.Task;
        var first = page.InvokeAsync(() => page.Instance.GoAsync(2));
        page.Instance.Work = Task.CompletedTask;
        await page.InvokeAsync(() => page.Instance.GoAsync(3));
        overtaken.SetException(new AnalysisException("no runs"));
        await first;
        // The question that is asked still fails aloud.
        page.Instance.Work = Task.FromException(new AnalysisException("no runs"));
        await Assert.ThrowsAsync<AnalysisException>(() => page.InvokeAsync(() => page.Instance.GoAsync(4)));
    }

    private sealed record Budget(double Flops) : IViewState<Budget>
    {
        public ViewQuery ToQuery() => ViewQuery.Empty.With("c", Flops, 1);

        public static Budget FromQuery(ViewQuery query) => new(query.Number("c", 1));
    }

    private sealed class BudgetPage : ViewStatePage<Budget>
    {
        public List<string> Computed { get; } = [];
        public CancellationToken LastToken { get; private set; }
        public double Shown => State.Flops;
        public Task Work { get; set; } = Task.CompletedTask;

        public Task GoAsync(double flops, bool replace = false) => ChangeAsync(new Budget(flops), replace);

        protected override Task OnStateChangedAsync(CancellationToken cancellationToken)
        {
            LastToken = cancellationToken;
            Computed.Add(State.Flops.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return Work;
        }
    }
}
