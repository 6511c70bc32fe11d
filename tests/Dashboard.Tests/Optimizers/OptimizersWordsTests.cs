using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;

namespace ScalingDashboard.Dashboard.Tests.Optimizers;

public sealed class OptimizersWordsTests
{
    private static readonly OptimizersState s_state = new() { Project = "race", Draws = 200 };

    private static string Sentence(OptimizersScene scene) => string.Concat(OptimizersWords.Answer(scene).Sentence.Select(phrase => phrase.Text));

    [Fact]
    public async Task The_answer_names_ratio_size_interval_seeds_and_trend()
    {
        var scene = await SampleRace.SceneAsync(s_state);
        Assert.StartsWith("C-AdamW reaches AdamW's final loss in 0.8", Sentence(scene), StringComparison.Ordinal);
        Assert.EndsWith("× the steps at 120K parameters", Sentence(scene), StringComparison.Ordinal);
        var interval = OptimizersWords.Answer(scene).Interval;
        Assert.Matches(@"^\(95 % 0\.8\d*–0\.8\d*, 4 seeds\); the gain shrinks with size: slope −0\.\d+ per decade \(95 % −0\.\d+ to −0\.\d+, significant\)\.$", interval);
    }

    [Fact]
    public async Task Another_size_and_measure_are_answered()
    {
        var scene = await SampleRace.SceneAsync(s_state with { Size = 20e3, Measure = SpeedupMeasure.Time });
        Assert.EndsWith("× the time at 20K parameters", Sentence(scene), StringComparison.Ordinal);
        var data = await SampleRace.SceneAsync(s_state with { Measure = SpeedupMeasure.EffectiveData });
        Assert.Equal("No speed-up by effective data of C-AdamW over AdamW can be told at 120K parameters: the baseline was trained on 1 amount of data at this size; a law takes three.", Sentence(data));
        Assert.Null(data.Plan);
    }

    [Fact]
    public async Task A_slower_challenger_is_said_to_be()
    {
        // The other way round it never gets there.
        var scene = await SampleRace.SceneAsync(s_state with { Baseline = "c-adamw", Challenger = "adamw" });
        Assert.Matches(@"^AdamW never reaches C-AdamW's final loss at 120K parameters: for its own it takes 1\.\d+× the steps that C-AdamW takes for the same$", Sentence(scene));
    }

    [Fact]
    public async Task Without_intervals_none_is_claimed()
    {
        var scene = await SampleRace.SceneAsync(s_state, seeds: 1);
        Assert.Contains("no interval: one pair of seeds gives no interval, 1 seed", OptimizersWords.Answer(scene).Interval, StringComparison.Ordinal);
        Assert.Equal("no interval", OptimizersWords.Winners(scene, scene.Front).Who);
        Assert.DoesNotContain("significant", OptimizersWords.Answer(scene).Interval, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_gain_is_called_none()
    {
        var scene = await SampleRace.SceneAsync(s_state with { Baseline = "adamw", Challenger = "twin" }, optimizers: ["adamw", "twin"]);
        var alike = new PairedEstimate(0.99, new(0.02, 0.96, 1.02, 0.95, 1.03), "");
        var sooner = alike with { Interval = new(0.02, 0.96, 0.98, 0.95, 0.99) };
        var later = new PairedEstimate(1.1, new(0.02, 1.06, 1.2, 1.05, 1.3), "");
        var mixed = scene.Front with { Ratios = new Dictionary<CurveAxis, PairedEstimate> { [CurveAxis.Step] = sooner, [CurveAxis.Tokens] = sooner, [CurveAxis.Flops] = alike, [CurveAxis.Time] = later } };
        Assert.Equal(("twin", "in steps and tokens; not told apart in FLOP; AdamW in time"), OptimizersWords.Winners(scene, mixed));
        Assert.Equal(("–", ""), OptimizersWords.Winners(scene, scene.Front with { Ratios = Enum.GetValues<CurveAxis>().ToDictionary(axis => axis, _ => PairedEstimate.None("no run logged it")) }));
    }

    [Fact]
    public async Task The_speed_up_goes_into_a_plan_with_its_interval()
    {
        var scene = await SampleRace.SceneAsync(s_state);
        Assert.Matches(@"^/plan\?project=race&a\.factor=0\.8\d+~0\.8\d+~0\.8\d+$", scene.Plan!);
        Assert.Matches(@"^/curves\?project=race&", scene.Curves);
    }

    [Fact]
    public async Task Key_figures_name_what_is_missing()
    {
        var figures = OptimizersWords.KeyFigures(await SampleRace.SceneAsync(s_state));
        Assert.Equal(5, figures.Count);
        Assert.Equal(("–", "the baseline was trained on 1 amount of data at this size; a law takes three"), (figures[1].Value, figures[1].Interval));
        Assert.Equal("20K–120K", figures[4].Value);
    }

    [Theory]
    [InlineData(OptimizerRule.AdamW, "AdamW")]
    [InlineData(OptimizerRule.Lion, "Lion")]
    [InlineData(OptimizerRule.Adafactor, "Adafactor")]
    [InlineData(OptimizerRule.Sgd, "SGD")]
    public void Paths_are_answered_and_say_what_they_are_worth(OptimizerRule rule, string name)
    {
        var scene = PathScene.Of(new OptimizersState { Rule = rule });
        var answer = OptimizersWords.Answer(scene);
        Assert.StartsWith($"After 120 steps {name} is at a loss of ", string.Concat(answer.Sentence.Select(phrase => phrase.Text)), StringComparison.Ordinal);
        Assert.Contains("says nothing about training a model", answer.Interval, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mask_is_told_weight_by_weight()
    {
        var state = new OptimizersState { Rule = OptimizerRule.Sgd, Problem = PlaneKind.Quadratic, Steps = 200 };
        string[] said = [.. Enumerable.Range(1, 200).Select(at => OptimizersWords.Mask(PathScene.Of(state with { At = at }))).Distinct()];
        Assert.Contains("Both weights move: along both, step and gradient agree.", said);
        Assert.Contains(said, text => text.StartsWith("w₁ is held", StringComparison.Ordinal));
        Assert.Contains("This is the last point: no step follows.", said);
    }

    [Fact]
    public void The_scale_of_the_mask_is_told_as_it_is()
    {
        var state = new OptimizersState { Rule = OptimizerRule.Sgd, Problem = PlaneKind.Quadratic, Steps = 200, Scaling = MaskScaling.CountPlusOne };
        string[] said = [.. Enumerable.Range(1, 199).Select(at => OptimizersWords.Mask(PathScene.Of(state with { At = at }))).Distinct()];
        Assert.Contains("Both weights move: along both, step and gradient agree; the step is taken times 0.667.", said);
        Assert.Contains(said, text => text.EndsWith("the other one's step is as it was: d/(kept + 1) is 1 here.", StringComparison.Ordinal));
    }
}
