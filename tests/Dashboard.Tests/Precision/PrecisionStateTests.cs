using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Tests.Precision;

public class PrecisionStateTests
{
    private static PrecisionState Everything { get; } = new()
    {
        Project = "a&b",
        Where = ["arch=dec"],
        Law = "kumar-float",
        Plain = true,
        View = PrecisionView.Served,
        Parameters = 7e10,
        Tokens = 1.4e12,
        Flops = 5.76e23,
        Weights = 4,
        Activations = 6.5,
        KvCache = 16,
        Apart = true,
        Post = 3.5,
        SizeGiven = true,
        RobustWeights = 0.5,
        RobustActivations = 2,
        RobustKvCache = 3,
        Exponent = 5,
        Mantissa = 2,
        Group = 32,
        Axis = PrecisionAxis.D,
        LogLoss = false,
        Landmarks = false,
        Method = FitMethod.Huber,
        Draws = 200,
        Seed = 7,
        Intervals = IntervalKind.Profile,
        NonEmbedding = true,
        Excluded = ["r1", "r2"],
        Tab = PageTab.Method,
    };

    [Fact]
    public void Every_choice_is_in_the_address_and_comes_back()
    {
        const string query = "?project=a%26b&where=arch%3Ddec&law=kumar-float&plain=1&view=served&n=70000000000&d=1400000000000&c=5.76e23&w=4&a=6.5&kv=16&apart=1&post=3.5&given=1&cw=0.5&ca=2&ckv=3"
            + "&e=5&m=2&group=32&y=d&logloss=0&landmarks=0&method=huber&draws=200&seed=7&interval=profile&nonembedding=1&without=r1&without=r2&tab=method";
        Assert.Equal(query, Everything.ToQuery().ToString());
        var back = PrecisionState.FromQuery(ViewQuery.Parse(query));
        Assert.Equal(query, back.ToQuery().ToString());
        Assert.Equal(Everything with { Where = [], Excluded = [] }, back with { Where = [], Excluded = [] });
    }

    [Fact]
    public void The_default_view_has_an_empty_query()
    {
        Assert.Equal("", new PrecisionState().ToQuery().ToString());
        Assert.Equal(TrainingBits.Tied(8), new PrecisionState().Bits);
    }

    [Theory]
    [InlineData("?law=gone&view=never&n=7&d=x&c=-1&w=0&a=99&post=17&cw=0&group=1&e=-2&draws=1e9&tab=x")]
    [InlineData("?n=NaN&w=&kv=two&plain=yes&y=9")]
    public void What_is_invalid_takes_its_default(string query) => Assert.Equal("", PrecisionState.FromQuery(ViewQuery.Parse(query)).ToQuery().ToString());

    [Fact]
    public void Sixteen_bits_are_no_quantisation() =>
        Assert.Equal(new TrainingBits(null, 15, 8), new PrecisionState { Weights = 16, Activations = 15 }.Bits);

    [Fact]
    public void Another_project_keeps_the_question_and_drops_what_named_this_one()
    {
        var other = Everything.OfProject("other");
        Assert.Equal(("other", PrecisionView.Served, 3.5), (other.Project, other.View, other.Post));
        Assert.Equal((0, 0, (double?)null, (double?)null), (other.Where.Count, other.Excluded.Count, other.Parameters, other.Tokens));
    }
}
