using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Numerics.Tests.Optimizers;

/// <summary>Four steps of the rules that no recorded run covers, against numbers computed from the printed algorithms with NumPy, its eigenvectors and its QR decomposition.</summary>
public sealed class OptimizerRuleTests
{
    private static readonly OptimizedTensor s_tensor = new(2, 3);
    private static readonly double[] s_begin = [0.5, -0.3, 0.8, -0.2, 0.1, 0.4];

    private static readonly double[][] s_gradients =
        [[0.1, -0.4, 0.2, 0.3, 0.05, -0.6], [-0.2, -0.1, 0.5, 0.3, -0.15, 0.2], [0.4, 0.2, -0.1, -0.25, 0.35, 0.1], [0.15, -0.3, 0.05, 0.2, 0.1, -0.45]];

    private static readonly double[] s_constantRate = [0.1, 0.1, 0.1, 0.1];

    [Theory]
    [InlineData(false, new[] { 0.42880999999999997, -0.14334, 0.6097199999999999, -0.35697, 0.04695499999999999, 0.57814 })]
    [InlineData(true, new[] { 0.40615142857142855, -0.17749142857142852, 0.6710742857142857, -0.3201457142857143, 0.026832857142857137, 0.5058914285714287 })]
    public void Sgd_with_momentum(bool cautious, double[] expected) => Follows(Plain(OptimizerRule.Sgd, cautious), expected);

    [Theory]
    [InlineData(false, new[] { 0.2935803818915435, -0.022515501169112384, 0.46639126614085497, -0.460300808411493, -0.048176674005796574, 0.5754671380003404 })]
    [InlineData(true, new[] { 0.2624548905678792, -0.08013425448198327, 0.5604134499897074, -0.41765170140620955, -0.07091693806724118, 0.5177210336655411 })]
    public void Adam_takes_decay_into_the_gradient(bool cautious, double[] expected) => Follows(Plain(OptimizerRule.Adam, cautious) with { WeightDecay = 0.1 }, expected);

    [Theory]
    [InlineData(false, 0, new[] { 0.42532310889032665, -0.18230182004391346, 0.7280759593547308, -0.29639424973964096, 0.046026252366958176, 0.4708813928412148 })]
    [InlineData(false, 0.9, new[] { 0.48714469942329963, -0.26917117069841545, 0.7787404208775177, -0.22750675004103427, 0.09247765102831343, 0.41447128397008215 })]
    [InlineData(true, 0, new[] { 0.4356833243742877, -0.19876846856279906, 0.7382553517231816, -0.28283086465008134, 0.05348843428181255, 0.4610992186292283 })]
    [InlineData(true, 0.9, new[] { 0.48363535893461734, -0.27605999711023516, 0.7853896396070353, -0.22074343126239943, 0.08929698166947615, 0.4098195352094118 })]
    public void Adafactor_with_and_without_momentum(bool cautious, double beta1, double[] expected) => Follows(Plain(OptimizerRule.Adafactor, cautious) with { Beta1 = beta1 }, expected);

    [Theory]
    [InlineData(false, new[] { 0.34089797163076774, -0.07499773141028244, 0.44930298341210173, -0.413347251471321, 0.25664789618881745, 0.6777465221747121 })]
    [InlineData(true, new[] { 0.2881271466780532, -0.11842165334811042, 0.5115369250152564, -0.3944144137140579, 0.2668499011120877, 0.5361797726860733 })]
    public void Soap_with_a_refresh_every_other_step(bool cautious, double[] expected) =>
        // Without an ε of some size directions that have no gradient would be rounding divided by rounding.
        Follows(Plain(OptimizerRule.Soap, cautious) with { Epsilon = 1e-3, BasisInterval = 2 }, expected);

    [Theory]
    [InlineData(false, new[] { 0.43444858906711237, -0.2200822448118924, 0.6252017196190979, -0.30744752036948997, 0.05135280385638835, 0.4233478438648284 }, new[] { 0.4440427631186767, -0.225315820148782, 0.6270017647396819, -0.3051644984827773, 0.05986246782386847, 0.4171766151063595 })]
    [InlineData(true, new[] { 0.4437815986286868, -0.2313533512542595, 0.6499024287542006, -0.2922982724376455, 0.05828723416244472, 0.4200667126085037 }, new[] { 0.45200517376215676, -0.23584758225837552, 0.6514675725553367, -0.29032724071001575, 0.06557975502633487, 0.41477740834247556 })]
    public void Schedule_free_AdamW_behind_a_warm_up(bool cautious, double[] trained, double[] evaluated)
    {
        var optimizer = new Optimizer<double>(Plain(OptimizerRule.ScheduleFreeAdamW, cautious) with { WeightDecay = 0.1 }, [s_tensor]);
        var weights = Steps(optimizer, [0.05, 0.1, 0.1, 0.1]);
        Same(trained, weights);
        Same(evaluated, optimizer.Evaluated(weights));
    }

    [Fact]
    public void Cautious_decay_acts_where_it_points_along_the_step() => Follows(
        // w ← w − η(u + λ·1[u∘w ≥ 0]∘w), arXiv 2510.12402.
        Plain(OptimizerRule.AdamW, cautious: false) with { WeightDecay = 0.5, CautiousDecay = true },
        [0.2817110505329794, -0.0013465045318501317, 0.37003496699027916, -0.48240960889868334, -0.047602269352333686, 0.609148502966904]);

    [Fact]
    public void The_first_step_of_soap_is_the_nearest_orthogonal_matrix()
    {
        // Q_L and Q_R hold the singular vectors of the first gradient; in them Adam's first step is the sign of each singular value.
        var optimizer = new Optimizer<double>(Plain(OptimizerRule.Soap, cautious: false) with { Epsilon = 1e-5 }, [new OptimizedTensor(2, 2)]);
        double[] weights = [0, 0, 0, 0];
        // R(30°)·diag(3, 1)·R(−30°) has R(30°)·R(−30°) = 1 as its orthogonal part.
        var (sin, cos) = Math.SinCos(Math.PI / 6);
        optimizer.Step(weights, [3 * cos * cos + sin * sin, 2 * sin * cos, 2 * sin * cos, 3 * sin * sin + cos * cos], 1);
        Same([-1, 0, 0, -1], weights, 2e-5);
    }

    [Fact]
    public void A_tensor_that_stands_still_keeps_its_state_and_begins_like_a_new_one()
    {
        var options = Plain(OptimizerRule.AdamW, cautious: false) with { WeightDecay = 0.1 };
        var optimizer = new Optimizer<double>(options, [s_tensor, s_tensor]);
        double[] weights = [.. s_begin, .. s_begin];
        foreach (var gradient in s_gradients)
            optimizer.Step(weights, [.. gradient, .. gradient], 0.1, tensor => tensor == 0);
        Same(s_begin, weights[6..], 0);
        Same(Steps(new Optimizer<double>(options, [s_tensor]), s_constantRate), weights[..6], 0);
        optimizer.Step(weights, [.. s_gradients[0], .. s_gradients[0]], 0.1);
        double[] alone = [.. s_begin];
        new Optimizer<double>(options, [s_tensor]).Step(alone, s_gradients[0], 0.1);
        Same(alone, weights[6..], 0);
    }

    private static OptimizerOptions Plain(OptimizerRule rule, bool cautious) =>
        new() { Rule = rule, Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8, Caution = cautious ? MaskScaling.CountPlusOne : null };

    private static void Follows(OptimizerOptions options, double[] expected) => Same(expected, Steps(new Optimizer<double>(options, [s_tensor]), s_constantRate));

    private static double[] Steps(Optimizer<double> optimizer, double[] rates)
    {
        double[] weights = [.. s_begin];
        foreach (var (gradient, rate) in s_gradients.Zip(rates))
            optimizer.Step(weights, gradient, rate);
        return weights;
    }

    private static void Same(double[] expected, double[] actual, double tolerance = 1e-12) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
}
