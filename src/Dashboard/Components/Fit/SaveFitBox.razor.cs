using Microsoft.AspNetCore.Components;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <param name="Name">The user's name for the fit.</param>
/// <param name="Note">Why it is saved; null where nothing was said.</param>
public sealed record SaveFitRequest(string Name, string? Note);

/// <summary>Asks for a name and a reason, and saves the fit of the page.</summary>
public sealed partial class SaveFitBox
{
    private string _name = "";
    private string _note = "";
    private string? _suggested;
    private bool _saving;

    /// <summary>Name in the field until another is typed: that of the fit the page was opened from.</summary>
    [Parameter] public string SuggestedName { get; set; } = "";

    /// <summary>Names the project has already.</summary>
    [Parameter] public IReadOnlyCollection<string> Names { get; set; } = [];

    /// <summary>There is nothing to save at present.</summary>
    [Parameter] public bool Disabled { get; set; }

    [Parameter] public EventCallback<SaveFitRequest> OnSave { get; set; }

    private string Name => _name.Trim();

    protected override void OnParametersSet()
    {
        // A render for another reason must not wipe what is being typed.
        if (_suggested == SuggestedName)
            return;
        _suggested = SuggestedName;
        _name = SuggestedName;
    }

    private async Task SaveAsync()
    {
        // Enter in a field also comes here, and a second click may be on its way.
        if (Disabled || _saving || Name.Length == 0)
            return;
        _saving = true;
        try
        {
            await OnSave.InvokeAsync(new SaveFitRequest(Name, _note.Trim() is { Length: > 0 } note ? note : null));
        }
        finally
        {
            _saving = false;
        }

        _note = "";
    }
}
