using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Lab;

namespace ScalingDashboard.Dashboard.Components.Lab;

/// <summary>The form of the Lab page: what to train.</summary>
public sealed partial class LabInspector
{
    private static readonly Choice<string>[] s_lengths = [new(SweepText.TokensPerParameter, "D/N"), new(SweepText.Flops, "FLOP"), new(SweepText.Tokens, "Tokens")];

    private static readonly (string Key, string Hint)[] s_options =
    [
        (SweepText.Context, "64"), (SweepText.Batch, "8"), (SweepText.Beta1, "0.9; of lion 0.95"), (SweepText.Beta2, "0.95; of lion 0.98"), (SweepText.Epsilon, "1e-8"), (SweepText.EpsilonPlacement, "corrected or plain"), (SweepText.MaskScaling, "count or mean"),
        (SweepText.WeightDecay, "0.1"), (SweepText.DecayOrder, "before or after"), (SweepText.DecayMask, "none or cautious"), (SweepText.Warmup, "0.1"), (SweepText.Decay, "cosine, linear, constant or wsd"), (SweepText.Clip, "1"),
        (SweepText.Heads, "of about 16 width each"), (SweepText.FeedForwardWidth, "4 times the width"), (SweepText.Norm, "rms or layer"), (SweepText.FeedForward, "gelu or swiglu"),
        (SweepText.Positions, "rotary or learned"), (SweepText.Head, "tied or untied"), (SweepText.Rows, "40"), (SweepText.HeldOut, "256"), (SweepText.Family, "lab"),
    ];

    private static readonly (string Key, string Hint)[] s_language =
        [(SweepText.Vocabulary, "128"), (SweepText.Successors, "16"), (SweepText.Zipf, "1.2"), (SweepText.LanguageSeed, "1")];

    [Parameter, EditorRequired] public required LabState State { get; set; }

    /// <summary>Hears of a choice.</summary>
    [Parameter] public EventCallback<LabState> OnChange { get; set; }

    /// <summary>Hears the id of a text that was uploaded.</summary>
    [Parameter] public EventCallback<IReadOnlyList<string>> OnText { get; set; }

    private Task SetAsync(LabState state) => OnChange.InvokeAsync(state);
}
