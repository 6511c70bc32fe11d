using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>How runs of the Lab are written as JSON, so that they read back as the same.</summary>
public static class LabJson
{
    /// <summary>Options for every document.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
    };
}
