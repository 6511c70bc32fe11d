using System.Text.Json;

namespace ScalingDashboard.Dashboard.Tests.Golden;

public class GoldenExpectationTests
{
    private const string Document = """{"a": {"B": 2.0, "list": [1, {"c": null}, 3]}, "status": "converged"}""";

    [Theory]
    [InlineData("""{"path": "a.B", "value": 2.0001, "rtol": 1e-4}""")]
    [InlineData("""{"path": "a.B", "at_most": 2}""")]
    [InlineData("""{"path": "a.list.length", "equals": 3}""")]
    [InlineData("""{"path": "a.list[1].c", "equals": null}""")]
    [InlineData("""{"path": "status", "equals": "converged"}""")]
    public void Holds(string expectation) => Assert.Null(Miss(expectation));

    [Theory]
    [InlineData("""{"path": "a.B", "value": 2.01, "rtol": 1e-4}""")]
    [InlineData("""{"path": "a.b", "value": 2, "rtol": 1e-4}""")]
    [InlineData("""{"path": "a.B", "at_most": 1.9}""")]
    [InlineData("""{"path": "a.list[3]", "equals": 3}""")]
    [InlineData("""{"path": "a.list[1].c", "value": 0, "atol": 1}""")]
    [InlineData("""{"path": "status", "equals": "at_bound"}""")]
    [InlineData("""{"path": "status"}""")]
    public void Is_a_miss(string expectation) => Assert.NotNull(Miss(expectation));

    private static string? Miss(string expectation)
    {
        using var document = JsonDocument.Parse(Document);
        using var parsed = JsonDocument.Parse(expectation);
        return GoldenExpectation.Miss(document.RootElement, parsed.RootElement);
    }
}
