using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>What the selected runs are, as far as it matters for what can be done to them.</summary>
/// <param name="Tags">Tags that any of them has.</param>
/// <param name="TagsElsewhere">Tags of the project that not all of them have.</param>
/// <param name="Noted">How many have a note.</param>
/// <param name="Excluded">Any is excluded; the same for the others.</param>
public sealed record SelectionFacts(string[] Tags, string[] TagsElsewhere, int Noted, bool Excluded, bool WithoutParameters, bool Archived, bool Live)
{
    private const int MostTagsElsewhere = 12;

    public static readonly SelectionFacts None = new([], [], 0, false, false, false, false);

    public static SelectionFacts Of(RunTable table, RunSelection selection)
    {
        if (selection.Count == 0)
            return None;
        // A run for each set of tags, −1 for none: there are few sets, whatever the number of runs.
        var (here, all) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        var (noted, excluded, without, archived, live) = (0, false, false, false, false);
        for (var row = 0; row < table.Count; row++)
        {
            all.TryAdd(table.Tags.Codes[row], row);
            if (!selection.Contains(row))
                continue;
            here.TryAdd(table.Tags.Codes[row], row);
            noted += table.Note.Codes[row] >= 0 ? 1 : 0;
            excluded |= table.ExclusionReason.Codes[row] >= 0;
            without |= double.IsNaN(table.Parameters[row]);
            archived |= table.IsArchived(row);
            live |= !table.IsArchived(row);
        }

        var shared = here.Values.Select(table.TagsOf).Aggregate((IEnumerable<string>?)null, (common, tags) => common?.Intersect(tags) ?? tags)!.ToHashSet();
        return new SelectionFacts(
            [.. here.Values.SelectMany(table.TagsOf).Distinct().Order(StringComparer.Ordinal)],
            [.. all.Values.SelectMany(table.TagsOf).Distinct().Where(tag => !shared.Contains(tag)).Order(StringComparer.Ordinal).Take(MostTagsElsewhere)],
            noted, excluded, without, archived, live);
    }
}
