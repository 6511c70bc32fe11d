using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The numbers of a chart as files.</summary>
public static class FigureExport
{
    // Text is read by people and by programs, never pasted into HTML: ≤ stays ≤.
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One row per point: trace, x, y, low, high, label; with a heat map, value after y. Numbers round-trip; what is not there is empty.</summary>
    public static string Csv(Figure figure)
    {
        var withValue = figure.Traces.Any(trace => trace.Z is not null);
        var text = new StringBuilder(withValue ? "trace,x,y,value,low,high,label\n" : "trace,x,y,low,high,label\n");
        foreach (var trace in figure.Traces)
        {
            for (var i = 0; i < trace.X.Length; i++)
            {
                text.Append(Cell(trace.Name)).Append(',')
                    .Append(Number(trace.X, i)).Append(',')
                    .Append(Number(trace.Y, i)).Append(',');
                if (withValue)
                    text.Append(Number(trace.Z, i)).Append(',');
                text
                    .Append(Number(trace.YLow, i)).Append(',')
                    .Append(Number(trace.YHigh, i)).Append(',')
                    .Append(Cell(Label(trace, i))).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Title, axes and traces, in the data's own units; NaN is null.</summary>
    public static string Json(Figure figure) => JsonSerializer.Serialize(
        new FigureDocument(
            figure.Name,
            figure.Title,
            figure.Subtitle,
            figure.Description,
            new AxisDocument(figure.XAxis.Title, figure.XAxis.Log),
            new AxisDocument(figure.YAxis.Title, figure.YAxis.Log),
            [.. figure.Traces.Select(trace => new TraceDocument(
                trace.Name,
#pragma warning disable CA1308 // Words in the file are lower case.
                trace.Kind.ToString().ToLowerInvariant(),
#pragma warning restore CA1308
                trace.Published,
                Numbers(trace.X)!,
                trace.Y.Length > 0 ? Numbers(trace.Y) : null,
                Numbers(trace.Z),
                Numbers(trace.YLow),
                Numbers(trace.YHigh),
                trace.Hover is null ? null : [.. Enumerable.Range(0, trace.X.Length).Select(i => Label(trace, i))]))]),
        s_json);

    private static string Label(Trace trace, int index) => trace.Hover?[index].Replace("\n", "; ", StringComparison.Ordinal) ?? "";

    private static string Number(double[]? values, int index) =>
        values is { Length: > 0 } && double.IsFinite(values[index]) ? values[index].ToString("R", CultureInfo.InvariantCulture) : "";

    private static double?[]? Numbers(double[]? values) =>
        values is null ? null : [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];

    /// <summary>A text as a cell of CSV: a spreadsheet runs what begins like a formula, an apostrophe makes it text.</summary>
    internal static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private sealed record FigureDocument(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("title")] string Title,
        [property: JsonPropertyName("subtitle")] string Subtitle,
        [property: JsonPropertyName("description")] string Description,
        [property: JsonPropertyName("x")] AxisDocument X,
        [property: JsonPropertyName("y")] AxisDocument Y,
        [property: JsonPropertyName("traces")] IReadOnlyList<TraceDocument> Traces);

    private sealed record AxisDocument(
        [property: JsonPropertyName("title")] string Title,
        [property: JsonPropertyName("log")] bool Log);

    private sealed record TraceDocument(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("kind")] string Kind,
        [property: JsonPropertyName("published")] bool Published,
        [property: JsonPropertyName("x")] double?[] X,
        [property: JsonPropertyName("y")] double?[]? Y,
        [property: JsonPropertyName("value"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double?[]? Value,
        [property: JsonPropertyName("low")] double?[]? Low,
        [property: JsonPropertyName("high")] double?[]? High,
        [property: JsonPropertyName("label")] string[]? Labels);
}
