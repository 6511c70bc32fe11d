using System.Text;

namespace ScalingDashboard.Runs.Storage;

/// <summary>The public id of a run: its key in base 36, as short as a link wants it. One text for each key.</summary>
internal static class RunId
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static string FromKey(long key)
    {
        var text = new StringBuilder();
        for (; key > 0; key /= 36)
            text.Insert(0, Digits[(int)(key % 36)]);
        return text.ToString();
    }

    /// <summary>Reads an id from a link; anything that <see cref="FromKey"/> does not write is refused.</summary>
    public static bool TryGetKey(string? text, out long key)
    {
        key = 0;
        // Twelve digits are below 2^63.
        if (text is null or "" or ['0', ..] || text.Length > 12)
            return false;
        foreach (var character in text)
        {
            var digit = Digits.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            key = key * 36 + digit;
        }

        return true;
    }
}
