using System.Globalization;
using System.Text.Json.Serialization;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>
/// What <c>wwwroot/js/chart.js</c> hands to plotly. Values under a name that ends in "color", and font families, may be
/// tokens of tokens.css; the script puts the theme's values in their place.
/// </summary>
public sealed record PlotlySpec(
    [property: JsonPropertyName("data")] IReadOnlyList<PlotlyTrace> Data,
    [property: JsonPropertyName("layout")] PlotlyLayout Layout,
    [property: JsonPropertyName("config")] PlotlyConfig Config)
{
    /// <summary>Where the script fetches the numbers of <see cref="Data"/>; null where they are there.</summary>
    [JsonPropertyName("source")] public FigureSource? Source { get; init; }

    /// <summary>A saved picture names its lines in a legend, because they are too many to be named at their ends.</summary>
    [JsonPropertyName("legend")] public bool PictureLegend { get; init; }


    private const double DefaultPointSize = 5.5;
    private const double LineWidth = 1.8;
    private const double BandOpacity = 0.16;

    // Steps of the ordered scale.
    private const int HeatSteps = 9;

    private static readonly object[][] s_colorScale = [.. Enumerable.Range(0, HeatSteps).Select(i => new object[] { i / (HeatSteps - 1.0), FormattableString.Invariant($"--seq-{i + 1}") })];

    private const double LabelFontSize = 10.5;
    private const double LabelLineHeight = 13;
    private const double LabelCharacterWidth = 6;
    private const double LabelGap = 5;
    private const double LeftMargin = 48;
    private const double PanelLeftMargin = 66;
    private const int MostLabelCharacters = 20;
    private const double TopMargin = 8;
    private const double BottomMargin = 44;

    // The plot's width is known to the browser only; this is what the narrower ones have beside an inspector at 1280 pixels.
    private const double AssumedWidth = 150;

    /// <param name="figure">What to draw.</param>
    /// <param name="height">Height of the drawing in pixels, from which labels at line ends keep their distance.</param>
    public static PlotlySpec From(Figure figure, double height)
    {
        var x = new Scale(figure.XAxis, figure.Traces.SelectMany(trace => trace.X).Concat(figure.VerticalLines.Select(line => line.X)));
        var y = new Scale(figure.YAxis, figure.Traces.SelectMany(Heights));
        var labels = EndLabels(figure, x, y, height - TopMargin - BottomMargin);
        var rightMargin = labels.Where(label => !label.Before).Select(label => LabelWidth(label.Text) + 2 * LabelGap - (1 - label.X) * AssumedWidth).Append(8).Max();
        return new PlotlySpec(
            [.. figure.Traces.Select(trace => ToPlotly(trace, figure))],
            new PlotlyLayout
            {
                // Panels below each other begin at the same place, however long their numbers.
                Margin = new PlotlyMargin(figure.Source is null ? LeftMargin : PanelLeftMargin, Math.Round(rightMargin), TopMargin, BottomMargin),
                Legend = figure.Legend ? new PlotlyLegend() : null,
                XAxis = Axis(figure.XAxis, x, figure.Source is not null),
                YAxis = Axis(figure.YAxis, y, figure.Source is not null),
                EdgeAxis = figure.Traces.Any(trace => trace.Kind == TraceKind.EdgeMarks) ? new PlotlyEdgeAxis() : null,
                Shapes = [.. figure.VerticalLines.Select(line => new PlotlyShape(line.X, line.X))],
                Annotations =
                [
                    .. labels.Select(label => new PlotlyAnnotation
                    {
                        X = x.PositionAt(label.X),
                        Y = y.PositionAt(label.Y),
                        YRef = "y",
                        Text = Encode(label.Text),
                        XAnchor = label.Before ? "right" : "left",
                        YAnchor = "middle",
                        XShift = label.Before ? -label.Gap : label.Gap,
                        YShift = Math.Round(label.Shift, 1),
                        Font = new PlotlyFont(LabelFontSize, label.Color),
                        // Over cells of any colour.
                        BackgroundColor = figure.ColorAxis is null ? null : "--surface-raised",
                    }),
                    .. figure.VerticalLines.Where(line => line.Label.Length > 0).Select(line => new PlotlyAnnotation
                    {
                        X = x.Position(line.X),
                        Y = 0,
                        YRef = "paper",
                        Text = Encode(line.Label),
                        XAnchor = x.Fraction(line.X) < 0.2 ? "left" : "right",
                        YAnchor = "bottom",
                        XShift = x.Fraction(line.X) < 0.2 ? 4 : -4,
                        YShift = 0,
                        Font = new PlotlyFont(11, "--ink-soft"),
                    }),
                ],
                UiRevision = figure.Name,
            },
            figure.Source is null ? new PlotlyConfig() : new PlotlyConfig { DoubleClick = false })
        {
            Source = figure.Source,
            PictureLegend = figure.Source is not null && labels.Count == 0,
        };
    }

    /// <summary>Plotly reads its own small markup in every text, so user text is encoded; line feeds become line breaks.</summary>
    public static string Encode(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\n", "<br>", StringComparison.Ordinal);

    private static PlotlyTrace ToPlotly(Trace trace, Figure figure) => (figure.Source is null ? WithNumbers(trace, figure) : Sourced(trace, figure)) with
    {
        Visible = trace.Hidden ? false : null,
    };

    /// <summary>The look of a trace alone.</summary>
    private static PlotlyTrace Sourced(Trace trace, Figure figure)
    {
        var bare = new PlotlyTrace { Name = Encode(trace.Name), X = null, Y = null, Mode = "lines", HoverInfo = "skip", ShowLegend = trace.Kind == TraceKind.Line && trace.Opacity is null ? null : false };
        return trace.Kind switch
        {
            TraceKind.Band => bare with { Line = new PlotlyLine(trace.Color, 0, "solid"), Fill = "toself", FillColor = trace.Color, Opacity = trace.Opacity ?? BandOpacity },
            TraceKind.EdgeMarks => bare with { YAxis = "y2", Mode = "markers", Marker = Marker(trace), HoverInfo = "text", HoverTemplate = Template(trace, figure) },
            TraceKind.Line => bare with
            {
                Line = new PlotlyLine(trace.Color, trace.Size ?? LineWidth, Dash(trace.Dash)),
                Opacity = trace.Opacity ?? 1,
                HoverInfo = trace.Opacity is null ? "text" : "skip",
                HoverTemplate = trace.Opacity is null ? Template(trace, figure) : null,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(trace), trace.Kind, "Lines, bands and edge marks have their numbers from a source."),
        };
    }

    /// <summary>What stands over each point of a line, with places for its numbers.</summary>
    private static string Template(Trace trace, Figure figure)
    {
        var x = $"{Encode(figure.XAxis.Title)}: %{{x}}";
        var y = trace.Kind == TraceKind.EdgeMarks ? "not a finite number" : $"{Encode(figure.YAxis.Title)}: %{{y:.5~g}}";
        var interval = trace.Counts is null ? "" : "<br>%{customdata[0]:.5~g} to %{customdata[1]:.5~g}, n = %{customdata[2]}";
        // Braces of a name would be read as a place for a number.
        return $"<b>{Encode(trace.Name).Replace("%{", "% {", StringComparison.Ordinal)}</b><br>{x}<br>{y}{interval}<extra></extra>";
    }

    private static PlotlyTrace WithNumbers(Trace trace, Figure figure) => trace.Kind switch
    {
        TraceKind.Points => new PlotlyTrace
        {
            Name = Encode(trace.Name),
            X = Numbers(trace.X),
            Y = Numbers(trace.Y),
            Mode = "markers",
            Marker = trace.Z is null ? Marker(trace) : ColoredMarker(trace, figure),
            Text = [.. Enumerable.Range(0, trace.X.Length).Select(index => Encode(trace.Hover?[index] ?? PointText(trace, figure, index)))],
            HoverInfo = "text",
            CustomData = trace.Ids,
        },
        TraceKind.Line => new PlotlyTrace
        {
            Name = Encode(trace.Name),
            X = Numbers(trace.X),
            Y = Numbers(trace.Y),
            Mode = "lines",
            Line = new PlotlyLine(trace.Color, trace.Size ?? LineWidth, Dash(trace.Dash)),
            Opacity = trace.Opacity ?? 1,
            Text = trace.Hover is { } hover ? [.. hover.Select(Encode)] : null,
            HoverInfo = trace.Hover is null ? "skip" : "text",
            CustomData = trace.Ids,
        },
        TraceKind.Band => Band(trace),
        TraceKind.HeatMap => HeatMap(trace, figure),
        _ => throw new ArgumentOutOfRangeException(nameof(trace), trace.Kind, "Only a figure with a source has edge marks."),
    };

    private static PlotlyHeatMap HeatMap(Trace trace, Figure figure)
    {
        var (scale, colors) = ColorsOf(trace, figure);
        var (xs, ys) = (trace.X.Distinct().Order().ToArray(), trace.Y.Distinct().Order().ToArray());
        var cells = Enumerable.Range(0, trace.X.Length).ToDictionary(i => (trace.X[i], trace.Y[i]));
        return new PlotlyHeatMap
        {
            Name = Encode(trace.Name),
            X = Numbers(xs),
            Y = Numbers(ys),
            Mode = "none",
            Z = Rows(i => colors[i]),
            Lowest = scale.Range?[0],
            Highest = scale.Range?[1],
            ColorScale = s_colorScale,
            ColorBar = ColorBar(figure.ColorAxis!, scale),
            Text = trace.CellTexts is { } texts ? Rows(i => Encode(texts[i])) : null,
            HoverText = Rows(i => Encode(trace.Hover?[i] ?? PointText(trace, figure, i))),
            HoverInfo = "text",
            CustomData = trace.Ids is { } ids ? Rows(i => ids[i]) : null,
        };

        T?[][] Rows<T>(Func<int, T?> cell) => [.. ys.Select(y => xs.Select(x => cells.TryGetValue((x, y), out var i) ? cell(i) : default).ToArray())];
    }

    private static PlotlyMarker ColoredMarker(Trace trace, Figure figure)
    {
        var (scale, colors) = ColorsOf(trace, figure);
        return Marker(trace) with
        {
            Color = colors,
            ColorScale = s_colorScale,
            Lowest = scale.Range?[0],
            Highest = scale.Range?[1],
            ColorBar = ColorBar(figure.ColorAxis!, scale),
        };
    }

    /// <summary>Positions of a trace's values on the colour scale; null for none.</summary>
    private static (Scale Scale, double?[] Colors) ColorsOf(Trace trace, Figure figure)
    {
        var axis = figure.ColorAxis ?? throw new ArgumentException($"The figure {figure.Name} has colours and says not what they mean.", nameof(figure));
        var scale = new Scale(axis, trace.Z ?? []);
        return (scale, Numbers([.. (trace.Z ?? []).Select(scale.Position)]));
    }

    private static PlotlyColorBar ColorBar(FigureAxis axis, Scale scale)
    {
        var ticks = scale.Ticks();
        return new PlotlyColorBar
        {
            Title = new PlotlyTitle(Encode(axis.Title)),
            TickMode = ticks.Length > 0 ? "array" : "auto",
            TickValues = ticks.Length > 0 ? [.. ticks.Select(scale.Position)] : null,
            TickTexts = ticks.Length > 0 ? TickTexts(axis, ticks) : null,
        };
    }

    private static PlotlyTrace Band(Trace trace)
    {
        var (x, y) = SeriesBlock.Outline(trace.X, trace.YLow ?? [], trace.YHigh ?? []);
        return new PlotlyTrace
        {
            Name = Encode(trace.Name),
            X = Numbers(x),
            Y = Numbers(y),
            Mode = "lines",
            Line = new PlotlyLine(trace.Color, 0, "solid"),
            Fill = "toself",
            FillColor = trace.Color,
            Opacity = trace.Opacity ?? BandOpacity,
            HoverInfo = "skip",
        };
    }

    private static PlotlyMarker Marker(Trace trace)
    {
        var size = trace.Size ?? DefaultPointSize;
        var open = trace.Symbol is MarkerSymbol.CircleOpen or MarkerSymbol.SquareOpen or MarkerSymbol.DiamondOpen;
        object color = trace.Colors is { } colors ? colors : trace.Color;
        return new PlotlyMarker
        {
            Symbol = trace.Symbol switch
            {
                MarkerSymbol.Square or MarkerSymbol.SquareOpen => "square",
                MarkerSymbol.Diamond or MarkerSymbol.DiamondOpen => "diamond",
                MarkerSymbol.Cross => "cross",
                MarkerSymbol.X => "x",
                MarkerSymbol.TriangleUp => "triangle-up",
                MarkerSymbol.SquareOutline => "square-open",
                _ => "circle",
            },
            Size = size,
            // An open marker is filled with the page, so that no line shows through; an outline is there to see through.
            Color = open ? "--surface" : color,
            Line = open || trace.Symbol == MarkerSymbol.SquareOutline ? new PlotlyMarkerLine(color, 2.2) : new PlotlyMarkerLine("--surface", size >= 8 ? 1 : 0),
            Opacity = trace.Opacity ?? (open || size >= 8 ? 1 : 0.75),
        };
    }

    private static string Dash(LineDash dash) => dash switch
    {
        LineDash.Dash => "dash",
        LineDash.Dot => "dot",
        LineDash.DashDot => "dashdot",
        _ => "solid",
    };

    private static string PointText(Trace trace, Figure figure, int index) =>
        $"{trace.Name}\n{figure.XAxis.Title}: {Value(figure.XAxis, trace.X[index])}\n{figure.YAxis.Title}: {Value(figure.YAxis, trace.Y[index])}";

    private static string Value(FigureAxis axis, double value) => axis.Ticks switch
    {
        TickKind.Count => Quantity.Count(value),
        TickKind.Scientific => Quantity.Scientific(value),
        _ => Quantity.Significant(value, 4),
    };

    private static double?[] Numbers(double[] values) => [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];

    private static IEnumerable<double> Heights(Trace trace) => trace.Kind switch
    {
        TraceKind.Band => (trace.YLow ?? []).Concat(trace.YHigh ?? []),
        TraceKind.EdgeMarks => [],
        _ => trace.Y,
    };

    private static PlotlyAxis Axis(FigureAxis axis, Scale scale, bool holds)
    {
        var ticks = scale.Ticks();
        return new PlotlyAxis
        {
            Title = new PlotlyTitle(Encode(axis.Title)),
            Type = axis.Log ? "log" : "linear",
            Range = scale.Range,
            TickMode = ticks.Length > 0 ? "array" : "auto",
            TickValues = ticks.Length > 0 ? ticks : null,
            TickTexts = ticks.Length > 0 ? TickTexts(axis, ticks) : null,
            MostTicks = axis.Ticks == TickKind.Scientific ? 4 : 9,
            ExponentFormat = axis.Ticks switch { TickKind.Count => "B", TickKind.Scientific => "e", _ => "none" },
            // Another quantity or another scale drops the zoom; new data keeps it.
            UiRevision = $"{axis.Title}|{(axis.Log ? "log" : "linear")}"
                + (holds && scale.Range is { } range ? string.Create(CultureInfo.InvariantCulture, $"|{range[0]:R}|{range[1]:R}") : ""),
        };
    }

    private static string[] TickTexts(FigureAxis axis, double[] ticks) =>
        axis.Marks is { } marks ? [.. marks.Select(mark => Encode(mark.Text))] : [.. ticks.Select(value => Value(axis, value))];

    /// <summary>A name that a user gave may be long; its end tells versions apart.</summary>
    private static string Shortened(string text) => text.Length <= MostLabelCharacters ? text : $"{text[..(MostLabelCharacters - 6)].TrimEnd()}…{text[^5..].TrimStart()}";

    private static double LabelWidth(string text) => text.Length * LabelCharacterWidth;

    private static List<EndLabel> EndLabels(Figure figure, Scale x, Scale y, double plotHeight)
    {
        var labels = new List<EndLabel>();
        foreach (var trace in figure.Traces.Where(trace => trace is { Kind: not (TraceKind.Band or TraceKind.HeatMap), Hidden: false, EndLabel.Length: > 0 }))
        {
            // Steps of the ordered scale are too light to read as text.
            var color = trace.Color.StartsWith("--seq-", StringComparison.Ordinal) ? "--ink-soft" : trace.Color;
            if (LastVisible([.. trace.X.Select(x.Fraction)], [.. trace.Y.Select(y.Fraction)]) is not var (endX, endY))
                continue;
            // A line that leaves through the upper edge has room on its left: there the text crosses no vertical line.
            var text = Shortened(trace.EndLabel!);
            var width = LabelWidth(text) / AssumedWidth;
            var before = endY > 0.999 && endX > width && figure.VerticalLines.Any(line => x.Fraction(line.X) is var at && at > endX && at < endX + width);
            var marker = trace is { Kind: TraceKind.Points, Size: { } size } ? size / 2 : 0;
            labels.Add(new EndLabel(text, endX, endY, color, before, LabelGap + marker));
        }

        // Neighbours that overlap push each other apart by halves until all have room.
        for (var round = 0; round < 40; round++)
        {
            var moved = false;
            for (var i = 0; i < labels.Count; i++)
            {
                for (var j = i + 1; j < labels.Count; j++)
                {
                    var (a, b) = (labels[i], labels[j]);
                    var (left, right) = Start(a) <= Start(b) ? (a, b) : (b, a);
                    if ((Start(right) - Start(left)) * AssumedWidth >= LabelWidth(left.Text))
                        continue;
                    var distance = Height(a) - Height(b);
                    var missing = LabelLineHeight - Math.Abs(distance);
                    if (missing <= 0.1)
                        continue;
                    var upwards = distance >= 0 ? missing / 2 : -missing / 2;
                    a.Shift += upwards;
                    b.Shift -= upwards;
                    moved = true;
                }
            }

            foreach (var label in labels)
                label.Shift += Math.Clamp(Height(label), LabelLineHeight / 2, plotHeight - LabelLineHeight / 2) - Height(label);
            if (!moved)
                break;
        }

        return labels;

        double Height(EndLabel label) => label.Y * plotHeight + label.Shift;

        static double Start(EndLabel label) => label.Before ? label.X - LabelWidth(label.Text) / AssumedWidth : label.X;
    }

    /// <summary>Where a line leaves the unit square for the last time, or ends in it; null where it never shows.</summary>
    private static (double X, double Y)? LastVisible(double[] x, double[] y)
    {
        for (var end = x.Length - 1; end >= 0; end--)
        {
            // Liang–Barsky: the part of the segment between both edges of the square in both directions.
            var start = Math.Max(end - 1, 0);
            var (enter, leave) = (0.0, 1.0);
            foreach (var (from, to) in new[] { (x[start], x[end]), (y[start], y[end]) })
            {
                if (!double.IsFinite(from) || !double.IsFinite(to))
                    leave = -1;
                else if (from == to)
                    leave = from is >= 0 and <= 1 ? leave : -1;
                else
                    {
                    var (atZero, atOne) = (-from / (to - from), (1 - from) / (to - from));
                    enter = Math.Max(enter, Math.Min(atZero, atOne));
                    leave = Math.Min(leave, Math.Max(atZero, atOne));
                }
            }

            if (enter <= leave)
                return (x[start] + leave * (x[end] - x[start]), y[start] + leave * (y[end] - y[start]));
        }

        return null;
    }

    /// <summary>The text at a line's end; x and y as fractions of the plot.</summary>
    private sealed class EndLabel(string text, double x, double y, string color, bool before, double gap)
    {
        /// <summary>Pixels from the line's end, or from the middle of a marker.</summary>
        public double Gap => gap;

        /// <summary>The text ends at the line instead of beginning there.</summary>
        public bool Before => before;

        public string Text => text;
        public double X => x;
        public double Y => y;
        public string Color => color;

        /// <summary>Pixels upwards.</summary>
        public double Shift { get; set; }
    }

    /// <summary>Where values lie along an axis.</summary>
    private sealed class Scale
    {
        private readonly FigureAxis _axis;
        private readonly double _low;
        private readonly double _high;

        public Scale(FigureAxis axis, IEnumerable<double> values)
        {
            _axis = axis;
            if (axis.Range is { } range && double.IsFinite(Position(range.Low)) && double.IsFinite(Position(range.High)))
            {
                (_low, _high) = (Position(range.Low), Position(range.High));
                Range = [_low, _high];
                return;
            }

            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var position in values.Select(Position).Where(double.IsFinite))
                (low, high) = (Math.Min(low, position), Math.Max(high, position));
            (_low, _high) = low <= high ? (low, high) : (0, 1);
        }

        /// <summary>The range asked for, in plotly's positions; null where there is none, or none that a log axis can show.</summary>
        public double[]? Range { get; }

        /// <summary>What plotly calls a position: log10 of the value on a log axis.</summary>
        public double Position(double value) => _axis.Log ? Math.Log10(value) : value;

        /// <summary>0 at the left or lower end, 1 at the other.</summary>
        public double Fraction(double value) => _high > _low ? (Position(value) - _low) / (_high - _low) : 0.5;

        public double PositionAt(double fraction) => _high > _low ? _low + fraction * (_high - _low) : _low;

        /// <summary>Whole decades for a log axis of counts or FLOP, round numbers for a linear one of FLOP; empty where plotly's own ticks read well.</summary>
        public double[] Ticks()
        {
            const int most = 6;
            if (_axis.Marks is { } marks)
                return [.. marks.Select(mark => mark.Value)];
            if (_axis.Log && _axis.Ticks != TickKind.Plain && Math.Floor(_high) > Math.Ceiling(_low))
            {
                // Beyond both ends, for who zooms out.
                // Texts such as 1e20 stand side by side below the plot and need more room than 10B beside it.
                var step = Math.Max(1, (int)Math.Ceiling((_high - _low) / (_axis.Ticks == TickKind.Scientific ? 4 : most)));
                var first = (int)Math.Floor(_low / step) * step - 2 * step;
                var last = (int)Math.Ceiling(_high) + 2 * step;
                return [.. Enumerable.Range(0, (last - first) / step + 1).Select(i => PowerOfTen(first + i * step))];
            }

            // Fewer than two whole decades: plotly would write out every digit between them.
            if (_axis.Log && _axis.Ticks != TickKind.Plain && _high > _low)
            {
                var decades = Enumerable.Range((int)Math.Floor(_low), 3);
                double[] steps = [.. decades.Select(PowerOfTen).SelectMany(decade => (IEnumerable<double>)[decade, 2 * decade, 5 * decade])];
                if (steps.Count(value => Position(value) >= _low && Position(value) <= _high) >= 2)
                    return steps;
                return RoundSteps(Math.Pow(10, _low), Math.Pow(10, _high), 4);
            }

            if (!_axis.Log && _axis.Ticks == TickKind.Scientific && _high > _low)
                return RoundSteps(_low, _high, most - 1);
            return [];
        }

        private static double[] RoundSteps(double low, double high, int most)
        {
            var rough = (high - low) / most;
            var decade = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            var step = decade * (rough / decade <= 1 ? 1 : rough / decade <= 2 ? 2 : rough / decade <= 5 ? 5 : 10);
            return [.. Enumerable.Range(0, most + 3).Select(i => (Math.Floor(low / step) + i) * step)];
        }

        // Math.Pow(10, 23) is 1e23 only nearly; the parser is exact.
        private static double PowerOfTen(int exponent) => double.Parse($"1e{exponent.ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
    }
}
