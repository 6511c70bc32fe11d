using System.Text.Json;

namespace ScalingDashboard.Dashboard.Tests.Commands;

public sealed class PrecisionCommandTests : IDisposable
{
    private static readonly string s_sample = Path.Combine(CommandFolder.Repository, "samples", "precision-sweep", "sweep.csv");

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_at_some_bits_is_reported_term_by_term()
    {
        var json = (await Run("--parameters 8e9 --tokens 1.5e13 --weights 8 --activations 8 --kv 8 --post 4 --json")).Json();
        Assert.Equal(["loss", "terms", "effective_parameters", "warnings"], json.EnumerateObject().Select(field => field.Name));
        Assert.Equal(["parameters", "tokens", "post_training"], json.GetProperty("terms").EnumerateObject().Select(field => field.Name));
        Assert.Equal(6622080638.1, json.GetProperty("effective_parameters").GetDouble(), 0.1);
        var terms = json.GetProperty("terms");
        Assert.Equal(json.GetProperty("loss").GetDouble() - 2.7648, terms.GetProperty("parameters").GetDouble() + terms.GetProperty("tokens").GetDouble() + terms.GetProperty("post_training").GetDouble(), 1e-12);
        var warnings = json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToArray();
        Assert.Contains(warnings, warning => warning.Contains("no interval is published", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("2.8 decades beyond the runs behind this law, 1.5B to 26B", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("times the 193B from where on more training raises the loss after quantising to 4 bits", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--optimum --flops 1e23", "joint", 7.002109368338809, 53433474811.0)]
    [InlineData("--optimum --flops 1e23 --parameters 8e9", "fixed_parameters", 11.2638646090953, 8e9)]
    [InlineData("--optimum --flops 1e21 --bits 8", "fixed_bits", 8, 4728709353.0)]
    [InlineData("--optimum --flops 1e21 --bits 6 --form plain", "fixed_bits", 6, 5442663311.0)]
    public async Task The_best_bits_are_reported_with_what_was_given(string asked, string mode, double bits, double parameters)
    {
        var json = (await Run(asked + " --json")).Json();
        Assert.Equal(mode, json.GetProperty("mode").GetString());
        Assert.Equal(bits, json.GetProperty("bits").GetDouble(), 1e-9);
        Assert.Equal(1, json.GetProperty("parameters").GetDouble() / parameters, 1e-9);
        var flops = 6.0 / 16 * json.GetProperty("parameters").GetDouble() * json.GetProperty("tokens").GetDouble() * json.GetProperty("bits").GetDouble();
        Assert.Equal(1, flops / (asked.Contains("1e23", StringComparison.Ordinal) ? 1e23 : 1e21), 1e-12);
        Assert.Equal(json.GetProperty("loss").GetDouble() - 2.7648, json.GetProperty("terms").GetProperty("parameters").GetDouble() + json.GetProperty("terms").GetProperty("tokens").GetDouble(), 1e-12);
    }

    [Theory]
    [InlineData("--law sun --parameters 1B --tokens 100B --format e4m3 --group 32", "E4M3", "of the format")]
    [InlineData("--law ouyang --parameters 1B --tokens 100B --post 3", "3 bits after training", "after training 0.22339")]
    [InlineData("--law chen-w4a4 --parameters 1B --tokens 100B --group 128", "groups of 128", "of the format  0.051134")]
    [InlineData("--law kumar-float --parameters 1B --tokens 100B --weights fp8", "weights 8 bits", "effective")]
    [InlineData("--optimum --law sun --flops 1e21", "parameters, tokens and bits free", "bits")]
    public async Task Other_laws_answer_in_their_own_terms(string asked, params string[] words)
    {
        var outcome = await Run(asked);
        Assert.Equal(0, outcome.Exit);
        Assert.All(words, word => Assert.Contains(word, outcome.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "Say what to ask")]
    [InlineData("--parameters 7 --tokens 1T", "Did you mean 7B")]
    [InlineData("--parameters 7B --tokens 15", "tokens: 15 tokens are no language model")]
    [InlineData("--parameters 7B", "tokens: missing")]
    [InlineData("--parameters 7B --tokens 1T --activations 3", "Activations at 3 bits lie outside the law, which holds above γ·n = 3.11 bits")]
    [InlineData("--parameters 7B --tokens 1T --weights 4 --post 8", "8 bits after training are more than the 4 bits in which the weights were trained")]
    [InlineData("--parameters 7B --tokens 1T --weights many", "--weights: 'many' is no number of bits")]
    [InlineData("--parameters 7B --tokens 1T --robust 0", "--robust: '0' is not one or three constants above zero")]
    [InlineData("--parameters seven --tokens 1T", "--parameters: 'seven' is not a number")]
    [InlineData("--optimum --flops 0", "flops: 0; it must be above zero")]
    [InlineData("--optimum", "flops: missing")]
    [InlineData("--optimum --flops 7", "flops: 7 FLOP train no language model")]
    [InlineData("--optimum --flops 1e21 --bits 8 --parameters 1B", "nothing is left to choose: D = C/((6/16)·N·P) = 333B tokens")]
    [InlineData("--optimum --flops 1e21 --tokens 1T", "are what it finds")]
    [InlineData("--optimum --flops 1e21 --bits 3", "Activations at 3 bits lie outside the law")]
    [InlineData("--parameters 7B --tokens 1T --flops 1e21", "belong to optimum")]
    [InlineData("--optimum --law ouyang --flops 1e21", "has no optimum")]
    [InlineData("--law sun --parameters 7B --tokens 1T --weights 4", "takes a format such as E4M3")]
    [InlineData("--law sun --parameters 7B --tokens 1T", "name the format")]
    [InlineData("--law ouyang --parameters 7B --tokens 1T", "name the bits after training")]
    [InlineData("--law chen-w4a4 --parameters 7B --tokens 1T", "name how many values share a scale")]
    [InlineData("--law gadre --parameters 7B --tokens 1T", "'gadre' is not one of kumar")]
    [InlineData("--form bare --parameters 7B --tokens 1T", "bare")]
    public async Task What_no_law_answers_is_bad_usage_with_the_reason(string asked, string words) => (await Run(asked)).IsRefused(2, words);

    [Fact]
    public async Task Runs_with_bits_are_fitted_and_the_fields_are_those_of_fit()
    {
        var outcome = await CommandFolder.RunAsync("precision", "--input", s_sample, "--bootstrap", "60", "--alternatives", "--json");
        var json = outcome.Json();
        var fit = (await CommandFolder.RunAsync("fit", "--input", s_sample, "--law", "precision-w-a-kv-post", "--method", "log-squared", "--resample", "models", "--bootstrap", "60", "--json")).Json();
        foreach (var field in fit.EnumerateObject())
            Assert.True(JsonElement.DeepEquals(field.Value, json.GetProperty(field.Name)), field.Name);
        Assert.Equal("converged", json.GetProperty("status").GetString());
        Assert.Equal(252, json.GetProperty("points").GetInt32());
        var precision = json.GetProperty("precision");
        Assert.Equal(7.0, precision.GetProperty("optimal_bits").GetDouble(), 0.1);
        Assert.Equal(0, precision.GetProperty("not_identified").GetArrayLength());
        Assert.Equal(7, precision.GetProperty("alternatives").GetArrayLength());

        var text = await CommandFolder.RunAsync("precision", "--input", s_sample, "--bootstrap", "0");
        Assert.Contains("R² of the loss", text.Output, StringComparison.Ordinal);
        Assert.Contains("compute-optimal bits with everything free", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_and_a_question_give_the_answer_of_their_own_law_with_its_interval()
    {
        var json = (await CommandFolder.RunAsync("precision", "--input", s_sample, "--bootstrap", "60", "--optimum", "--flops", "1e20", "--json")).Json();
        Assert.NotEqual(7.002109368338809, json.GetProperty("bits").GetDouble(), 1e-6);
        Assert.NotEqual(JsonValueKind.Null, json.GetProperty("intervals").GetProperty("bits").ValueKind);
        (await CommandFolder.RunAsync("precision", "--input", s_sample, "--law", "kumar", "--optimum", "--flops", "1e20")).IsRefused(2, "law names a published law");
    }

    [Fact]
    public async Task Runs_without_bits_are_refused_with_the_columns_to_add() =>
        (await CommandFolder.RunAsync("precision", "--input", _folder.Write("s.csv", "parameters,tokens,loss\n1e9,1e10,3\n1e9,2e10,2.9\n"))).IsRefused(2, "These runs tell nothing about precision", "weight_bits");

    [Fact]
    public async Task A_cell_that_is_no_format_is_named() =>
        (await CommandFolder.RunAsync("precision", "--input", _folder.Write("s.csv", "run,parameters,tokens,loss,weight_bits\na,1e9,1e10,3,4\nb,1e9,2e10,2.9,tiny\n")))
            .IsRefused(2, "b (line 3) has 'tiny' in the column 'weight_bits'");

    private static Task<CommandOutcome> Run(string asked) => CommandFolder.RunAsync(["precision", .. asked.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
