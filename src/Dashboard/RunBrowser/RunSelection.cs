using System.Collections;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>The selected runs of a table: a bit for each.</summary>
public sealed class RunSelection
{
    private RunTable? _table;
    private BitArray _selected = new(0);

    public int Count { get; private set; }

    /// <summary>The selected runs, ascending.</summary>
    public IEnumerable<int> Rows
    {
        get
        {
            for (var row = 0; row < _selected.Length; row++)
            {
                if (_selected[row])
                    yield return row;
            }
        }
    }

    public bool Contains(int row) => _selected[row];

    public void Set(int row, bool selected)
    {
        if (_selected[row] == selected)
            return;
        _selected[row] = selected;
        Count += selected ? 1 : -1;
    }

    public void Clear()
    {
        _selected.SetAll(false);
        Count = 0;
    }

    /// <summary>Goes over to another state of the runs; what is not shown there is no longer selected, as nothing happens to a run that cannot be seen.</summary>
    public void MoveTo(RunArrangement arrangement)
    {
        var (from, to, before) = (_table, arrangement.Columns.Table, _selected);
        (_table, _selected, Count) = (to, new BitArray(to.Count), 0);
        if (from is null)
            return;
        foreach (var row in arrangement.Rows)
        {
            var earlier = ReferenceEquals(from, to) ? row : from.RowOf(to.Key(row));
            if (earlier >= 0 && before[earlier])
                Set(row, true);
        }
    }
}
