using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>The rows a recipe works on, and where they come from.</summary>
public sealed record RunSet
{
    /// <summary>Every usable row, checkpoints included, in the order of the source.</summary>
    public required IReadOnlyList<Observation> Observations { get; init; }

    /// <summary>Rows of the source that could not be used.</summary>
    public IReadOnlyList<LeftOutRow> LeftOut { get; init; } = [];

    /// <summary>SHA-256 of the file, or of the runs of the project, in lower-case hexadecimal.</summary>
    public required string InputSha256 { get; init; }

    /// <summary>How the rows were chosen from the source (filters, columns), as printed in the provenance; only what was asked for.</summary>
    public IReadOnlyDictionary<string, string> Selection { get; init; } = new Dictionary<string, string>();

    /// <summary>What a result made from these rows with these options is made from.</summary>
    internal Provenance Provenance(SortedDictionary<string, string> options)
    {
        foreach (var (name, value) in Selection)
            options[name] = value;
        return new Provenance { InputSha256 = InputSha256, Options = options };
    }

    /// <summary>The last checkpoint of every run: the row with the most tokens, the later one of equals.</summary>
    public RunSet Final()
    {
        var last = new Dictionary<(string, string), int>();
        for (var i = 0; i < Observations.Count; i++)
        {
            var key = (Observations[i].RunId, Observations[i].Run);
            if (!last.TryGetValue(key, out var best) || Observations[i].Tokens >= Observations[best].Tokens)
                last[key] = i;
        }

        return last.Count == Observations.Count
            ? this
            : this with { Observations = [.. last.Values.Order().Select(i => Observations[i])] };
    }
}
