using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Dashboard.Components.Plan;

/// <summary>The controls of the Plan page: scenarios, what is given, hardware, laws, worked examples.</summary>
public sealed partial class PlanInspector
{
    private static readonly TrainingQuantity[] s_first = [Flops, Money, Days, Accelerators, Parameters, Tokens, Loss];
    private static readonly TrainingQuantity[] s_more = [ServedTokens, LifeFlops, UniqueTokens, Epochs, Energy, Carbon];
    private static readonly AssumptionKind[] s_assumed = [.. Assumption.Settable.Where(kind => kind != AssumptionKind.Utilization)];

    private static readonly Choice<BitsChoice>[] s_bits = [new(BitsChoice.None, "Not counted"), new(BitsChoice.Given, "Given"), new(BitsChoice.Solved, "Solved for")];

    private ComputeFactor? _factor;

    private enum BitsChoice
    {
        None,
        Given,
        Solved,
    }

    /// <summary>The page's state, which may be ahead of what is solved.</summary>
    [Parameter, EditorRequired] public required PlanState State { get; set; }

    /// <summary>What is solved.</summary>
    [Parameter, EditorRequired] public required PlanView View { get; set; }

    /// <summary>Saved fits of the project.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<OfferedFit> Fits { get; set; }

    /// <summary>What its logs say.</summary>
    [Parameter, EditorRequired] public required MeasuredUtilization Measured { get; set; }

    /// <summary>Hears of every choice.</summary>
    [Parameter] public EventCallback<PlanState> OnChange { get; set; }

    /// <summary>Hears while a slider is dragged.</summary>
    [Parameter] public EventCallback<PlanState> OnDrag { get; set; }

    private ScenarioState Scenario => State.Scenarios[State.Edited];

    private ScenarioResult Solved => View.Edited;

    private double Peak => Solved.Scenario.Assume(AssumptionKind.Peak).Value;

    private BitsChoice Chosen => Scenario.Goals.SolvesBits ? BitsChoice.Solved : Scenario.Goals.Bits is null ? BitsChoice.None : BitsChoice.Given;

    private IReadOnlyList<Choice<int>> Scenarios => [.. State.Scenarios.Select((_, i) => new Choice<int>(i, PlanState.Letter(i)))];

    /// <summary>A factor is three numbers; the field hands over the first.</summary>
    private QuantityReading ReadFactor(string text)
    {
        _factor = ComputeFactor.Parse(text, out var problem);
        return new(_factor?.Value, problem);
    }

    private Task SetAsync(PlanState next) => OnChange.InvokeAsync(next);

    private Task EditAsync(ScenarioState scenario) => SetAsync(State.With(scenario));

    private Task DragAsync(ScenarioState scenario) => OnDrag.InvokeAsync(State.With(scenario));

    private Task ChooseFormatAsync(ChangeEventArgs change)
    {
        var key = (string)change.Value!;
        return EditAsync(Scenario with { Format = key == Solved.Scenario.Accelerator.UsualFormat.Key ? "" : key });
    }

    /// <summary>Given bits start as those of the number format.</summary>
    private Task ChooseBitsAsync(BitsChoice choice) => EditAsync(Scenario with
    {
        Goals = choice switch
        {
            BitsChoice.Given => Scenario.Goals.With(Bits, Math.Min(Solved.Scenario.Format.Bits, Numerics.ComputeOptimal.BitsPlanner.FullBits)),
            BitsChoice.Solved => Scenario.Goals with { Bits = null, SolvesBits = true },
            _ => Scenario.Goals.With(Bits, null),
        },
    });

    private static string Typed(double? value) => value?.ToString("R", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private string Placeholder(TrainingQuantity quantity) => View.Answer.Plan[quantity] is var solved && double.IsFinite(solved)
        ? $"= {TrainingQuantities.Number(quantity, solved)}"
        : quantity is ServedTokens or LifeFlops or UniqueTokens or Epochs ? "none given" : "";

    private static string Label(TrainingQuantity quantity) => quantity switch
    {
        Flops => "Compute, FLOP",
        Money => "Money, US$",
        Days => "Time",
        Accelerators => "Accelerators",
        Parameters => "Parameters",
        Tokens => "Tokens",
        Loss => "Loss, nats per token",
        ServedTokens => "Served tokens",
        UniqueTokens => "Unique tokens",
        Epochs => "Epochs, at most",
        Energy => "Energy",
        LifeFlops => "Training and serving, FLOP",
        Bits => "Bits of weights, activations and KV cache",
        _ => "Emissions, CO2e",
    };

    private static string AssumptionLabel(AssumptionKind kind) => Assumption.Unit(kind) is { Length: > 0 } unit ? $"{Assumption.Name(kind)}, {unit}" : Assumption.Name(kind);
}
