using System.Globalization;
using System.Text.Json;

namespace ScalingDashboard.Dashboard.Tests.Golden;

/// <summary>One expectation of a golden case against a printed document.</summary>
internal static class GoldenExpectation
{
    /// <summary>What does not hold, in words; null when all does.</summary>
    internal static string? Miss(JsonElement document, JsonElement expectation)
    {
        var path = expectation.GetProperty("path").GetString()!;
        if (Find(document, path) is not { } found)
            return $"{path}: not there";

        var known = false;
        if (expectation.TryGetProperty("value", out var value))
        {
            known = true;
            if (found.ValueKind != JsonValueKind.Number)
                return $"{path}: {found} is not a number, expected {value}";
            var allowed = Tolerance("rtol") * Math.Abs(value.GetDouble()) + Tolerance("atol");
            var difference = Math.Abs(found.GetDouble() - value.GetDouble());
            if (!(difference <= allowed))
                return string.Create(CultureInfo.InvariantCulture, $"{path}: {found} differs from {value} by {difference:G4}, allowed {allowed:G4}");
        }

        if (expectation.TryGetProperty("at_most", out var most))
        {
            known = true;
            if (!(found.GetDouble() <= most.GetDouble()))
                return $"{path}: {found} is above {most}";
        }

        if (expectation.TryGetProperty("equals", out var exactly))
        {
            known = true;
            var same = exactly.ValueKind == JsonValueKind.Number && found.ValueKind == JsonValueKind.Number
                ? found.GetDouble().Equals(exactly.GetDouble())
                : JsonElement.DeepEquals(found, exactly);
            if (!same)
                return $"{path}: {found} is not {exactly}";
        }

        return known ? null : $"{path}: the expectation is of an unknown kind: {expectation}";

        double Tolerance(string name) => expectation.TryGetProperty(name, out var tolerance) ? tolerance.GetDouble() : 0;
    }

    /// <summary>Follows a path in dots and brackets: <c>budgets[0].parameters</c>, <c>budgets.length</c>.</summary>
    internal static JsonElement? Find(JsonElement element, string path)
    {
        foreach (var step in path.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (step[0] == '[')
            {
                var index = int.Parse(step.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture);
                if (element.ValueKind != JsonValueKind.Array || index >= element.GetArrayLength())
                    return null;
                element = element[index];
            }
            else if (step == "length" && element.ValueKind == JsonValueKind.Array)
            {
                element = JsonSerializer.SerializeToElement(element.GetArrayLength());
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
            {
                return null;
            }
        }

        return element;
    }
}
