using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;

namespace ScalingDashboard.Dashboard.Tests.Optimizers;

public sealed class OptimizersStateTests
{
    [Fact]
    public void Defaults_leave_the_address_bare() => Assert.Equal("/optimizers", PageUrls.For(PageUrls.Optimizers, new OptimizersState()));

    [Fact]
    public void Everything_that_differs_stands_in_the_address_and_is_read_back()
    {
        var state = new OptimizersState
        {
            Project = "a&b", Where = ["family=x=y"], View = OptimizersView.Why, Baseline = "adamw", Challenger = "c-adamw", Measure = SpeedupMeasure.EffectiveData, Axis = CurveAxis.Flops, LogX = true, Size = 120e3,
            Tokens = 2.4e6, Published = true, Draws = 50, Seed = 3, Excluded = ["1", "2"], Rule = OptimizerRule.Lion, Problem = PlaneKind.Noisy, Condition = 4, LearningRate = 0.01, Beta1 = 0.95, Beta2 = 0.98, Scaling = MaskScaling.CountPlusOne, Noise = 0.3,
            Steps = 200, At = 30, Tab = PageTab.Method,
        };
        var address = PageUrls.For(PageUrls.Optimizers, state);
        Assert.Equal(
            "/optimizers?project=a%26b&where=family%3Dx%3Dy&view=why&baseline=adamw&challenger=c-adamw&measure=effectivedata&x=flops&logx=1&size=120000&tokens=2400000&published=1&draws=50&seed=3&without=1&without=2"
            + "&rule=lion&problem=noisy&kappa=4&lr=0.01&beta1=0.95&beta2=0.98&mask=countplusone&noise=0.3&steps=200&at=30&tab=method",
            address);
        Assert.Equal(address, PageUrls.For(PageUrls.Optimizers, OptimizersState.FromQuery(ViewQuery.Parse(address["/optimizers".Length..]))));
    }

    [Theory]
    [InlineData("?view=x&measure=9&x=parsecs&size=-1&draws=1e9&seed=many&rule=muon&problem=hill&kappa=0&lr=0&beta1=1&beta2=0&mask=some&steps=1&at=0")]
    [InlineData("?view=&where=nothing&logx=yes&published=2&noise=-1&tab=Saved9&%%%=")]
    public void Garbage_falls_back_to_defaults(string query) => Assert.Equal("/optimizers", PageUrls.For(PageUrls.Optimizers, OptimizersState.FromQuery(ViewQuery.Parse(query))));

    [Fact]
    public void The_step_drawn_is_one_of_the_steps() => Assert.Equal(40, OptimizersState.FromQuery(ViewQuery.Parse("?steps=40&at=300")).At);
}
