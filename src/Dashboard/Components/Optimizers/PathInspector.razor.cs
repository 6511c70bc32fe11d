using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Dashboard.Components.Optimizers;

/// <summary>The controls of the paths: rule, problem, and sliders for all that makes a step.</summary>
public sealed partial class PathInspector
{
    private static readonly Choice<OptimizerRule>[] s_rules = [.. OptimizersState.Rules.Select(rule => new Choice<OptimizerRule>(rule, OptimizersWords.Name(rule)))];
    private static readonly Choice<MaskScaling>[] s_scalings = [new(MaskScaling.ClampedMean, "1/mean"), new(MaskScaling.CountPlusOne, "d/(kept + 1)")];
    private static readonly double[] s_conditions = [1, 2, 4, 10, 20, 50, 100, 300, 1000];
    private static readonly double[] s_rates = [.. Enumerable.Range(-4, 5).SelectMany(decade => new[] { 1, 2, 5 }.Select(digit => digit * Math.Pow(10, decade))).Where(rate => rate <= 1).Select(rate => Math.Round(rate, 6))];
    private static readonly double[] s_betas = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
    private static readonly double[] s_secondBetas = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];
    private static readonly double[] s_noises = [0, 0.1, 0.3, 1, 3, 10, 30];
    private static readonly double[] s_steps = [10, 20, 40, 80, 120, 200, 300, 500];

    [Parameter, EditorRequired] public required OptimizersState State { get; set; }

    [Parameter, EditorRequired] public required PathScene Scene { get; set; }

    /// <summary>Hears of every choice.</summary>
    [Parameter] public EventCallback<OptimizersState> OnChange { get; set; }

    /// <summary>Hears while a slider is dragged.</summary>
    [Parameter] public EventCallback<OptimizersState> OnDrag { get; set; }

    private Task SetAsync(OptimizersState next) => OnChange.InvokeAsync(next);

    private static string Shown(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
