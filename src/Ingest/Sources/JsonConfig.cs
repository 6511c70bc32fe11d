using System.Text.Json;

namespace ScalingDashboard.Ingest.Sources;

/// <summary>A configuration written as a JSON object.</summary>
internal static class JsonConfig
{
    /// <summary>Keys and texts in their order; what is nested becomes parent/child, a list stays JSON, null is left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Flatten(JsonElement config, string parent = "")
    {
        foreach (var property in config.EnumerateObject())
        {
            var key = parent + property.Name;
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var pair in Flatten(property.Value, key + "/"))
                        yield return pair;
                    break;
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.True or JsonValueKind.False:
                    yield return new(key, property.Value.GetBoolean() ? "true" : "false");
                    break;
                default:
                    yield return new(key, property.Value.ToString());
                    break;
            }
        }
    }
}
