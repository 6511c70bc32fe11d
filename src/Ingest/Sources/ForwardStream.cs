using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Ingest.Sources;

/// <summary>A stream that is only read, forwards and asynchronously.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
}

/// <summary>Gives back the head that was looked at, then the rest of the source, and hashes every byte on the way.</summary>
internal sealed class HashingStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> _head = head;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        if (_head.Length > 0)
        {
            count = Math.Min(_head.Length, buffer.Length);
            _head[..count].CopyTo(buffer);
            _head = _head[count..];
        }
        else
        {
            count = await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        _hash.AppendData(buffer.Span[..count]);
        return count;
    }

    /// <summary>Reads what is left and returns the SHA-256 of all bytes.</summary>
    public async Task<string> FinishAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        while (await ReadAsync(buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Gives back the head that was looked at, then the rest of the source, which stays open.</summary>
internal sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> _head = head;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_head.Length == 0)
            return rest.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(_head.Length, buffer.Length);
        _head[..count].CopyTo(buffer);
        _head = _head[count..];
        return ValueTask.FromResult(count);
    }
}

/// <summary>Refuses NUL bytes and counts what is not UTF-8.</summary>
internal sealed class TextGuardStream(Stream inner, string fileName) : ForwardStream
{
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private readonly char[] _characters = new char[4096];
    private bool _midCharacter;
    private long _lines;

    /// <summary>The last byte read so far ends no line.</summary>
    public bool IsWithinLine { get; private set; }

    /// <summary>Characters that were not UTF-8.</summary>
    public long Invalid { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Inspect(buffer.Span[..count]);
        return count;
    }

    private void Inspect(ReadOnlySpan<byte> bytes)
    {
        var zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
        {
            var line = _lines + bytes[..zero].Count((byte)'\n') + 1;
            throw new IngestException(fileName, "holds a NUL byte, so it is not a text table or it is damaged. Export the table again as CSV in UTF-8.", line);
        }

        _lines += bytes.Count((byte)'\n');
        if (bytes.Length > 0)
            IsWithinLine = bytes[^1] is not ((byte)'\n' or (byte)'\r');
        if (!_midCharacter && Ascii.IsValid(bytes))
            return;
        _midCharacter = bytes.Length > 0 ? bytes[^1] >= 0x80 : _midCharacter;
        while (bytes.Length > 0)
        {
            _decoder.Convert(bytes, _characters, flush: false, out var used, out var written, out _);
            Invalid += _characters.AsSpan(0, written).Count('\uFFFD');
            bytes = bytes[used..];
        }
    }
}
