using System.Text.Json;

namespace ScalingDashboard.Dashboard.Growth;

/// <summary>The numbers of an operator as the Lab logs them: before learning, where it was learned, and after.</summary>
/// <param name="Width">Rows of the expansion of the residual stream, one a unit of the large model; empty where the width did not grow.</param>
/// <param name="Depth">By tensor: rows of weights over the layers of the small model, one a layer of the large one.</param>
public sealed record OperatorNumbers(IReadOnlyList<double[]> Width, IReadOnlyDictionary<string, IReadOnlyList<double[]>> Depth);

/// <inheritdoc cref="OperatorNumbers"/>
public sealed record GrowthMatrices(OperatorNumbers? Before, OperatorNumbers After)
{
    /// <summary>Reads the column <c>growth_matrices</c>; null where it holds something else.</summary>
    public static GrowthMatrices? Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("after", out var after)
                ? new GrowthMatrices(document.RootElement.TryGetProperty("before", out var before) ? Numbers(before) : null, Numbers(after))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Somebody else's column of this name.
            return null;
        }
    }

    private static OperatorNumbers Numbers(JsonElement numbers) => new(
        numbers.TryGetProperty("width", out var width) ? Rows(width) : [],
        numbers.TryGetProperty("depth", out var depth) ? depth.EnumerateObject().ToDictionary(tensor => tensor.Name, tensor => Rows(tensor.Value)) : new Dictionary<string, IReadOnlyList<double[]>>());

    private static IReadOnlyList<double[]> Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
}
