using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Api;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>fits</c>: the saved fits of a project, the same document as the request.</summary>
internal static class FitsCommand
{
    internal static Command Create(CommandContext context)
    {
        var project = new Option<string>("--project") { Description = "Project of the store.", HelpName = "NAME", Required = true };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("fits", "Lists the saved fits of a project, newest first.") { project, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(project)!;
            await using var opened = await StoreOption.OpenExistingAsync(parsed.GetValue(store)!, cancellationToken);
            await ProjectRuns.RequireAsync(opened, name, cancellationToken);
            var fits = await opened.FitsAsync(name, cancellationToken);
            await context.Output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(fits.Select(SavedFitReport.Of).ToArray(), ReportJson.Options)
                : Text(name, fits));
            return 0;
        });
        return command;
    }

    private static string Text(string project, IReadOnlyList<SavedFit> fits)
    {
        if (fits.Count == 0)
            return $"{project}: no saved fits. Save one on the page Fit.";
        var width = Math.Max(4, fits.Max(fit => fit.Name.Length));
        return string.Join(Environment.NewLine, fits
            .Select(fit => string.Create(CultureInfo.InvariantCulture, $"  {fit.Name.PadRight(width)} {fit.Version,7}  {fit.Law,-10} {fit.Method,-12} {fit.Points,6}  {fit.Status,-16} {fit.Created.UtcDateTime:yyyy-MM-dd HH:mm} UTC"))
            .Prepend($"  {"name".PadRight(width)} version  {"law",-10} {"method",-12} points  {"status",-16} saved"));
    }
}
