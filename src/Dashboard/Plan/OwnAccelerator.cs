using System.Globalization;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>
/// An accelerator as a user describes it: name, memory in GB, and dense peaks by number format in 10¹² FLOP/s, as one text that links and commands carry. Its power and price are
/// assumptions of the scenario, as those of any other.
/// </summary>
/// <param name="Text">"My chip~memory:96~bf16:400~fp8:800".</param>
public sealed record OwnAccelerator(string Text)
{
    /// <summary>Key among the accelerators.</summary>
    public const string Key = "own";

    /// <summary>Of the memory in <see cref="this[string]"/>.</summary>
    public const string Memory = "memory";

    private const int LongestName = 40;
    private const double Most = 1e7;
    private const double Least = 1e-3;

    private static readonly IReadOnlyList<string> s_keys = [Memory, .. NumberFormat.All.Select(format => format.Key)];

    /// <summary>Name for people.</summary>
    public string Name => Text.Split('~')[0];

    /// <summary>Memory, GB, or the peak in a format, 10¹² FLOP/s; null where there is none.</summary>
    public double? this[string key] => Text.Split('~').Skip(1).Select(part => part.Split(':')).FirstOrDefault(pair => pair[0] == key) is [_, var number] ? double.Parse(number, CultureInfo.InvariantCulture) : null;

    /// <summary>One like another, to be changed.</summary>
    public static OwnAccelerator Like(Accelerator accelerator) => Of("My accelerator", key => key == Memory
        ? accelerator.MemoryBytes / 1e9
        : accelerator.Peak(NumberFormat.Find(key)!) / 1e12);

    /// <summary>Reads the text of an accelerator.</summary>
    /// <param name="text">The text.</param>
    /// <param name="problem">What is wrong and what to write; null where nothing is.</param>
    public static OwnAccelerator? Parse(string? text, out string? problem)
    {
        var parts = (text ?? "").Split('~', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var numbers = new Dictionary<string, double>();
        problem = parts.Length == 0 || parts[0].Contains(':', StringComparison.Ordinal) ? "the name comes first" : parts[0].Length > LongestName ? $"the name is longer than {LongestName} letters" : null;
        foreach (var part in parts.Skip(1))
        {
            if (part.Split(':', StringSplitOptions.TrimEntries) is not [var key, var number] || !s_keys.Contains(key))
                problem ??= $"“{part}” is none of {string.Join(", ", s_keys.Select(known => known + ":NUMBER"))}";
            else if (!Quantity.TryParse(number, out var value) || value is not (>= Least and <= Most))
                problem ??= string.Create(CultureInfo.InvariantCulture, $"“{part}” has no number from {Least} to {Most:0}");
            else
                numbers[key] = value;
        }

        if (!numbers.ContainsKey(Memory))
            problem ??= "the memory is missing";
        else if (numbers.Count == 1)
            problem ??= "there is no peak in any format";
        if (problem is null)
            return Of(parts[0], key => numbers.TryGetValue(key, out var value) ? value : null);
        problem += ". Write it like My chip~memory:96~bf16:400~fp8:800, with GB and dense peaks in 10¹² FLOP/s.";
        return null;
    }

    /// <summary>With another name; as it is where there is nothing of a name.</summary>
    public OwnAccelerator Named(string name)
    {
        var clean = name.Replace('~', ' ').Replace(':', ' ').Trim();
        return clean.Length == 0 ? this : Of(clean.Length > LongestName ? clean[..LongestName].TrimEnd() : clean, key => this[key]);
    }

    /// <summary>With the memory or a peak changed; as it is where nothing would be left of either.</summary>
    public OwnAccelerator With(string key, double? value) => Parse(Of(Name, other => other == key ? value : this[other]).Text, out _) ?? this;

    /// <summary>Reads a memory or a peak as it is typed.</summary>
    public static Analysis.QuantityReading Read(string typed) => Quantity.TryParse(typed.Trim(), out var value) && value is >= Least and <= Most
        ? new(value, null)
        : new(null, string.Create(CultureInfo.InvariantCulture, $"“{(typed.Length <= 40 ? typed : typed[..40] + "…")}” is no number from {Least} to {Most:0}."));

    /// <summary>As it is planned on.</summary>
    public Accelerator ToAccelerator() => new()
    {
        Key = Key,
        Name = Name,
        MemoryBytes = this[Memory]!.Value * 1e9,
        PowerWatts = double.NaN,
        Peaks = NumberFormat.All.Where(format => this[format.Key] is not null).ToDictionary(format => format.Key, format => this[format.Key]!.Value * 1e12),
        Price = null,
        Source = "yours",
        SourceYear = 0,
        Note = "",
        IsOwn = true,
    };

    private static OwnAccelerator Of(string name, Func<string, double?> number) => new(string.Join(
        '~', s_keys.Select(key => number(key) is { } value && double.IsFinite(value) ? $"{key}:{value.ToString("R", CultureInfo.InvariantCulture)}" : null).OfType<string>().Prepend(name)));
}
