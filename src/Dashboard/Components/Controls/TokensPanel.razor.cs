using Microsoft.AspNetCore.Components;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.Controls;

/// <summary>Makes, lists and revokes tokens of projects.</summary>
public sealed partial class TokensPanel
{
    private IReadOnlyList<ProjectToken> _tokens = [];
    private string _project = "";
    private string _name = "";
    private string? _made;
    private string? _problem;
    private bool _working;

    [Inject] public required RunStore Store { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }

    /// <summary>Project that is offered; empty for none.</summary>
    [Parameter, EditorRequired] public required string Project { get; set; }

    protected override async Task OnInitializedAsync()
    {
        _project = Project;
        await WorkAsync(() => Task.CompletedTask);
    }

    private Task CreateAsync() => WorkAsync(async () =>
    {
        var (token, text) = await Store.CreateTokenAsync(_project, string.IsNullOrWhiteSpace(_name) ? "unnamed" : _name);
        var address = new Uri(new Uri(Navigation.BaseUri), PageUrls.ProjectApi(token.Project)).AbsoluteUri;
        _made = $"export DASHBOARD_URL={address}\nexport DASHBOARD_TOKEN={text}";
        _name = "";
    });

    private Task RevokeAsync(string id) => WorkAsync(() => Store.RevokeTokenAsync(id));

    private async Task WorkAsync(Func<Task> work)
    {
        // A second click may be on its way before the button is drawn disabled.
        if (_working)
            return;
        (_working, _problem) = (true, null);
        try
        {
            await work();
            // The good ones first, the newest on top.
            _tokens = [.. (await Store.TokensAsync()).OrderBy(token => token.Revoked is not null).ThenByDescending(token => token.Created)];
        }
        catch (StoreException exception)
        {
            _problem = exception.Message;
        }
        finally
        {
            _working = false;
        }
    }
}
