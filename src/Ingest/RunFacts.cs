using System.Globalization;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Ingest;

/// <summary>Where a run's numbers come from, and what its source tells about how it was trained; in words, null where nothing is known.</summary>
public sealed record RunFacts
{
    public string? ParametersFrom { get; init; }
    public string? TokensFrom { get; init; }
    public string? FlopsFrom { get; init; }
    public string? LossFrom { get; init; }

    /// <summary>Devices, how many and which.</summary>
    public string? Hardware { get; init; }
    public string? Optimizer { get; init; }

    /// <summary>Number format of the training.</summary>
    public string? Precision { get; init; }
}

/// <summary>Finds in a run's configuration, whatever its source calls them, the hardware, the optimizer and the precision.</summary>
internal static class RunSettings
{
    private const int LongestText = 60;

    private static readonly string[] s_optimizer = ["optimizer", "optim", "optimizer_name", "optimizer_type", "optimizer_class", "optimizer/name", "optimizer/type", "optim/name", "optimizer/_target_"];
    private static readonly string[] s_precision = ["precision", "mixed_precision", "dtype", "torch_dtype", "params_dtype", "param_dtype", "compute_dtype", "amp_dtype"];
    private static readonly string[] s_formats = ["fp8", "bf16", "bfloat16", "fp16", "float16"];
    private static readonly string[] s_device = ["gpu_name", "gpu_type", "gpu", "device_name", "gpu_model", "accelerator_type"];
    private static readonly string[] s_count = ["gpu_count", "num_gpus", "n_gpus", "n_gpu", "ngpus", "gpus", "num_devices", "device_count", "devices"];
    private static readonly string[] s_worldSize = ["world_size", "num_processes"];
    private static readonly string[] s_nodes = ["num_nodes", "nnodes", "num_machines"];

    public static RunFacts AddTo(RunFacts facts, IReadOnlyList<KeyValuePair<string, string>> config) =>
        config.Count == 0 ? facts : facts with { Hardware = Hardware(config), Optimizer = Find(config, s_optimizer, IsWord), Precision = Precision(config) };

    private static string? Hardware(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        var device = Find(config, s_device, IsWord);
        var count = Find(config, s_count, IsCount);
        var world = Find(config, s_worldSize, IsCount);
        var nodes = Find(config, s_nodes, IsCount);
        string?[] parts =
        [
            (count, device) switch { (null, null) => null, (null, _) => device, (_, null) => $"{count} device{(count == "1" ? "" : "s")}", _ => $"{count} × {device}" },
            world is null ? null : $"world size {world}",
            nodes is null ? null : $"{nodes} node{(nodes == "1" ? "" : "s")}",
        ];
        return parts.OfType<string>().ToArray() is { Length: > 0 } known ? string.Join(", ", known) : null;
    }

    private static string? Precision(IReadOnlyList<KeyValuePair<string, string>> config) =>
        Find(config, s_precision, value => IsWord(value) || value is "16" or "32" or "64")
        ?? s_formats.FirstOrDefault(format => Find(config, [format], value => value.Equals("true", StringComparison.OrdinalIgnoreCase)) is not null);

    /// <summary>The value of the first name that is a key or the last part of one.</summary>
    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> config, string[] names, Func<string, bool> fits)
    {
        foreach (var name in names)
        {
            foreach (var (key, value) in config)
            {
                if (Is(key, name) && value.Length <= LongestText && fits(value))
                    return value;
            }
        }

        return null;
    }

    private static bool Is(ReadOnlySpan<char> key, string name)
    {
        if (key.Length < name.Length || (key.Length > name.Length && key[^(name.Length + 1)] is not ('/' or '.')))
            return false;
        key = key[^name.Length..];
        for (var i = 0; i < name.Length; i++)
        {
            var character = key[i] is '-' or ' ' ? '_' : key[i] == '.' ? '/' : char.ToLowerInvariant(key[i]);
            if (character != name[i])
                return false;
        }

        return true;
    }

    private static bool IsWord(string value) => value.Any(char.IsAsciiLetter) && !Quantity.TryParse(value, out _) && value is not ("True" or "False" or "true" or "false" or "None" or "null" or "auto");

    private static bool IsCount(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0;
}
