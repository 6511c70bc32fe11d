using System.Collections;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>A line of the table: a run, or the head of a group.</summary>
/// <param name="Index">Where it stands, from 0.</param>
/// <param name="Group">The group, or that of the run; null without groups.</param>
/// <param name="Row">The run; −1 at the head of a group.</param>
public readonly record struct RunLine(int Index, RunGroup? Group, int Row)
{
    public bool IsGroup => Row < 0;

    /// <summary>The runs it stands for.</summary>
    public IEnumerable<int> Rows => IsGroup ? Group!.Rows : [Row];
}

/// <summary>The lines of the table, made as they are asked for: a page holds a number for each of 100,000 and no more.</summary>
public sealed class RunLineCollection : IReadOnlyList<RunLine>, ICollection<RunLine>
{
    private readonly RunArrangement _arrangement;

    // A run, or the head of a group as −1 − its index; null for the runs as they are.
    private readonly int[]? _lines;

    // For each line its group.
    private readonly int[]? _groupOf;

    /// <param name="arrangement">What is shown.</param>
    /// <param name="open">First runs of the groups whose runs are shown.</param>
    public RunLineCollection(RunArrangement arrangement, IReadOnlySet<int> open)
    {
        _arrangement = arrangement;
        if (arrangement.Groups is not { Groups: var groups })
            return;
        var (lines, groupOf) = (new List<int>(), new List<int>());
        for (var group = 0; group < groups.Count; group++)
        {
            lines.Add(-1 - group);
            if (open.Contains(groups[group].First))
                lines.AddRange(groups[group].Rows);
            while (groupOf.Count < lines.Count)
                groupOf.Add(group);
        }

        (_lines, _groupOf) = ([.. lines], [.. groupOf]);
    }

    public int Count => _lines?.Length ?? _arrangement.Rows.Length;

    public bool IsReadOnly => true;

    public RunLine this[int index] => _lines is null
        ? new RunLine(index, null, _arrangement.Rows[index])
        : new RunLine(index, _arrangement.Groups!.Groups[_groupOf![index]], Math.Max(_lines[index], -1));

    /// <summary>Where a run stands; −1 where it is not shown.</summary>
    public int IndexOf(int row) => Array.IndexOf(_lines ?? _arrangement.Rows, row);

    /// <summary>Where a line of an earlier drawing stands now; −1 where it is gone.</summary>
    public int IndexOf(RunLine line)
    {
        if (!line.IsGroup)
            return IndexOf(line.Row);
        for (var index = 0; index < Count; index++)
        {
            if (this[index] is { IsGroup: true, Group: { } group } && group.First == line.Group!.First)
                return index;
        }

        return -1;
    }

    public IEnumerator<RunLine> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Contains(RunLine item) => item.Index < Count && this[item.Index] == item;

    public void CopyTo(RunLine[] array, int arrayIndex)
    {
        foreach (var line in this)
            array[arrayIndex++] = line;
    }

    public void Add(RunLine item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public bool Remove(RunLine item) => throw new NotSupportedException();
}
