using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Adds points to the end of a stored series without reading or writing the rest of it.</summary>
/// <remarks>
/// The series is a stack of pieces, each a row. New points are a piece on top; a piece below that is not longer is taken into it, as in a binary counter.
/// So a series of n points has about log2(n) short pieces above its full ones, and a point is rewritten at most 16 times in its life.
/// A step below the last one is a restart: what stands at its step and beyond is taken away first, so that the later value counts.
/// </remarks>
internal sealed class LiveSeries
{
    private readonly StoreContext _context;
    private readonly Series _series;

    // Pieces that were loaded or are new, the lowest first; what is below stays as it is in the database.
    private readonly List<Piece> _pieces = [];

    // Number of the lowest piece loaded; those below it are not known yet.
    private int _loadedFrom = int.MaxValue;
    private bool _isBottom;

    // Number of the next new piece. Never one of a piece that was taken away: its row is still there until all is saved.
    private int _next;

    private LiveSeries(StoreContext context, Series series)
    {
        (_context, _series) = (context, series);
        // Nothing was stored of a new one.
        _isBottom = series.Count == 0;
    }

    /// <summary>Steps at which the series was restarted.</summary>
    public List<double> Restarts { get; } = [];

    /// <summary>Points that were taken away by restarts.</summary>
    public int Replaced { get; private set; }

    /// <summary>Adds points in the order of the log. What they change is tracked by the context, and not saved here.</summary>
    /// <param name="context">The store, in a transaction.</param>
    /// <param name="series">The series, tracked.</param>
    /// <param name="points">Steps may go back.</param>
    /// <param name="cancellationToken">Ends the work; nothing was saved.</param>
    public static async Task<LiveSeries> AppendAsync(StoreContext context, Series series, ImportedSeries points, CancellationToken cancellationToken)
    {
        var live = new LiveSeries(context, series);
        await live.AddAsync(points, cancellationToken);
        return live;
    }

    /// <summary>The last value that is finite and above zero; null where there is none.</summary>
    public async Task<double?> LastUsableAsync(CancellationToken cancellationToken)
    {
        for (var depth = 1; await HasAsync(depth, cancellationToken); depth++)
        {
            var values = _pieces[^depth].Values;
            if (values.FindLastIndex(value => double.IsFinite(value) && value > 0) is >= 0 and var index)
                return values[index];
        }

        return null;
    }

    /// <summary>Step of the first value behind the last finite one; null where the series ends finite.</summary>
    public async Task<double?> NotFiniteSinceAsync(CancellationToken cancellationToken)
    {
        double? since = null;
        for (var depth = 1; await HasAsync(depth, cancellationToken); depth++)
        {
            var piece = _pieces[^depth];
            for (var i = piece.Count - 1; i >= 0; i--)
            {
                if (double.IsFinite(piece.Values[i]))
                    return since;
                since = piece.Steps[i];
            }
        }

        return since;
    }

    /// <summary>That a loss rose and stayed there, in words; null where it did not. All of it is read only where its newest piece is high.</summary>
    public async Task<string?> RoseAsync(CancellationToken cancellationToken)
    {
        if (_series.Min is not { } lowest || !await HasAsync(1, cancellationToken) || !_pieces[^1].Values.Exists(value => value > LossDivergence.Factor * lowest))
            return null;
        while (await HasAsync(_pieces.Count + 1, cancellationToken))
        {
        }

        return LossDivergence.Of(new ImportedSeries(_series.Metric, [.. _pieces.SelectMany(piece => piece.Steps)], [.. _pieces.SelectMany(piece => piece.Values)]));
    }

    private async Task AddAsync(ImportedSeries points, CancellationToken cancellationToken)
    {
        var before = _series.Count;
        var kept = before;
        var top = new Piece(null);
        for (var i = 0; i < points.Steps.Length; i++)
        {
            var (step, value) = (points.Steps[i], points.Values[i]);
            if (top.Count > 0 ? step < top.Steps[^1] : await HasAsync(1, cancellationToken) && step < _pieces[^1].Steps[^1])
            {
                Restarts.Add(step);
                Replaced += top.CutFrom(step);
                if (top.Count == 0)
                    kept -= await CutFromAsync(step, cancellationToken);
            }

            top.Add(step, value);
        }

        Replaced += before - kept;
        _series.Count = kept + top.Count;
        _series.Sha256 = SeriesCodec.Chain(_series.Sha256, kept, top.StepSpan, top.ValueSpan);
        if (top.Count > 0)
            _pieces.Add(top);
        if (kept < before)
            await SummarizeAllAsync(cancellationToken);
        else
            Summarize(top);
        await MergeAsync(cancellationToken);
        Save();
    }

    /// <summary>Takes away what stands at a step or beyond.</summary>
    /// <returns>How many points.</returns>
    private async Task<int> CutFromAsync(double step, CancellationToken cancellationToken)
    {
        var cut = 0;
        while (await HasAsync(1, cancellationToken) && _pieces[^1].Steps[^1] >= step)
        {
            cut += _pieces[^1].CutFrom(step);
            if (_pieces[^1].Count == 0)
                Remove(_pieces.Count - 1);
        }

        return cut;
    }

    private async Task MergeAsync(CancellationToken cancellationToken)
    {
        while (_pieces.Count > 0 && await HasAsync(2, cancellationToken)
            && _pieces[^2] is var below && _pieces[^1] is var top
            && below.Count <= top.Count && below.Count + top.Count <= SeriesCodec.ChunkLength)
        {
            below.AddRange(top);
            Remove(_pieces.Count - 1);
        }
    }

    /// <summary>Whether there is a piece so far below the top; loads it.</summary>
    private async Task<bool> HasAsync(int depth, CancellationToken cancellationToken)
    {
        while (_pieces.Count < depth && !_isBottom)
        {
            var chunk = await _context.SeriesChunks
                .Where(chunk => chunk.SeriesId == _series.Id && chunk.Number < _loadedFrom)
                .OrderByDescending(chunk => chunk.Number)
                .FirstOrDefaultAsync(cancellationToken);
            if (chunk is null)
            {
                _isBottom = true;
                break;
            }

            if (_pieces.Count == 0 && _loadedFrom == int.MaxValue)
                _next = chunk.Number + 1;
            _loadedFrom = chunk.Number;
            var (steps, values) = SeriesCodec.DecodePiece(_series.Metric, chunk.Count ?? 0, chunk.Packed);
            _pieces.Insert(0, new Piece(chunk, steps, values));
        }

        return _pieces.Count >= depth;
    }

    private void Remove(int index)
    {
        if (_pieces[index].Stored is { } stored)
            _context.Remove(stored);
        _pieces.RemoveAt(index);
    }

    /// <summary>Packs what changed. New points may be more than a chunk takes.</summary>
    private void Save()
    {
        foreach (var piece in _pieces.Where(piece => !piece.IsUnchanged))
        {
            for (var start = 0; start < piece.Count; start += SeriesCodec.ChunkLength)
            {
                var length = Math.Min(SeriesCodec.ChunkLength, piece.Count - start);
                var packed = SeriesCodec.EncodePiece(piece.StepSpan.Slice(start, length), piece.ValueSpan.Slice(start, length));
                if (piece.Stored is { } stored)
                    (stored.Count, stored.Packed) = (length, packed);
                else
                    _series.Chunks.Add(new SeriesChunk { Number = _next++, Count = length, Packed = packed });
            }
        }
    }

    private void Summarize(Piece added)
    {
        foreach (var value in added.Values)
        {
            if (double.IsNaN(value))
                continue;
            _series.Min = _series.Min is { } min ? Math.Min(min, value) : value;
            _series.Max = _series.Max is { } max ? Math.Max(max, value) : value;
            _series.Last = value;
        }
    }

    /// <summary>A restart took values away, perhaps the extreme ones: all are looked at. Jobs restart seldom.</summary>
    private async Task SummarizeAllAsync(CancellationToken cancellationToken)
    {
        (_series.Min, _series.Max, _series.Last) = (null, null, null);
        await HasAsync(int.MaxValue, cancellationToken);
        _pieces.ForEach(Summarize);
    }

    private sealed class Piece(SeriesChunk? stored)
    {
        public Piece(SeriesChunk stored, double[] steps, double[] values)
            : this(stored)
        {
            Steps.AddRange(steps);
            Values.AddRange(values);
            IsUnchanged = true;
        }

        /// <summary>Its row; null for a new one.</summary>
        public SeriesChunk? Stored { get; } = stored;
        public List<double> Steps { get; } = [];
        public List<double> Values { get; } = [];
        public bool IsUnchanged { get; private set; }
        public int Count => Steps.Count;
        public ReadOnlySpan<double> StepSpan => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Steps);
        public ReadOnlySpan<double> ValueSpan => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Values);

        public void Add(double step, double value)
        {
            Steps.Add(step);
            Values.Add(value);
        }

        public void AddRange(Piece other)
        {
            IsUnchanged = false;
            Steps.AddRange(other.Steps);
            Values.AddRange(other.Values);
        }

        public int CutFrom(double step)
        {
            var keep = Count;
            while (keep > 0 && Steps[keep - 1] >= step)
                keep--;
            var cut = Count - keep;
            if (cut == 0)
                return 0;
            IsUnchanged = false;
            Steps.RemoveRange(keep, cut);
            Values.RemoveRange(keep, cut);
            return cut;
        }
    }
}
