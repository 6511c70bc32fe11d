using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Runs;

/// <summary>One text for each run of a table, kept once for all runs that share it. Immutable; safe to use from many threads.</summary>
/// <remarks>What can be asked of a text (is it a number, does it hold a word) is asked once for each different text and not for each run.</remarks>
public sealed class TextColumn
{
    private readonly int[] _codes;
    private double[]? _numbers;
    private int[]? _ranks;

    /// <param name="codes">For each run the index of its text in <paramref name="values"/>; −1 for none.</param>
    /// <param name="values">The different texts.</param>
    public TextColumn(int[] codes, string[] values) => (_codes, Values) = (codes, values);

    /// <summary>The different texts, in the order in which runs brought them.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>For each run the index of its text among <see cref="Values"/>; −1 for none.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The text of a run; null for none.</summary>
    public string? this[int row] => _codes[row] is >= 0 and var code ? Values[code] : null;

    /// <summary>For each different text its number, read as a quantity such as 3e-4 or 1B; NaN where it is none.</summary>
    public ReadOnlySpan<double> Numbers
    {
        get
        {
            // Two threads may both compute them: they get the same.
            return _numbers ??= [.. Values.Select(value => Quantity.TryParse(value, out var number) ? number : double.NaN)];
        }
    }

    /// <summary>Every text is a number.</summary>
    public bool IsNumeric => Values.Count > 0 && !Numbers.Contains(double.NaN);

    /// <summary>For each different text its place in natural order; equal ones (whatever the case) share it.</summary>
    public ReadOnlySpan<int> Ranks => _ranks ??= Rank();

    private int[] Rank()
    {
        var order = new int[Values.Count];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (left, right) => NaturalOrder.Instance.Compare(Values[left], Values[right]));
        var ranks = new int[order.Length];
        for (var i = 1; i < order.Length; i++)
            ranks[order[i]] = ranks[order[i - 1]] + (NaturalOrder.Instance.Compare(Values[order[i - 1]], Values[order[i]]) == 0 ? 0 : 1);
        return ranks;
    }
}
