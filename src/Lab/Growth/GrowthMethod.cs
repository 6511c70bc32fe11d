using System.Text.Json;
using System.Text.Json.Serialization;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Growth;

/// <summary>A way of using a small model for a large one, by the name that commands and logs have.</summary>
/// <param name="Name">As written in a log.</param>
/// <param name="Title">As read by people.</param>
/// <param name="Rule">The rule that grows the weights; null where they are learned or not grown.</param>
[JsonConverter(typeof(AsName))]
public sealed record GrowthMethod(string Name, string Title, GrowthRule? Rule)
{
    /// <summary>The operator is learned.</summary>
    public static GrowthMethod Ligo { get; } = new("ligo", "LiGO", null);

    /// <summary>Fresh weights, taught by the small model.</summary>
    public static GrowthMethod KnowledgeInheritance { get; } = new("ki", "Knowledge inheritance", null);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GrowthMethod> All { get; } =
    [
        new("direct-copy", "Direct copy", GrowthRule.DirectCopy),
        new("stack", "StackBERT", GrowthRule.Stack),
        new("interpolate", "Interpolation", GrowthRule.Interpolate),
        new("net2net", "Net2Net", GrowthRule.Net2Net),
        new("fpi", "bert2BERT FPI", GrowthRule.FunctionPreserving),
        new("aki", "bert2BERT AKI", GrowthRule.AdvancedKnowledge),
        new("mslt", "MSLT", GrowthRule.AddOnTop),
        Ligo,
        KnowledgeInheritance,
    ];

    /// <summary>The method of a name; null where there is none.</summary>
    public static GrowthMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);

    private sealed class AsName : JsonConverter<GrowthMethod>
    {
        public override GrowthMethod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Find(reader.GetString() ?? "") ?? throw new JsonException("There is no growth method of this name.");

        public override void Write(Utf8JsonWriter writer, GrowthMethod value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
