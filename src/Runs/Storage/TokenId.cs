namespace ScalingDashboard.Runs.Storage;

/// <summary>The public id of a token: t and its key as in <see cref="RunId"/>.</summary>
internal static class TokenId
{
    public static string FromKey(long key) => "t" + RunId.FromKey(key);

    /// <summary>The key behind an id; null for anything that <see cref="FromKey"/> does not write.</summary>
    public static long? Key(string? text) => text is ['t', .. var digits] && RunId.TryGetKey(digits, out var key) ? key : null;
}
