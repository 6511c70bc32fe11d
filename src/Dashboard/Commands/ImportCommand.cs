using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>import</c>: run logs and sweep tables into the store.</summary>
internal static class ImportCommand
{
    // Files that a warning names.
    private const int MostNamed = 3;

    internal static Command Create(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files, archives (zip, gz), or folders whose logs are taken.", Arity = ArgumentArity.OneOrMore };
        var project = new Option<string>("--project") { Description = "Project the runs go into; made when it is new.", HelpName = "NAME", Required = true };
        var map = RunSelectionOptions.Mapping();
        var format = new Option<string?>("--format") { Description = $"Read every file by this format instead of telling it from the content: {string.Join(", ", LogReader.Formats.Select(one => one.Key))}.", HelpName = "FORMAT" };
        var accept = new Option<bool>("--accept-suggestions") { Description = "Give runs without a parameter count the one suggested by their name or by C/(6D), and take compute that looks like that of the forward pass alone three times." };
        var stitch = new Option<bool>("--stitch") { Description = "Add the parts of a restarted job as one run more: from a restart's first step on the later part counts." };
        var sequenceLength = new Option<double?>("--sequence-length") { Description = "Tokens per sample, for logs that count samples.", HelpName = "TOKENS" };
        var tokensPerStep = new Option<double?>("--tokens-per-step") { Description = "Tokens per step, for logs that count neither tokens nor samples.", HelpName = "TOKENS" };
        var strict = RunSelectionOptions.Strict();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be imported and store nothing." };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("import", "Imports run logs and sweep tables into a project. The same file twice adds nothing.")
        {
            paths, project, map, format, accept, stitch, sequenceLength, tokensPerStep, strict, dryRun, store, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new LogImportOptions
            {
                Mapping = RunSelectionOptions.Map(parsed.GetValue(map)!),
                Format = parsed.GetValue(format),
                AcceptSuggestions = parsed.GetValue(accept),
                Stitch = parsed.GetValue(stitch),
                SequenceLength = AboveZero(sequenceLength),
                TokensPerStep = AboveZero(tokensPerStep),
                Strict = parsed.GetValue(strict),
            };
            if (options.Format is { } unknown && LogReader.Formats.All(one => one.Key != unknown))
                throw new UsageException($"--format: '{unknown}' is not one of {string.Join(", ", LogReader.Formats.Select(one => one.Key))}.");
            // Every file is read before the first is stored: a bad one among them leaves the store as it was.
            using var files = await ImportFiles.OfAsync(parsed.GetValue(paths)!, cancellationToken);
            var read = new List<(ImportFile File, LogImport Import, string Sha256)>();
            var leftOut = new List<LeftOutRow>();
            foreach (var file in files.All)
            {
                try
                {
                    var sha256 = await file.HashAsync(cancellationToken);
                    var remembered = await RememberedAsync(parsed.GetValue(store)!, parsed.GetValue(project)!, file, options, cancellationToken);
                    using var source = LogSource.Open(file.Name, file.Open);
                    read.Add((file, await CountedModels.ReadAsync(source, options with { Mapping = remembered }, cancellationToken), sha256));
                }
                catch (IngestException exception) when (file.IsFromFolder && !options.Strict)
                {
                    leftOut.Add(new LeftOutRow(file.Name, (int)(exception.Line ?? 0), exception.Message));
                }
            }

            if (read.Count == 0)
                throw new UsageException($"There is no log of a run in {Words.List(parsed.GetValue(paths)!)}: {leftOut[0].Reason}");
            IReadOnlyList<ImportReceipt> receipts = parsed.GetValue(dryRun)
                ? []
                : await StoreAsync(parsed.GetValue(store)!, parsed.GetValue(project)!, read, cancellationToken);
            // What holds for several files is said once.
            foreach (var warned in read.SelectMany(one => one.Import.Warnings.Select(warning => (one.Import.FileName, Warning: warning))).GroupBy(one => one.Warning, one => one.FileName))
                await context.Error.WriteLineAsync($"{Words.List([.. warned], MostNamed)}: {warned.Key}");
            foreach (var (_, import, _) in read)
                await RunSelectionOptions.ReportLeftOutAsync(import.LeftOut, context.Error);

            LogImport[] imports = [.. read.Select(one => one.Import)];
            var runs = imports.Sum(import => import.Runs.Count);
            await context.Output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(ImportReport.Of(imports, receipts, leftOut), ReportJson.Options)
                : ImportText.Of(imports, parsed.GetValue(dryRun), parsed.GetValue(dryRun)
                    ? $"{Words.Count(runs, "run")} would be imported into {parsed.GetValue(project)}; nothing was stored."
                    : $"{Words.Count(receipts.Sum(receipt => receipt.Added.Count), "run")} added to {parsed.GetValue(project)}; {receipts.Sum(receipt => receipt.AlreadyThere.Count)} already there; {Words.Count(leftOut.Count + imports.Sum(import => import.LeftOut.Count), "row")} left out."));
            return 0;

            double? AboveZero(Option<double?> option) => parsed.GetValue(option) switch
            {
                null => null,
                { } tokens when double.IsFinite(tokens) && tokens > 0 => tokens,
                { } other => throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: {other} is not a number of tokens above zero.")),
            };
        });
        return command;
    }

    /// <summary>What was mapped by hand, else what the project remembers of a file with the same columns.</summary>
    private static async Task<ColumnMapping> RememberedAsync(string path, string project, ImportFile file, LogImportOptions options, CancellationToken cancellationToken)
    {
        if (options.Mapping.ToString().Length > 0 || !File.Exists(path))
            return options.Mapping;
        using var source = LogSource.Open(file.Name, file.Open);
        if (await LogImport.SignatureAsync(source, cancellationToken) is not { } signature)
            return options.Mapping;
        await using var store = await StoreOption.OpenExistingAsync(path, cancellationToken);
        return await store.MappingAsync(project, signature, cancellationToken) is { Length: > 0 } mapping ? ColumnMapping.Parse(mapping) : options.Mapping;
    }

    private static async Task<IReadOnlyList<ImportReceipt>> StoreAsync(
        string path, string project, List<(ImportFile File, LogImport Import, string Sha256)> read, CancellationToken cancellationToken)
    {
        var limit = new DashboardOptions().UploadLimitBytes;
        await using var store = await StoreOption.OpenAsync(path, cancellationToken);
        var receipts = new List<ImportReceipt>();
        foreach (var (file, import, sha256) in read)
        {
            string? signature;
            using (var source = LogSource.Open(file.Name, file.Open))
                signature = await LogImport.SignatureAsync(source, cancellationToken);
            await using var content = file.Open();
            var staged = await store.StageAsync(content, file.Name, Math.Max(limit, content.Length), cancellationToken);
            if (staged.Sha256 != sha256)
                throw new UsageException($"{file.Name} changed while it was being imported. Nothing of it was stored; import it again.");
            receipts.Add(await store.ImportAsync(project, staged.Id, import.Format, import.Mapping.ToString(), import.Runs, signature, cancellationToken));
        }

        return receipts;
    }
}
