using Microsoft.AspNetCore.Components;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>With or without embeddings; nothing where no run has both counts.</summary>
public sealed partial class CountedParameters
{
    private const string Without = "without";

    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }
    [Parameter] public bool NonEmbedding { get; set; }
    [Parameter] public EventCallback<bool> NonEmbeddingChanged { get; set; }
}
