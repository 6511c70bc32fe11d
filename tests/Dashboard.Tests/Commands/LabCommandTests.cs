using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Commands;

public sealed class LabCommandTests : IDisposable
{
    private const string Tiny = "--vocabulary 5 --successors 3 --context 16 --batch 4 --rows 4 --held-out 8 --size 1x16 --tokens 2400";

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sweep_goes_into_a_folder_and_a_project_and_is_not_trained_twice()
    {
        var sweep = $"lab sweep {Tiny} --optimizer adamw,c-lion --seed 1..2 --project race --store {_folder.Store} --out {_folder.At("race")} --threads 2";
        var first = (await RunAsync($"{sweep} --json")).Json();
        Assert.Equal(
            ["1x16-2.4Ktok-adamw-lr0.008-s1", "1x16-2.4Ktok-adamw-lr0.008-s2", "1x16-2.4Ktok-c-lion-lr0.008-s1", "1x16-2.4Ktok-c-lion-lr0.008-s2"],
            first.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.All(first.GetProperty("runs").EnumerateArray(), run =>
        {
            Assert.Equal("finished", run.GetProperty("status").GetString());
            Assert.Equal((3_152, 2_432, 38), (run.GetProperty("parameters").GetDouble(), run.GetProperty("tokens").GetDouble(), run.GetProperty("step").GetInt32()));
            Assert.InRange(run.GetProperty("loss").GetDouble(), run.GetProperty("language_entropy").GetDouble() - 0.1, 5);
        });

        var again = await RunAsync(sweep);
        Assert.Contains("4 runs, 4 of them trained already", again.Error, StringComparison.Ordinal);
        Assert.Contains("4 runs finished. Logs: ", again.Output, StringComparison.Ordinal);

        // The project was appended to, and the log imported holds the same.
        await RunAsync($"import {_folder.At("race/runs.jsonl")} --project imported --store {_folder.Store}");
        await using var store = await RunStore.OpenAsync(new StoreLocation(_folder.Store), TimeProvider.System);
        var live = await store.RunsAsync("race");
        var imported = await store.RunsAsync("imported");
        Assert.Equal(4, live.Count);
        foreach (var run in live)
        {
            var same = imported.Single(one => one.Name == run.Name);
            Assert.Equal((3_152, 3_072, 2_432, 4, "lab"), (run.Parameters, run.NonEmbeddingParameters, run.Tokens, run.Points, run.Family));
            Assert.Equal((run.Parameters, run.NonEmbeddingParameters, run.Tokens, run.Flops, run.Loss, run.Points, run.Family), (same.Parameters, same.NonEmbeddingParameters, same.Tokens, same.Flops, same.Loss, same.Points, same.Family));
            Assert.Equal(run.Config, same.Config);
            Assert.Contains(new KeyValuePair<string, string>("optimizer", run.Name.Contains("lion", StringComparison.Ordinal) ? "c-lion" : "adamw"), run.Config);
        }
    }

    [Fact]
    public async Task A_text_is_learned()
    {
        var text = _folder.Write("cats.txt", string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 600)));
        var report = (await RunAsync($"lab train --size 1x16 --tokens 2400 --context 16 --batch 4 --text {text} --out {_folder.At("out")} --json")).Json();
        Assert.Equal(System.Text.Json.JsonValueKind.Null, Assert.Single(report.GetProperty("runs").EnumerateArray()).GetProperty("language_entropy").ValueKind);
        Assert.Contains("\"language\":\"cats.txt\"", await File.ReadAllTextAsync(_folder.At("out/runs.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_trains_nothing()
    {
        var estimate = await RunAsync($"lab sweep {Tiny} --lr 1e-3,1e-2 --out {_folder.At("out")} --dry-run");
        Assert.Contains("2 runs, 9.2e7 FLOP: about ", estimate.Error, StringComparison.Ordinal);
        Assert.Contains("0 runs finished, 2 not trained yet.", estimate.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("out/runs.jsonl")));
    }

    [Fact]
    public async Task A_run_that_diverges_is_told_and_flagged()
    {
        var report = await RunAsync($"lab sweep {Tiny} --optimizer sgd --warmup 0 --clip 1e300 --lr 1e30,1e-2 --out {_folder.At("out")}");
        Assert.Contains("1 run finished, 1 diverged.", report.Output, StringComparison.Ordinal);
        await RunAsync($"import {_folder.At("out/runs.jsonl")} --project p --store {_folder.Store}");
        await using var store = await RunStore.OpenAsync(new StoreLocation(_folder.Store), TimeProvider.System);
        var runs = await store.RunsAsync("p");
        Assert.Contains(runs.Single(run => run.Name.Contains("lr1000", StringComparison.Ordinal)).Flags, flag => flag.StartsWith("diverged", StringComparison.Ordinal));
        Assert.DoesNotContain(runs.Single(run => run.Name.Contains("lr0.01", StringComparison.Ordinal)).Flags, flag => flag.StartsWith("diverged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--size 25Q", "--size: '25Q' is not a size such as 25K or 2x64.")]
    [InlineData("--size 2x64 --heads 5", "width 64 is not a multiple of heads 5")]
    [InlineData("--flops 1e9 --tokens 1M", "--flops and --tokens both say how long")]
    [InlineData("--tokens-per-parameter -3", "--tokens-per-parameter: '-3' is not a number above zero.")]
    [InlineData("--optimizer adamx", "'adamx' is no optimizer")]
    [InlineData("--bits w99", "weight bits is 99; it must be 2 to 24")]
    [InlineData("--bits fp8", "--bits: 'fp8' is not a number format")]
    [InlineData("--seed 5..1", "--seed: '5..1' is not a range")]
    [InlineData("--decay slow", "--decay: 'slow' is not one of cosine, constant, linear, wsd.")]
    [InlineData("--size 40x4096", "GB of memory")]
    [InlineData("--flops 1e18", "more than the limit of 60 min. Choose fewer or smaller ones. Or accept it with --hours NUMBER")]
    [InlineData("--size 1x64 --flops 1e12 --hours 1e-3", "The runs would take about")]
    [InlineData("--threads 0", "--threads: 0 is not a number of cores")]
    [InlineData("--text {folder}/empty.txt", "empty.txt is empty. Choose a text file")]
    [InlineData("--text {folder}/binary.bin", "binary.bin is not a UTF-8 text")]
    [InlineData("--text {folder}/none.txt", "Cannot read")]
    public async Task What_cannot_be_trained_is_refused_in_words(string options, string words)
    {
        _folder.Write("empty.txt", "");
        _folder.Write("binary.bin", [.. Encoding.UTF8.GetBytes(new string('x', 20_000)), 0xFF, 0xFE]);
        (await RunAsync($"lab sweep --out {_folder.At("out")} {options.Replace("{folder}", _folder.Path, StringComparison.Ordinal)}")).IsRefused(2, words);
    }

    [Fact]
    public async Task Wrong_usage_is_refused()
    {
        (await RunAsync("lab train")).IsRefused(2, "--out FOLDER");
        (await RunAsync($"lab train --seed 1,2 --out {_folder.At("out")}")).IsRefused(2, "2 runs", "lab sweep");
        // The project has a run of this name that the folder does not know.
        await RunAsync($"lab train {Tiny} --project p --store {_folder.Store} --out {_folder.At("a")}");
        (await RunAsync($"lab train {Tiny} --project p --store {_folder.Store} --out {_folder.At("b")}")).IsRefused(2, "has another run 1x16-2.4Ktok-adamw-lr0.008-s1");
    }

    private static Task<CommandOutcome> RunAsync(string line) => CommandFolder.RunAsync(line.Split(' '));
}
