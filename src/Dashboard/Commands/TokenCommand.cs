using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Api;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>token</c>: lets programs write into one project over HTTP, and takes that back.</summary>
internal static class TokenCommand
{
    internal static Command Create(CommandContext context) => new("token", "Makes, lists and revokes the tokens by which programs append to runs of a project.")
    {
        CreateOne(context), List(context), Revoke(context),
    };

    private static Command CreateOne(CommandContext context)
    {
        var project = new Option<string>("--project") { Description = "Project the token writes into; need not be there yet.", HelpName = "NAME", Required = true };
        var name = new Option<string>("--name") { Description = "What the token is for.", HelpName = "NAME", DefaultValueFactory = _ => "unnamed" };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("create", "Makes a token and prints it. It cannot be shown again.") { project, name, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await StoreOption.OpenAsync(parsed.GetValue(store)!, cancellationToken);
            var (token, text) = await opened.CreateTokenAsync(parsed.GetValue(project)!, parsed.GetValue(name)!, cancellationToken);
            if (parsed.GetValue(json))
            {
                await context.Output.WriteLineAsync(JsonSerializer.Serialize(TokenReport.Of(token) with { Token = text }, ReportJson.Options));
                return 0;
            }

            await context.Error.WriteLineAsync($"Token {token.Id} writes into {token.Project}. Keep it now: only its hash is stored.");
            await context.Output.WriteLineAsync(text);
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var project = new Option<string?>("--project") { Description = "Only tokens of this project.", HelpName = "NAME" };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("list", "Lists tokens, revoked ones too, without their text.") { project, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await StoreOption.OpenExistingAsync(parsed.GetValue(store)!, cancellationToken);
            var tokens = (await opened.TokensAsync(cancellationToken)).Where(token => parsed.GetValue(project) is not { } wanted || token.Project == wanted).ToArray();
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(tokens.Select(TokenReport.Of).ToArray(), ReportJson.Options) : Text(tokens));
            return 0;
        });
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "Id of the token, as list shows it." };
        var store = StoreOption.Create();
        var command = new Command("revoke", "Takes a token back for good.") { id, store };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var opened = await StoreOption.OpenExistingAsync(parsed.GetValue(store)!, cancellationToken);
            if (!await opened.RevokeTokenAsync(parsed.GetValue(id)!, cancellationToken))
                throw new UsageException($"There is no token '{parsed.GetValue(id)}' that is not revoked. token list shows them.");
            await context.Output.WriteLineAsync($"Token {parsed.GetValue(id)} is revoked.");
            return 0;
        });
        return command;
    }

    private static string Text(ProjectToken[] tokens)
    {
        if (tokens.Length == 0)
            return "No tokens. Make one with token create --project NAME.";
        var (project, name) = (Math.Max(7, tokens.Max(token => token.Project.Length)), Math.Max(4, tokens.Max(token => token.Name.Length)));
        return string.Join(Environment.NewLine, tokens
            .Select(token => string.Create(CultureInfo.InvariantCulture, $"  {token.Id,-6} {token.Project.PadRight(project)} {token.Name.PadRight(name)} {token.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC  {(token.Revoked is { } revoked ? $"revoked {revoked.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "good")}"))
            .Prepend($"  {"id",-6} {"project".PadRight(project)} {"name".PadRight(name)} {"made",-20}  state"));
    }
}
