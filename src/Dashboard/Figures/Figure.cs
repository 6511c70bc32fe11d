using System.Text.Json.Serialization;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>A chart as data: what is drawn, in which units, in which colours; knows nothing of the library that draws it.</summary>
public sealed record Figure
{
    /// <summary>Stem of the files it is downloaded as: <c>loss-at-equal-compute</c>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>Unit and what one line is: "nats per token, one line a budget".</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>One sentence that says what the chart shows, for readers who cannot see it.</summary>
    public required string Description { get; init; }

    public required FigureAxis XAxis { get; init; }
    public required FigureAxis YAxis { get; init; }
    public required IReadOnlyList<Trace> Traces { get; init; }
    public IReadOnlyList<VerticalLine> VerticalLines { get; init; } = [];

    /// <summary>What the colours of a heat map or of points mean; needed where there are such. Its range is the ends of the scale.</summary>
    public FigureAxis? ColorAxis { get; init; }

    /// <summary>Where the browser fetches the numbers, for figures of more than a few thousand; null: they go along with the figure.</summary>
    public FigureSource? Source { get; init; }

    /// <summary>The traces are named above the plot: points have no end where a name could stand.</summary>
    public bool Legend { get; init; }
}

/// <summary>Where the numbers of a figure come from. Its zoom is the page's: the ranges of the axes hold.</summary>
/// <param name="Url">Address of a <see cref="Curves.SeriesBlock"/>; with <c>&amp;only=ID.ID</c> it has the lines of these ids alone.</param>
/// <param name="Lines">Which line of the block each trace is; a line is fetched again when its key is another.</param>
public sealed record FigureSource(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("lines")] IReadOnlyList<SourceLine> Lines);

/// <summary>A line of a block.</summary>
public sealed record SourceLine(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("key")] string Key);

/// <param name="Title">Quantity and unit: "Training compute C, FLOP".</param>
public sealed record FigureAxis(string Title)
{
    public bool Log { get; init; }
    public TickKind Ticks { get; init; } = TickKind.Plain;

    /// <summary>What is shown, in the data's own units; null fits the data.</summary>
    public AxisRange? Range { get; init; }

    /// <summary>Places that are marked, in the data's own units, and what stands there; null leaves it to the chart.</summary>
    public IReadOnlyList<AxisTick>? Marks { get; init; }
}

public sealed record AxisTick(double Value, string Text);

public sealed record AxisRange(double Low, double High);

/// <summary>How numbers stand at an axis: 100M, 1B (count), 1e18, 1e20 (scientific), 2.4 (plain).</summary>
public enum TickKind { Plain, Count, Scientific }

/// <param name="X">Where, in the data's own units.</param>
public sealed record VerticalLine(double X, string Label);

/// <remarks>The y of edge marks are heights in the plot, 0 to 1, whatever its y axis shows.</remarks>
public enum TraceKind { Points, Line, Band, HeatMap, EdgeMarks }

public enum LineDash { Solid, Dash, Dot, DashDot }

public enum MarkerSymbol { Circle, CircleOpen, Square, SquareOpen, Diamond, DiamondOpen, Cross, X, TriangleUp, SquareOutline }

/// <summary>One set of points, one line, one band or one heat map. Arrays have one entry per point or cell; NaN is a gap.</summary>
public sealed record Trace
{
    public required string Name { get; init; }
    public required TraceKind Kind { get; init; }
    public required double[] X { get; init; }

    /// <summary>Empty for a band, which has <see cref="YLow"/> and <see cref="YHigh"/>.</summary>
    public double[] Y { get; init; } = [];

    /// <summary>Edges of a band; of points and lines, the interval that is exported with them.</summary>
    public double[]? YLow { get; init; }
    public double[]? YHigh { get; init; }

    /// <summary>Value of each cell of a heat map, or of each point, told by its colour on the figure's <see cref="Figure.ColorAxis"/>.</summary>
    public double[]? Z { get; init; }

    /// <summary>Short text in each cell of a heat map, so that colour is not all that tells its value.</summary>
    public string[]? CellTexts { get; init; }

    /// <summary>A token of tokens.css: <c>--seq-3</c>, <c>--cat-1</c>, <c>--ink-faint</c>.</summary>
    public required string Color { get; init; }

    /// <summary>A token for each point, where points of one trace differ.</summary>
    public string[]? Colors { get; init; }

    public LineDash Dash { get; init; } = LineDash.Solid;
    public MarkerSymbol Symbol { get; init; } = MarkerSymbol.Circle;

    /// <summary>Marker diameter or line width, pixels; null for the usual one.</summary>
    public double? Size { get; init; }

    /// <summary>0 to 1; null for the usual one.</summary>
    public double? Opacity { get; init; }

    /// <summary>Plain text shown over each point; lines are separated by a line feed. Null: points say their name and values, lines and bands nothing.</summary>
    public string[]? Hover { get; init; }

    /// <summary>What a click on each point reports; null where a click means nothing.</summary>
    public string[]? Ids { get; init; }

    /// <summary>How many runs each point of a line with an interval rests on.</summary>
    public int[]? Counts { get; init; }

    /// <summary>There, but not drawn at the moment.</summary>
    public bool Hidden { get; init; }

    /// <summary>Text at the last visible point.</summary>
    public string? EndLabel { get; init; }

    /// <summary>Someone else's numbers from a paper, not the user's runs.</summary>
    public bool Published { get; init; }
}
