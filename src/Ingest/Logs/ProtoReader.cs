using System.Buffers.Binary;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Fields of a protocol buffer message, one after the other; unknown ones are passed over by the caller.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    public const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>False once a field was not of a valid form; then there is no next one.</summary>
    public bool Valid { get; private set; } = true;

    public int Field { get; private set; }

    public int Wire { get; private set; }

    /// <summary>Of a varint or a fixed field.</summary>
    public ulong Number { get; private set; }

    /// <summary>Of a field of bytes.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty || !Valid)
            return false;
        if (!TryVarint(out var key) || key >> 3 is 0 or > int.MaxValue)
            return Fail();
        (Field, Wire) = ((int)(key >> 3), (int)(key & 7));
        switch (Wire)
        {
            case Varint:
                if (!TryVarint(out var number))
                    return Fail();
                Number = number;
                return true;
            case Fixed64 when _rest.Length >= 8:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case Fixed32 when _rest.Length >= 4:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            case Bytes:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length)
                    return Fail();
                Data = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            default:
                return Fail();
        }
    }

    /// <summary>The next of several varints without keys.</summary>
    public bool NextPacked()
    {
        if (_rest.IsEmpty || !Valid)
            return false;
        if (!TryVarint(out var number))
            return Fail();
        Number = number;
        return true;
    }

    private bool Fail() => Valid = false;

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(LongestVarint, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80)
                continue;
            _rest = _rest[(i + 1)..];
            return true;
        }

        return false;
    }
}
