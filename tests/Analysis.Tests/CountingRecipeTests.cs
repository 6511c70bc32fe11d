using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis.Tests;

public class CountingRecipeTests
{
    private static readonly IsoFlopOptions s_options = new() { Surface = new FitRecipeOptions { Bootstrap = 60, Seed = 1 } };
    private static readonly double[] s_budgets = [3e17, 1e18, 3e18, 1e19, 3e19];

    [Fact]
    public void Parameters_with_embeddings_give_the_law_back()
    {
        var result = CountingRecipe.Run(Sweep(), s_options);
        Assert.Equal(CountingConvention.All.Select(convention => convention.Key), result.Rows.Select(row => row.Key));
        var all = result.Rows[0];
        Assert.Equal(Sweeps.Epoch.ParameterExponent, all.Surface!.Law.ParameterExponent, 1e-4);
        Assert.Equal(Sweeps.Epoch.ParameterExponent, all.Profiles!.Law.ParameterExponent, 0.02);
        Assert.NotNull(all.Surface.ParameterExponent);
        Assert.Equal(s_budgets.Length, all.Profiles.Budgets.Count);
        Assert.Equal(Sweep().Count, all.ProfileRuns);
    }

    /// <summary>Pearce and Song, arXiv 2406.12907: small models counted without embeddings move the exponent towards Kaplan's.</summary>
    [Fact]
    public void Leaving_out_embeddings_raises_the_exponent()
    {
        var result = CountingRecipe.Run(Sweep(), s_options);
        var rows = result.Rows.ToDictionary(row => row.Key);
        var all = rows["all"].Surface!.Law.ParameterExponent;
        Assert.True(rows["no-embeddings"].Surface!.Law.ParameterExponent > all + 0.05);
        // Recounted runs leave their budgets; what still shares its compute agrees.
        Assert.InRange(rows["no-embeddings"].ProfileRuns, 20, 30);
        Assert.Equal(rows["no-embeddings"].Surface!.Law.ParameterExponent, rows["no-embeddings"].Profiles!.Law.ParameterExponent, 0.02);
        Assert.Contains(result.Warnings, warning => warning.Kind == "regrouped" && warning.Text.Contains($"under “6ND, without embeddings” {rows["no-embeddings"].ProfileRuns} of 45 lie", StringComparison.Ordinal));
        var outside = rows["no-embeddings"].Profiles!.Warnings.Single(warning => warning.Kind == "outside").Budgets.Count;
        Assert.Contains(result.Warnings, warning => warning.Kind == "regrouped" && warning.Text.Contains($"({outside} of ", StringComparison.Ordinal));
        // The shapes tie their embeddings, so that counting the head once is counting everything.
        Assert.Equal(all, rows["head"].Surface!.Law.ParameterExponent, 1e-9);
        // Attention weighs on small models and large ones alike, but less on large ones.
        Assert.NotEqual(all, rows["attention"].Surface!.Law.ParameterExponent, 1e-3);
        Assert.All(rows.Values, row => Assert.Equal(1, row.Surface!.Law.ParameterExponent + row.Surface.Law.TokenExponent, 1e-12));
    }

    [Fact]
    public void Every_count_is_the_shapes()
    {
        var run = Sweep()[7];
        var shape = ArchitectureColumns.Read(run);
        // One run alone: its only budget is its own recounted compute.
        foreach (var row in CountingRecipe.Run([run], s_options).Rows)
        {
            var convention = CountingConvention.All.Single(convention => convention.Key == row.Key);
            var expected = convention == CountingConvention.AllParameters ? 6 * run.Parameters : convention.FlopsPerToken(shape);
            var flops = Assert.Single(row.Profiles!.Budgets).Flops;
            Assert.True(Math.Abs(expected!.Value * run.Tokens!.Value / flops - 1) < 1e-9 || Math.Abs(run.Budget!.Value / flops - 1) < 1e-9);
            Assert.Null(row.Surface);
            Assert.Null(row.Best);
        }
    }

    [Fact]
    public void The_tables_own_count_stands_before_what_columns_imply()
    {
        var runs = Sweep().Select(run => run with { NonEmbeddingParameters = run.Parameters / 2, Config = [] }).ToArray();
        var rows = CountingRecipe.Run(runs, s_options).Rows.ToDictionary(row => row.Key);
        Assert.Equal(runs.Length, rows["no-embeddings"].Runs);
        // Half of everything is the same law with another coefficient.
        Assert.Equal(rows["all"].Surface!.Law.ParameterExponent, rows["no-embeddings"].Surface!.Law.ParameterExponent, 1e-4);
        Assert.Equal(0, rows["head"].Runs);
    }

    [Fact]
    public void Flops_of_the_table_are_a_count_of_their_own_where_they_are_not_6ND()
    {
        Assert.DoesNotContain(CountingRecipe.Run(Sweep(), s_options).Rows, row => row.Key == "given");
        var runs = Sweep().Select(run => run with { Flops = 6 * Math.Pow(run.Parameters!.Value, 0.8) * run.Tokens!.Value, Budget = null }).ToArray();
        var given = CountingRecipe.Run(runs, s_options).Rows[0];
        Assert.Equal("given", given.Key);
        // N' = N^0.8, so that α' = α/0.8 and a' = β/(α' + β).
        Assert.Equal(Sweeps.Epoch.Beta / (Sweeps.Epoch.Alpha / 0.8 + Sweeps.Epoch.Beta), given.Surface!.Law.ParameterExponent, 1e-4);
    }

    [Fact]
    public void Runs_that_lack_something_are_counted_and_named()
    {
        var runs = Sweep().Select((run, i) => i switch
        {
            0 or 1 => run with { Config = [.. run.Config.Where(pair => pair.Key is not ("vocab_size" or "seq_len"))] },
            2 => run with { Config = [] },
            _ => run,
        }).ToArray();
        var result = CountingRecipe.Run(runs, s_options);
        var rows = result.Rows.ToDictionary(row => row.Key);
        Assert.DoesNotContain(result.Warnings, warning => warning.Kind == "shape");
        Assert.Empty(rows["all"].Missing);
        Assert.Equal(runs.Length - 1, rows["no-embeddings"].Runs);
        Assert.Equal("layers and width", Assert.Single(rows["no-embeddings"].Missing).What);
        Assert.Equal(["vocabulary", "layers, width and vocabulary"], rows["head"].Missing.Select(missing => missing.What));
        Assert.Equal(["vocabulary and sequence", "layers, width, vocabulary and sequence"], rows["attention"].Missing.Select(missing => missing.What));
        Assert.Equal([runs[0].Name, runs[1].Name], rows["detailed"].Missing[0].Runs);
        Assert.Equal("layers, width, heads, vocabulary and sequence", rows["detailed"].Missing[1].What);
        Assert.Contains(result.Warnings, warning => warning.Kind == "subset" && warning.Text.Contains("“Detailed” rests on 42 of 45 runs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shape_that_contradicts_the_table_is_named()
    {
        Assert.DoesNotContain(CountingRecipe.Run(Sweep(), s_options).Warnings, warning => warning.Kind == "shape");
        var runs = Sweep().Select((run, i) => i == 3 ? run with { Config = [.. run.Config, KeyValuePair.Create("gated", "1")] } : run).ToArray();
        var warning = Assert.Single(CountingRecipe.Run(runs, s_options).Warnings, warning => warning.Kind == "shape");
        Assert.Contains(runs[3].Name, warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_conclusion_names_the_extremes_of_one_approach()
    {
        var result = CountingRecipe.Run(Sweep(), s_options);
        var usable = result.Rows.OrderBy(row => row.Surface!.Law.ParameterExponent).ToArray();
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"By Approach 3, a lies between {usable[0].Surface!.Law.ParameterExponent:F3} ({usable[0].Name}; 80 %: "),
            result.Conclusion, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $" and {usable[^1].Surface!.Law.ParameterExponent:F3} ({usable[^1].Name}; "), result.Conclusion, StringComparison.Ordinal);
        Assert.Contains("than the widest 80 % interval", result.Conclusion, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_columns_only_one_count_is_left()
    {
        var result = CountingRecipe.Run([.. Sweep().Select(run => run with { Config = [] })], s_options);
        Assert.Equal("Only one way of counting gives an exponent; add columns for the others to see what the count changes.", result.Conclusion);
        Assert.Equal("These runs give no exponent in any way of counting.", CountingRecipe.Run([], s_options).Conclusion);
    }

    /// <summary>A real sweep of small models that logs its layers and widths and counts its own FLOP.</summary>
    [SkippableFact]
    public async Task Marins_sweep_under_three_counts()
    {
        var table = await SharedData.TableAsync("isoflops/marin_raw_isoflop-comma.csv");
        var runs = table.Runs.Select(run => ArchitectureColumnsTests.Run(run.Name, run.Parameters!.Value, run.Tokens!.Value, run.Loss!.Value) with { Flops = run.Flops, Config = run.Config }).ToArray();
        var rows = CountingRecipe.Run(runs, s_options).Rows.ToDictionary(row => row.Key);
        Assert.Equal([92, 92, 92, 0, 0, 0], rows.Values.Select(row => row.Runs));
        var (given, all, without) = (rows["given"].Surface!, rows["all"].Surface!, rows["no-embeddings"].Surface!);
        Assert.True(all.Law.ParameterExponent < given.Law.ParameterExponent && given.Law.ParameterExponent < without.Law.ParameterExponent);
        Assert.True(all.ParameterExponent!.High80 < without.ParameterExponent!.Low80);
        Assert.Equal("vocabulary", Assert.Single(rows["head"].Missing).What);
    }

    [Fact]
    public void Cancelling_stops_it() =>
        Assert.Throws<OperationCanceledException>(() => CountingRecipe.Run(Sweep(), s_options, null, new CancellationToken(true)));

    /// <summary>Losses of Epoch's law for small models whose embeddings are a large share of them.</summary>
    private static IReadOnlyList<RunRow> Sweep() =>
    [
        .. from budget in s_budgets
           from step in Enumerable.Range(-4, 9)
           let shape = Shape(Sweeps.Epoch.Optimum(budget).Parameters * Math.Pow(8, step / 4.0))
           let tokens = budget / (6 * shape.Parameters)
           select ArchitectureColumnsTests.Run(
               string.Create(CultureInfo.InvariantCulture, $"{budget:E0} {step}"), shape.Parameters, tokens, Sweeps.Epoch.Loss(shape.Parameters, tokens),
               ("layers", Text(shape.Layers)), ("d_model", Text(shape.Width)), ("heads", Text(shape.Heads)), ("vocab_size", Text(shape.Vocabulary)), ("seq_len", Text(shape.Sequence)))
               with { Budget = budget },
    ];

    // Width 64 a layer, as the Chinchilla family has it; the width that comes closest to the parameters.
    private static Architecture Shape(double parameters) => Enumerable.Range(8, 1000)
        .Select(width => new Architecture
        {
            Layers = width / 16.0,
            Width = 4 * width,
            FeedForwardWidth = 16 * width,
            Heads = width / 16.0,
            Vocabulary = 32_000,
            Sequence = 512,
            TiedEmbeddings = true,
        })
        .MinBy(shape => Math.Abs(Math.Log(shape.Parameters / parameters)))!;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
