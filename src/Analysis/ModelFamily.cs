using System.Text.RegularExpressions;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>What decides which runs may stand in one law.</summary>
/// <param name="Family">Family; null for none.</param>
/// <param name="LossKind">What the loss is (nats, ln_ppl …), from a column loss_kind; null where it is not said.</param>
/// <param name="Architecture">dec, enc-dec, ssm …, from a column arch; null where it is not said.</param>
/// <param name="Seed">From a column seed; null where it is not said.</param>
/// <param name="Source">File the run comes from.</param>
public sealed record RunTraits(string? Family, string? LossKind, string? Architecture, string? Seed, string Source)
{
    /// <summary>From the columns a run was imported with.</summary>
    public static RunTraits Of(string? family, IReadOnlyList<KeyValuePair<string, string>> config, string source)
    {
        return new RunTraits(family, Cell("loss_kind"), Cell("arch"), Cell("seed"), source);

        string? Cell(string column) => config.FirstOrDefault(pair => pair.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value;
    }
}

/// <summary>A model of a family, and its seed where there is one.</summary>
public sealed record FamilyMember(FamilyModel Model, string? Seed);

/// <summary>Runs that differ only in size and tokens, within which one law holds.</summary>
public sealed record ModelFamily
{
    /// <summary>As the runs name it.</summary>
    public required string Name { get; init; }

    /// <summary>By size, then by name.</summary>
    public required IReadOnlyList<FamilyMember> Members { get; init; }

    /// <summary>What its losses are; more than one must not be mixed.</summary>
    public required IReadOnlyList<string> LossKinds { get; init; }

    /// <summary>Its architectures.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>Files its runs come from.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Sizes, ascending.</summary>
    public IReadOnlyList<double> Sizes => [.. Members.Select(member => member.Model.Parameters).Distinct()];

    /// <summary>Has encoder and decoder: laws of decoders do not carry over (arXiv 2410.11840, Appendix A).</summary>
    public bool IsEncoderDecoder => Architectures.Any(architecture => architecture.Contains("enc-dec", StringComparison.OrdinalIgnoreCase));

    /// <summary>Why no law may be fitted to it, and what to do; null where one may.</summary>
    public string? Refusal => LossKinds.Count > 1
        ? $"Family '{Name}' mixes kinds of loss ({Words.List(LossKinds)}), and one law cannot hold for all of them. Keep one kind with the filter loss_kind={LossKinds[0]}, or give each its own family name."
        : null;
}

/// <summary>Runs sorted into families.</summary>
public sealed partial record ModelFamilies
{
    /// <summary>Families in the order of their first runs.</summary>
    public required IReadOnlyList<ModelFamily> Families { get; init; }

    /// <summary>The rows they were made from.</summary>
    public required RunSet Source { get; init; }

    /// <summary>What to know about how they were sorted.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>Sorts rows into families and models. Where no run names a family all of them are one.</summary>
    /// <param name="rows">Checkpoints, one row or more a run.</param>
    /// <param name="traitsOf">The traits of a row's run.</param>
    /// <exception cref="AnalysisException">There is no row.</exception>
    public static ModelFamilies Of(RunSet rows, Func<Observation, RunTraits> traitsOf)
    {
        if (rows.Observations.Count == 0)
            throw new AnalysisException("No run is left to estimate from. Loosen the filter, or include runs.");
        var runs = rows.Observations
            .GroupBy(row => (row.RunId, row.Run))
            .Select(run => (run.First().Run, run.First().Parameters, Traits: traitsOf(run.First()), Rows: run.ToArray()))
            .ToArray();
        var warnings = new List<Warning>();
        var unnamed = runs.Count(run => run.Traits.Family is null);
        var families = unnamed == runs.Length
            ? runs.ToLookup(_ => "all runs")
            : runs.Where(run => run.Traits.Family is not null).ToLookup(run => run.Traits.Family!);
        if (unnamed == runs.Length)
            warnings.Add(new Warning("family", "No run names a family, so all of them are taken as one. Name the column that holds it: family=COLUMN."));
        else if (unnamed > 0)
            warnings.Add(new Warning("family", $"{Words.Count(unnamed, "run")} without a family {(unnamed == 1 ? "takes" : "take")} no part."));

        var collected = families.Select(family =>
        {
            var names = family.Select(run => (run.Run, run.Parameters)).ToHashSet();
            return new ModelFamily
            {
                Name = family.Key,
                // A reader puts repeated rows of a run into "name (2)"; here they are rows of the same model again, unless their seed differs.
                Members =
                [
                    .. family.GroupBy(run => (Name: Plain(run.Run, run.Parameters, names), run.Parameters, run.Traits.Seed))
                        .Select(model => new FamilyMember(
                            new FamilyModel(
                                model.Key.Name, model.Key.Parameters,
                                [.. model.SelectMany(run => run.Rows).Select(row => row.Tokens)], [.. model.SelectMany(run => run.Rows).Select(row => row.Loss)]),
                            model.Key.Seed))
                        .OrderBy(member => member.Model.Parameters).ThenBy(member => member.Model.Name, StringComparer.Ordinal).ThenBy(member => member.Seed, StringComparer.Ordinal),
                ],
                LossKinds = Distinct(family.Select(run => run.Traits.LossKind)),
                Architectures = Distinct(family.Select(run => run.Traits.Architecture)),
                Sources = Distinct(family.Select(run => run.Traits.Source)),
            };
        }).ToArray();
        foreach (var family in collected.Where(family => family.Architectures.Count > 1))
            warnings.Add(new Warning("same-name", $"Family '{family.Name}' has several architectures ({Words.List(family.Architectures)}); if these are two families of the same name, rename one."));
        foreach (var family in collected.Where(family => family.Sources.Count > 1))
            warnings.Add(new Warning("same-name", $"Family '{family.Name}' has runs from several files ({Words.List(family.Sources)}), taken together; if these are two families of the same name, rename one."));
        return new ModelFamilies { Families = collected, Source = rows, Warnings = warnings };
    }

    private static string Plain(string name, double parameters, HashSet<(string, double)> names) =>
        Numbered().Match(name) is { Success: true } match && names.Contains((match.Groups[1].Value, parameters)) ? match.Groups[1].Value : name;

    private static string[] Distinct(IEnumerable<string?> texts) => [.. texts.OfType<string>().Where(text => text.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"^(.+) \(\d+\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
