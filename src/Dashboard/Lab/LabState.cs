using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Lab;

/// <summary>What the Lab page shows: the runs asked for, as they are typed, and the training looked at; its URL.</summary>
public sealed record LabState : IViewState<LabState>
{
    // A small race, of a minute or less.
    private static readonly Dictionary<string, string> s_begin = new()
    {
        [SweepText.Size] = "2x16,2x24,2x32",
        [SweepText.Optimizer] = "adamw,c-adamw",
        [SweepText.Seed] = "1..2",
        [SweepText.TokensPerParameter] = "20",
    };

    private static readonly Dictionary<string, string> s_lengths = new()
    {
        [SweepText.TokensPerParameter] = "20",
        [SweepText.Flops] = "3e9,1e10,3e10",
        [SweepText.Tokens] = "300K",
    };

    private readonly IReadOnlyDictionary<string, string> _values = s_begin;

    /// <summary>Project the runs go into; empty for a new one.</summary>
    public string Project { get; init; } = "";

    /// <summary>Name of the text to learn; empty for the Markov language.</summary>
    public string TextName { get; init; } = "";

    /// <summary>Its SHA-256.</summary>
    public string TextSha256 { get; init; } = "";

    /// <summary>Id of the training looked at; empty for none.</summary>
    public string Job { get; init; } = "";

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>What says how long the runs are: a key of <see cref="SweepText"/>.</summary>
    public string LengthKey => s_lengths.Keys.FirstOrDefault(key => Value(key).Length > 0) ?? SweepText.TokensPerParameter;

    /// <summary>The text of a key; empty where what is usual holds.</summary>
    public string Value(string key) => _values.GetValueOrDefault(key, "");

    /// <summary>Another text of a key.</summary>
    public LabState With(string key, string value) => new(this, new Dictionary<string, string>(_values) { [key] = value.Trim() });

    /// <summary>Another way of saying how long the runs are.</summary>
    public LabState WithLength(string key) => new(this, new Dictionary<string, string>(_values.Where(pair => !s_lengths.ContainsKey(pair.Key))) { [key] = s_lengths[key] });

    /// <summary>The optimizer is among those trained, or no longer.</summary>
    public LabState WithOptimizer(string name, bool chosen)
    {
        var others = Optimizers.Where(other => other != name);
        return With(SweepText.Optimizer, string.Join(',', chosen ? others.Append(name) : others));
    }

    /// <summary>Names of the optimizers.</summary>
    public IReadOnlyList<string> Optimizers => Value(SweepText.Optimizer).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The sweep described.</summary>
    /// <exception cref="ScalingDashboard.Lab.LabException">A text cannot be read, or the sweep is impossible.</exception>
    public SweepOptions Sweep()
    {
        var options = SweepText.Read(Value, LabWords.Name);
        return TextSha256.Length == 0 ? options : options with { Language = new LanguageOptions { Text = TextName, TextSha256 = TextSha256 } };
    }

    /// <summary>The page that looks at a training, with the form as it was started.</summary>
    public static LabState Of(LabJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return FromQuery(ViewQuery.Parse(job.Query)) with { Job = job.Id };
    }

    /// <inheritdoc/>
    public ViewQuery ToQuery()
    {
        var query = ViewQuery.Empty.With("project", Project);
        foreach (var (key, _, _) in SweepText.Keys)
        {
            // Of the lengths only the one that counts.
            if (!s_lengths.ContainsKey(key) || key == LengthKey)
                query = query.With(key, Value(key), s_begin.GetValueOrDefault(key, ""));
        }

        return query.With("text", TextName).With("sha", TextSha256).With("job", Job).With("tab", Tab, PageTab.Table);
    }

    /// <inheritdoc/>
    public static LabState FromQuery(ViewQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var values = SweepText.Keys.Select(key => key.Key).ToDictionary(key => key, key => query.Text(key, s_lengths.ContainsKey(key) ? "" : s_begin.GetValueOrDefault(key, "")));
        var length = s_lengths.Keys.FirstOrDefault(key => values[key].Length > 0) ?? SweepText.TokensPerParameter;
        foreach (var other in s_lengths.Keys.Where(key => key != length))
            values[other] = "";
        if (values[length].Length == 0)
            values[length] = s_lengths[length];
        var (text, sha) = (query.Text("text"), query.Text("sha"));
        var isText = text.Length > 0 && sha.Length == 64 && sha.All(char.IsAsciiHexDigitLower);
        return new LabState(new LabState(), values)
        {
            Project = query.Text("project"),
            TextName = isText ? text : "",
            TextSha256 = isText ? sha : "",
            Job = query.Text("job"),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }

    /// <summary>Of a page that was just opened.</summary>
    public LabState()
    {
    }

    private LabState(LabState other, IReadOnlyDictionary<string, string> values) : this(other) => _values = values;
}
