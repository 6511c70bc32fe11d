using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Components.Precision;

/// <summary>The controls of the Precision page, in the order a user thinks: question, law, model, bits, axes, options.</summary>
public sealed partial class PrecisionInspector
{
    private static readonly Choice<bool>[] s_sizes = [new(false, "Free"), new(true, "Given, N")];
    private static readonly Choice<bool>[] s_scales = [new(true, "Log"), new(false, "Linear")];
    private static readonly Choice<bool>[] s_forms = [new(false, "With offsets"), new(true, "Plain")];
    private static readonly Choice<PrecisionAxis>[] s_axes = [new(PrecisionAxis.N, "N"), new(PrecisionAxis.D, "D")];

    // From three bits, where the law still says why it has no answer, to none at all.
    private static readonly double[] s_bits = [3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 9, 10, 11, 12, 13, 14, 15, PrecisionState.Full];
    private static readonly double[] s_postBits = [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8];
    private static readonly double[] s_exponents = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly double[] s_mantissas = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    // Tenths of a decade.
    private static readonly double[] s_parameters = [.. Enumerable.Range(70, 51).Select(i => Math.Pow(10, i / 10.0))];
    private static readonly double[] s_tokens = [.. Enumerable.Range(90, 51).Select(i => Math.Pow(10, i / 10.0))];
    private static readonly double[] s_flops = [.. Enumerable.Range(180, 101).Select(i => Math.Pow(10, i / 10.0))];

    [Parameter, EditorRequired] public required PrecisionScene Scene { get; set; }

    /// <summary>Hears of a choice.</summary>
    [Parameter] public EventCallback<PrecisionState> OnChange { get; set; }

    /// <summary>Hears of every place of a slider that is dragged.</summary>
    [Parameter] public EventCallback<PrecisionState> OnDrag { get; set; }

    private PrecisionState State => Scene.State;

    private Choice<PrecisionView>[] Questions => [.. Scene.Views.Select(view => new Choice<PrecisionView>(view, PrecisionWords.Question(view)))];

    private string Chosen => Scene.Fitted is not null ? PrecisionState.Own : Scene.Published!.Key;

    private Task SetAsync(PrecisionState state) => OnChange.InvokeAsync(state);

    private Task DragAsync(PrecisionState state) => OnDrag.InvokeAsync(state);

    private Task FitByAsync(ChangeEventArgs change) =>
        Enum.TryParse<FitMethod>((string?)change.Value, out var method) ? SetAsync(State with { Method = method }) : Task.CompletedTask;

    private Task ResampleAsync(ChangeEventArgs change) =>
        Enum.TryParse<Resampling>((string?)change.Value, out var resampling) ? SetAsync(State with { Resampling = resampling }) : Task.CompletedTask;

    private Task MakeIntervalsAsync(ChangeEventArgs change) =>
        Enum.TryParse<IntervalKind>((string?)change.Value, out var kind) ? SetAsync(State with { Intervals = kind }) : Task.CompletedTask;
}
