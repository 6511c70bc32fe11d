using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>lab</c>: trains tiny language models here.</summary>
internal static class LabCommand
{
    internal static Command Create(CommandContext context) => new("lab", "Trains tiny language models on this machine, and logs them as any other run.")
    {
        Train("train", "Trains one model.", onlyOne: true, context),
        Train("sweep", "Trains a grid of models: every size with every length, optimizer, learning rate, number format and seed. What has ended in the folder is not trained again, what was left off goes on.", onlyOne: false, context),
    };

    private static Command Train(string name, string description, bool onlyOne, CommandContext context)
    {
        var texts = SweepText.Keys.ToDictionary(key => key.Key, key => new Option<string[]>(OptionName(key.Key)) { Description = key.Description, HelpName = key.Example, DefaultValueFactory = _ => [] });
        var text = new Option<FileInfo?>("--text") { Description = "UTF-8 text to learn instead of the Markov language; its bytes are the tokens, its last tenth is held out.", HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = "Folder for logs (runs.jsonl, which 'import' takes) and checkpoints; made if it is not there.", HelpName = "FOLDER" };
        var project = new Option<string?>("--project") { Description = "Project of the store that the runs are put into while they train.", HelpName = "NAME" };
        var threads = new Option<int>("--threads") { Description = "Cores to use; losses do not depend on it.", HelpName = "NUMBER", DefaultValueFactory = _ => Environment.ProcessorCount };
        var hours = new Option<double>("--hours") { Description = "Longest estimated time that is accepted.", HelpName = "NUMBER", DefaultValueFactory = _ => LabLimits.Default.Hours };
        var memory = new Option<string?>("--memory") { Description = "Most memory that is accepted, bytes, such as 8G; half of the machine's unless said.", HelpName = "BYTES" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the estimate of the time and train nothing." };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command(name, description);
        foreach (var option in (Option[])[.. texts.Values, text, output, project, threads, hours, memory, dryRun, store, json])
            command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Both an option given twice and one with commas are lists.
            var options = SweepText.Read(key => string.Join(',', parsed.GetValue(texts[key])!), OptionName);
            var folder = new LabFolder(parsed.GetValue(output) ?? throw new UsageException("Name the folder for logs and checkpoints with --out FOLDER."));
            var cores = parsed.GetValue(threads) is >= 1 and <= 1024 and var some ? some : throw new UsageException($"--threads: {parsed.GetValue(threads).ToString(CultureInfo.InvariantCulture)} is not a number of cores between 1 and 1024.");
            var limits = LabLimits.Default;
            limits = limits with
            {
                Hours = parsed.GetValue(hours) is > 0 and var longest ? longest : throw new UsageException("--hours: it must be above zero."),
                Bytes = parsed.GetValue(memory) is not { } bytes ? limits.Bytes : Quantity.TryParse(bytes, out var most) && most > 0 ? most : throw new UsageException($"--memory: '{bytes}' is not a number of bytes such as 8G."),
            };
            using var claim = folder.Claim();
            if (parsed.GetValue(text) is { } file)
                options = options with { Language = await TextAsync(file, folder, cancellationToken) };
            var runs = options.Runs();
            if (onlyOne && runs.Count > 1)
                throw new UsageException($"'lab train' trains one model, and these options describe {Words.Count(runs.Count, "run")}. Give one value each, or use 'lab sweep'.");
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
                if (!parsed.GetValue(dryRun))
                    await TrainAsync(sweep, runs, there, cores, estimate, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await context.Error.WriteLineAsync($"Stopped. The same command goes on from what is kept in {folder.Path}.");
                return 1;
            }

            var report = new LabReport(folder.Path, folder.LogPath, estimate.Wall, [.. runs.Select(run => LabRunReport.Of(run, folder.Find(run.Name), folder))]);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(report, ReportJson.Options) : report.Text());
            return 0;

            async Task TrainAsync(SweepTraining training, IReadOnlyList<LabRun> all, IReadOnlyDictionary<string, LabCheckpoint> begun, int atOnce, SweepEstimate expected, CancellationToken cancelled)
            {
                var progress = new SweepProgress(all, begun, expected, TimeProvider.System);
                var shown = new LabProgressLines(progress, context.Error);
                if (parsed.GetValue(project) is not { } into)
                {
                    await training.TrainAsync(all, atOnce, (_, _) => Task.CompletedTask, shown, cancelled);
                    return;
                }

                await using var opened = await StoreOption.OpenAsync(parsed.GetValue(store)!, cancelled);
                var logs = new ProjectLabLogs(opened, into, folder);
                await logs.CheckAsync(all, begun, cancelled);
                await training.TrainAsync(all, atOnce, logs.AppendAsync, shown, cancelled);
            }
        });
        return command;

        static string OptionName(string key) => "--" + key.Replace('_', '-');
    }

    private static string Already(IReadOnlyDictionary<string, LabCheckpoint> there)
    {
        var ended = there.Values.Count(run => run.Ended);
        return ended == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {ended:N0} of them trained already");
    }

    private static async Task<LanguageOptions> TextAsync(FileInfo file, LabFolder folder, CancellationToken cancellationToken)
    {
        await using var stream = SweepFile.Open(file);
        if (stream.Length > TextLanguage.LargestText)
            throw new UsageException(TextLanguage.TooLarge(file.Name));
        var text = new byte[stream.Length];
        await stream.ReadExactlyAsync(text, cancellationToken);
        return folder.KeepText(file.Name, text);
    }
}
