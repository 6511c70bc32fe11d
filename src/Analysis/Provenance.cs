using System.Reflection;
using System.Text.Json.Serialization;

namespace ScalingDashboard.Analysis;

/// <summary>What a result was made from, so that it can be made again.</summary>
public sealed record Provenance
{
    /// <summary>SHA-256 of the input, lower-case hexadecimal.</summary>
    [JsonPropertyName("input_sha256")]
    public required string InputSha256 { get; init; }

    /// <summary>Options in force, by name.</summary>
    [JsonPropertyName("options")]
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Version of the code.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = CodeVersion;

    internal static string CodeVersion { get; } =
        typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
