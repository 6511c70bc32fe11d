namespace ScalingDashboard.Lab.Training;

/// <summary>What the learning rate does behind the warm-up.</summary>
public enum Decay
{
    /// <summary>Down a half cosine to the final share.</summary>
    Cosine,

    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Down a line to the final share.</summary>
    Linear,

    /// <summary>Warm-up, stable, decay: it stays, and falls on a line to the final share over the last fifth.</summary>
    WarmupStableDecay,
}

/// <summary>The learning rate of each step.</summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="Steps">Steps of the run.</param>
/// <param name="WarmupSteps">Steps of a linear rise.</param>
/// <param name="Decay">What follows.</param>
/// <param name="FinalShare">Share of the peak at the last step.</param>
public sealed record LearningRateSchedule(double Peak, int Steps, int WarmupSteps, Decay Decay, double FinalShare = 0.1)
{
    private const double StableShare = 0.8;

    /// <summary>The rate of a step, 0 to <see cref="Steps"/> − 1.</summary>
    public double At(int step)
    {
        if (step < WarmupSteps)
            return Peak * (step + 1) / WarmupSteps;
        // From 0 behind the warm-up to 1 at the last step.
        var progress = Math.Min(1, (double)(step - WarmupSteps) / Math.Max(1, Steps - 1 - WarmupSteps));
        return Peak * Decay switch
        {
            Decay.Cosine => FinalShare + (1 - FinalShare) * (1 + Math.Cos(Math.PI * progress)) / 2,
            Decay.Linear => 1 - (1 - FinalShare) * progress,
            Decay.WarmupStableDecay when progress > StableShare => 1 - (1 - FinalShare) * (progress - StableShare) / (1 - StableShare),
            _ => 1,
        };
    }
}
