using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>simulate, and the samples that came from it.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("chinchilla-sweep")]
    [InlineData("precision-sweep")]
    public async Task A_sample_sweep_is_what_its_readme_says_it_is(string sample)
    {
        var folder = Path.Combine(CommandFolder.Repository, "samples", sample);
        const string start = "dotnet run --project src/Dashboard -- simulate ";
        var line = (await File.ReadAllLinesAsync(Path.Combine(folder, "README.md"))).Single(line => line.StartsWith(start, StringComparison.Ordinal));
        var args = line[(start.Length - "simulate ".Length)..].Split(' ');
        Assert.Equal($"samples/{sample}/sweep.csv", args[^1]);
        args[^1] = _folder.At("sweep.csv");

        Assert.Equal(0, (await CommandFolder.RunAsync(args)).Exit);

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "sweep.csv")), await File.ReadAllBytesAsync(args[^1]));
    }

    [Fact]
    public async Task Landmark_models_are_dense_figures_with_a_source()
    {
        var rows = (await File.ReadAllLinesAsync(Path.Combine(CommandFolder.Repository, "samples", "landmark-models", "landmarks.csv"))).Select(line => line.Split(',')).ToArray();
        Assert.Equal(["model", "year", "parameters", "tokens", "source"], rows[0]);
        Assert.Equal(rows.Length, rows.Select(row => row[0]).Distinct().Count());
        foreach (var row in rows.Skip(1))
        {
            Assert.Equal(5, row.Length);
            Assert.InRange(int.Parse(row[1], CultureInfo.InvariantCulture), 2020, 2030);
            Assert.True(Quantity.TryParse(row[2], out var parameters) && parameters is > 1e9 and < 1e12, row[0]);
            Assert.True(Quantity.TryParse(row[3], out var tokens) && tokens is > 1e11 and < 1e14, row[0]);
            Assert.StartsWith("arXiv ", row[4], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Standard_output_and_file_hold_the_same()
    {
        string[] args = ["simulate", "--budgets", "1e19,1e20", "--sizes", "3", "--checkpoints", "2"];
        var printed = await CommandFolder.RunAsync(args);
        var written = await CommandFolder.RunAsync([.. args, "--output", _folder.At("s.csv")]);
        Assert.Equal("", written.Output);
        Assert.Equal(await File.ReadAllTextAsync(_folder.At("s.csv")), printed.Output);
        Assert.Equal(13, printed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("run,budget,parameters,tokens,flops,step,loss\n1e19 size 1,1e19,", printed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', printed.Output);
    }

    [Fact]
    public async Task Coefficients_are_a_law_as_well_as_a_name()
    {
        string[] args = ["simulate", "--budgets", "1e20", "--noise", "0", "--checkpoints", "1", "--law"];
        var named = await CommandFolder.RunAsync([.. args, "epoch"]);
        Assert.Equal(named.Output, (await CommandFolder.RunAsync([.. args, "beta=0.365854, E=1.816864,A=482.0057,B=2085.4342,alpha=0.347813"])).Output);
        Assert.NotEqual(named.Output, (await CommandFolder.RunAsync([.. args, "hoffmann3"])).Output);
    }

    [Fact]
    public async Task What_is_written_reads_back_without_a_word()
    {
        await CommandFolder.RunAsync("simulate", "--budgets", "1e17,1e24", "--sizes", "4", "--checkpoints", "7", "--output", _folder.At("s.csv"));
        var import = await CommandFolder.RunAsync("import", _folder.At("s.csv"), "--project", "p", "--dry-run", "--json");
        Assert.Equal("", import.Error);
        var runs = import.Json().GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(8, runs.Length);
        Assert.All(runs, run => Assert.Equal((7, 0), (run.GetProperty("points").GetInt32(), run.GetProperty("flags").GetArrayLength())));
    }
}
