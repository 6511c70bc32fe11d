using System.CommandLine;
using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>serve</c>: the web server, also what runs without a command.</summary>
internal static class ServeCommand
{
    internal static void AddTo(RootCommand root, CommandContext context)
    {
        var serve = new Command("serve", "Starts the web server (the default).");
        foreach (var command in new Command[] { root, serve })
        {
            var urls = new Option<string?>("--urls") { Description = "Addresses to listen at, separated by semicolons. Default: http://127.0.0.1:5080, or the next free port.", HelpName = "URL" };
            var store = StoreOption.Create();
            var limit = new Option<string>("--upload-limit") { Description = "Largest upload, in bytes.", HelpName = "BYTES", DefaultValueFactory = _ => DashboardOptions.DefaultUploadLimit };
            command.Options.Add(urls);
            command.Options.Add(store);
            var logs = new Option<string?>("--logdir") { Description = "Folder whose logs are imported, and again as they grow.", HelpName = "PATH" };
            var project = new Option<string?>("--project") { Description = "Project the logs of --logdir go into. Default: the name of the folder.", HelpName = "NAME" };
            var labHours = new Option<double>("--lab-hours") { Description = "Longest training that the Lab page accepts, estimated hours.", HelpName = "NUMBER", DefaultValueFactory = _ => new DashboardOptions().LabHours };
            command.Options.Add(limit);
            command.Options.Add(logs);
            command.Options.Add(project);
            command.Options.Add(labHours);
            command.SetAction((parsed, cancellationToken) => DashboardServer.RunAsync(
                new DashboardOptions
                {
                    Urls = parsed.GetValue(urls)?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
                    StorePath = parsed.GetValue(store)!,
                    UploadLimit = parsed.GetValue(limit)!,
                    LogFolder = parsed.GetValue(logs),
                    LogProject = parsed.GetValue(project),
                    LabHours = parsed.GetValue(labHours),
                },
                context.Output, context.Error, cancellationToken));
        }

        root.Subcommands.Add(serve);
    }
}
