using System.CommandLine;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>import</c>: sweep tables into the store.</summary>
internal static class ImportCommand
{
    internal static Command Create(CommandContext context)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files, or folders whose tables (csv, tsv, jsonl) are taken.", Arity = ArgumentArity.OneOrMore };
        var project = new Option<string>("--project") { Description = "Project the runs go into; made when it is new.", HelpName = "NAME", Required = true };
        var map = RunSelectionOptions.Mapping();
        var strict = RunSelectionOptions.Strict();
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be imported and store nothing." };
        var store = StoreOption.Create();
        var json = RunSelectionOptions.Json();
        var command = new Command("import", "Imports sweep tables into a project. The same file twice adds nothing.") { paths, project, map, strict, dryRun, store, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = Files(parsed.GetValue(paths)!);
            var options = new SweepTableOptions { Mapping = RunSelectionOptions.Map(parsed.GetValue(map)!), Strict = parsed.GetValue(strict) };
            // Every file is read before the first is stored: a bad one among them leaves the store as it was.
            var tables = new List<SweepTable>();
            foreach (var file in files)
                tables.Add(await SweepFile.ReadAsync(file, options, cancellationToken));

            IReadOnlyList<ImportReceipt> receipts = parsed.GetValue(dryRun)
                ? []
                : await StoreAsync(parsed.GetValue(store)!, parsed.GetValue(project)!, files, tables, cancellationToken);
            var report = ImportReport.Of(tables, receipts);
            foreach (var table in tables)
            {
                foreach (var warning in table.Warnings)
                    await context.Error.WriteLineAsync($"{table.FileName}: {warning}");
                await RunSelectionOptions.ReportLeftOutAsync(table, context.Error);
            }

            await context.Output.WriteLineAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(report, ReportJson.Options)
                : Text(report, parsed.GetValue(project)!, parsed.GetValue(dryRun), receipts.Sum(receipt => receipt.Added.Count)));
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ImportReceipt>> StoreAsync(
        string path, string project, FileInfo[] files, List<SweepTable> tables, CancellationToken cancellationToken)
    {
        var limit = new DashboardOptions().UploadLimitBytes;
        await using var store = await StoreOption.OpenAsync(path, cancellationToken);
        var receipts = new List<ImportReceipt>();
        for (var i = 0; i < files.Length; i++)
        {
            await using var content = SweepFile.Open(files[i]);
            var staged = await store.StageAsync(content, files[i].Name, Math.Max(limit, content.Length), cancellationToken);
            if (staged.Sha256 != tables[i].Sha256)
                throw new UsageException($"{files[i].FullName} changed while it was being imported. Nothing of it was stored; import it again.");
            receipts.Add(await store.ImportAsync(project, staged.Id, tables[i].Format, tables[i].Mapping.ToString(), tables[i].Runs, cancellationToken));
        }

        return receipts;
    }

    private static FileInfo[] Files(string[] paths)
    {
        var files = paths.SelectMany<string, string>(path => Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsTable).Order(StringComparer.Ordinal)
            : [path]).Select(path => new FileInfo(path)).ToArray();
        return files.Length > 0 ? files : throw new UsageException($"There is no csv, tsv or jsonl file in {Words.List(paths)}.");

        static bool IsTable(string path) => Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".TSV" or ".JSONL";
    }

    private static string Text(ImportReport report, string project, bool dryRun, int added)
    {
        var lines = report.Runs.Take(20)
            .Select(run => $"  {run.Name,-28} N {Quantity.Count(run.Parameters),-7} D {Quantity.Count(run.Tokens),-7} C {Quantity.Scientific(run.Flops),-9} loss {Quantity.Significant(run.FinalLoss, 4)} {string.Join("; ", run.Flags)}".TrimEnd())
            .ToList();
        if (report.Runs.Count > lines.Count)
            lines.Add($"  … and {report.Runs.Count - lines.Count} more");
        lines.Add(dryRun
            ? $"{Words.Count(report.Runs.Count, "run")} would be imported into {project}; nothing was stored."
            : $"{Words.Count(added, "run")} added to {project}; {report.AlreadyThere.Count} already there; {Words.Count(report.LeftOut.Count, "row")} left out.");
        return string.Join(Environment.NewLine, lines);
    }
}
