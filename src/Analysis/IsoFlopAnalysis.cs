using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>Everything the three approaches say about one set of runs.</summary>
public sealed record IsoFlopAnalysis
{
    /// <summary>The runs in their budgets.</summary>
    public required IsoFlopGroups Groups { get; init; }

    /// <summary>Approach 2 in detail.</summary>
    public required IsoFlopProfiles Profiles { get; init; }

    /// <summary>Approach 1 in detail; null without training curves.</summary>
    public LossEnvelope? Envelope { get; init; }

    /// <summary>Approach 3 in detail; null with too few runs.</summary>
    public FitResult? Surface { get; init; }

    /// <summary>The approaches that could be run, ascending.</summary>
    public required IReadOnlyList<ApproachResult> Approaches { get; init; }

    /// <summary>What to know before trusting any of it.</summary>
    public required IReadOnlyList<Warning> Warnings { get; init; }

    /// <summary>What it was made from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>C of the smallest run, FLOP.</summary>
    public double SmallestFlops => Groups.Runs.Min(run => run.Flops);

    /// <summary>C of the largest run, FLOP.</summary>
    public double LargestFlops => Groups.Runs.Max(run => run.Flops);

    /// <summary>One approach; null when it could not be run.</summary>
    public ApproachResult? Approach(int approach) => Approaches.FirstOrDefault(result => result.Approach == approach);

    /// <summary>Approach 3 when it converged and is identifiable, else 2, else 1; null when none gives an answer.</summary>
    public ApproachResult? Headline =>
        Approach(3) is { Status: FitStatus.Converged } surface ? surface
        : Approach(2) is { IsUsable: true } profiles ? profiles
        : Approach(1) is { IsUsable: true } envelope ? envelope
        : null;

    /// <summary>Runs all approaches the runs allow.</summary>
    /// <param name="final">Final rows; at least one.</param>
    /// <param name="checkpoints">Checkpoints of the runs that have curves; may be empty.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Bootstrap draws of Approach 3 that are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static IsoFlopAnalysis Run(
        RunSet final, IReadOnlyList<Observation> checkpoints, IsoFlopOptions options,
        IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var groups = IsoFlopRecipe.Group(final.Observations, options);
        var (profiles, parabolas) = IsoFlopRecipe.Profiles(groups, options, cancellationToken);
        var approaches = new List<ApproachResult> { parabolas };
        var warnings = new List<Warning>();

        LossEnvelope? envelope = null;
        if (checkpoints.Count > 0 && IsoFlopRecipe.Envelope(checkpoints, options, cancellationToken) is { } curves)
        {
            envelope = curves.Envelope;
            approaches.Insert(0, curves.Result);
        }

        FitResult? surface = null;
        if (final.Observations.Count >= LawForms.Chinchilla.Parameters.Count)
        {
            surface = FitRecipe.Run(final.Observations, options.Surface, progress, cancellationToken);
            approaches.Add(IsoFlopRecipe.Surface(surface, groups, cancellationToken));
        }
        else
        {
            warnings.Add(new Warning("fit", $"Approach 3 needs at least {LawForms.Chinchilla.Parameters.Count} runs; there {(final.Observations.Count == 1 ? "is" : "are")} {final.Observations.Count}."));
        }

        warnings.AddRange(approaches.OrderByDescending(result => result.Approach).SelectMany(result => result.Warnings));
        return new IsoFlopAnalysis
        {
            Groups = groups,
            Profiles = profiles,
            Envelope = envelope,
            Surface = surface,
            Approaches = approaches,
            Warnings = warnings,
            Provenance = final.Provenance(options.Describe()),
        };
    }
}
