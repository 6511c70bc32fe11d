using System.Collections;

namespace ScalingDashboard.Ingest.Sweeps;

/// <summary>Values by number, growing without being copied; a stretch of missing values takes no room.</summary>
internal sealed class Column<T>(T missing)
{
    private const int Length = 4096;

    private readonly List<T[]?> _stretches = [];

    public T this[int index]
    {
        get => index / Length < _stretches.Count && _stretches[index / Length] is { } stretch ? stretch[index % Length] : missing;
        set
        {
            while (_stretches.Count <= index / Length)
                _stretches.Add(null);
            if (_stretches[index / Length] is not { } stretch)
            {
                if (EqualityComparer<T>.Default.Equals(value, missing))
                    return;
                _stretches[index / Length] = stretch = new T[Length];
                Array.Fill(stretch, missing);
            }

            stretch[index % Length] = value;
        }
    }
}

/// <summary>A list whose elements are made whenever they are asked for: there may be millions.</summary>
internal sealed class MadeList<T>(int count, Func<int, T> make) : IReadOnlyList<T>
{
    public int Count => count;

    public T this[int index] => (uint)index < (uint)count ? make(index) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < count; i++)
            yield return make(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
