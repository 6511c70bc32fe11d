using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>What the table of losses reached is sorted by.</summary>
public enum ReachedColumn
{
    /// <summary>As the runs are listed.</summary>
    Listed,

    /// <summary>Name.</summary>
    Run,

    /// <summary>Training steps.</summary>
    Steps,

    /// <summary>Tokens.</summary>
    Tokens,

    /// <summary>Training FLOP.</summary>
    Flops,

    /// <summary>Wall time.</summary>
    Hours,

    /// <summary>Money.</summary>
    Cost,
}

/// <summary>The vertical zoom of one panel.</summary>
/// <param name="Panel">Its place among the metrics, from 0.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record PanelZoom(int Panel, double Low, double High);

/// <summary>What the page of curves shows; its URL.</summary>
public sealed record CurvesState : IViewState<CurvesState>
{
    /// <summary>Most metrics shown, a panel each.</summary>
    public const int MostMetrics = 12;

    /// <summary>Weight of the past in the moving average, unless chosen.</summary>
    public const double DefaultWeight = 0.9;

    /// <summary>Rows of the window, unless chosen.</summary>
    public const int DefaultRows = 51;

    /// <summary>Project; empty for the one imported last.</summary>
    public string Project { get; init; } = "";

    /// <summary>Which runs, as typed; read by <see cref="Projects.RunFilter"/>.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Short ids of the runs shown; empty for those that <see cref="RunChoice"/> takes.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>Names of the metrics, a panel each; empty for the loss.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>What curves are drawn against.</summary>
    public CurveAxis Axis { get; init; }

    /// <summary>Dollars for an hour of one device; null for none, and then there is no axis of cost.</summary>
    public double? Price { get; init; }

    /// <summary>Devices of the runs that name no number.</summary>
    public double? Devices { get; init; }

    /// <summary>Logarithmic x.</summary>
    public bool LogX { get; init; }

    /// <summary>Logarithmic y.</summary>
    public bool LogY { get; init; }

    /// <summary>How curves are smoothed.</summary>
    public SmoothingKind Smoothing { get; init; }

    /// <summary>Weight of the past in the moving average.</summary>
    public double Weight { get; init; } = DefaultWeight;

    /// <summary>Rows of the window.</summary>
    public int Rows { get; init; } = DefaultRows;

    /// <summary>What was logged behind smoothed curves.</summary>
    public bool Raw { get; init; } = true;

    /// <summary>Horizontal zoom of all panels, in the unit of the axis; null for all.</summary>
    public (double Low, double High)? Zoom { get; init; }

    /// <summary>Vertical zoom of panels.</summary>
    public IReadOnlyList<PanelZoom> PanelZooms { get; init; } = [];

    /// <summary>Far outliers too.</summary>
    public bool Whole { get; init; }

    /// <summary>Groups drawn as bands.</summary>
    public CurveGrouping Grouping { get; init; }

    /// <summary>Columns that make a group.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Edges of the bands.</summary>
    public SpreadKind Spread { get; init; }

    /// <summary>Where values are read off, in the unit of the axis; null at the end of each run.</summary>
    public double? At { get; init; }

    /// <summary>Short id of the pinned run; empty for none.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Values, or how they compare with the pinned run's.</summary>
    public CurveComparison Comparison { get; init; }

    /// <summary>Loss that the table asks for; null for one that all runs reach.</summary>
    public double? Level { get; init; }

    /// <summary>Envelope of the losses over compute.</summary>
    public bool Envelope { get; init; }

    /// <summary>Short ids of runs, or of the first run of groups, whose lines are not drawn.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>What the table is sorted by.</summary>
    public ReachedColumn Sort { get; init; }

    /// <summary>Largest first.</summary>
    public bool Descending { get; init; }

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>How curves are smoothed.</summary>
    public CurveSmoothing CurveSmoothing => Smoothing switch
    {
        SmoothingKind.Average => new CurveSmoothing(SmoothingKind.Average, Weight),
        SmoothingKind.Window => new CurveSmoothing(SmoothingKind.Window, Rows),
        _ => CurveSmoothing.None,
    };

    /// <summary>Another price or number of devices; places on the axis of cost are no longer those, and without a price there is none.</summary>
    public CurvesState WithPrice(double? price, double? devices) => this with
    {
        Price = price,
        Devices = devices,
        Axis = price is null && Axis == CurveAxis.Cost ? CurveAxis.Time : Axis,
        Zoom = Axis == CurveAxis.Cost ? null : Zoom,
        At = Axis == CurveAxis.Cost ? null : At,
        Sort = price is null && Sort == ReachedColumn.Cost ? ReachedColumn.Listed : Sort,
    };

    /// <summary>Draws a line, or no longer draws it.</summary>
    public CurvesState WithHidden(string id, bool hidden) => this with { Hidden = hidden ? [.. Hidden.Append(id).Distinct()] : [.. Hidden.Where(other => other != id)] };

    /// <summary>Shows a metric in a panel, or takes its panel away; what was zoomed vertically is shown whole, for the panels move.</summary>
    public CurvesState WithMetrics(IReadOnlyList<string> metrics) => this with { Metrics = metrics, PanelZooms = [] };

    /// <summary>Pins a run to compare with; null unpins it.</summary>
    public CurvesState WithReference(string? run) => this with
    {
        Reference = run ?? "",
        Comparison = run is null ? CurveComparison.Values : Comparison,
        PanelZooms = [],
    };

    /// <summary>Both ends to a thousandth of what lies between them, so that a link does not carry 17 digits.</summary>
    public static (double Low, double High) Rounded(double low, double high)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(high - low)) - 3);
        return (To(low), To(high));

        // A low end near zero keeps its own digits: on a logarithmic axis it is far from zero.
        double To(double end) => Math.Abs(end) < 100 * unit ? Digits(end, 4) : Digits(Math.Round(end / unit) * unit, 12);

        static double Digits(double end, int digits) => double.Parse(end.ToString($"G{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>The same view of another project; what named this one's runs, metrics and places is dropped.</summary>
    public CurvesState OfProject(string project) => Project.Length == 0 ? this with { Project = project } : this with
    {
        Project = project,
        Runs = [],
        Metrics = [],
        Zoom = null,
        PanelZooms = [],
        GroupBy = [],
        Grouping = Grouping == CurveGrouping.Columns ? CurveGrouping.None : Grouping,
        At = null,
        Reference = "",
        Comparison = CurveComparison.Values,
        Level = null,
        Hidden = [],
    };

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("filter", Filter)
        .WithIds("runs", Runs)
        .With("metrics", Metrics, [])
        .With("x", Axis, CurveAxis.Step)
        .With("price", Price)
        .With("devices", Devices)
        .With("logx", LogX, false)
        .With("logy", LogY, false)
        .With("smooth", Smoothing, SmoothingKind.None)
        .With("weight", Weight, DefaultWeight)
        .With("rows", Rows, DefaultRows)
        .With("raw", Raw, true)
        .With("from", Zoom?.Low)
        .With("to", Zoom?.High)
        .With("y", [.. PanelZooms.Select(zoom => string.Create(CultureInfo.InvariantCulture, $"{zoom.Panel}:{zoom.Low:R}:{zoom.High:R}"))], [])
        .With("whole", Whole, false)
        .With("group", Grouping, CurveGrouping.None)
        .With("by", GroupBy, [])
        .With("spread", Spread, SpreadKind.Deviation)
        .With("at", At)
        .With("reference", Reference)
        .With("compare", Comparison, CurveComparison.Values)
        .With("loss", Level)
        .With("envelope", Envelope, false)
        .WithIds("hide", Hidden)
        .With("sort", Sort, ReachedColumn.Listed)
        .With("descending", Descending, false)
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static CurvesState FromQuery(ViewQuery query) => new()
    {
        Project = query.Text("project"),
        Filter = query.Text("filter"),
        Runs = query.Ids("runs", CurveRequest.MostRuns),
        Metrics = query.List("metrics", [], MostMetrics),
        Axis = query.Choice("x", CurveAxis.Step) is var axis && (axis != CurveAxis.Cost || PriceOf(query) is not null) ? axis : CurveAxis.Time,
        Price = PriceOf(query),
        Devices = query.NumberOrNull("devices", 1),
        LogX = query.Flag("logx", false),
        LogY = query.Flag("logy", false),
        Smoothing = query.Choice("smooth", SmoothingKind.None),
        Weight = query.Number("weight", DefaultWeight, 0, 0.9999),
        Rows = query.WholeNumber("rows", DefaultRows, 1, 1_000_000),
        Raw = query.Flag("raw", true),
        Zoom = query.NumberOrNull("from") is { } low && query.NumberOrNull("to") is { } high && low < high ? (low, high) : null,
        PanelZooms = [.. query.List("y", [], MostMetrics).Select(PanelZoomOf).OfType<PanelZoom>()],
        Whole = query.Flag("whole", false),
        Grouping = query.Choice("group", CurveGrouping.None),
        GroupBy = query.List("by", []),
        Spread = query.Choice("spread", SpreadKind.Deviation),
        At = query.NumberOrNull("at"),
        Reference = query.Text("reference"),
        Comparison = query.Choice("compare", CurveComparison.Values),
        Level = query.NumberOrNull("loss"),
        Envelope = query.Flag("envelope", false),
        Hidden = query.Ids("hide", CurveRequest.MostRuns),
        Sort = query.Choice("sort", ReachedColumn.Listed),
        Descending = query.Flag("descending", false),
        Tab = query.Choice("tab", PageTab.Table),
    };

    private static double? PriceOf(ViewQuery query) => query.NumberOrNull("price", double.Epsilon);

    private static PanelZoom? PanelZoomOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var panel) && panel < MostMetrics
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var low) && double.IsFinite(low)
            && double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var high) && double.IsFinite(high)
            && low < high
            ? new PanelZoom(panel, low, high)
            : null;
    }
}
