namespace ScalingDashboard.Lab.Training;

/// <summary>A line of a training log.</summary>
/// <param name="Step">Steps made.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Flops">6ND, N with embeddings, less what partial training leaves out.</param>
/// <param name="TrainingLoss">Mean over the batches since the row before, nats a token.</param>
/// <param name="Loss">Held-out loss, nats a token.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="GradientNorm">Of the last step, before clipping.</param>
/// <param name="Seconds">Spent on training so far, without evaluation.</param>
/// <param name="Kept">Share of coordinates a cautious mask kept at the last step; 1 without a mask.</param>
/// <param name="Teacher">What a teacher's forward passes cost so far; null without a teacher.</param>
public sealed record TrainingRow(int Step, double Tokens, double Flops, double TrainingLoss, double Loss, double LearningRate, double GradientNorm, double Seconds, double Kept, TeacherCost? Teacher = null);

/// <summary>Cost of a teacher's forward passes, which is part of no other count.</summary>
public sealed record TeacherCost(double Flops, double Seconds);
