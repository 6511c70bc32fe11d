using System.Buffers.Binary;
using System.Text;

namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Writes TensorBoard event files byte by byte, with a checksum of its own.</summary>
internal sealed class EventFile
{
    private readonly List<byte> _bytes = [];

    /// <summary>Begins with the record that names the version, as every writer does.</summary>
    public EventFile() => Record(Join(Double(1, 1000), Bytes(3, "brain.Event:2"u8.ToArray())));

    public byte[] ToArray() => [.. _bytes];

    public int Length => _bytes.Count;

    public EventFile Scalar(string tag, long step, float value, double wall = 1000) =>
        Event(step, wall, Join(Bytes(1, Encoding.UTF8.GetBytes(tag)), Float(2, value)));

    public EventFile Tensor(string tag, long step, byte[] tensor, string? plugin = null) =>
        Event(step, 1000, Join(Bytes(1, Encoding.UTF8.GetBytes(tag)), Bytes(8, tensor), plugin is null ? [] : Bytes(9, Bytes(1, Bytes(1, Encoding.UTF8.GetBytes(plugin))))));

    /// <summary>An event with one summary value.</summary>
    public EventFile Event(long step, double wall, byte[] value) => Record(Join(Double(1, wall), Varint(2, unchecked((ulong)step)), Bytes(5, Bytes(1, value))));

    public EventFile Record(byte[] payload)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, payload.Length);
        Write(length);
        Write(Masked(length));
        Write(payload);
        Write(Masked(payload));
        return this;
    }

    /// <summary>A record that only announces its length.</summary>
    public EventFile Announce(long bytes)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes);
        Write(length);
        Write(Masked(length));
        return this;
    }

    public EventFile Raw(byte[] bytes)
    {
        Write(bytes);
        return this;
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Varint(int field, ulong value) => [.. Varint((ulong)(field << 3)), .. Varint(value)];

    public static byte[] Double(int field, double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        return [(byte)(field << 3 | 1), .. bytes];
    }

    public static byte[] Float(int field, float value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return [(byte)(field << 3 | 5), .. bytes];
    }

    public static byte[] Bytes(int field, byte[] data) => [.. Varint((ulong)(field << 3 | 2)), .. Varint((ulong)data.Length), .. data];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>CRC32C bit by bit (polynomial 0x82F63B78, reflected), masked.</summary>
    public static byte[] Masked(byte[] data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var one in data)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }

        crc = ~crc;
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u));
        return bytes;
    }

    private void Write(byte[] bytes) => _bytes.AddRange(bytes);
}
