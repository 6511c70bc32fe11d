using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>A run of the Lab: its name and all that decides its losses.</summary>
public sealed record LabRun
{
    /// <summary>Unique in its folder; letters, digits, dots, dashes and underscores, so that a file can be called so.</summary>
    public required string Name { get; init; }

    /// <summary>What is trained, and how.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>What it is trained on.</summary>
    public required LanguageOptions Language { get; init; }

    /// <summary>Family of models that it belongs to.</summary>
    public required string Family { get; init; }

    /// <summary>FLOP of its IsoFLOP group; null outside such a sweep.</summary>
    public double? Budget { get; init; }

    /// <summary>The smaller run of the same folder that it grows from; null for one from scratch.</summary>
    public GrownFrom? Growth { get; init; }

    /// <summary>Everything that makes the run impossible, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (Name.Length is 0 or > 150 || Name[0] == '.' || !Name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_'))
            yield return $"'{Name}' is no name of a run: write up to 150 letters, digits, dots, dashes and underscores.";
        foreach (var problem in Language.Problems().Concat(Training.Problems()))
            yield return problem;
    }
}
