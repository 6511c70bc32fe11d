using System.Text.Json;

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>What plotly has drawn in one chart.</summary>
internal sealed record Plot(PlotTrace[] Traces, PlotAxis X, PlotAxis Y)
{
    /// <summary>Script: the plotly element below a title.</summary>
    internal const string Find = """
        const find = title => [...document.querySelectorAll('figure')]
          .find(figure => figure.querySelector('figcaption b')?.textContent === title)?.querySelector('.js-plotly-plot');

        """;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>The runs drawn as points that count.</summary>
    internal string[] RunIds => [.. Traces.Where(trace => trace.Name != "Excluded").SelectMany(trace => trace.Ids)];

    internal PlotTrace Trace(string name) => Array.Find(Traces, trace => trace.Name == name) ?? throw new InvalidOperationException($"no trace {name} in {this}");

    internal bool Has(string name) => Array.Exists(Traces, trace => trace.Name == name);

    internal PlotTrace[] Named(string beginning) => [.. Traces.Where(trace => trace.Name.StartsWith(beginning, StringComparison.Ordinal))];

    /// <summary>The chart of this title; null while it is not drawn.</summary>
    internal static async Task<Plot?> ReadAsync(IPage page, string title)
    {
        var text = await page.EvaluateAsync<string?>(
            Find + """
            title => {
              const plot = find(title);
              if (!plot?._fullLayout) return null;
              const axis = ({ type, range, title }) => ({ type, title: title.text, low: Math.min(...range), high: Math.max(...range) });
              return JSON.stringify({
                traces: plot.data.map(trace => ({
                  name: trace.name, mode: trace.mode ?? trace.type, fill: trace.fill ?? '', color: String(trace.line?.color ?? trace.marker?.color),
                  ids: (trace.customdata ?? []).flat(), x: [...trace.x], y: [...trace.y],
                })),
                x: axis(plot._fullLayout.xaxis), y: axis(plot._fullLayout.yaxis),
              });
            }
            """,
            title);
        return text is null ? null : JsonSerializer.Deserialize<Plot>(text, s_json);
    }

    public override string ToString() =>
        $"{X.Title} ({X.Type}), {Y.Title} ({Y.Type}); {string.Join("; ", Traces.Select(trace => $"{trace.Name} ({trace.X.Length})"))}";
}

internal sealed record PlotTrace(string Name, string Mode, string Fill, string Color, string[] Ids, double?[] X, double?[] Y);

/// <param name="Type">log or linear.</param>
/// <param name="Title">Quantity and unit.</param>
/// <param name="Low">Lower end; log10 where logarithmic.</param>
/// <param name="High">Upper end; log10 where logarithmic.</param>
internal sealed record PlotAxis(string Type, string Title, double Low, double High);
