using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ScalingDashboard.Runs.Storage;

/// <summary>The configuration of a run as the text of a JSON object; order and repeated names survive.</summary>
internal static class ConfigText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        if (config.Count == 0)
            return "{}";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in config)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <param name="names">Names met before: thousands of runs share the same few.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string text, Dictionary<string, string> names)
    {
        if (text == "{}")
            return [];
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var config = new List<KeyValuePair<string, string>>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.TryAdd(name, name))
                name = names[name];
            reader.Read();
            config.Add(new(name, reader.GetString()!));
        }

        return config;
    }
}
