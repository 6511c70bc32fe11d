using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Lab;

namespace ScalingDashboard.Dashboard.Components.Lab;

/// <summary>The trainings of this server, to watch, to go on with or to delete.</summary>
public sealed partial class LabJobsTable
{
    [Parameter, EditorRequired] public required IReadOnlyList<LabJobView> Jobs { get; set; }

    /// <summary>Hears the id of a training that shall go on.</summary>
    [Parameter] public EventCallback<string> OnResume { get; set; }

    /// <summary>Hears the id of a training whose checkpoints shall be deleted.</summary>
    [Parameter] public EventCallback<string> OnDelete { get; set; }
}
