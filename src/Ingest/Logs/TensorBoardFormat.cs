using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>TensorBoard event files: the scalars of all event files of a folder are one run.</summary>
/// <remarks>
/// A record is its length (8 bytes), the masked CRC32C of the length, the payload and the masked CRC32C of the payload, all little-endian. The length is
/// believed only when its checksum fits, and nothing is allocated for a longer record than <see cref="LongestRecord"/>. A file that ends within a record
/// is still being written: what is there is read.
/// Formats: tensorflow/tensorboard, tensorboard/compat/proto/event.proto and summary.proto.
/// </remarks>
internal sealed partial class TensorBoardFormat : LogFormat
{
    /// <summary>Bytes; longer records hold pictures or graphs and are skipped.</summary>
    public const int LongestRecord = 16 * 1024 * 1024;

    private const int HeaderLength = 12;
    private const int FooterLength = 4;

    public override string Key => "tensorboard";

    public override string Title => "TensorBoard event file";

    public override double Confidence(LogHead head) =>
        head.Bytes.Length >= HeaderLength && TryReadLength(head.Bytes.Span, out _) ? 1 : 0;

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        // SummaryWriter.add_hparams writes into a folder of its own, named by the moment, inside the run's.
        var folder = input.Folder;
        if (Moment().IsMatch(PathText.Name(folder)))
            folder = PathText.Folder(folder) is { Length: > 0 } parent ? parent : input.Root;
        var run = folder.Length > 0
            ? runs.Run($"{Key}\n{folder}", folder, Key, input.Path)
            : runs.Run($"{Key}\n{input.Path}", input.Path, Key, input.Path);
        var events = new TensorBoardEvents(run, runs, input.Path);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        var (start, end, records) = (0, 0, 0L);
        try
        {
            while (await FillAsync(HeaderLength).ConfigureAwait(false))
            {
                if (!TryReadLength(buffer.AsSpan(start), out var length))
                {
                    if (records == 0)
                        throw new IngestException(input.Path, "is no TensorBoard event file: the checksum of its first record does not fit. Choose another format, or copy the file again.");
                    run.Flag(string.Create(CultureInfo.InvariantCulture, $"damaged after record {records}: what follows was not read"));
                    events.Finish();
                    return;
                }

                start += HeaderLength;
                if (length > LongestRecord)
                {
                    runs.LeaveOut(input.Path, 0, string.Create(CultureInfo.InvariantCulture, $"record {records + 1} has {length} bytes, more than a scalar needs; it was skipped"));
                    if (!await SkipAsync((long)Math.Min(length, long.MaxValue - FooterLength) + FooterLength).ConfigureAwait(false))
                        break;
                }
                else
                {
                    var whole = (int)length + FooterLength;
                    if (!await FillAsync(whole).ConfigureAwait(false))
                    {
                        start = end = -1;
                        break;
                    }

                    Take(buffer.AsSpan(start, whole), (int)length, records + 1);
                    start += whole;
                }

                records++;
            }

            // Anything left over is the beginning of a record.
            if (start != end || start < 0)
                run.Flag(LoggedRunBuilder.Truncated);
            if (records == 0)
                throw new IngestException(input.Path, "ends before its first record. Wait until the run has logged something, then import it again.");
            events.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        async ValueTask<bool> FillAsync(int needed)
        {
            if (end - start >= needed)
                return true;
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            while (end < needed)
            {
                // Grows with what has arrived, not with what a length announces.
                if (end == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, end).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                var count = await input.Content.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return false;
                end += count;
            }

            return true;
        }

        async ValueTask<bool> SkipAsync(long length)
        {
            while (length > 0)
            {
                if (start == end)
                {
                    (start, end) = (0, await input.Content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
                    if (end == 0)
                    {
                        start = end = -1;
                        return false;
                    }
                }

                var taken = (int)Math.Min(length, end - start);
                start += taken;
                length -= taken;
            }

            return true;
        }

        void Take(ReadOnlySpan<byte> record, int length, long number)
        {
            var payload = record[..length];
            if (MaskedCrc(payload) != BinaryPrimitives.ReadUInt32LittleEndian(record[length..]))
                runs.LeaveOut(input.Path, 0, string.Create(CultureInfo.InvariantCulture, $"record {number} is damaged: its checksum does not fit"));
            else if (!events.TryRead(payload))
                runs.LeaveOut(input.Path, 0, string.Create(CultureInfo.InvariantCulture, $"record {number} is no event as TensorBoard writes it"));
        }
    }

    /// <summary>CRC32C, rotated right by 15 bits, plus 0xa282ead8.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = 0xFFFFFFFFu;
        for (; data.Length >= 8; data = data[8..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var one in data)
            crc = BitOperations.Crc32C(crc, one);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8u);
    }

    private static bool TryReadLength(ReadOnlySpan<byte> header, out ulong length)
    {
        length = BinaryPrimitives.ReadUInt64LittleEndian(header);
        return MaskedCrc(header[..8]) == BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
    }

    [GeneratedRegex(@"^[0-9]{9,11}\.[0-9]{1,9}$", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();
}
