using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.Estimate;

public class EstimateStateTests
{
    [Fact]
    public void Defaults_leave_the_address_bare() => Assert.Equal("/estimate", PageUrls.For(PageUrls.Estimate, new EstimateState()));

    [Fact]
    public void Everything_that_differs_stands_in_the_address()
    {
        var state = new EstimateState
        {
            Project = "Ünï & Söhne #1",
            Where = ["loss_kind=nats", "a=b=c"],
            Families = ["GPT-3 & co", "opt"],
            Target = "GPT-3 & co",
            MinimumTokens = 0,
            Models = 5,
            Share = 0.3,
            Largest = 1.3e10,
            FromLargest = true,
            Budget = 1e21,
            Checkpoints = CheckpointUse.Tenths,
            Method = FitMethod.Huber,
            OneSeed = true,
            ScaleDown = true,
            Tab = PageTab.Method,
        };
        var address = PageUrls.For(PageUrls.Estimate, state);
        Assert.Equal(
            "/estimate?project=%C3%9Cn%C3%AF%20%26%20S%C3%B6hne%20%231&where=loss_kind%3Dnats&where=a%3Db%3Dc&family=GPT-3%20%26%20co&family=opt&target=GPT-3%20%26%20co"
            + "&mintokens=0&models=5&share=0.3&largest=13000000000&fromlargest=1&budget=1e21&checkpoints=tenths&method=huber&oneseed=1&down=1&tab=method",
            address);
        Assert.Equal(address, PageUrls.For(PageUrls.Estimate, EstimateState.FromQuery(ViewQuery.Parse(address[9..]))));
    }

    [Theory]
    [InlineData("?mintokens=abc&models=-1&share=2&largest=0&budget=nope&checkpoints=some&method=&tab=7")]
    [InlineData("?mintokens=-5&models=1.5&share=NaN&largest=Infinity&budget=-1&down=yes&fromlargest=2&oneseed=on")]
    [InlineData("?where=nonsense&where==x&family=&%%%&===")]
    public void Garbage_falls_back_to_defaults(string query) =>
        Assert.Equal("/estimate", PageUrls.For(PageUrls.Estimate, EstimateState.FromQuery(ViewQuery.Parse(query)) with { Families = [], Where = [] }));

    [Fact]
    public void How_it_is_shown_does_not_ask_for_another_study()
    {
        var state = new EstimateState { Project = "p" };
        Assert.Equal(state.StudyKey, (state with { Models = 3, Share = 0.2, Largest = 1e9, FromLargest = true, Budget = 1e20, Tab = PageTab.Data }).StudyKey);
        Assert.NotEqual(state.StudyKey, (state with { MinimumTokens = 1e9 }).StudyKey);
        Assert.NotEqual((state with { Families = ["a", "b"] }).StudyKey, (state with { Families = ["a,b"] }).StudyKey);
    }
}
