using System.Text.Json;
using System.Text.Json.Serialization;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Growth;

/// <summary>A way of using a small model for a large one, by the name that commands and logs have.</summary>
/// <param name="Name">As written in a log.</param>
/// <param name="Title">As read by people.</param>
/// <param name="Rule">The rule that grows the weights; null where they are learned or not grown.</param>
/// <param name="Partial">What the first steps behind the growth train; null for everything.</param>
[JsonConverter(typeof(AsName))]
public sealed record GrowthMethod(string Name, string Title, GrowthRule? Rule, PartialTrainingKind? Partial = null)
{
    // About the last fifth of the steps trains everything.
    private const double OnTopShare = 0.8;

    // 5 of 40 epochs, prefixes of 3, 6, 9 and 12 layers of 12. arXiv 2110.07143.
    private const double PrefixShare = 0.125;
    private const int Prefixes = 4;


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
        new("aki-two-stage", "bert2BERT two-stage", GrowthRule.AdvancedKnowledge, PartialTrainingKind.Prefixes),
        new("mslt", "MSLT", GrowthRule.AddOnTop, PartialTrainingKind.OnTop),
        Ligo,
        KnowledgeInheritance,
    ];

    /// <summary>The method of a name; null where there is none.</summary>
    public static GrowthMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);

    /// <summary>How a model that was grown so trains on; null where every step trains everything.</summary>
    /// <param name="smallLayers">Layers it had.</param>
    /// <param name="largeLayers">Layers it has.</param>
    /// <param name="isLast">No further growth follows; else, with layers on top, the lower ones stand still to the end of the stage.</param>
    public PartialTraining? Training(int smallLayers, int largeLayers, bool isLast) => Partial switch
    {
        PartialTrainingKind.OnTop => new PartialTraining(PartialTrainingKind.OnTop, smallLayers, isLast ? OnTopShare : 1),
        PartialTrainingKind.Prefixes => new PartialTraining(PartialTrainingKind.Prefixes, Math.Max(1, largeLayers / Prefixes), PrefixShare),
        _ => null,
    };

    private sealed class AsName : JsonConverter<GrowthMethod>
    {
        public override GrowthMethod Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Find(reader.GetString() ?? "") ?? throw new JsonException("There is no growth method of this name.");

        public override void Write(Utf8JsonWriter writer, GrowthMethod value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
    }
}
