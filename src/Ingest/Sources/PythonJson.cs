namespace ScalingDashboard.Ingest.Sources;

/// <summary>JSON as Python writes it: NaN and Infinity stand bare, which JSON does not know.</summary>
internal static class PythonJson
{
    /// <summary>Puts bare NaN, Infinity and -Infinity in quotes, so that they can be read as texts.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="buffer">Room for the result, made larger when it is too small.</param>
    public static ReadOnlySpan<byte> QuoteNonFinite(ReadOnlySpan<byte> json, ref byte[] buffer)
    {
        if (json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0)
            return json;
        if (buffer.Length < json.Length * 2)
            buffer = new byte[json.Length * 2];
        var written = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var rest = json[i..];
            var word = inString ? 0
                : rest.StartsWith("NaN"u8) ? 3
                : rest.StartsWith("Infinity"u8) ? 8
                : rest.StartsWith("-Infinity"u8) ? 9
                : 0;
            if (word > 0)
            {
                buffer[written++] = (byte)'"';
                rest[..word].CopyTo(buffer.AsSpan(written));
                written += word;
                buffer[written++] = (byte)'"';
                i += word - 1;
                continue;
            }

            buffer[written++] = json[i];
            if (inString && json[i] == (byte)'\\' && i + 1 < json.Length)
                buffer[written++] = json[++i];
            else if (json[i] == (byte)'"')
                inString = !inString;
        }

        return buffer.AsSpan(0, written);
    }
}
