using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>Takes the scalars out of events; skips pictures, histograms, texts and graphs.</summary>
/// <remarks>
/// Event: 1 wall time (double), 2 step (int64), 5 summary. Summary: repeated 1 value. Value: 1 tag, 2 simple value (float), 8 tensor, 9 metadata.
/// A tag's metadata stand only with its first value and name the plugin that draws it.
/// </remarks>
internal sealed class TensorBoardEvents(LoggedRunBuilder run, LogCollector runs, string file)
{
    /// <summary>Bytes of a text that may hold settings.</summary>
    private const int LongestText = 256 * 1024;

    private readonly Dictionary<string, Tag> _tags = new(StringComparer.Ordinal);
    private Tag? _lastTag;
    private long _values;

    /// <summary>Reads one event; false when it is no protocol buffer of that form. Nothing of a malformed event is kept.</summary>
    public bool TryRead(ReadOnlySpan<byte> payload)
    {
        var (wall, step) = (double.NaN, 0L);
        ReadOnlySpan<byte> summary = default;
        var reader = new ProtoReader(payload);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (1, ProtoReader.Fixed64):
                    wall = BitConverter.UInt64BitsToDouble(reader.Number);
                    break;
                case (2, ProtoReader.Varint):
                    step = unchecked((long)reader.Number);
                    break;
                case (5, ProtoReader.Bytes):
                    summary = reader.Data;
                    break;
            }
        }

        if (!reader.Valid || !IsWellFormed(summary))
            return false;
        var values = new ProtoReader(summary);
        while (values.Next())
        {
            if (values is { Field: 1, Wire: ProtoReader.Bytes })
                ReadValue(values.Data, step, wall);
        }

        return true;
    }

    /// <summary>Says what was left out, by tag.</summary>
    public void Finish()
    {
        var skipped = _tags.Values.Where(tag => tag.Skipped is not null).GroupBy(tag => tag.Skipped!);
        foreach (var kind in skipped)
            runs.LeaveOut(file, 0, $"{kind.Key}: {string.Join(", ", kind.Take(5).Select(tag => tag.Name))}{(kind.Count() > 5 ? $" and {kind.Count() - 5} more" : "")}; only scalars are read");
    }

    private static bool IsWellFormed(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
        }

        return reader.Valid;
    }

    private void ReadValue(ReadOnlySpan<byte> message, long step, double wall)
    {
        ReadOnlySpan<byte> name = default, tensor = default, metadata = default;
        var simple = float.NaN;
        var (hasSimple, hasTensor, other) = (false, false, 0);
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (1, ProtoReader.Bytes):
                    name = reader.Data;
                    break;
                case (2, ProtoReader.Fixed32):
                    simple = BitConverter.UInt32BitsToSingle((uint)reader.Number);
                    hasSimple = true;
                    break;
                case (8, ProtoReader.Bytes):
                    tensor = reader.Data;
                    hasTensor = true;
                    break;
                case (9, ProtoReader.Bytes):
                    metadata = reader.Data;
                    break;
                case (4 or 5 or 6, _):
                    other = reader.Field;
                    break;
            }
        }

        if (!reader.Valid || (name.IsEmpty && !hasSimple))
            return;
        var tag = TagOf(name);
        if (!metadata.IsEmpty)
            ReadMetadata(tag, metadata, tensor);
        if (tag.Skipped is not null)
            return;
        double value;
        if (hasSimple)
        {
            value = Shortest(simple);
        }
        else if (!hasTensor || !TensorScalar.TryRead(tensor, out value))
        {
            // Parameters of the hparams plugin come without any value.
            if (hasTensor || other > 0)
                tag.Skipped = other switch { 4 => "pictures", 5 => "histograms", 6 => "audio", _ => "tensors" };
            return;
        }

        LogCollector.Refuse(file, ++_values);
        tag.Metric ??= run.Metric(tag.Name);
        tag.Metric.Add(step, value);
        run.AddWallTime(step, wall);
    }

    /// <summary>An event mostly has the tag of the one before it, or one that is known.</summary>
    private Tag TagOf(ReadOnlySpan<byte> name)
    {
        if (_lastTag is not null && name.SequenceEqual(_lastTag.Bytes))
            return _lastTag;
        var text = Encoding.UTF8.GetString(name);
        if (!_tags.TryGetValue(text, out _lastTag))
            _tags.Add(text, _lastTag = new Tag(text, name.ToArray()));
        return _lastTag;
    }

    /// <summary>SummaryMetadata: 1 plugin data, of which 1 is the plugin's name and 2 its content.</summary>
    private void ReadMetadata(Tag tag, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> tensor)
    {
        var reader = new ProtoReader(metadata);
        while (reader.Next())
        {
            if (reader is not { Field: 1, Wire: ProtoReader.Bytes })
                continue;
            var plugin = "";
            ReadOnlySpan<byte> content = default;
            var data = new ProtoReader(reader.Data);
            while (data.Next())
            {
                if (data is { Field: 1, Wire: ProtoReader.Bytes })
                    plugin = Encoding.UTF8.GetString(data.Data);
                else if (data is { Field: 2, Wire: ProtoReader.Bytes })
                    content = data.Data;
            }

            if (plugin == "hparams")
                ReadHparams(content);
            if (plugin == "text" && tag.Name.EndsWith("text_summary", StringComparison.Ordinal))
                ReadText(tensor);
            if (plugin is not ("" or "scalars" or "hparams"))
                tag.Skipped ??= plugin;
        }
    }

    /// <summary>Settings as a trainer writes them into a text: one JSON object. TensorProto: 8 texts.</summary>
    private void ReadText(ReadOnlySpan<byte> tensor)
    {
        var reader = new ProtoReader(tensor);
        while (reader.Next())
        {
            if (reader is not { Field: 8, Wire: ProtoReader.Bytes } || reader.Data.Length > LongestText)
                continue;
            try
            {
                byte[] quoted = [];
                using var document = JsonDocument.Parse(PythonJson.QuoteNonFinite(reader.Data, ref quoted).ToArray());
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    continue;
                foreach (var setting in document.RootElement.EnumerateObject())
                {
                    if (setting.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
                        run.Configure(setting.Name, setting.Value.ToString());
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                // A text of another kind; that it is left out is said anyhow.
            }
        }
    }

    /// <summary>HParamsPluginData: 3 session start, of which 1 is a map from names to google.protobuf.Value (2 number, 3 string, 4 bool).</summary>
    private void ReadHparams(ReadOnlySpan<byte> content)
    {
        var plugin = new ProtoReader(content);
        while (plugin.Next())
        {
            if (plugin is not { Field: 3, Wire: ProtoReader.Bytes })
                continue;
            var session = new ProtoReader(plugin.Data);
            while (session.Next())
            {
                if (session is { Field: 1, Wire: ProtoReader.Bytes })
                    ReadHparam(session.Data);
            }
        }
    }

    private void ReadHparam(ReadOnlySpan<byte> entry)
    {
        var (name, text) = ("", (string?)null);
        var pair = new ProtoReader(entry);
        while (pair.Next())
        {
            if (pair is { Field: 1, Wire: ProtoReader.Bytes })
                name = Encoding.UTF8.GetString(pair.Data);
            if (pair is not { Field: 2, Wire: ProtoReader.Bytes })
                continue;
            var value = new ProtoReader(pair.Data);
            while (value.Next())
            {
                text = (value.Field, value.Wire) switch
                {
                    (2, ProtoReader.Fixed64) => BitConverter.UInt64BitsToDouble(value.Number).ToString("R", CultureInfo.InvariantCulture),
                    (3, ProtoReader.Bytes) => Encoding.UTF8.GetString(value.Data),
                    (4, ProtoReader.Varint) => value.Number == 0 ? "false" : "true",
                    _ => text,
                };
            }
        }

        if (name.Length > 0 && text is not null)
            run.Configure(name, text);
    }

    /// <summary>The decimal number a float stands for: 2.8338048, not 2.8338048458099365.</summary>
    internal static double Shortest(float value)
    {
        Span<byte> text = stackalloc byte[32];
        return float.IsFinite(value) && Utf8Formatter.TryFormat(value, text, out var length) && Utf8Parser.TryParse(text[..length], out double number, out _) ? number : value;
    }

    private sealed class Tag(string name, byte[] bytes)
    {
        public string Name { get; } = name;
        public byte[] Bytes { get; } = bytes;
        public MetricBuilder? Metric { get; set; }

        /// <summary>What it holds instead of scalars; null for scalars.</summary>
        public string? Skipped { get; set; }
    }
}

/// <summary>A tensor of one number. TensorProto: 1 type, 4 packed content, 5 floats, 6 doubles, 7 ints, 10 int64s, 11 bools, 13 halves.</summary>
internal static class TensorScalar
{
    private const int Float = 1, Double = 2, Int32 = 3, Int64 = 9, Bool = 10, BFloat16 = 14, Half = 19;

    public static bool TryRead(ReadOnlySpan<byte> tensor, out double value)
    {
        value = double.NaN;
        var (type, found) = (0, 0);
        ReadOnlySpan<byte> content = default;
        var reader = new ProtoReader(tensor);
        while (reader.Next())
        {
            switch (reader.Field, reader.Wire)
            {
                case (1, ProtoReader.Varint):
                    type = (int)Math.Min(reader.Number, 1000);
                    break;
                case (4, ProtoReader.Bytes):
                    content = reader.Data;
                    break;
                case (5, ProtoReader.Fixed32):
                    value = TensorBoardEvents.Shortest(BitConverter.UInt32BitsToSingle((uint)reader.Number));
                    found++;
                    break;
                case (5, ProtoReader.Bytes) when reader.Data.Length == 4:
                    value = TensorBoardEvents.Shortest(BinaryPrimitives.ReadSingleLittleEndian(reader.Data));
                    found++;
                    break;
                case (6, ProtoReader.Fixed64):
                    value = BitConverter.UInt64BitsToDouble(reader.Number);
                    found++;
                    break;
                case (6, ProtoReader.Bytes) when reader.Data.Length == 8:
                    value = BinaryPrimitives.ReadDoubleLittleEndian(reader.Data);
                    found++;
                    break;
                case (7 or 10 or 11 or 13, ProtoReader.Varint):
                    value = Integer(type, reader.Number);
                    found++;
                    break;
                case (7 or 10 or 11 or 13, ProtoReader.Bytes):
                    var packed = new ProtoReader(reader.Data);
                    while (packed.NextPacked())
                    {
                        value = Integer(type, packed.Number);
                        found++;
                    }

                    break;
                case (5 or 6, _):
                    // Several numbers.
                    found += 2;
                    break;
            }
        }

        return reader.Valid && (found == 1 || (found == 0 && TryReadContent(type, content, out value)));
    }

    private static double Integer(int type, ulong number) => type switch
    {
        Half => (double)BitConverter.UInt16BitsToHalf((ushort)number),
        BFloat16 => BitConverter.UInt32BitsToSingle((uint)number << 16),
        _ => unchecked((long)number),
    };

    private static bool TryReadContent(int type, ReadOnlySpan<byte> content, out double value)
    {
        (value, var read) = (type, content.Length) switch
        {
            (Float, 4) => (TensorBoardEvents.Shortest(BinaryPrimitives.ReadSingleLittleEndian(content)), true),
            (Double, 8) => (BinaryPrimitives.ReadDoubleLittleEndian(content), true),
            (Int32, 4) => (BinaryPrimitives.ReadInt32LittleEndian(content), true),
            (Int64, 8) => (BinaryPrimitives.ReadInt64LittleEndian(content), true),
            (Half, 2) => ((double)BinaryPrimitives.ReadHalfLittleEndian(content), true),
            (BFloat16, 2) => (BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(content) << 16), true),
            (Bool, 1) => (content[0], true),
            _ => (double.NaN, false),
        };
        return read;
    }
}
