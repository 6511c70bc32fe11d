using System.Globalization;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>Gathers the rows that are left out; of very many the first, and a last one that tells how many more there are.</summary>
internal sealed class LeftOutRows
{
    private const int Most = 50_000;

    private readonly List<LeftOutRow> _rows = [];
    private LeftOutRow? _firstMore;
    private int _more;

    public IReadOnlyList<LeftOutRow> All => _firstMore is null ? _rows
        : [.. _rows, new LeftOutRow(_firstMore.File, _firstMore.Line, string.Create(CultureInfo.InvariantCulture, $"{_firstMore.Reason}; and {_more:N0} more"))];

    public int Count => _rows.Count;

    public void Add(LeftOutRow row)
    {
        if (_rows.Count < Most)
            _rows.Add(row);
        else if (_firstMore is null)
            _firstMore = row;
        else
            _more++;
    }
}
