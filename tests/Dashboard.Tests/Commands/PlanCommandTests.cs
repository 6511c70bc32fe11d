using System.Text.Json;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>plan: a training from any two of its numbers.</summary>
public sealed class PlanCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_law_predicts_and_says_what_is_known_of_its_uncertainty()
    {
        var json = (await CommandFolder.RunAsync("plan", "--flops", "5.76e23", "--law", "hoffmann-unrounded,epoch,kaplan", "--json")).Json();
        var predictions = json.GetProperty("predictions");
        Assert.Equal(["hoffmann-unrounded", "epoch", "kaplan"], predictions.EnumerateArray().Select(plan => plan.GetProperty("law").GetString()));
        Assert.Equal(40.36e9, predictions[0].GetProperty("parameters").GetDouble(), 0.01e9);
        Assert.Equal(1.33e12, predictions[1].GetProperty("tokens").GetDouble(), 0.01e12);
        Assert.Equal(JsonValueKind.Null, predictions[2].GetProperty("loss").ValueKind);
        Assert.All(predictions.EnumerateArray(), plan =>
        {
            Assert.Equal(5.76e23, plan.GetProperty("flops").GetDouble());
            Assert.Equal("solved", plan.GetProperty("status").GetString());
            Assert.Contains("interval", plan.GetProperty("uncertainty").GetString()!, StringComparison.Ordinal);
            // The 240 points behind Epoch's law are public; the others' are not.
            Assert.Equal(plan.GetProperty("law").GetString() == "epoch" ? JsonValueKind.Object : JsonValueKind.Null, plan.GetProperty("intervals").GetProperty("parameters").ValueKind);
        });
        Assert.Equal(["parameters", "tokens", "loss"], json.GetProperty("disagreement").EnumerateArray().Select(apart => apart.GetProperty("quantity").GetString()));
        Assert.Equal(8, json.GetProperty("assumptions").GetArrayLength());
        Assert.Equal(16, json.GetProperty("bits").GetInt32());
    }

    [Fact]
    public async Task Hardware_time_and_assumptions_are_taken()
    {
        var json = (await CommandFolder.RunAsync(
            "plan", "--days", "30", "--accelerators", "512", "--accelerator", "a100-80", "--format", "bf16", "--utilization", "40%", "--overhead", "1", "--price", "$2", "--law", "epoch", "--json")).Json();
        var plan = json.GetProperty("predictions")[0];
        Assert.Equal(512 * 30 * 86400.0 * 312e12 * 0.4, plan.GetProperty("flops").GetDouble(), 1e13);
        Assert.Equal(2.0 * 512 * 720, plan.GetProperty("money").GetDouble(), 1e-6);
        Assert.Equal(30, json.GetProperty("given").GetProperty("days").GetDouble());
        var price = json.GetProperty("assumptions").EnumerateArray().Single(assumption => assumption.GetProperty("key").GetString() == "price");
        Assert.True(price.GetProperty("overridden").GetBoolean());
    }

    [Fact]
    public async Task Bits_are_given_or_solved_for()
    {
        var json = (await CommandFolder.RunAsync("plan", "--flops", "1e23", "--parameters", "8B", "--bits", "solve", "--law", "kumar,epoch", "--json")).Json();
        var plan = json.GetProperty("predictions")[0];
        Assert.Equal(11.3, plan.GetProperty("bits").GetDouble(), 0.05);
        Assert.Equal(1e23, 6.0 / 16 * 8e9 * plan.GetProperty("tokens").GetDouble() * plan.GetProperty("bits").GetDouble(), 1e14);
        Assert.InRange(plan.GetProperty("effective_parameters").GetDouble(), 7e9, 8e9);
        Assert.Equal(JsonValueKind.Object, json.GetProperty("predictions")[1].GetProperty("intervals").GetProperty("bits").ValueKind);
        var text = (await CommandFolder.RunAsync("plan", "--parameters", "8B", "--tokens", "100B", "--bits", "4", "--law", "kumar")).Output;
        Assert.Contains("given 8B parameters, 100B tokens and 4 bits:", text, StringComparison.Ordinal);
        Assert.Contains("  bits          4", text.Split(Environment.NewLine));
        Assert.Contains("N_eff         1.53B, 0.191 of N", text, StringComparison.Ordinal);
        Assert.False((await CommandFolder.RunAsync("plan", "--flops", "1e23", "--law", "kumar", "--json")).Json().GetProperty("predictions")[0].TryGetProperty("bits", out _));
    }

    [Fact]
    public async Task Served_tokens_follow_from_the_compute_of_a_life()
    {
        var json = (await CommandFolder.RunAsync("plan", "--parameters", "8B", "--tokens", "15T", "--life-flops", "1e24", "--law", "epoch", "--json")).Json();
        Assert.Equal(1.75e13, json.GetProperty("predictions")[0].GetProperty("served_tokens").GetDouble(), 1e4);
        Assert.Equal(1e24, (await CommandFolder.RunAsync("plan", "--parameters", "8B", "--tokens", "15T", "--served", "17.5T", "--law", "epoch", "--json")).Json().GetProperty("predictions")[0].GetProperty("life_flops").GetDouble(), 1e10);
        Assert.Matches("best for +[0-9.]+T +80 %: [0-9.]+[BT] to [0-9.]+T, served tokens of the cheapest of this loss over its life", (await CommandFolder.RunAsync("plan", "--parameters", "8B", "--tokens", "15T", "--law", "epoch")).Output);
    }

    [Fact]
    public async Task An_own_accelerator_is_planned_on()
    {
        var json = (await CommandFolder.RunAsync("plan", "--parameters", "1B", "--tokens", "20B", "--own", "My chip~memory:96~bf16:400", "--utilization", "0.5", "--overhead", "1", "--price", "2", "--power", "500", "--law", "epoch", "--json")).Json();
        var plan = json.GetProperty("predictions")[0];
        Assert.Equal(1.2e20 / (400e12 * 0.5 * 3600), plan.GetProperty("accelerator_hours").GetDouble(), 1e-9);
        Assert.Equal(2 * 1.2e20 / (400e12 * 0.5 * 3600), plan.GetProperty("money").GetDouble(), 1e-9);
        Assert.Equal("own", json.GetProperty("accelerator").GetString());
        Assert.StartsWith("On My chip in BF16", (await CommandFolder.RunAsync("plan", "--flops", "1e20", "--own", "My chip~memory:96~bf16:400")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compute_factor_is_carried_into_every_number()
    {
        var json = (await CommandFolder.RunAsync("plan", "--loss", "2.2", "--accelerators", "64", "--law", "epoch", "--factor", "0.84:0.79:0.9", "--json")).Json();
        Assert.Equal(0.79, json.GetProperty("compute_factor").GetProperty("low95").GetDouble());
        var plan = json.GetProperty("predictions")[0];
        Assert.Equal(0.84, plan.GetProperty("flops").GetDouble() / (6 * plan.GetProperty("parameters").GetDouble() * plan.GetProperty("tokens").GetDouble()), 1e-9);
        Assert.NotEqual(JsonValueKind.Null, plan.GetProperty("intervals").GetProperty("money").ValueKind);
        Assert.Contains("needs 0.84 (95 %: 0.79–0.9) of the law's compute", (await CommandFolder.RunAsync("plan", "--loss", "2.2", "--factor", "0.84:0.79:0.9")).Output, StringComparison.Ordinal);
        (await CommandFolder.RunAsync("plan", "--loss", "2.2", "--factor", "none")).IsRefused(2, "--factor: “none” is no factor");
    }

    [Fact]
    public async Task The_text_shows_no_number_without_an_interval_or_a_word_about_it()
    {
        var text = (await CommandFolder.RunAsync("plan", "--money", "$2M", "--law", "epoch,kaplan")).Output;
        Assert.StartsWith("On H100 SXM 80 GB in BF16, given $2M:", text, StringComparison.Ordinal);
        Assert.Matches("N +[0-9.]+B +80 %: [0-9.]+B to [0-9.]+B", text);
        Assert.Matches("N +[0-9.]+B +no interval", text);
        Assert.Contains("a bootstrap of its 240 points", text, StringComparison.Ordinal);
        Assert.Contains("Per ten times the compute: N ×5.37, D ×1.86 (kaplan)", text, StringComparison.Ordinal);
        Assert.Contains("list price read 2026-09-20", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_fit_answers_first_and_with_its_draws()
    {
        await CommandFolder.RunAsync("import", Path.Combine(CommandFolder.Repository, "samples", "chinchilla-sweep", "sweep.csv"), "--project", "sample", "--store", _folder.Store);
        await using (var store = await RunStore.OpenAsync(new StoreLocation(_folder.Store), TimeProvider.System))
        {
            await store.SaveFitAsync("sample", Surface().ToNewFit("mine", null, "?project=sample"));
            await store.SaveFitAsync("sample", (Document() with { Law = "compute", Parameters = [.. Surface().Parameters.Take(3)], Draws = [] }).ToNewFit("compute alone", null, ""));
        }

        var json = (await CommandFolder.RunAsync("plan", "--flops", "1e22", "--fit", "f1", "--law", "epoch", "--store", _folder.Store, "--json")).Json();
        var mine = json.GetProperty("predictions")[0];
        Assert.Equal(("f1", "mine v1"), (mine.GetProperty("law").GetString(), mine.GetProperty("name").GetString()));
        var interval = mine.GetProperty("intervals").GetProperty("parameters");
        Assert.True(interval.GetProperty("low80").GetDouble() < interval.GetProperty("high80").GetDouble());
        Assert.Equal(1, mine.GetProperty("decades_beyond_data").GetDouble(), 9);
        Assert.Matches("N +[0-9.]+B +80 %: [0-9.]+B to [0-9.]+B", (await CommandFolder.RunAsync("plan", "--flops", "1e22", "--fit", "f1", "--store", _folder.Store)).Output);

        (await CommandFolder.RunAsync("plan", "--flops", "1e22", "--fit", "f2", "--store", _folder.Store)).IsRefused(2, "compute alone v1", "nothing about the size");
        (await CommandFolder.RunAsync("plan", "--flops", "1e22", "--fit", "f9", "--store", _folder.Store)).IsRefused(2, "no saved fit 'f9'");
    }

    [Theory]
    [InlineData("--flops 5.76e23 --parameters 70B --tokens 1.4T", "Contradictory: 70B parameters and 1.4T tokens take 5.88e23 FLOP, but 5.76e23 FLOP is given, 2.0 % less")]
    [InlineData("--parameters 7 --tokens 1T", "--parameters: 7 parameters? Write 7B if that was meant.")]
    [InlineData("--served-tokens 3 --flops 1e23", "--served-tokens: 3 tokens? Write 3T if that was meant.")]
    [InlineData("--flops 0", "--flops: 0 is too small")]
    [InlineData("--days 30", "Not enough is given")]
    [InlineData("", "Not enough is given")]
    [InlineData("--loss 1.7 --law epoch", "the irreducible loss is 1.8169")]
    [InlineData("--money 1e6 --accelerator mi300x", "No price of the MI300X 192 GB is known")]
    [InlineData("--energy 500", "Write the unit")]
    [InlineData("--bits 3 --flops 1e22 --law epoch", "3 bits lie outside")]
    [InlineData("--bits many --flops 1e22", "--bits: “many” is not a number of bits. Write it like 8.")]
    [InlineData("--bits solve --flops 1e22 --law kaplan", "so no bits are better than others")]
    [InlineData("--bits solve --parameters 8B --tokens 1T --law epoch", "do not say how many bits")]
    [InlineData("--bits solve --parameters 8B --tokens 1B --flops 1e23 --law epoch", "more than any format has")]
    [InlineData("--parameters 8B --tokens 15T --life-flops 1e23 --law epoch", "training by 8B parameters and 15T tokens takes 7.2e23 FLOP, and training and serving together may take 1e23 FLOP.")]
    [InlineData("--parameters 8B --life-flops 1e23 --served 10T --law epoch", "serving 8B parameters and 10T served tokens takes 1.6e23")]
    [InlineData("--life-flops 1e23", "Not enough is given")]
    [InlineData("--flops 1e22 --own chip~bf16:400", "--own: the memory is missing")]
    [InlineData("--flops 1e22 --own chip~memory:80~bf16:400 --format fp8", "no peak of the chip in FP8 is given; there are bf16")]
    [InlineData("--utilization 40 --flops 1e24", "Write 40% if that was meant")]
    [InlineData("--utilization 0 --flops 1e24", "Write a number from 0.001 to 1")]
    [InlineData("--law nope --flops 1e22", "'nope' is not one of hoffmann-unrounded")]
    [InlineData("--accelerator a1 --flops 1e22", "'a1' is not one of v100")]
    [InlineData("--accelerator v100 --format fp8 --flops 1e22", "there are fp32, fp16")]
    [InlineData("--format fp9 --flops 1e22", "'fp9' is not one of fp32")]
    [InlineData("--flops 1e24 --unique-tokens 100B --epochs 4 --tokens 1T", "1T tokens is given, and 4 epochs of 100B unique tokens are 400B tokens. Allow 10 epochs")]
    public async Task What_cannot_be_planned_is_refused_with_the_reason(string options, string words) =>
        (await CommandFolder.RunAsync(["plan", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).IsRefused(2, words);

    /// <summary>Epoch's surface with two draws beside it, fitted to runs of 1e18 to 1e21 FLOP.</summary>
    private static SavedFitDocument Surface() => Document() with
    {
        Parameters = [new("E", 1.8169, "nats per token", null), new("A", 482, "", null), new("B", 2085.4, "", null), new("alpha", 0.3478, "", null), new("beta", 0.3659, "", null)],
        Draws = [[1.8, 460, 2000, 0.345, 0.364], [1.83, 500, 2200, 0.35, 0.368]],
        FlopsRange = [1e18, 1e21],
    };
}
