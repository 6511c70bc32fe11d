using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.Growth;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>growth: what growing saves; lab grow: growing.</summary>
public sealed class GrowthCommandTests : IDisposable
{
    private const string Tiny = "--vocabulary 5 --successors 3 --context 16 --batch 4 --rows 4 --held-out 8 --size 1x16 --heads 2 --tokens 2400 --lr 4e-3";

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Savings_are_printed_as_defined()
    {
        var file = _folder.Write("grown.jsonl", GrownTable.Jsonl());
        Assert.Equal(0, (await RunAsync($"import {file} --project grown --store {_folder.Store}")).Exit);
        var json = (await RunAsync($"growth --project grown --bootstrap 200 --store {_folder.Store} --json")).Json();
        Assert.Equal(
            ["operator", "parameters", "small_charged", "savings", "intervals", "operator_flops", "small_flops", "break_even", "operators", "unmatched", "warnings", "provenance"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(0.45, json.GetProperty("savings").GetProperty("flops").GetDouble(), 1e-9);
        Assert.Equal(0.48, json.GetProperty("savings").GetProperty("seconds").GetDouble(), 1e-9);
        Assert.InRange(0.45, json.GetProperty("intervals").GetProperty("flops").GetProperty("low95").GetDouble(), json.GetProperty("intervals").GetProperty("flops").GetProperty("high95").GetDouble());
        Assert.Equal((1.5e10, 1.2e11), (json.GetProperty("operator_flops").GetDouble(), json.GetProperty("small_flops").GetDouble()));
        Assert.Equal(["ligo", "stack", "ki"], json.GetProperty("operators").EnumerateArray().Select(one => one.GetProperty("operator").GetString()));

        var ofFile = (await RunAsync($"growth --input {file} --bootstrap 200 --json")).Json();
        Assert.True(JsonElement.DeepEquals(json.GetProperty("operators"), ofFile.GetProperty("operators")));
        var charged = (await RunAsync($"growth --input {file} --charge-small --operator stack --bootstrap 0 --json")).Json();
        Assert.Equal(0.3 - 1.2 / 3, charged.GetProperty("savings").GetProperty("flops").GetDouble(), 1e-9);
        Assert.Equal(JsonValueKind.Null, charged.GetProperty("intervals").GetProperty("flops").ValueKind);
        var text = (await RunAsync($"growth --input {file}")).Output;
        Assert.Contains("LiGO, 100 steps", text, StringComparison.Ordinal);
        Assert.Contains("45.0 %", text, StringComparison.Ordinal);
        Assert.Contains("(3 never reached it)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused()
    {
        var file = _folder.Write("grown.jsonl", GrownTable.Jsonl());
        (await RunAsync($"growth --input {file} --operator aki")).IsRefused(2, "No run was grown by 'aki'", "ligo");
        (await RunAsync($"growth --input {file} --size many")).IsRefused(2, "'many' is not a number of parameters");
        (await RunAsync($"growth --input {file} --where grown_from=nobody")).IsRefused(2, "");
    }

    [Fact]
    public async Task A_run_of_the_lab_grows_and_is_compared()
    {
        var lab = $"--out {_folder.At("lab")} --threads 2";
        Assert.Equal(0, (await RunAsync($"lab train {Tiny} {lab}")).Exit);
        const string parent = "1x16-2.4Ktok-adamw-lr0.004-s1";
        var grow = $"lab grow --from {parent} --layers 2 --width 32 --operator scratch,stack,ligo,ki --steps 5 --tokens 3000 --project grown --store {_folder.Store} {lab}";
        Assert.Equal(0, (await RunAsync(grow)).Exit);
        Assert.Contains("4 runs, 4 of them trained already", (await RunAsync(grow)).Error, StringComparison.Ordinal);

        var log = (await File.ReadAllLinesAsync(_folder.At("lab/runs.jsonl"))).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var ligo = log.Where(line => line.GetProperty("run").GetString()!.Contains("ligo", StringComparison.Ordinal)).ToArray();
        var config = ligo[0].GetProperty("config");
        Assert.Equal((parent, "ligo", 5), (config.GetProperty("grown_from").GetString(), config.GetProperty("growth_operator").GetString(), config.GetProperty("operator_steps").GetInt32()));
        Assert.True(config.GetProperty("operator_flops").GetDouble() > 0 && config.GetProperty("small_flops").GetDouble() > 0);
        Assert.Contains("after", config.GetProperty("growth_matrices").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, ligo[1].GetProperty("step").GetInt32());
        Assert.Contains(log, line => line.TryGetProperty("operator_flops", out var teacher) && teacher.GetDouble() > 0);

        var json = (await RunAsync($"growth --project grown --store {_folder.Store} --json")).Json();
        Assert.Equal(["ki", "ligo", "stack"], json.GetProperty("operators").EnumerateArray().Select(one => one.GetProperty("operator").GetString()).Order());
        Assert.All(json.GetProperty("operators").EnumerateArray(), one => Assert.Equal(JsonValueKind.Number, one.GetProperty("savings").GetProperty("flops").ValueKind));
        Assert.Equal(config.GetProperty("small_flops").GetDouble(), json.GetProperty("small_flops").GetDouble());
    }

    [Fact]
    public async Task A_schedule_of_growths_is_one_command_and_compared_as_one()
    {
        var lab = $"--out {_folder.At("lab")} --threads 2";
        Assert.Equal(0, (await RunAsync($"lab train {Tiny} {lab}")).Exit);
        var grow = $"lab grow --from 1x16-2.4Ktok-adamw-lr0.004-s1 --layers 4 --operator scratch,stack,mslt --stages 2 --tokens 3000 --project staged --store {_folder.Store} {lab}";
        var grown = await RunAsync(grow);
        Assert.Equal(0, grown.Exit);
        Assert.Contains("5 runs finished", grown.Output, StringComparison.Ordinal);
        Assert.Contains("5 runs, 5 of them trained already", (await RunAsync(grow)).Error, StringComparison.Ordinal);
        var json = (await RunAsync($"growth --project staged --store {_folder.Store} --json")).Json();
        var operators = json.GetProperty("operators").EnumerateArray().ToArray();
        Assert.Equal(["mslt-stages2", "stack-stages2"], operators.Select(one => one.GetProperty("operator").GetString()).Order());
        Assert.All(operators, one => Assert.True(one.GetProperty("operator_flops").GetDouble() > 0));
        (await RunAsync(grow.Replace("--stages 2", "--stages 9", StringComparison.Ordinal))).IsRefused(2, "stages is 9; it must be 1 to 8");
    }

    [Fact]
    public async Task Growing_what_is_not_there_or_does_not_fit_is_refused()
    {
        var lab = $"--out {_folder.At("lab")} --threads 2";
        (await RunAsync($"lab grow --from nothing --layers 2 {lab}")).IsRefused(2, "has no run nothing to grow from", "Train a small model");
        await RunAsync($"lab train {Tiny} {lab}");
        const string parent = "1x16-2.4Ktok-adamw-lr0.004-s1";
        var grow = $"lab grow --from {parent} {lab}";
        (await RunAsync($"lab grow --layers 2 {lab}")).IsRefused(2, "--from RUN");
        (await RunAsync($"{grow} --width 8")).IsRefused(2, "width 8 is smaller than the small model's 16");
        (await RunAsync($"{grow} --layers 2 --width 33 --heads 2")).IsRefused(2, "width 33 is not a multiple of heads 2");
        (await RunAsync($"{grow} --layers 2 --vocabulary 6")).IsRefused(2, "markov 5,3,1.2 seed 1", "same language");
        (await RunAsync($"{grow} --layers 2 --context 32")).IsRefused(2, "context of the small model is 16, of the target 32");
        (await RunAsync($"{grow} --width 32 --heads 2 --operator stack")).IsRefused(2, "8 wide and the target's 16");
        (await RunAsync($"{grow} --layers 2 --operator wish")).IsRefused(2, "'wish' is no growth operator");
        File.Delete(_folder.At($"lab/checkpoints/{parent}.checkpoint"));
        (await RunAsync($"{grow} --layers 2")).IsRefused(2, $"has no run {parent} to grow from", "there is no");
    }

    private static Task<CommandOutcome> RunAsync(string line) => CommandFolder.RunAsync(line.Split(' '));
}
