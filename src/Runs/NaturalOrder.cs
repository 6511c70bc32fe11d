namespace ScalingDashboard.Runs;

/// <summary>Names as people sort them, whatever the case: run 2 before run 10.</summary>
public sealed class NaturalOrder : IComparer<string?>
{
    public static readonly NaturalOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        ReadOnlySpan<char> a = left, b = right;
        while (a.Length > 0 && b.Length > 0)
        {
            var partA = Part(a);
            var partB = Part(b);
            var digitsA = partA.TrimStart('0');
            var digitsB = partB.TrimStart('0');
            var order = !char.IsAsciiDigit(partA[0]) || !char.IsAsciiDigit(partB[0]) ? partA.CompareTo(partB, StringComparison.OrdinalIgnoreCase)
                : digitsA.Length != digitsB.Length ? digitsA.Length.CompareTo(digitsB.Length)
                : digitsA.CompareTo(digitsB, StringComparison.Ordinal);
            if (order != 0)
                return order;
            a = a[partA.Length..];
            b = b[partB.Length..];
        }

        return a.Length.CompareTo(b.Length);
    }

    /// <summary>The digits, or the other characters, that a text begins with.</summary>
    private static ReadOnlySpan<char> Part(ReadOnlySpan<char> text)
    {
        var length = 1;
        while (length < text.Length && char.IsAsciiDigit(text[length]) == char.IsAsciiDigit(text[0]))
            length++;
        return text[..length];
    }
}
