using System.Globalization;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Analysis;

/// <summary>A law that trainings are planned by: a published one or a saved fit.</summary>
public sealed record TrainingLaw
{
    /// <summary>Key of a published law, or id of a saved fit.</summary>
    public required string Key { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Name at the end of a line of a chart.</summary>
    public required string ShortName { get; init; }

    /// <summary>Paper and section, or the project of a saved fit.</summary>
    public required string Source { get; init; }

    /// <summary>How it counts parameters.</summary>
    public required string Counting { get; init; }

    /// <summary>How it splits a budget.</summary>
    public required IAllocationLaw Allocation { get; init; }

    /// <summary>Its loss surface; null where it has none.</summary>
    public Law? Surface { get; init; }

    /// <summary>The surface as it might have come out as well, from which intervals follow; none where nobody knows how its coefficients move together.</summary>
    public IReadOnlyList<Law> Draws { get; init; } = [];

    /// <summary>Compute of the runs behind it, FLOP; null where that is not known.</summary>
    public (double Low, double High)? FlopsRange { get; init; }

    /// <summary>What is known of its uncertainty, in a clause: "the paper prints …".</summary>
    public required string Uncertainty { get; init; }

    /// <summary>Someone else's numbers from a paper.</summary>
    public bool IsPublished { get; init; }

    private const int PublishedDraws = 500;

    /// <summary>The published laws, in the order they are listed; those that split a budget along a line first.</summary>
    public static IReadOnlyList<TrainingLaw> Published { get; } =
        [.. PublishedLaws.All.Select(Of), Of(PublishedSurfaces.Llama3, "Llama 3 refit"), Of(PublishedSurfaces.Muennighoff, "Muennighoff")];

    /// <summary>The published law of a key, also under the name that says how its coefficients are rounded; null where there is none.</summary>
    public static TrainingLaw? Find(string key)
    {
        var known = key switch
        {
            "hoffmann-unrounded" => PublishedLaws.HoffmannApproach3.Key,
            "hoffmann-rounded" => PublishedLaws.HoffmannApproach3Rounded.Key,
            _ => key,
        };
        return Published.FirstOrDefault(law => law.Key == known) is { } found ? found with { Key = key } : null;
    }

    /// <summary>What it makes of goals.</summary>
    public TrainingModel Model(TrainingGoals goals) => Surface is null ? new LineModel((AllocationLine)Allocation) : SurfaceModel.Of(Surface, goals)!;

    private static TrainingLaw Of(PublishedLaw law) => new()
    {
        Key = law.Key,
        Name = law.Name,
        ShortName = law.Key switch
        {
            "hoffmann1" => "Hoffmann 1",
            "hoffmann2" => "Hoffmann 2",
            "hoffmann3" => "Hoffmann 3",
            "hoffmann3rounded" => "Hoffmann 3, printed",
            "epoch" => "Epoch",
            "kaplan" => "Kaplan",
            _ => law.Name,
        },
        Source = law.Source,
        Counting = law.Counting,
        Allocation = law.Law,
        Surface = law.Law is ChinchillaLaw(var e, var a, var b, var alpha, var beta) ? LawForms.Chinchilla.With(e, a, b, alpha, beta) : null,
        Draws = law.Key == PublishedLaws.Epoch.Key ? PublishedSurfaces.EpochSpread.Draws(PublishedSurfaces.Epoch.Law, PublishedDraws, 1) : [],
        FlopsRange = law.FlopsRange,
        Uncertainty = law.Key == PublishedLaws.Epoch.Key
            ? "intervals are those of a bootstrap of its 240 points, made again here as the paper makes its standard errors"
            : law.ParameterExponent is { Low80: { } low, High80: { } high }
            ? string.Create(CultureInfo.InvariantCulture, $"the paper gives an 80 % interval of the exponent a, {low:0.000} to {high:0.000}, and none of what follows from the law")
            : "the paper gives no interval",
        IsPublished = true,
    };

    private static TrainingLaw Of(PublishedSurface surface, string shortName) => new()
    {
        Key = surface.Key,
        Name = surface.Name,
        ShortName = shortName,
        Source = surface.Source,
        Counting = surface.Counting,
        Allocation = surface.Law,
        Surface = surface.Law,
        Uncertainty = "no interval of its coefficients is at hand",
        IsPublished = true,
    };
}
