using System.Text.RegularExpressions;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>Settings by which repetitions of one experiment differ.</summary>
public static partial class SeedKeys
{
    /// <summary>Seed as a word of its own or at the end of one: seed, random_seed, trainer.dataSeed, seed_everything.</summary>
    public static bool IsSeed(string key) => Seed().IsMatch(key);

    [GeneratedRegex("(?:^|[^a-zA-Z])(?:[a-z]*seed|[A-Z]*SEED|[a-zA-Z]*Seed)(?:$|[^a-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Seed();
}
