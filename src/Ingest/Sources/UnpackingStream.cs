using System.Globalization;

namespace ScalingDashboard.Ingest.Sources;

/// <summary>Counts what an archive unpacks to, over all its entries.</summary>
internal sealed class UnpackLimit(string archive, ArchiveLimits limits)
{
    private long _unpacked;

    public bool IsSuspicious(long unpacked, long packed) => unpacked > limits.RatioFrom && unpacked > packed * limits.Ratio;

    public int Ratio => limits.Ratio;

    /// <exception cref="IngestException">The archive unpacks to more than allowed.</exception>
    public void Add(int bytes)
    {
        _unpacked += bytes;
        if (_unpacked > limits.Unpacked)
            throw new IngestException(archive, string.Create(CultureInfo.InvariantCulture, $"unpacks to more than {limits.Unpacked:N0} bytes, the limit for one archive. Split it."));
    }
}

/// <summary>What an archive's entry holds, counted as it is read; refused when it is larger than it may be or not what the archive says.</summary>
/// <param name="inner">The unpacked bytes.</param>
/// <param name="limit">Of the whole archive.</param>
/// <param name="name">For messages.</param>
/// <param name="packed">Bytes in the archive.</param>
/// <param name="expected">CRC-32 of the unpacked bytes; an entry that understates its size is cut off without an error, and only the checksum shows it.</param>
/// <param name="length">Unpacked bytes modulo 2³² as the end of a gzip file says; one that is cut off ends without an error as well.</param>
internal sealed class UnpackingStream(Stream inner, UnpackLimit limit, string name, long packed, uint? expected, uint? length = null) : ForwardStream
{
    private static readonly uint[] s_table = Table();

    private uint _crc = 0xFFFFFFFFu;
    private long _unpacked;
    private byte _last;
    private bool _ended;

    /// <summary>It was read to its end, which is not where it says and not where a line ends: several files packed into one end with a line.</summary>
    public bool IsCutOff => _ended && length is { } whole && (uint)_unpacked != whole && _last != (byte)'\n';

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        int count;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw new IngestException(name, "is damaged in the archive. Pack it again.", inner: exception);
        }

        if (count == 0)
        {
            if (expected is { } crc && ~_crc != crc)
                throw new IngestException(name, "does not have the checksum the archive says: it is damaged, or its size is misstated. Pack it again.");
            _ended = true;
            return 0;
        }

        _last = buffer.Span[count - 1];
        Update(buffer.Span[..count]);
        _unpacked += count;
        limit.Add(count);
        if (limit.IsSuspicious(_unpacked, packed))
            throw new IngestException(name, string.Create(CultureInfo.InvariantCulture, $"unpacks to more than {limit.Ratio} times its packed size, as no log does. Upload the file unpacked."));
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Update(ReadOnlySpan<byte> bytes)
    {
        if (expected is null)
            return;
        foreach (var one in bytes)
            _crc = s_table[(byte)(_crc ^ one)] ^ (_crc >> 8);
    }

    /// <summary>CRC-32 as zip uses it (ISO 3309): polynomial 0xEDB88320, reflected.</summary>
    private static uint[] Table()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320u ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
