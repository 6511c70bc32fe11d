using System.Text.Json;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>A server with a published sweep, or the generated sample where the reference data is not there; and, where it is, two more.</summary>
public class SweepDashboard : DashboardFixture
{
    internal const string Project = "sweep";

    /// <summary>Points without a budget column.</summary>
    internal const string WithoutBudgets = "chinchilla240";

    /// <summary>Runs with checkpoints.</summary>
    internal const string WithCurves = "gemstones";

    private const string Published = "isoflops/isoflops_annotated.csv";

    private readonly string? _reference = Repository.Reference(Published);

    internal string? Filter => _reference is null ? null : "experiment=llama_3__exp_loss";

    /// <summary>Runs of the view.</summary>
    internal int Runs => _reference is null ? 72 : 133;

    /// <summary>Address of the IsoFLOP page over the sweep.</summary>
    internal string IsoFlop => $"/isoflop?project={Project}" + (Filter is null ? "" : $"&where={Uri.EscapeDataString(Filter)}");

    /// <summary>What the commands answer for the same runs.</summary>
    internal Task<JsonDocument> CommandAsync(string command, params string[] options) =>
        CommandOnAsync(Project, command, Filter is null ? options : ["--where", Filter, .. options]);

    /// <summary>What a command answers for a project.</summary>
    internal async Task<JsonDocument> CommandOnAsync(string project, string command, params string[] options) =>
        JsonDocument.Parse(await ServerProcess.RunCommandAsync([command, "--project", project, "--store", StorePath, "--json", .. options]));

    /// <summary>The headline that the numbers of a command make.</summary>
    internal async Task<string> ExpectedAnswerAsync(int approach, string target)
    {
        using var report = await CommandAsync("isoflop", "--approach", $"{approach}", "--at", target);
        return Sentence(report);
    }

    /// <summary>The headline of an <c>isoflop</c> report, as far as its intervals.</summary>
    internal static string Sentence(JsonDocument report)
    {
        var prediction = report.RootElement.GetProperty("predictions")[0];
        var loss = prediction.GetProperty("loss");
        var sentence = $"At {Quantity.Scientific(Number(prediction, "flops"))} FLOP, train {Quantity.Count(Number(prediction, "parameters"))} parameters on {Quantity.Count(Number(prediction, "tokens"))} tokens";
        if (loss.ValueKind == JsonValueKind.Number)
            sentence += FormattableString.Invariant($" for a loss of {loss.GetDouble():F2} nats per token");
        var intervals = prediction.GetProperty("intervals");
        return $"{sentence} (80 %: {Range(intervals, "parameters")}{(loss.ValueKind == JsonValueKind.Number ? ", " : " and ")}{Range(intervals, "tokens")}";
    }

    protected override async Task FillAsync()
    {
        await ImportAsync(_reference ?? Repository.Sample("chinchilla-sweep/sweep.csv"), Project);
        if (Repository.Reference("epoch-chinchilla/chinchilla240.csv") is { } points)
            await ImportAsync(points, WithoutBudgets);
        if (Repository.Reference("gemstones/checkpoints.csv") is { } curves)
            await ImportAsync(curves, WithCurves, "run=subset+run_name,parameters=params_active_precise,loss=final_loss");
    }

    private static double Number(JsonElement parent, string name) => parent.GetProperty(name).GetDouble();

    private static string Range(JsonElement intervals, string name) =>
        $"{Quantity.Count(Number(intervals.GetProperty(name), "low80"))}–{Quantity.Count(Number(intervals.GetProperty(name), "high80"))}";
}
