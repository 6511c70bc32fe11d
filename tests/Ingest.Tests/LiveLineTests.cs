using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Tests;

public class LiveLineTests
{
    [Fact]
    public void Lines_become_points_by_metric()
    {
        var lines = Read(
            """
            {"step": 0, "loss": 11.5, "lr": 0}
            {"step": 10, "loss": 4.25, "note": null, "eval_loss": 5}

            {"loss": 4, "step": 15.5, "grad norm": 1e-3}
            """);

        Assert.Equal(4, lines.Lines);
        Assert.Equal(["loss", "lr", "eval_loss", "grad norm"], lines.Series.Select(series => series.Metric));
        Assert.Equal([0, 10, 15.5], lines.Series[0].Steps);
        Assert.Equal([11.5, 4.25, 4], lines.Series[0].Values);
        Assert.Equal((10.0, 5.0), (Assert.Single(lines.Series[2].Steps), Assert.Single(lines.Series[2].Values)));
        Assert.Empty(lines.Config);
        Assert.Empty(lines.Flags);
    }

    [Fact]
    public void Configuration_says_what_the_run_is()
    {
        var lines = Read(
            """
            {"config": {"n_params": "124M", "optimizer": {"name": "adamw", "betas": [0.9, 0.95]}, "compile": true, "seed": 3, "none": null, "family": "gpt", "budget": 6e18}}
            {"step": 10, "loss": 4, "config": {"seed": 4}}
            """);

        Assert.Equal(
            [new("n_params", "124M"), new("optimizer/name", "adamw"), new("optimizer/betas", "[0.9, 0.95]"), new("compile", "true"), new("seed", "4"), new("family", "gpt"), new KeyValuePair<string, string>("budget", "6e18")],
            lines.Config);
        Assert.Equal((124e6, 6e18, "gpt", null), (lines.Parameters, lines.Budget, lines.Family, lines.NonEmbeddingParameters));
    }

    [Fact]
    public void Names_are_recognised_and_stay_as_they_were_first()
    {
        var first = Read("{\"step\":1,\"train_loss\":4,\"learning_rate\":0.1,\"throughput/total_training_Gflops\":2}");
        Assert.Equal(["loss", "lr", "flops"], first.Series.Select(series => series.Metric));
        Assert.Equal([4.0, 0.1, 2e9], first.Series.Select(series => series.Values[0]));

        var later = Read("{\"step\":2,\"loss\":3,\"train_loss\":5,\"tokens\":7}", Follows(first));
        Assert.Equal([("loss (as logged)", 3.0), ("loss", 5.0), ("tokens", 7.0)], later.Series.Select(series => (series.Metric, series.Values[0])));
        Assert.Equal("train_loss", later.Names["loss"]);
        Assert.Equal("tokens", later.Names["tokens"]);
    }

    [Fact]
    public void Of_two_names_for_the_loss_in_one_line_the_usual_one_wins()
    {
        var lines = Read("{\"step\":1,\"train/loss\":4,\"loss\":3}");
        Assert.Equal([("train/loss", 4.0), ("loss", 3.0)], lines.Series.Select(series => (series.Metric, series.Values[0])));
    }

    [Fact]
    public void Tokens_follow_from_the_tokens_of_a_step_where_none_are_logged()
    {
        var lines = Read("{\"config\":{\"tokens_per_step\":\"0.5M\"}}\n{\"step\":10,\"loss\":3}\n{\"step\":11,\"lr\":3}");
        var tokens = lines.Series.Single(series => series.Metric == "tokens");
        Assert.Equal((10.0, 5e6), (Assert.Single(tokens.Steps), Assert.Single(tokens.Values)));
        Assert.Equal("tokens are step × tokens_per_step", Assert.Single(lines.Flags));

        var later = Read("{\"step\":12,\"loss\":3,\"tokens\":7e6}", Follows(lines));
        Assert.Equal([7e6], later.Series.Single(series => series.Metric == "tokens").Values);
        Assert.Empty(later.Flags);
    }

    [Fact]
    public void What_Python_writes_for_no_number_is_taken()
    {
        var lines = Read("{\"step\":1,\"loss\":NaN,\"a\":Infinity,\"b\":-Infinity}");
        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity], lines.Series.Select(series => series.Values[0]));
    }

    [Theory]
    [InlineData("", "has no lines to append")]
    [InlineData("\n \n", "has no lines to append")]
    [InlineData("{\"step\":1}\n{\"step\":2,\"loss\":}", "line 2: is not valid JSON near character 18")]
    [InlineData("{\"step\":1}{\"step\":2}", "line 1: is not valid JSON near character 11")]
    [InlineData("[1]", "line 1: is not a JSON object")]
    [InlineData("step,loss", "line 1: is not valid JSON near character 1")]
    [InlineData("{\"loss\":1}", "line 1: has no step; write {\"step\": 10")]
    [InlineData("{}", "line 1: has no step")]
    [InlineData("{\"step\":null,\"loss\":1}", "line 1: has no step")]
    [InlineData("{\"step\":\"ten\"}", "line 1, column step: '\"ten\"' is not a number")]
    [InlineData("{\"step\":NaN}", "line 1, column step: is not a finite number")]
    [InlineData("{\"step\":1e999}", "line 1, column step: is not a finite number")]
    [InlineData("{\"step\":1,\"phase\":\"warmup\"}", "line 1, column phase: '\"warmup\"' is not a number; settings go into {\"config\": {…}}")]
    [InlineData("{\"step\":1,\"train\":{\"loss\":2}}", "line 1, column train: '{\"loss\":2}' is not a number")]
    [InlineData("{\"step\":1,\"done\":true}", "line 1, column done: 'true' is not a number")]
    [InlineData("{\"step\":1,\"loss\":1,\"loss\":2}", "line 1, column loss: stands in it twice")]
    [InlineData("{\"step\":1,\"\":1}", "is no name of a metric")]
    [InlineData("{\"step\":1,\"a\\nb\":1}", "is no name of a metric")]
    [InlineData("{\"config\":[]}", "line 1, column config: is not a JSON object of settings")]
    [InlineData("{\"step\":1,\"\\ud800\":1}", "line 1: holds text that is not valid Unicode")]
    public void A_bad_line_is_named(string text, string words)
    {
        var failure = Assert.Throws<IngestException>(() => Read(text));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("base", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_said()
    {
        Refused($"{{\"step\":1,\"config\":{{\"a\":\"{new string('x', 40_000)}\"}}}}", "longer than 32 KB");
        Refused($"{{\"step\":1,\"config\":{{{string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"k{i}\":1"))}}}}}", "more than 1,000 settings");
        Refused($"{{\"step\":1,{string.Join(',', Enumerable.Range(0, 1_001).Select(i => $"\"k{i}\":1"))}}}", "more than 1,000 metrics");
        Refused($"{{\"step\":1,\"{new string('m', 201)}\":1}}", "is no name of a metric");
        Refused("{\"step\":1}" + new string(' ', 1 << 20), "longer than 1024 KB");
        Refused("{\"a\":" + string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100)) + "}", "is not valid JSON");

        static void Refused(string text, string words) =>
            Assert.Contains(words, Assert.Throws<IngestException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_imported_as_a_file_give_the_same_run()
    {
        var random = new Random(4);
        var text = new StringBuilder("{\"config\": {\"params\": \"70M\", \"optimizer\": {\"name\": \"lion\"}}}\n");
        for (var (i, step) = (0, 0); i < 300; i++, step = i == 200 ? step / 2 : step + 5)
            text.Append(FormattableString.Invariant($"{{\"step\":{step},\"train/loss\":{(random.Next(30) == 0 ? "NaN" : $"{4 - i * 0.005:F4}")},\"tokens\":{step * 1e6:R}{(i % 7 == 0 ? $",\"val_loss\":{4.5 - i * 0.004:F4}" : "")}}}\n"));
        var live = Read(text.ToString());

        var import = await LogImport.ReadAsync(
            new LogSource("base.jsonl", [new LogFile("base.jsonl", () => new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())))]), new LogImportOptions(), default);

        var run = Assert.Single(import.Runs);
        Assert.Equal("long", import.Format);
        Assert.Equal(("base", 301, 70e6), (run.Name, run.Line, run.Parameters));
        Assert.Equal(live.Config, run.Config);
        Assert.Empty(import.LeftOut);
        // The import has stitched the restart, which here is the store's work.
        foreach (var series in live.Series)
        {
            var (steps, values) = (new List<double>(), new List<double>());
            for (var i = 0; i < series.Steps.Length; i++)
            {
                if (steps.FindIndex(step => step >= series.Steps[i]) is >= 0 and var keep && steps[^1] > series.Steps[i])
                {
                    steps.RemoveRange(keep, steps.Count - keep);
                    values.RemoveRange(keep, values.Count - keep);
                }

                steps.Add(series.Steps[i]);
                values.Add(series.Values[i]);
            }

            var imported = run.Series.Single(one => one.Metric == series.Metric);
            Assert.Equal(steps, imported.Steps);
            Assert.Equal(values, imported.Values);
        }
    }

    [Fact]
    public async Task Configurations_of_several_runs_are_no_rows_without_a_step()
    {
        const string text = "{\"run\":\"a\",\"config\":{\"seed\":1}}\n{\"run\":\"a\",\"step\":1,\"loss\":3}\n{\"run\":\"b\",\"config\":{\"seed\":2}}\n{\"run\":\"b\",\"step\":1,\"loss\":2}\n";
        var import = await LogImport.ReadAsync(new LogSource("a.jsonl", [new LogFile("a.jsonl", () => new MemoryStream(Encoding.UTF8.GetBytes(text)))]), new LogImportOptions(), default);
        Assert.Empty(import.LeftOut);
        Assert.Equal(["1", "2"], import.Runs.Select(run => Assert.Single(run.Config).Value));
    }

    [Fact]
    public async Task A_column_of_text_that_only_looks_like_a_configuration_stays_text()
    {
        var import = await LogImport.ReadAsync(
            new LogSource("a.csv", [new LogFile("a.csv", () => new MemoryStream("step,loss,config\n1,3,{x}\n2,2,{x}\n"u8.ToArray()))]), new LogImportOptions(), default);
        Assert.Equal([new KeyValuePair<string, string>("config", "{x}")], Assert.Single(import.Runs).Config);
    }

    private static LiveLines Read(string text, LiveState? state = null) => LiveLineReader.Read("base", Encoding.UTF8.GetBytes(text), state ?? LiveState.None);

    private static LiveState Follows(LiveLines lines) => LiveState.None with { Names = lines.Names, Config = lines.Config };
}
