namespace ScalingDashboard.Runs.Storage;

/// <summary>The public id of a saved fit: f and its key as in <see cref="RunId"/>, so that no run's id names a fit.</summary>
internal static class FitId
{
    public static string FromKey(long key) => "f" + RunId.FromKey(key);

    /// <summary>The key behind an id from a link; null for anything that <see cref="FromKey"/> does not write.</summary>
    public static long? Key(string? text) => text is ['f', .. var digits] && RunId.TryGetKey(digits, out var key) ? key : null;
}
