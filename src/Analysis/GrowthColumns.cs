using System.Globalization;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>What the columns of a run say of how it was grown.</summary>
/// <param name="GrownFrom">Name of the small run; null for one from scratch.</param>
/// <param name="Operator">Key of the growth operator; empty for one from scratch.</param>
/// <param name="OperatorSteps">Steps of learning it; null where none are named.</param>
/// <param name="OperatorFlops">FLOP of learning and applying it, or of a teacher over the whole run; NaN where none are named.</param>
/// <param name="OperatorSeconds">Time of the same.</param>
/// <param name="SmallFlops">FLOP of the small run's whole training; NaN where none are named.</param>
/// <param name="SmallSeconds">Time of the same.</param>
/// <param name="SmallParameters">N of the small run; NaN where no column names it.</param>
/// <param name="FunctionChange">Mean KL of the small model's next token to the grown one's at the moment of growth, nats; NaN where none is named.</param>
/// <param name="Matrices">The operator's numbers as the Lab writes them; empty for none.</param>
public sealed record GrowthSettings(
    string? GrownFrom, string Operator, double? OperatorSteps, double OperatorFlops, double OperatorSeconds, double SmallFlops, double SmallSeconds, double SmallParameters, double FunctionChange, string Matrices);

/// <summary>
/// Finds how a run was grown among the columns that came with it. Names are taken whatever their case and whatever stands before their last dot or slash.
/// </summary>
public static class GrowthColumns
{
    private static readonly string[] s_from = ["grown_from", "grow_from", "growth_parent", "source_run"];
    private static readonly string[] s_operator = ["growth_operator", "growth_method", "grow_operator", "operator"];
    private static readonly string[] s_none = ["", "none", "-", "null", "nan", "scratch"];

    private const string InStages = "-stages";

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["direct-copy"] = "Direct copy", ["stack"] = "StackBERT", ["interpolate"] = "Interpolation", ["net2net"] = "Net2Net", ["fpi"] = "bert2BERT FPI", ["aki"] = "bert2BERT AKI",
        ["aki-two-stage"] = "bert2BERT two-stage", ["mslt"] = "MSLT", ["ligo"] = "LiGO", ["ki"] = "KI",
    };

    /// <summary>The names, by what they say, for help.</summary>
    public static IReadOnlyList<(string What, string Name)> Known { get; } =
    [
        ("run it was grown from", "grown_from"), ("operator", "growth_operator"), ("growths on the way, where several", "growth_stages"), ("steps of learning the operator", "operator_steps"), ("FLOP of the operator", "operator_flops"), ("its seconds", "operator_seconds"),
        ("FLOP of the small run", "small_flops"), ("its seconds", "small_seconds"), ("parameters of the small run", "small_parameters"), ("KL at the moment of growth", "function_change"),
    ];

    /// <summary>What the columns of a run say.</summary>
    public static GrowthSettings Read(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        var from = Cell(s_from)?.Trim();
        if (from is null || s_none.Contains(from, StringComparer.OrdinalIgnoreCase))
            return new GrowthSettings(null, "", null, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, "");
        var steps = Number("operator_steps");
        return new GrowthSettings(
            from, Staged(Key(Cell(s_operator) ?? "")), double.IsNaN(steps) ? null : steps, Number("operator_flops"), Number("operator_seconds"), Number("small_flops"), Number("small_seconds"), Number("small_parameters"),
            Number("function_change"), Cell(["growth_matrices"]) ?? "");

        // A schedule of growths is another way to grow than its operator at once.
        string Staged(string key) => Number("growth_stages") is > 1 and var stages ? string.Create(CultureInfo.InvariantCulture, $"{key}{InStages}{stages:0}") : key;

        double Number(string name) => Quantity.TryParse(Cell([name]), out var number) ? number : double.NaN;

        string? Cell(string[] names)
        {
            foreach (var name in names)
            {
                foreach (var (column, value) in config)
                {
                    if (column[(column.LastIndexOfAny(['.', '/']) + 1)..].Equals(name, StringComparison.OrdinalIgnoreCase))
                        return value;
                }
            }

            return null;
        }
    }

    /// <summary>The key that different spellings share.</summary>
    public static string Key(string name)
    {
#pragma warning disable CA1308 // Keys are lower case.
        var key = name.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
#pragma warning restore CA1308
        return key switch
        {
            "" => "unnamed",
            "stackbert" or "stacking" => "stack",
            "interpolation" or "interleave" or "interleaving" => "interpolate",
            "bert2bert" or "bert2bert-aki" => "aki",
            "bert2bert-fpi" => "fpi",
            "knowledge-inheritance" => "ki",
            _ => key,
        };
    }

    /// <summary>A key as people write it; what is not known stays as it is.</summary>
    public static string Name(string key)
    {
        var rule = Rule(key);
        var name = s_names.GetValueOrDefault(rule, rule);
        return rule.Length == key.Length ? name : $"{name}, {key[(rule.Length + InStages.Length)..]} stages";
    }

    /// <summary>The key of the operator that a schedule applies at each of its stages.</summary>
    public static string Rule(string key) => key.LastIndexOf(InStages, StringComparison.Ordinal) is > 0 and var at ? key[..at] : key;
}
