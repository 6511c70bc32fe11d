namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// The quantity that a rule with momentum never lets grow in continuous time, while the loss itself may rise: H = L + K, K an energy of the momentum. Liang et al. 2024, arXiv
/// 2411.16085, §2, after Chen et al. 2023, arXiv 2310.05898. One step is a time of lr, so a = (1 − β)/lr is how fast the momentum forgets.
/// Under a cautious mask the loss does not rise either (theorem 2.1).
/// </summary>
public static class Hamiltonian
{
    /// <summary>The rule has one.</summary>
    public static bool Exists(OptimizerRule rule) => rule is OptimizerRule.Sgd or OptimizerRule.Adam or OptimizerRule.AdamW or OptimizerRule.Lion;

    /// <summary>H, in the unit of the loss; NaN for a rule without one.</summary>
    /// <param name="options">The rule.</param>
    /// <param name="optimizer">With the state behind its last step; of one tensor.</param>
    /// <param name="loss">L where the weights are.</param>
    /// <param name="learningRate">lr.</param>
    public static double Of(OptimizerOptions options, Optimizer<double> optimizer, double loss, double learningRate)
    {
        if (optimizer.Steps == 0 || !Exists(options.Rule))
            return optimizer.Steps == 0 ? loss : double.NaN;
        double[][] state = [.. optimizer.State];
        var momentum = state[0];
        switch (options.Rule)
        {
            case OptimizerRule.Sgd:
                // ẇ = −m, ṁ = (g − (1 − β)m)/lr: K = lr/2·‖m‖², dH/dt = −(1 − β)‖m‖².
                return loss + learningRate / 2 * momentum.Sum(m => m * m);
            case OptimizerRule.Lion:
                // K = ‖m‖₁/a with a = (1 − β₂)/lr.
                return loss + learningRate / (1 - options.Beta2) * momentum.Sum(Math.Abs);
            default:
                // K = 1/(2a)·⟨u, m⟩ with u = m̂/(√v̂ + ε) and a = (1 − β₁)/lr; holds for a ≥ b/4.
                var (first, root) = AdamRule<double>.Corrections(options, optimizer.Steps);
                var energy = 0.0;
                for (var i = 0; i < momentum.Length; i++)
                    energy += first * momentum[i] * momentum[i] / (root * Math.Sqrt(state[1][i]) + options.Epsilon);
                return loss + learningRate / (2 * (1 - options.Beta1)) * energy;
        }
    }
}
