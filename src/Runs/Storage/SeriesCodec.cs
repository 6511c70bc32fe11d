using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Packs a curve into blobs and back, bit for bit, NaN included.</summary>
/// <remarks>
/// A blob is Deflate over two blocks, steps and then values. A block holds the differences of consecutive bit patterns
/// (zero or constant for regular steps, small for smooth losses), byte plane after byte plane, most significant first.
/// </remarks>
internal static class SeriesCodec
{
    /// <summary>Most steps in one blob.</summary>
    public const int ChunkLength = 65_536;

    private const int PieceHashLength = 8;

    public static Series Encode(ImportedSeries source)
    {
        if (source.Steps.Length != source.Values.Length)
        {
            throw new ArgumentException(
                $"Series “{source.Metric}” has {source.Steps.Length} steps but {source.Values.Length} values.", nameof(source));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunks = new List<SeriesChunk>();
        for (var start = 0; start < source.Steps.Length; start += ChunkLength)
        {
            var length = Math.Min(ChunkLength, source.Steps.Length - start);
            var steps = source.Steps.AsSpan(start, length);
            var values = source.Values.AsSpan(start, length);
            Append(hash, steps, values);
            chunks.Add(new SeriesChunk { Number = chunks.Count, Packed = Pack(steps, values) });
        }

        var logged = source.Values.Where(value => !double.IsNaN(value)).ToList();
        return new Series
        {
            Metric = source.Metric,
            Count = source.Steps.Length,
            Min = logged.Count == 0 ? null : logged.Min(),
            Max = logged.Count == 0 ? null : logged.Max(),
            Last = logged.Count == 0 ? null : logged[^1],
            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
            Chunks = chunks,
        };
    }

    /// <summary>Packs a piece of a series that is appended to: the blob ends with the beginning of its hash, so that each piece can be checked by itself.</summary>
    public static byte[] EncodePiece(ReadOnlySpan<double> steps, ReadOnlySpan<double> values) =>
        [.. Pack(steps, values), .. HashOf(steps, values).AsSpan(0, PieceHashLength)];

    /// <summary>Unpacks what <see cref="EncodePiece"/> packed.</summary>
    /// <exception cref="StoreException">The blob is not what was stored.</exception>
    public static (double[] Steps, double[] Values) DecodePiece(string metric, int count, byte[] blob)
    {
        if (count is < 1 or > ChunkLength || blob.Length < PieceHashLength)
            throw Damaged(metric, null);
        var (steps, values) = (new double[count], new double[count]);
        try
        {
            Unpack(blob[..^PieceHashLength], steps, values);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(metric, e);
        }

        return HashOf(steps, values).AsSpan(0, PieceHashLength).SequenceEqual(blob.AsSpan(blob.Length - PieceHashLength)) ? (steps, values) : throw Damaged(metric, null);
    }

    /// <summary>What the hash of a series becomes when points are added behind its first <paramref name="kept"/> ones.</summary>
    public static string Chain(string sha256, int kept, ReadOnlySpan<double> steps, ReadOnlySpan<double> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{sha256} {kept} ")));
        Append(hash, steps, values);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Unpacks the chunks of one series, in their order.</summary>
    /// <exception cref="StoreException">The chunks are not what was stored.</exception>
    public static ImportedSeries Decode(string metric, int count, string sha256, IReadOnlyList<SeriesChunk> chunks)
    {
        if (chunks is [{ Count: not null }, ..])
            return DecodePieces(metric, count, chunks);
        var steps = new double[count];
        var values = new double[count];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            for (var (number, start) = (0, 0); start < count; number++, start += ChunkLength)
            {
                var length = Math.Min(ChunkLength, count - start);
                var stepsOfChunk = steps.AsSpan(start, length);
                var valuesOfChunk = values.AsSpan(start, length);
                Unpack(number < chunks.Count ? chunks[number].Packed : [], stepsOfChunk, valuesOfChunk);
                Append(hash, stepsOfChunk, valuesOfChunk);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(metric, e);
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
            throw Damaged(metric, null);
        return new ImportedSeries(metric, steps, values);
    }

    private static ImportedSeries DecodePieces(string metric, int count, IReadOnlyList<SeriesChunk> chunks)
    {
        if (chunks.Sum(chunk => (long)(chunk.Count ?? 0)) != count)
            throw Damaged(metric, null);
        var (steps, values, start) = (new double[count], new double[count], 0);
        foreach (var chunk in chunks)
        {
            var piece = DecodePiece(metric, chunk.Count ?? 0, chunk.Packed);
            piece.Steps.CopyTo(steps, start);
            piece.Values.CopyTo(values, start);
            start += piece.Steps.Length;
        }

        return new ImportedSeries(metric, steps, values);
    }

    private static byte[] HashOf(ReadOnlySpan<double> steps, ReadOnlySpan<double> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, steps, values);
        return hash.GetHashAndReset();
    }

    private static byte[] Pack(ReadOnlySpan<double> steps, ReadOnlySpan<double> values)
    {
        var planes = new byte[steps.Length * 16];
        ToPlanes(steps, planes.AsSpan(0, steps.Length * 8));
        ToPlanes(values, planes.AsSpan(steps.Length * 8));
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(planes);
        return packed.ToArray();
    }

    private static void Unpack(byte[] blob, Span<double> steps, Span<double> values)
    {
        var planes = new byte[steps.Length * 16];
        using (var deflate = new DeflateStream(new MemoryStream(blob), CompressionMode.Decompress))
            deflate.ReadExactly(planes);
        FromPlanes(planes.AsSpan(0, steps.Length * 8), steps);
        FromPlanes(planes.AsSpan(steps.Length * 8), values);
    }

    private static void ToPlanes(ReadOnlySpan<double> numbers, Span<byte> planes)
    {
        var previous = 0L;
        for (var i = 0; i < numbers.Length; i++)
        {
            var bits = BitConverter.DoubleToInt64Bits(numbers[i]);
            var difference = unchecked(bits - previous);
            previous = bits;
            for (var plane = 0; plane < 8; plane++)
                planes[plane * numbers.Length + i] = unchecked((byte)(difference >> (56 - 8 * plane)));
        }
    }

    private static void FromPlanes(ReadOnlySpan<byte> planes, Span<double> numbers)
    {
        var bits = 0L;
        for (var i = 0; i < numbers.Length; i++)
        {
            var difference = 0L;
            for (var plane = 0; plane < 8; plane++)
                difference = difference << 8 | planes[plane * numbers.Length + i];
            bits = unchecked(bits + difference);
            numbers[i] = BitConverter.Int64BitsToDouble(bits);
        }
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<double> steps, ReadOnlySpan<double> values)
    {
        AppendNumbers(hash, steps);
        AppendNumbers(hash, values);
    }

    private static void AppendNumbers(IncrementalHash hash, ReadOnlySpan<double> numbers)
    {
        if (BitConverter.IsLittleEndian)
        {
            hash.AppendData(MemoryMarshal.AsBytes(numbers));
            return;
        }

        // The hash is over little-endian bytes, so that a store can move between machines.
        Span<byte> bytes = stackalloc byte[8];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }

    private static StoreException Damaged(string metric, Exception? cause)
    {
        var message = $"The stored series “{metric}” is damaged: its content does not match its hash. " +
            "Restore the latest backup, or delete the run and import its file again.";
        return cause is null ? new StoreException(message) : new StoreException(message, cause);
    }
}
