using System.CommandLine;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Lab;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>The executable's commands. Exit codes: 0 ok, 2 bad usage or bad input, 1 anything else.</summary>
public static class CommandLine
{
    /// <summary>Runs one command; without a command it serves.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var context = new CommandContext(output, error);
        var root = new RootCommand("Scaling Dashboard: from the logs of training runs to IsoFLOP curves and fitted scaling laws.")
        {
            ImportCommand.Create(context),
            FitCommand.Create(context),
            IsoFlopCommand.Create(context),
            EstimateCommand.Create(context),
            PrecisionCommand.Create(context),
            OptimizersCommand.Create(context),
            GrowthCommand.Create(context),
            CountingCommand.Create(context),
            FitsCommand.Create(context),
            SimulateCommand.Create(context),
            PlanCommand.Create(context),
            TokenCommand.Create(context),
            LabCommand.Create(context),
        };
        ServeCommand.AddTo(root, context);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync($"See '{string.Join(' ', parsed.CommandResult.Command == root ? [] : new[] { parsed.CommandResult.Command.Name })} --help'.".Replace("' --", "'--", StringComparison.Ordinal));
            return 2;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (Exception exception) when (exception is UsageException or IngestException or AnalysisException or UnknownProjectException or UnknownColumnException or UploadTooLargeException or StoreInputException or LabException)
        {
            await error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (StoreException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
