using System.Globalization;
using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;

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

    /// <summary>What few bits take of its parameters, where its paper says so.</summary>
    public PrecisionLaw? OwnPrecision { get; init; }

    /// <summary>Compute of the runs behind it, FLOP; null where that is not known.</summary>
    public (double Low, double High)? FlopsRange { get; init; }

    /// <summary>What is known of its uncertainty, in a clause: "the paper prints …".</summary>
    public required string Uncertainty { get; init; }

    /// <summary>Someone else's numbers from a paper.</summary>
    public bool IsPublished { get; init; }

    private const int PublishedDraws = 500;

    /// <summary>The published laws, in the order they are listed; those that split a budget along a line first.</summary>
    public static IReadOnlyList<TrainingLaw> Published { get; } =
        [.. PublishedLaws.All.Select(Of), Of(PublishedSurfaces.Llama3, "Llama 3 refit"), Of(PublishedSurfaces.Muennighoff, "Muennighoff"), Of(PublishedPrecisions.Kumar)];

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
    /// <param name="goals">Unique tokens, epochs and served tokens; the rest is not read.</param>
    /// <param name="surface">Its surface or one of its draws; null for a line.</param>
    /// <param name="bits">Bits in training; NaN where they do not count.</param>
    public TrainingModel Model(TrainingGoals goals, Law? surface, double bits = double.NaN) => surface is null
        ? new LineModel((AllocationLine)Allocation)
        : SurfaceModel.Of(surface, goals, double.IsNaN(bits) ? 1 : Precision(surface).Share(TrainingBits.Tied(bits)))!;

    /// <summary>What few bits take of the parameters: by a saved fit of a law of precision as it was fitted, else by the law's own paper, else by Kumar et al.</summary>
    /// <param name="surface">Its surface or one of its draws.</param>
    public PrecisionLaw Precision(Law surface) => (surface.Form as PrecisionForm)?.LawOf(surface.Coefficients) ?? OwnPrecision ?? PublishedPrecisions.Kumar.Law;

    /// <summary>It says itself what few bits do; else that is put into it from another paper.</summary>
    public bool KnowsBits => OwnPrecision is not null || Surface?.Form is PrecisionForm;

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

    private static TrainingLaw Of(PublishedPrecision<PrecisionLaw> published)
    {
        var (e, a, b, alpha, beta) = published.Law.Base;
        var surface = LawForms.Chinchilla.With(e, a, b, alpha, beta);
        return new()
        {
            Key = published.Key,
            Name = published.Name,
            ShortName = "Kumar",
            Source = published.Source,
            Counting = "without embeddings",
            Allocation = surface,
            Surface = surface,
            OwnPrecision = published.Law,
            FlopsRange = (6 * published.Parameters.Low * published.Tokens.Low, 6 * published.Parameters.High * published.Tokens.High),
            Uncertainty = "the paper gives no interval",
            IsPublished = true,
        };
    }

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
