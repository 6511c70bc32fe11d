using System.Text.RegularExpressions;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>One row a run or a checkpoint, with parameters, loss, and tokens or flops: <see cref="SweepTableReader"/>.</summary>
internal sealed class SweepFormat : LogFormat
{
    public override string Key => "sweep";

    public override string Title => "Sweep table";

    public override double Confidence(LogHead head)
    {
        if (head.Columns.Count == 0)
            return 0;
        var parameters = Column(head, SweepQuantity.Parameters);
        if (parameters < 0 || Column(head, SweepQuantity.Loss) < 0 || (Column(head, SweepQuantity.Tokens) < 0 && Column(head, SweepQuantity.Flops) < 0))
            return head.Columns.Count > 1 ? 0.1 : 0.05;
        // Steps without runs are one run's history, unless the size changes from row to row.
        var isHistory = Column(head, SweepQuantity.Step) >= 0 && Column(head, SweepQuantity.Run) < 0
            && head.Rows.Where(row => row.Count > parameters).Select(row => row[parameters]).Distinct().Take(2).Count() == 1;
        return isHistory ? 0.6 : 0.9;
    }

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        var options = new SweepTableOptions { Mapping = input.Options.Mapping, Strict = input.Options.Strict, CountModel = input.Options.CountModel };
        runs.Tables.Add(await SweepTableReader.ReadAsync(input.Content, input.Path, options, cancellationToken).ConfigureAwait(false));
    }

    private static int Column(LogHead head, SweepQuantity quantity)
    {
        var names = head.Mapping.Columns(quantity) ?? SweepQuantities.Aliases(quantity);
        for (var i = 0; i < head.Columns.Count; i++)
        {
            if (names.Contains(head.Columns[i], StringComparer.OrdinalIgnoreCase))
                return i;
        }

        return quantity == SweepQuantity.Loss && head.Mapping.Columns(quantity) is null ? SweepQuantities.OnlyLoss(head.Columns) : -1;
    }
}

/// <summary>Rows of step, and run where there are several: <c>run,step,loss,lr</c> or <c>run,step,metric,value</c>; CSV, TSV or JSON Lines.</summary>
internal sealed partial class LongTableFormat : LogFormat
{
    public override string Key => "long";

    public override string Title => "Table of steps";

    public override double Confidence(LogHead head)
    {
        if (head.Columns.Count < 2)
            return 0;
        if (head.Mapping.Columns(SweepQuantity.Step) is { Count: > 0 } mapped && head.HasColumn(mapped[0]))
            return 0.7;
        return head.HasColumn(HistorySink.StepNames) ? 0.7 : head.HasColumn("epoch") ? 0.4 : 0;
    }

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        // TensorBoard's own download: "Wall time,Step,Value", run and metric only in the file's name.
        var download = TensorBoardDownload().Match(PathText.Stem(input.Path));
        var name = download.Success ? download.Groups["run"].Value : PathText.Stem(input.Path);
        var folder = input.Folder;
        await new HistorySink(input, runs, Key, folder.Length > 0 && name is "log" or "metrics" or "history" or "progress" ? folder : name, download.Success ? download.Groups["tag"].Value : null)
            .ReadAsync(input, cancellationToken).ConfigureAwait(false);
    }

    [GeneratedRegex(@"^run-(?<run>.+?)-tag-(?<tag>.+)$")]
    private static partial Regex TensorBoardDownload();
}

/// <summary>The history of one run from the API of Weights &amp; Biases, as CSV or JSON Lines; the run's name is only in the file's.</summary>
internal sealed class WandbHistoryFormat : LogFormat
{
    public override string Key => "wandb-history";

    public override string Title => "W&B history";

    public override double Confidence(LogHead head) =>
        head.Columns.Count > 1 && head.Columns.Contains("_step") ? 0.85 : head.HasColumn("_runtime") && head.HasColumn("_timestamp") ? 0.6 : 0;

    public override Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken) =>
        new HistorySink(input, runs, Key, PathText.Stem(input.Path)).ReadAsync(input, cancellationToken);
}

/// <summary>Lightning's <c>metrics.csv</c>: training and validation values stand on rows of their own.</summary>
internal sealed class LightningFormat : LogFormat
{
    public override string Key => "lightning";

    public override string Title => "Lightning metrics.csv";

    public override double Confidence(LogHead head) =>
        head.Columns.Count > 2 && head.Columns.Contains("epoch") && head.Columns.Contains("step") && !head.HasColumn(HistorySink.RunNames) && !head.HasColumn(HistorySink.MetricNames)
            ? PathText.Name(head.Path) == "metrics.csv" ? 0.88 : 0.75
            : 0;

    public override Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken) =>
        new HistorySink(input, runs, Key, input.FolderOrName).ReadAsync(input, cancellationToken);
}

/// <summary>One row a run: configuration and last values, no history.</summary>
internal abstract class RunRowsFormat : LogFormat
{
    public override Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken) =>
        new RunRowsSink(input, runs, Key).ReadAsync(input, cancellationToken);
}

/// <summary>The table of runs as Weights &amp; Biases exports it: Name, State, Created, configuration and summary columns.</summary>
internal sealed class WandbRunsFormat : RunRowsFormat
{
    public override string Key => "wandb-runs";

    public override string Title => "W&B table of runs";

    public override double Confidence(LogHead head) =>
        head.Columns.Count < 2 || !head.Columns.Contains("Name") ? 0
        : head.Columns.Count(name => name is "State" or "Created" or "Runtime" or "Notes" or "User" or "Tags" or "Sweep" or "ID" or "Start Time" or "Updated" or "End Time" or "Hostname") >= 2 ? 0.88
        : head.Columns[0] == "Name" && !head.HasColumn(HistorySink.StepNames) ? 0.5
        : 0;
}

/// <summary>The table of runs as MLflow's page or its command <c>experiments csv</c> exports it: last values, no history.</summary>
internal sealed class MlflowTableFormat : RunRowsFormat
{
    public override string Key => "mlflow-table";

    public override string Title => "MLflow table of runs";

    public override double Confidence(LogHead head) =>
        (head.Columns.Contains("Run ID") && (head.Columns.Contains("Start Time") || head.Columns.Contains("Source Name")))
        || (head.Columns.Contains("run_id") && head.Columns.Any(name => name.StartsWith("metrics.", StringComparison.Ordinal) || name.StartsWith("params.", StringComparison.Ordinal)))
            ? 0.95 : 0;
}
