using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Numerics.Optimizers.Speedup;

namespace ScalingDashboard.Numerics.Tests.Optimizers.Speedup;

/// <summary>Every file of <c>vectors/optimizers</c> about speed-ups, told apart by its schema.</summary>
public sealed class SpeedupVectorTests
{
    private const string Folder = "optimizers";

    public static TheoryData<string> Fits => [.. SharedVectors.Files(Folder, "speedup-fit/1")];

    public static TheoryData<string> Times => [.. SharedVectors.Files(Folder, "time-to-target/1")];

    [SkippableTheory]
    [MemberData(nameof(Fits))]
    public void Effective_data_follows_the_baseline_law(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var laws = new Dictionary<string, EffectiveData>();
        foreach (var model in root.GetProperty("adamw").EnumerateObject())
        {
            // The k-th loss is that of 2^k multiples of the Chinchilla tokens.
            double[] losses = [.. model.Value.EnumerateArray().Select(loss => loss.GetDouble())];
            laws[model.Name] = EffectiveData.Of([.. losses.Select((_, k) => Math.Pow(2, k))], losses);
        }

        foreach (var fit in root.GetProperty("fits").EnumerateObject())
        {
            var law = laws[fit.Name];
            Near(fit.Value, "alpha", law.Alpha, 1e-4);
            Near(fit.Value, "B", law.Exponent, 1e-4);
            Near(fit.Value, "beta", law.Limit, 1e-5);
            Assert.True(law.Fit.Objective <= fit.Value.GetProperty("sse").GetDouble() * (1 + 1e-6), $"{law.Fit.Objective:R}");
        }

        foreach (var asked in root.GetProperty("speedups").EnumerateArray())
        {
            var data = asked.GetProperty("D").GetDouble();
            var effective = laws[asked.GetProperty("model").GetString()!].TokensFor(asked.GetProperty("loss").GetDouble());
            Near(asked, "D_eff", effective, 1e-5);
            Near(asked, "speedup", effective / data, 1e-5);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Times))]
    public void Steps_and_profiles_are_the_recorded_ones(string file)
    {
        using var document = SharedVectors.Open(Folder, file);
        var root = document.RootElement;
        var (baseX, baseY) = Curve(root.GetProperty("curves").GetProperty("base"));
        var (fastX, fastY) = Curve(root.GetProperty("curves").GetProperty("fast"));
        var reached = TimeToTarget.Of(baseX, baseY, fastX, fastY)!;
        Near(root, "target", reached.Target, 1e-12);
        Near(root, "steps_base", reached.Baseline.X, 1e-12);
        Near(root, "steps_fast", reached.Challenger.X, 1e-12);
        Near(root, "speedup", reached.Speedup, 1e-12);

        var recorded = root.GetProperty("performance_profile");
        JsonProperty[] workloads = [.. recorded.GetProperty("times").EnumerateObject()];
        string[] methods = [.. recorded.GetProperty("result").EnumerateObject().Select(method => method.Name)];
        var profile = PerformanceProfile.Of([.. methods.Select(method => workloads.Select(workload => Number(workload.Value.GetProperty(method))).ToArray())]);
        var most = recorded.GetProperty("r_max").GetDouble();
        for (var i = 0; i < methods.Length; i++)
        {
            var expected = recorded.GetProperty("result").GetProperty(methods[i]);
            Near(expected, "score", profile.Score(i, most), 1e-12);
            Assert.Equal(expected.GetProperty("ratios").EnumerateArray().Select(Number), profile.Ratios[i], (a, b) => a.Equals(b) || Math.Abs(a / b - 1) < 1e-12);
            foreach (var share in expected.GetProperty("rho").EnumerateObject())
                Assert.Equal(share.Value.GetDouble(), profile.Share(i, double.Parse(share.Name, CultureInfo.InvariantCulture)), 12);
        }
    }

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : value.GetDouble();

    private static void Near(JsonElement of, string name, double actual, double tolerance)
    {
        var expected = of.GetProperty(name).GetDouble();
        Assert.True(Math.Abs(actual / expected - 1) <= tolerance, $"{name}: {actual:R} for {expected:R}");
    }

    private static (double[] X, double[] Y) Curve(JsonElement points) =>
        ([.. points.EnumerateArray().Select(point => point[0].GetDouble())], [.. points.EnumerateArray().Select(point => point[1].GetDouble())]);
}
