using System.Text.Json.Serialization;

namespace ScalingDashboard.Dashboard.Figures;

[JsonDerivedType(typeof(PlotlyHeatMap))]
public record PlotlyTrace
{
    [JsonPropertyName("type")] public virtual string Type => "scatter";
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>Null where the numbers come from the figure's source.</summary>
    [JsonPropertyName("x"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public required double?[]? X { get; init; }
    [JsonPropertyName("y"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public required double?[]? Y { get; init; }
    [JsonPropertyName("yaxis"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? YAxis { get; init; }
    [JsonPropertyName("visible"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public bool? Visible { get; init; }
    [JsonPropertyName("showlegend"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public bool? ShowLegend { get; init; }
    [JsonPropertyName("mode")] public required string Mode { get; init; }
    [JsonPropertyName("line"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public PlotlyLine? Line { get; init; }
    [JsonPropertyName("marker"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public PlotlyMarker? Marker { get; init; }
    [JsonPropertyName("fill")] public string Fill { get; init; } = "none";
    [JsonPropertyName("fillcolor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? FillColor { get; init; }
    [JsonPropertyName("opacity")] public double Opacity { get; init; } = 1;
    [JsonPropertyName("text"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string[]? Text { get; init; }
    [JsonPropertyName("hoverinfo")] public required string HoverInfo { get; init; }
    [JsonPropertyName("hovertemplate"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? HoverTemplate { get; init; }
    [JsonPropertyName("customdata"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string[]? CustomData { get; init; }
    [JsonPropertyName("connectgaps")] public bool ConnectGaps => false;
}

/// <summary>Cells at the places x and y; everything else is rows of columns.</summary>
public sealed record PlotlyHeatMap : PlotlyTrace
{
    [JsonPropertyName("type")] public override string Type => "heatmap";

    /// <summary>Position on the colour scale: log10 of the value where it is logarithmic.</summary>
    [JsonPropertyName("z")] public required double?[][] Z { get; init; }
    [JsonPropertyName("zmin")] public required double? Lowest { get; init; }
    [JsonPropertyName("zmax")] public required double? Highest { get; init; }
    [JsonPropertyName("colorscale")] public required object[][] ColorScale { get; init; }
    [JsonPropertyName("colorbar")] public required PlotlyColorBar ColorBar { get; init; }
    [JsonPropertyName("text")] public new string?[][]? Text { get; init; }
    [JsonPropertyName("texttemplate")] public string? TextTemplate => Text is null ? null : "%{text}";
    [JsonPropertyName("hovertext")] public required string?[][] HoverText { get; init; }
    [JsonPropertyName("customdata")] public new string?[][]? CustomData { get; init; }
    [JsonPropertyName("xgap")] public double ColumnGap => 1.5;
    [JsonPropertyName("ygap")] public double RowGap => 1.5;
}

public sealed record PlotlyColorBar
{
    [JsonPropertyName("title")] public required PlotlyTitle Title { get; init; }
    [JsonPropertyName("tickmode")] public required string TickMode { get; init; }
    [JsonPropertyName("tickvals")] public double[]? TickValues { get; init; }
    [JsonPropertyName("ticktext")] public string[]? TickTexts { get; init; }
    [JsonPropertyName("thickness")] public double Thickness => 10;
    [JsonPropertyName("outlinewidth")] public double OutlineWidth => 0;
    [JsonPropertyName("xpad")] public double Padding => 6;
    [JsonPropertyName("tickcolor")] public string TickColor => "--line";
}

public sealed record PlotlyLine(
    [property: JsonPropertyName("color")] string Color,
    [property: JsonPropertyName("width")] double Width,
    [property: JsonPropertyName("dash")] string Dash);

public sealed record PlotlyMarker
{
    [JsonPropertyName("symbol")] public required string Symbol { get; init; }
    [JsonPropertyName("size")] public required double Size { get; init; }

    /// <summary>A token, one for each point, or each point's position on the colour scale.</summary>
    [JsonPropertyName("color")] public required object Color { get; init; }
    [JsonPropertyName("colorscale")] public object[][]? ColorScale { get; init; }
    [JsonPropertyName("cmin")] public double? Lowest { get; init; }
    [JsonPropertyName("cmax")] public double? Highest { get; init; }
    [JsonPropertyName("colorbar")] public PlotlyColorBar? ColorBar { get; init; }
    [JsonPropertyName("opacity")] public required double Opacity { get; init; }
    [JsonPropertyName("line")] public required PlotlyMarkerLine Line { get; init; }
}

/// <param name="Color">A token, or one for each point.</param>
/// <param name="Width">Pixels.</param>
public sealed record PlotlyMarkerLine(
    [property: JsonPropertyName("color")] object Color,
    [property: JsonPropertyName("width")] double Width);

public sealed record PlotlyLayout
{
    [JsonPropertyName("font")] public PlotlyFont Font { get; } = new(11.5, "--ink-soft") { Family = "--font" };
    [JsonPropertyName("paper_bgcolor")] public string PaperColor => "rgba(0,0,0,0)";
    [JsonPropertyName("plot_bgcolor")] public string PlotColor => "rgba(0,0,0,0)";
    [JsonPropertyName("showlegend")] public bool ShowLegend => Legend is not null;
    [JsonPropertyName("legend")] public PlotlyLegend? Legend { get; init; }
    [JsonPropertyName("hovermode")] public string HoverMode => "closest";
    [JsonPropertyName("hoverlabel")] public PlotlyHoverLabel HoverLabel { get; } = new();
    [JsonPropertyName("margin")] public required PlotlyMargin Margin { get; init; }
    [JsonPropertyName("xaxis")] public required PlotlyAxis XAxis { get; init; }
    [JsonPropertyName("yaxis")] public required PlotlyAxis YAxis { get; init; }
    [JsonPropertyName("yaxis2")] public PlotlyEdgeAxis? EdgeAxis { get; init; }
    [JsonPropertyName("shapes")] public required IReadOnlyList<PlotlyShape> Shapes { get; init; }
    [JsonPropertyName("annotations")] public required IReadOnlyList<PlotlyAnnotation> Annotations { get; init; }

    /// <summary>As long as it stays the same, plotly keeps the user's zoom.</summary>
    [JsonPropertyName("uirevision")] public required string UiRevision { get; init; }
}

/// <summary>Names of the traces in a row above the plot.</summary>
public sealed record PlotlyLegend
{
    [JsonPropertyName("orientation")] public string Orientation => "h";
    [JsonPropertyName("x")] public double X => 0;
    [JsonPropertyName("y")] public double Y => 1.02;
    [JsonPropertyName("yanchor")] public string YAnchor => "bottom";
    [JsonPropertyName("itemclick")] public bool ItemClick => false;
    [JsonPropertyName("itemdoubleclick")] public bool ItemDoubleClick => false;
}

public sealed record PlotlyMargin(
    [property: JsonPropertyName("l")] double Left,
    [property: JsonPropertyName("r")] double Right,
    [property: JsonPropertyName("t")] double Top,
    [property: JsonPropertyName("b")] double Bottom);

public sealed record PlotlyFont(
    [property: JsonPropertyName("size")] double Size,
    [property: JsonPropertyName("color")] string Color)
{
    [JsonPropertyName("family")] public string? Family { get; init; }
}

public sealed record PlotlyHoverLabel
{
    [JsonPropertyName("align")] public string Align => "left";
    [JsonPropertyName("bgcolor")] public string BackgroundColor => "--surface-raised";
    [JsonPropertyName("bordercolor")] public string BorderColor => "--line";
    [JsonPropertyName("font")] public PlotlyFont Font { get; } = new(12, "--ink") { Family = "--font" };
}

/// <param name="Text">Encoded.</param>
public sealed record PlotlyTitle([property: JsonPropertyName("text")] string Text)
{
    [JsonPropertyName("standoff")] public double Standoff => 8;
    [JsonPropertyName("font")] public PlotlyFont Font { get; } = new(12, "--ink-soft");
}

public sealed record PlotlyAxis
{
    [JsonPropertyName("title")] public required PlotlyTitle Title { get; init; }
    [JsonPropertyName("type")] public required string Type { get; init; }

    /// <summary>In log10 on a log axis.</summary>
    [JsonPropertyName("range")] public double[]? Range { get; init; }
    [JsonPropertyName("tickmode")] public required string TickMode { get; init; }

    /// <summary>In the data's own units, also on a log axis.</summary>
    [JsonPropertyName("tickvals")] public double[]? TickValues { get; init; }
    [JsonPropertyName("ticktext")] public string[]? TickTexts { get; init; }

    /// <summary>Most ticks where plotly chooses them.</summary>
    [JsonPropertyName("nticks")] public int MostTicks { get; init; }
    [JsonPropertyName("exponentformat")] public required string ExponentFormat { get; init; }
    [JsonPropertyName("gridcolor")] public string GridColor => "--line";
    [JsonPropertyName("linecolor")] public string LineColor => "--line";
    [JsonPropertyName("tickcolor")] public string TickColor => "--line";
    [JsonPropertyName("ticks")] public string Ticks => "outside";
    [JsonPropertyName("ticklen")] public double TickLength => 4;
    [JsonPropertyName("zeroline")] public bool ZeroLine => false;
    [JsonPropertyName("automargin")] public bool AutoMargin => true;
    [JsonPropertyName("uirevision")] public required string UiRevision { get; init; }
}

/// <summary>Heights in the plot, from 0 at its foot to 1.</summary>
public sealed record PlotlyEdgeAxis
{
    [JsonPropertyName("overlaying")] public string Overlaying => "y";
    [JsonPropertyName("range")] public double[] Range { get; } = [0, 1];
    [JsonPropertyName("fixedrange")] public bool FixedRange => true;
    [JsonPropertyName("visible")] public bool Visible => false;
}

/// <summary>A vertical line over the whole height, at x in the data's own units.</summary>
public sealed record PlotlyShape(
    [property: JsonPropertyName("x0")] double X0,
    [property: JsonPropertyName("x1")] double X1)
{
    [JsonPropertyName("type")] public string Type => "line";
    [JsonPropertyName("yref")] public string YRef => "paper";
    [JsonPropertyName("y0")] public double Y0 => 0;
    [JsonPropertyName("y1")] public double Y1 => 1;
    [JsonPropertyName("layer")] public string Layer => "below";
    [JsonPropertyName("line")] public PlotlyLine Line { get; } = new("--ink-faint", 1, "solid");
}

/// <summary>A text at a point; x and y in log10 on log axes.</summary>
public sealed record PlotlyAnnotation
{
    [JsonPropertyName("x")] public required double X { get; init; }
    [JsonPropertyName("y")] public required double Y { get; init; }
    [JsonPropertyName("xref")] public string XRef => "x";
    [JsonPropertyName("yref")] public required string YRef { get; init; }
    [JsonPropertyName("text")] public required string Text { get; init; }
    [JsonPropertyName("showarrow")] public bool ShowArrow => false;
    [JsonPropertyName("xanchor")] public required string XAnchor { get; init; }
    [JsonPropertyName("yanchor")] public required string YAnchor { get; init; }
    [JsonPropertyName("xshift")] public required double XShift { get; init; }
    [JsonPropertyName("yshift")] public required double YShift { get; init; }
    [JsonPropertyName("bgcolor")] public string? BackgroundColor { get; init; }
    [JsonPropertyName("font")] public required PlotlyFont Font { get; init; }
}

/// <summary>Nothing leaves this server: plotly's upload button is off and has no address.</summary>
public sealed record PlotlyConfig
{
    [JsonPropertyName("showSendToCloud")] public bool ShowSendToCloud => false;
    [JsonPropertyName("plotlyServerURL")] public string PlotlyServerUrl => "";
    [JsonPropertyName("displaylogo")] public bool DisplayLogo => false;
    [JsonPropertyName("displayModeBar")] public bool DisplayModeBar => false;
    [JsonPropertyName("responsive")] public bool Responsive => false;

    /// <summary>What a double click does; false leaves it to the page.</summary>
    [JsonPropertyName("doubleClick")] public object DoubleClick { get; init; } = "reset+autosize";
}
