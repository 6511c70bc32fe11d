namespace ScalingDashboard.Ingest.Sources;

/// <summary>Lines of a UTF-8 stream, without copying them one by one.</summary>
internal sealed class Utf8LineReader(Stream stream, string fileName, int maximumLength)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _finished;

    /// <summary>The current line without its end, valid until the next read.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>The current line has an end; where it has none it may be cut off.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Number of the current line, counted from 1.</summary>
    public int LineNumber { get; private set; }

    /// <exception cref="IngestException">A line is longer than the limit.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var scanned = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (length >= 0)
                return Take(scanned + length, 1);
            scanned = _end - _start;
            if (scanned > maximumLength)
                return Take(scanned, 0);
            if (_finished)
                return scanned > 0 && Take(scanned, 0);
            MakeRoom();
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += count;
            _finished = count == 0;
        }
    }

    private bool Take(int length, int lineEnd)
    {
        LineNumber++;
        IsWhole = lineEnd > 0;
        if (length > maximumLength)
            throw new IngestException(fileName, $"is longer than {maximumLength / 1024} KB. A log or table has one record a line; check the line ends of the file.", LineNumber);
        Line = _buffer.AsMemory(_start, length);
        if (length > 0 && Line.Span[^1] == (byte)'\r')
            Line = Line[..^1];
        if (LineNumber == 1 && Line.Span.StartsWith("\uFEFF"u8))
            Line = Line[3..];
        _start += length + lineEnd;
        return true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
