using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>import, and what may stand in the way of the store.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private const string Table = "run,parameters,tokens,loss,optimizer\na,1e9,1e10,2.5,adam\nb,2e9,1e10,2.4,lion\n";

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_file_twice_adds_nothing()
    {
        var file = _folder.Write("runs.csv", Table);
        var first = await RunAsync(file);
        Assert.Contains("2 runs added to p; 0 already there; 0 rows left out.", first.Output, StringComparison.Ordinal);
        var again = (await RunAsync(file, "--json")).Json();
        Assert.Equal(["a", "b"], again.GetProperty("already_there").EnumerateArray().Select(name => name.GetString()));
        // Under another name it is the same file.
        var copy = await RunAsync(_folder.Write("copy.csv", Table));
        Assert.Contains("0 runs added to p; 2 already there", copy.Output, StringComparison.Ordinal);
        Assert.Equal(2L, Scalar("SELECT count(*) FROM Runs"));
    }

    [Fact]
    public async Task Json_describes_the_runs()
    {
        var curves = _folder.Write("curves.csv", "run,parameters,tokens,loss,step\na,1e9,1e9,3.5,1\na,1e9,2e9,3.1,2\na,1e9,4e9,2.9,4\na,1e9,8e9,bad,8\n");
        var report = (await RunAsync(curves, "--json")).Json();
        Assert.Equal(["format", "runs", "left_out", "already_there", "warnings", "mappings", "pages"], report.EnumerateObject().Select(property => property.Name));
        Assert.Equal("csv", report.GetProperty("format").GetString());
        var run = Assert.Single(report.GetProperty("runs").EnumerateArray());
        Assert.Equal(
            ["name", "points", "metrics", "parameters", "tokens", "flops", "final_loss", "flags", "ranges", "parameters_from", "tokens_from", "flops_from", "loss_from", "hardware", "optimizer", "precision"],
            run.EnumerateObject().Select(property => property.Name));
        var range = run.GetProperty("ranges").EnumerateArray().Single(one => one.GetProperty("metric").GetString() == "loss");
        Assert.Equal((3, 2.9, 3.5, 0), (range.GetProperty("points").GetInt32(), range.GetProperty("min").GetDouble(), range.GetProperty("max").GetDouble(), range.GetProperty("not_finite").GetInt32()));
        Assert.Equal(("tokens", "6·N·D"), (run.GetProperty("tokens_from").GetString(), run.GetProperty("flops_from").GetString()));
        Assert.Equal(["parameters=parameters,tokens=tokens,loss=loss,step=step"], report.GetProperty("mappings").EnumerateArray().Select(mapping => mapping.GetString()!.Replace("run=run,", "", StringComparison.Ordinal)));
        var pages = report.GetProperty("pages").EnumerateArray().ToDictionary(page => page.GetProperty("page").GetString()!, page => page.GetProperty("ready").GetInt32());
        Assert.Equal((1, 1, 0), (pages["IsoFLOP and Fit"], pages["IsoFLOP, Approach 1"], pages["Estimate"]));
        Assert.Equal(3, run.GetProperty("points").GetInt32());
        Assert.Equal((1e9, 4e9, 2.4e19, 2.9), (Number("parameters"), Number("tokens"), Number("flops"), Number("final_loss")));
        Assert.Contains("loss", run.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetString()));
        var leftOut = Assert.Single(report.GetProperty("left_out").EnumerateArray());
        Assert.Equal(("curves.csv", 5), (leftOut.GetProperty("file").GetString(), leftOut.GetProperty("line").GetInt32()));

        double Number(string name) => run.GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task A_dry_run_stores_nothing()
    {
        var outcome = await RunAsync(_folder.Write("runs.csv", Table), "--dry-run");
        Assert.Contains("2 runs would be imported into p; nothing was stored.", outcome.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Store));
    }

    [Fact]
    public async Task A_dry_run_tells_ranges_sources_training_and_needs()
    {
        var log = _folder.Write("base-70M.csv", "_step,train/loss,grad,throughput/total_tokens,optimizer,gpu_name,gpu_count,dtype\n10,4,1,1e9,adamw,H100,8,bf16\n20,3,nan,2e9,adamw,H100,8,bf16\n");
        var lines = (await RunAsync(log, "--dry-run")).Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal(
            [
                "base-70M                     N –       D 2B      C –         loss 3 no parameter count: needed for IsoFLOP; 70M parameters suggested: “70M” in the name",
                "D from throughput/total_tokens; loss from train/loss",
                "hardware 8 × H100; optimizer adamw; precision bf16",
                "loss 3 to 4 (2 points); tokens 1e9 to 2e9 (2 points); grad 1 (2 points, 1 not finite); gpu_count 8 (2 points)",
                "IsoFLOP and Fit:      0 of 1 run; no parameter count (1)",
                "IsoFLOP, Approach 1:  0 of 1 run; no parameter count (1)",
                "Curves:               1 of 1 run",
                "Estimate:             0 of 1 run; no parameter count (1); no column family (1)",
                "Precision:            0 of 1 run; no parameter count (1)",
                "Optimizers:           0 of 1 run; no parameter count (1)",
                "Growth:               0 of 1 run; no parameter count (1); no column grown_from (1)",
                "1 run would be imported into p; nothing was stored.",
            ],
            lines.Where(line => line.Length > 0));
    }

    [Fact]
    public async Task Compute_of_the_forward_pass_is_multiplied_when_suggestions_are_accepted_and_remembered()
    {
        var table = _folder.Write("forward.csv", "run,params,tokens,flops,loss\na,1e9,2e10,4e19,3\nb,2e9,2e10,8e19,2.9\n");
        Assert.Contains("flops is 2.0·N·D", (await RunAsync(table, "--dry-run")).Error, StringComparison.Ordinal);
        var report = (await RunAsync(table, "--accept-suggestions", "--json")).Json();
        Assert.Equal(1.2e20, report.GetProperty("runs")[0].GetProperty("flops").GetDouble());
        Assert.Contains("flops=flops*3", (string)Scalar("SELECT Mapping FROM Uploads")!, StringComparison.Ordinal);
        // Another file with these columns is read the same way.
        var next = _folder.Write("next.csv", "run,params,tokens,flops,loss\nc,1e9,1e10,2e19,3\n");
        Assert.Equal(6e19, (await RunAsync(next, "--json")).Json().GetProperty("runs")[0].GetProperty("flops").GetDouble());
    }

    [Theory]
    [InlineData("--tokens-per-step", "0")]
    [InlineData("--sequence-length", "-1")]
    public async Task Tokens_must_be_above_zero(string option, string value)
    {
        var outcome = await RunAsync(_folder.Write("runs.csv", Table), option, value);
        Assert.Equal(2, outcome.Exit);
        Assert.Contains($"{option}: {value} is not a number of tokens above zero", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_keeps_the_warnings_on_the_error_stream()
    {
        var outcome = await RunAsync(_folder.Write("runs.csv", "run,parameters,tokens,loss,budget\na,1e9,1e10,2.5,9e19\n"), "--json");
        Assert.Contains("differs from 6·N·D", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Json().GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task A_folder_gives_all_its_tables()
    {
        _folder.Write("logs/one.csv", Table);
        _folder.Write("logs/deep/two.TSV", "run\tparameters\ttokens\tloss\nc\t1e9\t1e10\t2.5\n");
        _folder.Write("logs/three.jsonl", "{\"run\": \"d\", \"parameters\": 1e9, \"tokens\": 1e10, \"loss\": 2.6}\n");
        _folder.Write("logs/notes.txt", "no table");
        var report = (await RunAsync(_folder.At("logs"), "--json")).Json();
        Assert.Equal(["a", "b", "c", "d"], report.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("name").GetString()).Order());
    }

    [Fact]
    public async Task The_store_and_its_folder_are_made_when_missing()
    {
        Assert.Equal(0, (await CommandFolder.RunAsync("import", _folder.Write("runs.csv", Table), "--project", "p", "--store", _folder.At("new/deeper/d.db"))).Exit);
        Assert.True(File.Exists(_folder.At("new/deeper/d.db")));
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_is_refused_with_1()
    {
        var file = _folder.Write("runs.csv", Table);
        var below = Path.Combine(_folder.Write("in-the-way", "x"), "d.db");
        (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", below)).IsRefused(1, "--store");
        (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", file)).IsRefused(1, "is not a database");
        Assert.Equal(Table, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Reading_makes_no_store()
    {
        var missing = _folder.At("nowhere/d.db");
        foreach (var command in new[] { "fit", "isoflop" })
            (await CommandFolder.RunAsync(command, "--project", "p", "--store", missing)).IsRefused(2, "There is no store at", "--store");
        Assert.False(Directory.Exists(Path.GetDirectoryName(missing)));
    }

    [UnsupportedOSPlatform("windows")]
    [SkippableFact]
    public async Task A_read_only_store_is_refused_with_1()
    {
        Skip.If(OperatingSystem.IsWindows(), "folders have no permission bits here");
        await RunAsync(_folder.Write("runs.csv", Table));
        var folder = Path.GetDirectoryName(_folder.Store)!;
        File.SetUnixFileMode(_folder.Store, UnixFileMode.UserRead);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Skip.If(CanWrite(), "this user may write whatever the permission bits say");
            (await RunAsync(_folder.Write("more.csv", Table.Replace("a,1e9", "c,1e9", StringComparison.Ordinal)))).IsRefused(1, "writable for this user");
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        bool CanWrite()
        {
            try
            {
                using var file = File.OpenWrite(_folder.Store);
                return true;
            }
            catch (UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData("", "project's name is empty")]
    [InlineData(" ", "project's name is empty")]
    [InlineData("two\nlines", "control character")]
    public async Task A_project_needs_a_name(string name, string words)
    {
        // Bad usage, not a failure of the store.
        var outcome = await CommandFolder.RunAsync("import", _folder.Write("runs.csv", Table), "--project", name, "--store", _folder.Store);
        outcome.IsRefused(2, words);
    }

    private Task<CommandOutcome> RunAsync(string path, params string[] more) =>
        CommandFolder.RunAsync(["import", path, "--project", "p", "--store", _folder.Store, .. more]);

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.Store};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}

/// <summary>In a class of its own, so that its wait for the lock runs beside the other tests.</summary>
public sealed class LockedStoreTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_that_stays_locked_is_refused_with_1()
    {
        var file = _folder.Write("runs.csv", "run,parameters,tokens,loss\na,1e9,1e10,2.5\n");
        Assert.Equal(0, (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store)).Exit);
        using var other = new SqliteConnection($"Data Source={_folder.Store};Pooling=false");
        other.Open();
        using var transaction = other.BeginTransaction();
        (await CommandFolder.RunAsync("fit", "--project", "p", "--store", _folder.Store)).IsRefused(1, "locked by another process");
    }
}
