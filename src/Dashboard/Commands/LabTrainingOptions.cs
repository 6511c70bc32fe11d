using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>What every command of the Lab that trains has in common: where to, how much of the machine, and what is printed.</summary>
internal sealed class LabTrainingOptions
{
    private readonly Option<string?> _output = new("--out") { Description = "Folder for logs (runs.jsonl, which 'import' takes) and checkpoints; made if it is not there.", HelpName = "FOLDER" };
    private readonly Option<string?> _project = new("--project") { Description = "Project of the store that the runs are put into while they train.", HelpName = "NAME" };
    private readonly Option<int> _threads = new("--threads") { Description = "Cores to use; losses do not depend on it.", HelpName = "NUMBER", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly Option<double> _hours = new("--hours") { Description = "Longest estimated time that is accepted.", HelpName = "NUMBER", DefaultValueFactory = _ => LabLimits.Default.Hours };
    private readonly Option<string?> _memory = new("--memory") { Description = "Most memory that is accepted, bytes, such as 8G; half of the machine's unless said.", HelpName = "BYTES" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Print the estimate of the time and train nothing." };
    private readonly Option<string> _store = StoreOption.Create();
    private readonly Option<bool> _json = RunSelectionOptions.Json();

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_output, _project, _threads, _hours, _memory, _dryRun, _store, _json])
            command.Options.Add(option);
    }

    /// <summary>Trains the runs and prints how they ended.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">Where to print.</param>
    /// <param name="runsIn">The runs to train into a folder.</param>
    /// <param name="cancellationToken">Stops; the same command goes on later.</param>
    internal async Task<int> TrainAsync(ParseResult parsed, CommandContext context, Func<LabFolder, CancellationToken, Task<IReadOnlyList<LabRun>>> runsIn, CancellationToken cancellationToken)
    {
        var folder = new LabFolder(parsed.GetValue(_output) ?? throw new UsageException("Name the folder for logs and checkpoints with --out FOLDER."));
        var cores = parsed.GetValue(_threads) is >= 1 and <= 1024 and var some ? some : throw new UsageException($"--threads: {parsed.GetValue(_threads).ToString(CultureInfo.InvariantCulture)} is not a number of cores between 1 and 1024.");
        var limits = LabLimits.Default;
        limits = limits with
        {
            Hours = parsed.GetValue(_hours) is > 0 and var longest ? longest : throw new UsageException("--hours: it must be above zero."),
            Bytes = parsed.GetValue(_memory) is not { } bytes ? limits.Bytes : Quantity.TryParse(bytes, out var most) && most > 0 ? most : throw new UsageException($"--memory: '{bytes}' is not a number of bytes such as 8G."),
        };
        using var claim = folder.Claim();
        var runs = await runsIn(folder, cancellationToken);
        var sweep = new SweepTraining(folder, TimeProvider.System);
        var there = sweep.Check(runs);
        const string consent = "Or accept it with --hours NUMBER or --memory BYTES.";
        if (limits.Problem(runs, cores) is { } tooLarge)
            throw new UsageException($"{tooLarge} {consent}");
        var estimate = new SweepTimer(TimeProvider.System).Estimate(runs, there, folder, cores, cancellationToken);
        await context.Error.WriteLineAsync($"{Words.Count(runs.Count, "run")}{Already(there)}, {Quantity.Scientific(runs.Sum(run => run.Training.Flops))} FLOP: about {LabLimits.Time(estimate.Wall)}, up to {LabLimits.Time(SweepEstimate.Busy * estimate.Wall)} on a busy machine.");
        if (limits.Problem(estimate) is { } tooLong)
            throw new UsageException($"{tooLong} {consent}");
        try
        {
            if (!parsed.GetValue(_dryRun))
                await TrainAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync($"Stopped. The same command goes on from what is kept in {folder.Path}.");
            return 1;
        }

        var report = new LabReport(folder.Path, folder.LogPath, estimate.Wall, [.. runs.Select(run => LabRunReport.Of(run, folder.Find(run.Name), folder))]);
        await context.Output.WriteLineAsync(parsed.GetValue(_json) ? JsonSerializer.Serialize(report, ReportJson.Options) : report.Text());
        return 0;

        async Task TrainAsync()
        {
            var progress = new SweepProgress(runs, there, estimate, TimeProvider.System);
            var shown = new LabProgressLines(progress, context.Error);
            if (parsed.GetValue(_project) is not { } into)
            {
                await sweep.TrainAsync(runs, cores, (_, _) => Task.CompletedTask, shown, cancellationToken);
                return;
            }

            await using var opened = await StoreOption.OpenAsync(parsed.GetValue(_store)!, cancellationToken);
            var logs = new ProjectLabLogs(opened, into, folder);
            await logs.CheckAsync(runs, there, cancellationToken);
            await sweep.TrainAsync(runs, cores, logs.AppendAsync, shown, cancellationToken);
        }
    }

    private static string Already(IReadOnlyDictionary<string, LabCheckpoint> there)
    {
        var ended = there.Values.Count(run => run.Ended);
        return ended == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {ended:N0} of them trained already");
    }
}
