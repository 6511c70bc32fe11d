using System.Text.Json;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using static ScalingDashboard.Analysis.Tests.Sweeps;

namespace ScalingDashboard.Analysis.Tests;

/// <summary>What is printed: the keys are a contract.</summary>
public class ReportTests
{
    private const string Interval = "standard_error low80 high80 low95 high95";
    private static readonly double[] s_at = [5.76e23];

    [Fact]
    public void Fit_has_exactly_the_keys_it_promises()
    {
        var report = Fit(20);
        AssertKeys(report, "", "status method law points excluded parameters objective exponents bootstrap intervals predictions warnings provenance");
        AssertKeys(report, "excluded[0]", "line reason");
        AssertKeys(report, "parameters", "E A B alpha beta");
        AssertKeys(report, "exponents", "a b");
        AssertKeys(report, "bootstrap", "draws failed");
        AssertKeys(report, "intervals", "E A B alpha beta a b");
        foreach (var name in new[] { "E", "A", "B", "alpha", "beta", "a", "b" })
            AssertKeys(report, $"intervals {name}", Interval);
        AssertPrediction(report);
        AssertProvenance(report, "bootstrap delta exponent_bounds law method seed");
    }

    [Theory]
    [InlineData(1, "approach status budgets exponents intervals envelope interior predictions warnings provenance")]
    [InlineData(2, "approach status budgets exponents intervals predictions warnings provenance")]
    [InlineData(3, "approach status budgets exponents intervals predictions warnings provenance")]
    public void IsoFlop_has_exactly_the_keys_it_promises(int approach, string keys)
    {
        var report = IsoFlop(approach, 20);
        AssertKeys(report, "", keys);
        Assert.Equal(approach, report.GetProperty("approach").GetInt32());
        AssertKeys(report, "budgets[0]", "flops points parameters tokens loss status intervals");
        AssertKeys(report, "budgets[0] intervals", "parameters tokens loss");
        AssertKeys(report, "exponents", "a b");
        AssertKeys(report, "intervals", "a b");
        AssertKeys(report, "intervals a", Interval);
        AssertPrediction(report);
        AssertProvenance(report, "approach bootstrap budget_tolerance budgets delta exponent_bounds law method seed smoothing_rows");
        if (approach == 1)
        {
            AssertKeys(report, "interior", "a b points");
            Assert.Equal("all", report.GetProperty("envelope").GetString());
        }
    }

    [Fact]
    public void Parameters_and_exponents_are_told_apart_by_case()
    {
        var report = Fit(20);
        Assert.InRange(At(report, "parameters A").GetDouble(), 100, 2000);
        Assert.InRange(At(report, "intervals A low80").GetDouble(), 100, 2000);
        Assert.InRange(At(report, "exponents a").GetDouble(), 0.4, 0.6);
        Assert.InRange(At(report, "intervals a low80").GetDouble(), 0.4, 0.6);
    }

    [Fact]
    public void Without_draws_every_interval_is_null()
    {
        foreach (var report in new[] { Fit(0), IsoFlop(1, 0), IsoFlop(2, 0), IsoFlop(3, 0) })
        {
            Assert.All(report.GetProperty("intervals").EnumerateObject(), interval => Assert.Equal(JsonValueKind.Null, interval.Value.ValueKind));
            Assert.All(At(report, "predictions[0] intervals").EnumerateObject(), interval => Assert.Equal(JsonValueKind.Null, interval.Value.ValueKind));
            Assert.Equal(JsonValueKind.Number, At(report, "exponents a").ValueKind);
        }

        Assert.Equal(0, At(Fit(0), "bootstrap draws").GetInt32());
    }

    [Fact]
    public void What_is_not_finite_is_null()
    {
        // A budget without a minimum, and a prediction of an approach that knows no loss.
        RunSet rows = Rows([.. Parabola(1e19), .. Parabola(1e20), .. Parabola(1e21, curvature: -0.05)]);
        var report = Json(IsoFlopReport.Run(rows, 2, Options(0), s_at));
        Assert.Equal("not_convex", At(report, "budgets[2] status").GetString());
        foreach (var path in new[] { "budgets[2] parameters", "budgets[2] tokens", "budgets[2] loss", "predictions[0] loss", "predictions[0] intervals loss" })
            Assert.Equal(JsonValueKind.Null, At(report, path).ValueKind);
        Assert.Equal("null", JsonSerializer.Serialize(double.PositiveInfinity, ReportJson.Options));
        Assert.True(double.IsNaN(JsonSerializer.Deserialize<double>("null", ReportJson.Options)));
    }

    [Fact]
    public void Text_is_not_escaped_beyond_need() =>
        Assert.Equal("\"64× apart — 6·N·D\"", JsonSerializer.Serialize("64× apart — 6·N·D", ReportJson.Options));

    [Fact]
    public void Values_are_those_of_the_recipe()
    {
        var rows = Simulated();
        var options = new FitRecipeOptions { Bootstrap = 20, Seed = 7 };
        var fit = FitRecipe.Run(rows.Observations, options);
        var report = FitReport.Of(fit, options, rows, [1e22, 5.76e23]);
        Assert.Equal(("converged", "huber", "chinchilla", 72), (report.Status, report.Method, report.Law, report.Points));
        Assert.Equal(fit.Fit.Law["B"], report.Parameters["B"]);
        Assert.Equal([1e22, 5.76e23], report.Predictions.Select(at => at.Flops));
        var optimum = fit.Fit.Law.Optimum(1e22);
        Assert.Equal((optimum.Parameters, optimum.Tokens, optimum.Loss), (report.Predictions[0].Parameters, report.Predictions[0].Tokens, report.Predictions[0].Loss));
        Assert.Equal(optimum.Tokens / optimum.Parameters, report.Predictions[0].TokensPerParameter, 1e-9);
        Assert.Equal(("20", "7", "huber"), (report.Provenance.Options["bootstrap"], report.Provenance.Options["seed"], report.Provenance.Options["method"]));
        Assert.Equal("vpnls", FitRecipeOptions.MethodName(FitMethod.VariableProjection));
    }

    [Fact]
    public void Provenance_says_how_the_rows_were_chosen()
    {
        var rows = Simulated() with { Selection = new Dictionary<string, string> { ["where"] = "subset=hot" } };
        var fit = FitReport.Of(FitRecipe.Run(rows.Observations, new FitRecipeOptions { Bootstrap = 0 }), new FitRecipeOptions { Bootstrap = 0 }, rows, s_at);
        Assert.Equal("subset=hot", fit.Provenance.Options["where"]);
        Assert.Equal("subset=hot", IsoFlopReport.Run(rows, 2, Options(0), s_at).Provenance.Options["where"]);
        Assert.Equal("subset=hot", IsoFlopAnalysis.Run(rows, [], Options(0)).Provenance.Options["where"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Unknown_approaches_are_refused(int approach) =>
        Assert.Contains("use 1, 2 or 3", Assert.Throws<AnalysisException>(() => IsoFlopReport.Run(Simulated(), approach, Options(0), s_at)).Message, StringComparison.Ordinal);

    [Fact]
    public void Approach_1_without_curves_and_approach_2_without_sizes_say_what_to_do()
    {
        Assert.Contains("--map run=", Assert.Throws<AnalysisException>(() => IsoFlopReport.Run(Simulated(), 1, Options(0), s_at)).Message, StringComparison.Ordinal);
        var thin = Rows(Simulated().Observations.GroupBy(row => row.Budget).SelectMany(budget => budget.Take(2)));
        Assert.Contains("three different sizes", Assert.Throws<AnalysisException>(() => IsoFlopReport.Run(thin, 2, Options(0), s_at)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FitStatus.Converged, "converged")]
    [InlineData(FitStatus.IterationLimit, "iteration_limit")]
    [InlineData(FitStatus.AtBound, "at_bound")]
    [InlineData(FitStatus.NotIdentifiable, "not_identifiable")]
    [InlineData(FitStatus.TooFewPoints, "too_few_points")]
    [InlineData(FitStatus.NotConvex, "not_convex")]
    [InlineData(FitStatus.Failed, "failed")]
    public void Statuses_have_their_names(FitStatus status, string name) => Assert.Equal(name, StatusName.Of(status));

    [Fact]
    public void Every_status_has_a_name() => Assert.All(Enum.GetValues<FitStatus>(), status => Assert.NotEmpty(StatusName.Of(status)));

    private static IsoFlopOptions Options(int draws) => new() { Surface = new FitRecipeOptions { Bootstrap = draws } };

    private static JsonElement Fit(int draws)
    {
        var rows = Simulated() with { LeftOut = [new LeftOutRow("sweep.csv", 5, "column loss: 'abc' is no number")] };
        var options = new FitRecipeOptions { Bootstrap = draws };
        return Json(FitReport.Of(FitRecipe.Run(rows.Observations, options), options, rows, s_at));
    }

    private static JsonElement IsoFlop(int approach, int draws) =>
        Json(IsoFlopReport.Run(Simulated(checkpoints: approach == 1 ? 10 : 1), approach, Options(draws), s_at));

    private static JsonElement Json<T>(T report) => JsonSerializer.SerializeToElement(report, ReportJson.Options);

    private static void AssertPrediction(JsonElement report)
    {
        AssertKeys(report, "predictions[0]", "flops parameters tokens loss tokens_per_parameter intervals");
        AssertKeys(report, "predictions[0] intervals", "parameters tokens loss");
        AssertKeys(report, "predictions[0] intervals parameters", Interval);
    }

    private static void AssertProvenance(JsonElement report, string options)
    {
        AssertKeys(report, "provenance", "input_sha256 options version");
        AssertKeys(report, "provenance options", options);
        Assert.NotEqual("unknown", At(report, "provenance version").GetString());
    }

    private static void AssertKeys(JsonElement report, string path, string keys) =>
        Assert.Equal(
            keys.Split(' ').Order(StringComparer.Ordinal),
            At(report, path).EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));

    private static JsonElement At(JsonElement report, string path)
    {
        foreach (var step in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var bracket = step.IndexOf('[', StringComparison.Ordinal);
            report = report.GetProperty(bracket < 0 ? step : step[..bracket]);
            if (bracket >= 0)
                report = report[step[bracket + 1] - '0'];
        }

        return report;
    }
}
