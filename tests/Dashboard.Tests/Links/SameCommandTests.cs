using System.Globalization;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Commands;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.Tests.Estimate;
using ScalingDashboard.Dashboard.Tests.IsoFlop;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Tests.Links;

/// <summary>The command that a page prints is run as a shell would, and gives the numbers of the page to the last digit.</summary>
#pragma warning disable CA1001 // xunit's own interface disposes.
public sealed class SameCommandTests : IAsyncLifetime
#pragma warning restore CA1001
{
    // Whatever a shell or a command line could take for something else.
    private const string Project = "-it's @swéep, $HOME #1";
    private const string Weight = "w (1/σ²)";
    private const string Note = "a 'b' \"c\"=1";

#pragma warning disable CA2213 // Disposed with the test, by xunit's own interface.
    private TemporaryStore _temporary = null!;
    private ProjectCache _projects = null!;
#pragma warning restore CA2213

    public async Task InitializeAsync()
    {
        _temporary = await TemporaryStore.OpenAsync();
        _projects = new ProjectCache(_temporary.Store);
        var csv = new StringBuilder($"run,budget,family,parameters,non_embedding_parameters,tokens,flops,loss,accuracy,{Weight},fresh,note\n");
        var rows = SampleAnalysis.Rows(checkpoints: 4);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{row.Run},{row.Budget:R},f{i / 4 % 3},{row.Parameters:R},{0.8 * row.Parameters - 1e6:R},{row.Tokens:R},{row.Flops:R},{row.Loss:R},{0.25 + 0.6 / (1 + Math.Exp(4 * (row.Loss - 2.4))) + 0.002 * Math.Sin(i):R},{1 + i % 3},{row.Tokens / (1 + i % 5):R},{(i / 4 % 6 == 0 ? "other" : "\"" + Note.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"")}\n");
        }

        await _temporary.ImportAsync(Project, csv.ToString());
    }

    public async Task DisposeAsync()
    {
        _projects.Dispose();
        await _temporary.DisposeAsync();
    }

    private static FitState Fit { get; } = new() { Project = Project, Target = 3.3e22, Draws = 25 };

    public static TheoryData<string> Fits => new(s_fits.Keys);

    private static readonly Dictionary<string, FitState> s_fits = new()
    {
        ["as it opens"] = Fit with { Draws = 1000 },
        ["objective, δ and bounds"] = Fit with { Method = FitMethod.ScaledHuber, Delta = 0.5, ExponentLow = 0.05, ExponentHigh = 1.25, IrreducibleLow = 0.1, Seed = 3 },
        ["E between bounds"] = Fit with { Delta = 1e-5, IrreducibleLow = 1.5, IrreducibleHigh = 1.9, Seed = -4 },
        ["projected, delta method"] = Fit with { Method = FitMethod.VariableProjection, Intervals = IntervalKind.Delta, Draws = 0 },
        ["profile"] = Fit with { Method = FitMethod.LogSquared, Intervals = IntervalKind.Profile, Draws = 0, Law = "tied" },
        ["BCa by budgets, weighed"] = Fit with { Method = FitMethod.Squared, Intervals = IntervalKind.BiasCorrected, Draws = 60, Resampling = Resampling.Budgets, WeightColumn = Weight },
        ["families, filtered"] = Fit with { Resampling = Resampling.Families, Where = [$"note={Note}"], Law = "tied", Method = FitMethod.LogSquared },
        ["every checkpoint without embeddings"] = Fit with { Rows = FitRowChoice.Checkpoints, NonEmbedding = true, Method = FitMethod.Squared },
        ["a metric"] = Fit with { Law = "task", MetricColumn = "accuracy", Method = FitMethod.Squared },
        ["unique tokens"] = Fit with { Law = "repeated", UniqueTokensColumn = "fresh", Method = FitMethod.Squared, Draws = 10 },
        ["compute alone"] = Fit with { Law = "compute", Method = FitMethod.AbsoluteDeviation },
        ["two runs left out"] = Fit with { Law = "power", Excluded = ["0", "3"] },
    };

    [Theory]
    [MemberData(nameof(Fits))]
    public async Task Of_a_fit(string name)
    {
        var state = s_fits[name];
        var ids = (await _temporary.Store.RunsAsync(Project)).Select(run => run.Id).ToArray();
        state = state with { Excluded = [.. state.Excluded.Select(place => ids[int.Parse(place, CultureInfo.InvariantCulture)])] };
        using var service = new FitService(_projects);
        var analysis = (await service.FitAsync(state, null, default)).Analysis!;
        Assert.True(analysis.Result.Fit.IsUsable, analysis.Result.Fit.Explanation);
        var report = await RunAsync(SameCommand.Fit(state, _temporary.DatabasePath));

        Assert.Equal(analysis.Rows.Count, report.GetProperty("points").GetInt32());
        Assert.Equal(analysis.Provenance.InputSha256, report.GetProperty("provenance").GetProperty("input_sha256").GetString());
        Assert.Equal(analysis.Provenance.Options, report.GetProperty("provenance").GetProperty("options").EnumerateObject().ToDictionary(option => option.Name, option => option.Value.GetString()!));
        Assert.Equal(analysis.Warnings.Select(warning => warning.Text), report.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
        var prediction = report.GetProperty("predictions")[0];
        foreach (var estimate in FitEstimates.Of(analysis, state).All)
        {
            switch (estimate.Key)
            {
                case "a" or "b":
                    Same(estimate.Value, estimate.Interval, report.GetProperty("exponents").GetProperty(estimate.Key), report.GetProperty("intervals").GetProperty(estimate.Key));
                    break;
                case "parameters" or "tokens" or "loss":
                    Same(estimate.Value, estimate.Interval, prediction.GetProperty(estimate.Key), prediction.GetProperty("intervals").GetProperty(estimate.Key));
                    break;
                case "ratio":
                    Assert.Equal(estimate.Value, prediction.GetProperty("tokens_per_parameter").GetDouble());
                    break;
                case "metric":
                    break;
                default:
                    Same(estimate.Value, estimate.Interval, report.GetProperty("parameters").GetProperty(estimate.Key), report.GetProperty("intervals").GetProperty(estimate.Key));
                    break;
            }
        }
    }

    private static IsoFlopState IsoFlop { get; } = new() { Project = Project, Target = 3.3e22, Draws = 25 };

    public static TheoryData<string, int> Approaches
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in s_approaches.Keys)
            {
                for (var approach = 1; approach <= 3; approach++)
                    data.Add(name, approach);
            }

            return data;
        }
    }

    private static readonly Dictionary<string, IsoFlopState> s_approaches = new()
    {
        ["as it opens"] = IsoFlop with { Draws = 1000 },
        ["all options"] = IsoFlop with { Within = 8, SmoothingRows = 2, GroupByCompute = true, Tolerance = 0.35, Method = FitMethod.VariableProjection, ExponentLow = 0.1, ExponentHigh = 2, Seed = 5 },
        ["some runs"] = IsoFlop with { Where = [$"note={Note}"], Excluded = ["1"], NonEmbedding = true, Delta = 0.01, Seed = 2 },
    };

    [Theory]
    [MemberData(nameof(Approaches))]
    public async Task Of_an_approach(string name, int approach)
    {
        var ids = (await _temporary.Store.RunsAsync(Project)).Select(run => run.Id).ToArray();
        var state = s_approaches[name];
        state = state with { Excluded = [.. state.Excluded.Select(place => ids[int.Parse(place, CultureInfo.InvariantCulture)])] };
        using var service = new IsoFlopService(_projects);
        var result = (await service.AnalyseAsync(state, null, default)).Analysis!.Approach(approach)!;
        var report = await RunAsync(SameCommand.IsoFlop(state, approach, _temporary.DatabasePath));

        Same(result.Law.ParameterExponent, result.ParameterExponent, report.GetProperty("exponents").GetProperty("a"), report.GetProperty("intervals").GetProperty("a"));
        Same(result.Law.TokenExponent, result.TokenExponent, report.GetProperty("exponents").GetProperty("b"), report.GetProperty("intervals").GetProperty("b"));
        var (at, prediction) = (result.At(state.Target), report.GetProperty("predictions")[0]);
        Same(at.Optimum.Parameters, at.Parameters, prediction.GetProperty("parameters"), prediction.GetProperty("intervals").GetProperty("parameters"));
        Same(at.Optimum.Tokens, at.Tokens, prediction.GetProperty("tokens"), prediction.GetProperty("intervals").GetProperty("tokens"));
        Same(at.Optimum.Loss, at.Loss, prediction.GetProperty("loss"), prediction.GetProperty("intervals").GetProperty("loss"));
        Assert.Equal(result.Budgets.Select(budget => Finite(budget.Optimum.Parameters)), report.GetProperty("budgets").EnumerateArray().Select(budget => Number(budget.GetProperty("parameters"))));
    }

    private static EstimateState Families { get; } = new() { Project = "families" };

    public static TheoryData<string> Plans => new(s_plans.Keys);

    private static readonly Dictionary<string, EstimateState> s_plans = new()
    {
        ["advised"] = Families,
        ["another family and cut"] = Families with { Target = "basalt", MinimumTokens = 2.5e10, Models = 4, Share = 0.7 },
        ["the largest"] = Families with { Target = "amber", Models = 3, FromLargest = true, Checkpoints = CheckpointUse.Tenths },
        ["up to a size"] = Families with { Models = 2, Largest = 7e8, FromLargest = true, Share = 1 },
        ["the smallest of those"] = Families with { Models = 3, Largest = 1.6e9, Share = 0.9 },
        ["downwards"] = Families with { ScaleDown = true, Models = 5, OneSeed = true, Where = ["arch=dec", "loss_kind=nats"], Checkpoints = CheckpointUse.Final, Method = FitMethod.Huber },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Of_a_plan(string name)
    {
        await _temporary.ImportAsync("families", SampleStudy.Csv());
        using var service = new EstimateService(_temporary.Store);
        var result = await service.StudyAsync(s_plans[name], null, default);
        var chosen = result.View.Chosen!;
        var report = await RunAsync(SameCommand.Estimate(s_plans[name], result.Study.Target, chosen.Plan, _temporary.DatabasePath)!);

        var family = Assert.Single(report.GetProperty("families").EnumerateArray());
        Assert.Equal(result.Study.Target.Target, family.GetProperty("target").GetString());
        Same(chosen.Error.Are, chosen.Error.Spread, family.GetProperty("are"), family.GetProperty("intervals").GetProperty("are"));
        Same(chosen.Law.Law.Alpha, chosen.Law.Intervals.Alpha, family.GetProperty("parameters").GetProperty("alpha"), family.GetProperty("intervals").GetProperty("alpha"));
        Assert.Equal(chosen.FlopsSpent, family.GetProperty("flops_spent").GetDouble());
        Assert.Equal(chosen.BestLoss.Are, family.GetProperty("baselines").GetProperty("best_loss").GetDouble());
    }

    [Fact]
    public async Task Models_that_no_command_can_name_have_none()
    {
        await _temporary.ImportAsync("families", SampleStudy.Csv());
        using var service = new EstimateService(_temporary.Store);
        var down = Families with { ScaleDown = true };
        Assert.Null(SameCommand.Estimate(down, (await service.StudyAsync(down, null, default)).Study.Target, new EstimationPlan(1, 3, 1), "s.db"));
        Assert.Null(SameCommand.Estimate(Families, (await service.StudyAsync(Families, null, default)).Study.Target, new EstimationPlan(99, 3, 1), "s.db"));
    }

    [Fact]
    public void Only_what_differs_is_said_and_the_store_unless_it_is_the_usual_one()
    {
        Assert.Equal(
            "fit --project 'my runs' --law kaplan --method absolute --where 'kind=it'\\''s' --without a,b --resample budgets --interval bca --bootstrap 200 --seed 7 --at 1e22",
            SameCommand.Fit(new FitState { Project = "my runs", Law = "kaplan", Method = FitMethod.AbsoluteDeviation, Where = ["kind=it's"], Excluded = ["a", "b"], Resampling = Resampling.Budgets, Intervals = IntervalKind.BiasCorrected, Draws = 200, Seed = 7, Target = 1e22 }, DashboardOptions.DefaultStorePath));
        Assert.Equal("fit --project sweep --at 5.76e23", SameCommand.Fit(new FitState { Project = "sweep" }, DashboardOptions.DefaultStorePath));
        Assert.Equal("isoflop --project sweep --store '/tmp/my runs/s.db' --at 5.76e23", SameCommand.IsoFlop(new IsoFlopState { Project = "sweep" }, 2, "/tmp/my runs/s.db"));
    }

    private static async Task<JsonElement> RunAsync(string command)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var exit = await CommandLine.RunAsync([.. Words(command), "--json"], output, error);
        Assert.True(exit == 0, $"{command}\n{error}");
        using var document = JsonDocument.Parse(output.ToString());
        return document.RootElement.Clone();
    }

    /// <summary>What a POSIX shell makes of a line: blanks part words, single quotes keep everything, a backslash keeps the next character.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] != '\'')
                word!.Append(line[i]);
            else if (line[i] == '\'')
                (word, quoted) = (word ?? new(), !quoted);
            else if (line[i] == ' ')
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
            {
                // Outside quotes nothing may stand that a shell would take for its own.
                Assert.DoesNotContain(line[i], "$`\"&|;<>()*?[]{}~#! \t");
                (word ??= new()).Append(line[i] == '\\' ? line[++i] : line[i]);
            }
        }

        Assert.False(quoted);
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }

    private static void Same(double value, Interval? interval, JsonElement reported, JsonElement range)
    {
        Assert.Equal(Finite(value), Number(reported));
        Assert.Equal(interval is null, range.ValueKind == JsonValueKind.Null);
        if (interval is null)
            return;
        Assert.Equal(
            new[] { interval.StandardError, interval.Low80, interval.High80, interval.Low95, interval.High95 }.Select(Finite),
            new[] { "standard_error", "low80", "high80", "low95", "high95" }.Select(end => Number(range.GetProperty(end))));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static double? Number(JsonElement element) => element.ValueKind == JsonValueKind.Null ? null : element.GetDouble();
}
