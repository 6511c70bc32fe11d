using System.Text.Json;
using ScalingDashboard.Dashboard.Tests.Optimizers;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>optimizers: how much faster one is than another.</summary>
public sealed class OptimizersCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pairs_and_trend_are_printed_as_defined()
    {
        var file = _folder.Write("race.jsonl", RaceTable.Jsonl());
        Assert.Equal(0, (await CommandFolder.RunAsync("import", file, "--project", "race", "--store", _folder.Store)).Exit);
        var json = (await CommandFolder.RunAsync("optimizers", "--project", "race", "--baseline", "adamw", "--challenger", "c-adamw", "--bootstrap", "200", "--store", _folder.Store, "--json")).Json();
        Assert.Equal(["baseline", "challenger", "pairs", "trend", "trends", "tuning", "profile", "unmatched", "warnings", "provenance"], json.EnumerateObject().Select(field => field.Name));
        JsonElement[] pairs = [.. json.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(RaceTable.Sizes, pairs.Select(pair => pair.GetProperty("size").GetDouble()));
        foreach (var pair in pairs)
        {
            var size = pair.GetProperty("size").GetDouble();
            Assert.Equal(4, pair.GetProperty("seeds").GetInt32());
            Assert.Equal(1 / RaceTable.Speed(size), pair.GetProperty("steps_ratio").GetDouble(), 0.01);
            var interval = pair.GetProperty("intervals").GetProperty("steps_ratio");
            Assert.InRange(pair.GetProperty("steps_ratio").GetDouble(), interval.GetProperty("low95").GetDouble(), interval.GetProperty("high95").GetDouble());
            Assert.Equal(pair.GetProperty("steps_ratio").GetDouble(), pair.GetProperty("time_ratio").GetDouble(), 1e-9);
            Assert.Equal(JsonValueKind.Null, pair.GetProperty("effective_data").ValueKind);
            Assert.Contains("a law takes three", pair.GetProperty("reasons").GetProperty("effective_data").GetString(), StringComparison.Ordinal);
        }

        var trend = json.GetProperty("trend");
        Assert.Equal(-0.1, trend.GetProperty("slope_per_decade").GetDouble(), 0.01);
        Assert.True(trend.GetProperty("significant").GetBoolean());
        Assert.True(trend.GetProperty("intervals").GetProperty("slope_per_decade").GetProperty("high95").GetDouble() < 0);
        // The probes at other learning rates tune and do not race.
        Assert.Equal(12, json.GetProperty("unmatched").GetArrayLength());
        Assert.Equal(6, json.GetProperty("tuning").GetArrayLength());
        Assert.Equal("seconds", json.GetProperty("profile").GetProperty("axis").GetString());
    }

    [Fact]
    public async Task A_file_gives_the_same_as_the_project_it_is_imported_into()
    {
        var file = _folder.Write("race.jsonl", RaceTable.Jsonl());
        await CommandFolder.RunAsync("import", file, "--project", "race", "--store", _folder.Store);
        var project = (await CommandFolder.RunAsync("optimizers", "--project", "race", "--bootstrap", "50", "--store", _folder.Store, "--json")).Json();
        var table = (await CommandFolder.RunAsync("optimizers", "--input", file, "--bootstrap", "50", "--json")).Json();
        Assert.True(JsonElement.DeepEquals(project.GetProperty("pairs"), table.GetProperty("pairs")));
        Assert.True(JsonElement.DeepEquals(project.GetProperty("trend"), table.GetProperty("trend")));
    }

    [Fact]
    public async Task A_log_is_read_as_it_is()
    {
        var file = Path.Combine(CommandFolder.Repository, "samples", "lab-optimizers", "runs.jsonl");
        var json = (await CommandFolder.RunAsync("optimizers", "--input", file, "--bootstrap", "100", "--json")).Json();
        JsonElement[] pairs = [.. json.GetProperty("pairs").EnumerateArray()];
        // As the sample's own readme says.
        Assert.Equal([0.82, 0.90, 0.97], pairs.Select(pair => Math.Round(pair.GetProperty("steps_ratio").GetDouble(), 2)));
        Assert.Equal([1.18, 1.17, 1.03], pairs.Select(pair => Math.Round(pair.GetProperty("effective_data").GetDouble(), 2)));
        Assert.True(json.GetProperty("trend").GetProperty("significant").GetBoolean());
        var one = (await CommandFolder.RunAsync("optimizers", "--input", file, "--bootstrap", "0", "--where", "width=24", "--json")).Json();
        Assert.Equal(16896, one.GetProperty("pairs").EnumerateArray().Single().GetProperty("size").GetDouble());
        (await CommandFolder.RunAsync("optimizers", "--input", file, "--where", "colour=red")).IsRefused(2, "no run of runs.jsonl has a setting 'colour'");
    }

    [Fact]
    public async Task The_text_shows_no_number_without_an_interval_or_a_word_about_it()
    {
        var file = _folder.Write("race.jsonl", RaceTable.Jsonl());
        var outcome = await CommandFolder.RunAsync("optimizers", "--input", file, "--bootstrap", "100");
        Assert.Contains("C-AdamW against AdamW", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("significant) over 3 sizes", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Compared at 20K: AdamW lr 0.004; C-AdamW lr 0.004", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Check: Fewer than 5 pairs", outcome.Output, StringComparison.Ordinal);
        var none = await CommandFolder.RunAsync("optimizers", "--input", file, "--bootstrap", "0");
        Assert.Contains("no interval", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused()
    {
        var file = _folder.Write("race.jsonl", RaceTable.Jsonl());
        (await CommandFolder.RunAsync("optimizers", "--input", file, "--challenger", "soap")).IsRefused(2, "No run was trained with 'soap'", "AdamW and C-AdamW");
        (await CommandFolder.RunAsync("optimizers", "--input", file, "--where", "optimizer=adamw")).IsRefused(2, "All runs that name an optimizer were trained with AdamW");
        (await CommandFolder.RunAsync("optimizers")).IsRefused(2, "--project NAME");
    }
}
