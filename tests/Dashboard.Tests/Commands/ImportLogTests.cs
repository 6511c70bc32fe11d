using System.IO.Compression;
using Microsoft.Data.Sqlite;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>import of logs: what they lack is said, a suggestion is only taken when it is accepted.</summary>
public sealed class ImportLogTests : IDisposable
{
    private const string History = "_step,train/loss,throughput/total_tokens\n10,4,1e9\n20,3,2e9\n";

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_history_without_parameters_is_imported_and_says_what_it_lacks()
    {
        var file = _folder.Write("base-70M.csv", History);
        var report = (await RunAsync(file, "--json")).Json();
        Assert.Equal("wandb-history", report.GetProperty("format").GetString());
        var run = Assert.Single(report.GetProperty("runs").EnumerateArray());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.GetProperty("parameters").ValueKind);
        Assert.Equal((2, 2e9, 3.0), (run.GetProperty("points").GetInt32(), run.GetProperty("tokens").GetDouble(), run.GetProperty("final_loss").GetDouble()));
        Assert.Equal(["no parameter count: needed for IsoFLOP", "70M parameters suggested: “70M” in the name"], run.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
        (await CommandFolder.RunAsync("fit", "--project", "p", "--store", _folder.Store)).IsRefused(2, "no parameter count");
        // The same file again adds nothing.
        Assert.Single((await RunAsync(file, "--json")).Json().GetProperty("already_there").EnumerateArray());
    }

    [Fact]
    public async Task An_accepted_suggestion_is_the_runs_parameter_count()
    {
        var report = (await RunAsync(_folder.Write("base-70M.csv", History), "--accept-suggestions", "--json")).Json();
        Assert.Equal(70e6, Assert.Single(report.GetProperty("runs").EnumerateArray()).GetProperty("parameters").GetDouble());
    }

    [Fact]
    public async Task Parameters_are_counted_from_the_shape_that_a_log_or_a_table_tells()
    {
        var log = _folder.Write("run.csv", "_step,loss,tokens,n_layer,n_embd,vocab_size,tied\n1,4,1e6,2,8,10,1\n2,3,2e6,2,8,10,1\n");
        var run = Assert.Single((await RunAsync(log, "--dry-run", "--json")).Json().GetProperty("runs").EnumerateArray());
        const double N = 2 * 12 * 64 + 80;
        Assert.Equal((N, 6 * N * 2e6), (run.GetProperty("parameters").GetDouble(), run.GetProperty("flops").GetDouble()));
        Assert.Equal("layers 2, width 8, feed-forward 32, vocabulary 10, tied embeddings: 1.54K without embeddings, 6N is 9.7e3 FLOP a token", run.GetProperty("parameters_from").GetString());

        var table = _folder.Write("sweep.csv", "run,layers,width,vocab,tokens,loss\na,2,8,10,1e6,3\nb,4,8,10,1e6,2.9\nc,,8,10,1e6,2.8\n");
        var swept = (await RunAsync(table, "--json")).Json();
        Assert.Equal([2 * 768 + 160, 4 * 768 + 160], swept.GetProperty("runs").EnumerateArray().Select(one => (int)one.GetProperty("parameters").GetDouble()));
        Assert.Equal("has no parameters, and not the layers and width to count them from", Assert.Single(swept.GetProperty("left_out").EnumerateArray()).GetProperty("reason").GetString());
        Assert.Contains("no column of parameters: N is counted from the model's shape, in the first row from layers 2, width 8", swept.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        (await CommandFolder.RunAsync("isoflop", "--input", table)).IsRefused(2, "three");
    }

    [Fact]
    public async Task Without_a_vocabulary_the_count_is_a_suggestion()
    {
        var log = _folder.Write("run.csv", "_step,loss,tokens,n_layer,n_embd\n1,4,1e6,2,8\n2,3,2e6,2,8\n");
        var run = Assert.Single((await RunAsync(log, "--dry-run", "--json")).Json().GetProperty("runs").EnumerateArray());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.GetProperty("parameters").ValueKind);
        Assert.Contains("1.54K parameters suggested: layers 2, width 8, feed-forward 32; without embeddings, for no vocabulary is named", run.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
    }

    [Fact]
    public async Task What_holds_for_several_files_is_said_once()
    {
        foreach (var (name, loss) in new[] { ("a", 3.5), ("b", 3.25), ("c", 3), ("d", 2.75) })
            _folder.Write($"logs/{name}.csv", FormattableString.Invariant($"_step,eval/loss,throughput/total_tokens,grad\n10,4,1e9,1\n20,{loss},2e9,1\n"));
        var outcome = await RunAsync(_folder.At("logs"), "--dry-run");
        var said = Assert.Single(outcome.Error.Split('\n'), line => line.Contains("no training loss: eval/loss is used", StringComparison.Ordinal));
        Assert.StartsWith("a.csv, b.csv and 2 more: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_is_remembered_for_files_with_the_same_columns()
    {
        const string Text = "_step,objective,other\n10,4,9\n20,3,8\n";
        await RunAsync(_folder.Write("a.csv", Text), "--map", "loss=objective");
        var report = (await RunAsync(_folder.Write("b.csv", Text.Replace("20,3", "20,2.5", StringComparison.Ordinal)), "--json")).Json();
        Assert.Equal(2.5, Assert.Single(report.GetProperty("runs").EnumerateArray()).GetProperty("final_loss").GetDouble());
    }

    [Fact]
    public async Task Files_that_are_one_run_only_together_are_kept_together()
    {
        foreach (var (run, loss) in new[] { ("abc", "3"), ("def", "4") })
        {
            _folder.Write($"mlruns/0/{run}/meta.yaml", $"run_id: {run}\nrun_name: {run}\n");
            _folder.Write($"mlruns/0/{run}/metrics/loss", $"1700000000000 {loss} 0\n1700000001000 2 10\n");
            _folder.Write($"mlruns/0/{run}/params/lr", "0.1");
        }

        var first = (await RunAsync(_folder.At("mlruns"), "--json")).Json();
        Assert.Equal("mlflow", first.GetProperty("format").GetString());
        Assert.Equal(["abc", "def"], first.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()));
        Assert.Equal(2, (await RunAsync(_folder.At("mlruns"), "--json")).Json().GetProperty("already_there").GetArrayLength());
    }

    [Fact]
    public async Task A_zip_is_imported_whole()
    {
        var zip = _folder.At("runs.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("logs/a.csv").Open();
            entry.Write(System.Text.Encoding.UTF8.GetBytes(History));
        }

        Assert.Contains("1 run added to p", (await RunAsync(zip)).Output, StringComparison.Ordinal);
        using var connection = new SqliteConnection($"Data Source={_folder.Store};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT FileName FROM Uploads";
        Assert.Equal("runs.zip", command.ExecuteScalar());
    }

    [Fact]
    public async Task An_unknown_format_is_refused() =>
        (await RunAsync(_folder.Write("a.csv", History), "--format", "excel")).IsRefused(2, "--format", "tensorboard");

    private Task<CommandOutcome> RunAsync(string path, params string[] more) =>
        CommandFolder.RunAsync(["import", path, "--project", "p", "--store", _folder.Store, .. more]);
}
