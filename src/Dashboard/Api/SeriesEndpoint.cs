using System.ComponentModel;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Numerics.Curves;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>What <c>GET /api/v1/series</c> is asked for.</summary>
public sealed record SeriesParameters
{
    private const int FewestPoints = 32;
    private const long MostPointsInAll = 4_000_000;

    /// <summary>Runs.</summary>
    [FromQuery(Name = "runs"), Description("Ids of the runs, joined by dots; at most 100.")] public string[]? Runs { get; init; }

    /// <summary>Metric.</summary>
    [FromQuery(Name = "metric"), Description("Name of the metric; loss unless given.")] public string? Metric { get; init; }

    /// <summary>Axis.</summary>
    [FromQuery(Name = "x"), Description("step (unless given), tokens, flops, time (hours) or cost (dollars; needs price).")] public string? X { get; init; }

    /// <summary>Price.</summary>
    [FromQuery(Name = "price"), Description("Dollars for an hour of one device, for x=cost: hours × devices × price.")] public string? Price { get; init; }

    /// <summary>Devices.</summary>
    [FromQuery(Name = "devices"), Description("Devices of the runs that name no number, for x=cost.")] public string? Devices { get; init; }

    /// <summary>Logarithmic x.</summary>
    [FromQuery(Name = "logx"), Description("1: buckets uniform on a logarithmic axis; x that is not positive is left out and counted.")] public string? LogX { get; init; }

    /// <summary>Logarithmic y.</summary>
    [FromQuery(Name = "logy"), Description("1: values that are not positive are left out and counted.")] public string? LogY { get; init; }

    /// <summary>Smoothing.</summary>
    [FromQuery(Name = "smooth"), Description("none (unless given), average (exponential, bias-corrected) or window (centred mean); over all rows, before any is left out.")] public string? Smooth { get; init; }

    /// <summary>Its strength.</summary>
    [FromQuery(Name = "strength"), Description("Weight of the past, 0 to below 1, for average; rows for window.")] public string? Strength { get; init; }

    /// <summary>What was logged.</summary>
    [FromQuery(Name = "raw"), Description("1: with each smoothed line what was logged, of kind raw.")] public string? Raw { get; init; }

    /// <summary>Left end.</summary>
    [FromQuery(Name = "from"), Description("Left end of the part that is wanted, in the unit of x.")] public string? From { get; init; }

    /// <summary>Right end.</summary>
    [FromQuery(Name = "to"), Description("Right end.")] public string? To { get; init; }

    /// <summary>Points.</summary>
    [FromQuery(Name = "points"), Description("Points of a line at most, 32 to 100,000; 2,000 unless given. Where a curve has more rows, the lowest and highest of each bucket are kept.")] public string? Points { get; init; }

    /// <summary>Reference run.</summary>
    [FromQuery(Name = "reference"), Description("Id of the run to compare with.")] public string? Reference { get; init; }

    /// <summary>Comparison.</summary>
    [FromQuery(Name = "compare"), Description("values (unless given), difference or ratio to the reference at the same x.")] public string? Compare { get; init; }

    /// <summary>Groups.</summary>
    [FromQuery(Name = "group"), Description("none (unless given), seed (runs that agree in everything but the seed) or columns: mean and band of each group.")] public string? Group { get; init; }

    /// <summary>Columns.</summary>
    [FromQuery(Name = "by"), Description("Columns that make a group; repeatable.")] public string[]? By { get; init; }

    /// <summary>Edges of the band.</summary>
    [FromQuery(Name = "spread"), Description("deviation (unless given), error or range.")] public string? Spread { get; init; }

    /// <summary>Envelope.</summary>
    [FromQuery(Name = "envelope"), Description("1: with the lowest loss of all runs at each compute, for metric loss against flops.")] public string? Envelope { get; init; }

    /// <summary>Lines.</summary>
    [FromQuery(Name = "only"), Description("Ids of the lines that are wanted, joined by dots; all unless given.")] public string? Only { get; init; }

    /// <summary>Form.</summary>
    [FromQuery(Name = "format"), Description("json, or binary (unless given): a block of little-endian numbers.")] public string? Format { get; init; }

    /// <summary>JSON and not a block.</summary>
    /// <exception cref="AnalysisException">It is neither.</exception>
    internal bool IsJson => Format switch
    {
        null or "" or "binary" => false,
        "json" => true,
        _ => throw Refused("format", Format, "json or binary"),
    };

    /// <summary>Reads what was asked for.</summary>
    /// <exception cref="AnalysisException">Something of it cannot be read; the message names it.</exception>
    public CurveRequest Request()
    {
        string[] runs = [.. (Runs ?? []).SelectMany(ids => ids.Split('.', StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        if (runs.Length is 0 or > CurveRequest.MostRuns)
            throw new AnalysisException($"Name 1 to {CurveRequest.MostRuns} runs as runs=ID.ID; there are {runs.Length}. /api/v1/projects/PROJECT/runs lists the ids of a project.");
        var smoothing = Choice("smooth", Smooth, SmoothingKind.None);
        var points = (int)Number("points", Points, FewestPoints, CurveRequest.MostPoints, new CurveOptions().Points)!.Value;
        if ((long)runs.Length * points > MostPointsInAll)
            throw new AnalysisException($"{runs.Length} runs of up to {points:N0} points are too much for one answer. Ask for fewer points, or for fewer runs at a time.");
        var request = new CurveRequest
        {
            Runs = runs,
            Metric = string.IsNullOrEmpty(Metric) ? CurvePlan.Loss : Metric,
            Reference = Reference ?? "",
            Grouping = Choice("group", Group, CurveGrouping.None),
            GroupBy = By ?? [],
            Envelope = Flag("envelope", Envelope),
            Price = Number("price", Price, double.Epsilon, double.MaxValue, null),
            Devices = Number("devices", Devices, 1, double.MaxValue, null),
            Options = new CurveOptions
            {
                Axis = Choice("x", X, CurveAxis.Step),
                LogX = Flag("logx", LogX),
                LogY = Flag("logy", LogY),
                Smoothing = smoothing switch
                {
                    SmoothingKind.Average => new CurveSmoothing(smoothing, Number("strength", Strength, 0, 0.9999, CurvesState.DefaultWeight)!.Value),
                    SmoothingKind.Window => new CurveSmoothing(smoothing, Math.Floor(Number("strength", Strength, 1, 1e6, CurvesState.DefaultRows)!.Value)),
                    _ => CurveSmoothing.None,
                },
                Raw = Flag("raw", Raw),
                Low = Number("from", From, double.MinValue, double.MaxValue, null),
                High = Number("to", To, double.MinValue, double.MaxValue, null),
                Points = points,
                Comparison = Choice("compare", Compare, CurveComparison.Values),
                Spread = Choice("spread", Spread, SpreadKind.Deviation),
            },
        };
        return request.Options is { Low: { } low, High: { } high } && low >= high
            ? throw new AnalysisException(FormattableString.Invariant($"from={low} is not below to={high}."))
            : request;
    }

    private static TChoice Choice<TChoice>(string name, string? text, TChoice fallback) where TChoice : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
            return fallback;
        foreach (var choice in Enum.GetValues<TChoice>())
        {
            if (SeriesReport.Name(choice) == text)
                return choice;
        }

        throw Refused(name, text, Words.List([.. Enum.GetValues<TChoice>().Select(SeriesReport.Name)]));
    }

    private static bool Flag(string name, string? text) => text switch
    {
        null or "" or "0" or "false" => false,
        "1" or "true" => true,
        _ => throw Refused(name, text, "1 or 0"),
    };

    private static double? Number(string name, string? text, double minimum, double maximum, double? fallback) =>
        string.IsNullOrEmpty(text) ? fallback
        : Quantity.TryParse(text, out var value) && value >= minimum && value <= maximum ? value
        : throw Refused(name, text, minimum == double.MinValue ? "a number" : FormattableString.Invariant($"a number from {minimum} to {maximum}"));

    private static AnalysisException Refused(string name, string? text, string instead) => new($"{name}={text} cannot be read; write {instead}.");
}

/// <summary>Lines of one metric; not finite numbers are null.</summary>
public sealed record SeriesReport(
    [property: JsonPropertyName("metric")] string Metric,
    [property: JsonPropertyName("x")] string X,
    [property: JsonPropertyName("lines")] IReadOnlyList<SeriesLineReport> Lines,
    [property: JsonPropertyName("lacking")] IReadOnlyList<SeriesLackingReport> Lacking)
{
    /// <summary>Of a panel.</summary>
    public static SeriesReport Of(CurvePanel panel, IEnumerable<KeyedTrace> traces) => new(
        panel.Request.Metric,
        Name(panel.Request.Options.Axis),
        [.. traces.Select(one => SeriesLineReport.Of(one, panel.Groups))],
        [.. panel.Lacking.Select(one => new SeriesLackingReport(one.Id, one.Reason))]);

#pragma warning disable CA1308 // Words in the answer are lower case.
    internal static string Name<TChoice>(TChoice choice) where TChoice : struct, Enum => choice.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}

/// <summary>A line.</summary>
public sealed record SeriesLineReport
{
    /// <summary>Unique in the answer.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Line (a run), raw (as logged), band (mean of a group), notfinite (where values are not finite) or envelope.</summary>
    [JsonPropertyName("kind")] public required string Kind { get; init; }

    /// <summary>Ids of the runs it rests on; none for an envelope.</summary>
    [JsonPropertyName("runs")] public required IReadOnlyList<string> Runs { get; init; }
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>In the unit of the axis; time in hours, cost in dollars.</summary>
    [JsonPropertyName("x")] public required double[] X { get; init; }
    [JsonPropertyName("y")] public required double?[] Y { get; init; }
    [JsonPropertyName("low"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double?[]? Low { get; init; }
    [JsonPropertyName("high"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public double?[]? High { get; init; }

    /// <summary>Runs that count at each x.</summary>
    [JsonPropertyName("counts"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int[]? Counts { get; init; }

    /// <summary>Rows in the part that was asked for, of which x are here.</summary>
    [JsonPropertyName("total")] public required int Total { get; init; }

    /// <summary>Rows that a logarithmic axis cannot show.</summary>
    [JsonPropertyName("non_positive")] public required int NonPositive { get; init; }

    /// <summary>Of a line.</summary>
    public static SeriesLineReport Of(KeyedTrace keyed, IReadOnlyList<RunGroup> groups)
    {
        var trace = keyed.Trace;
        var group = groups.FirstOrDefault(one => one.Id == trace.Of);
        return new()
        {
            Id = keyed.Id,
            Kind = SeriesReport.Name(trace.Kind),
            Runs = group is null ? [] : [.. group.Runs.Select(run => run.Id)],
            Name = group?.Name ?? "",
            X = trace.X,
            Y = Numbers(trace.Y)!,
            Low = Numbers(trace.Low),
            High = Numbers(trace.High),
            Counts = trace.Runs,
            Total = trace.Total,
            NonPositive = trace.NonPositive,
        };
    }

    private static double?[]? Numbers(double[]? values) => values is null ? null : [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];
}

/// <summary>A run without a line.</summary>
public sealed record SeriesLackingReport([property: JsonPropertyName("run")] string Run, [property: JsonPropertyName("reason")] string Reason);

/// <summary>Curves, smoothed and decimated here, for charts and for programs.</summary>
internal static class SeriesEndpoint
{
    internal static void MapSeries(this IEndpointRouteBuilder api) => api.MapGet("/series", SeriesAsync)
        .WithSummary("Curves of a metric, smoothed and decimated: a block of numbers, or JSON with format=json.")
        .WithDescription("The block, all little-endian. Header of 16 bytes: SDSB, then version 1, count of lines and 0, each u4. Each line begins at a multiple of 8: count of points n, count of columns k, length of its id in bytes and 0, each u4; the id in UTF-8, filled up to a multiple of 8; x, n times f8; k columns of n times f4, filled up to a multiple of 8. The answer has an ETag; If-None-Match is answered 304 as long as neither the runs nor what is asked for change.")
        .Produces<byte[]>(contentType: SeriesBlock.MediaType).Produces<SeriesReport>()
        .Produces(StatusCodes.Status304NotModified).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity).Produces<ErrorReport>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> SeriesAsync([AsParameters] SeriesParameters parameters, HttpContext context, CurvesService curves, CancellationToken cancellationToken)
    {
        var json = parameters.IsJson;
        var plan = await curves.PlanAsync(parameters.Request(), cancellationToken);
        var tag = new EntityTagHeaderValue($"\"{Hashes.Of([plan.ETag, parameters.Only ?? "", json ? "json" : "binary"])}\"");
        context.Response.Headers.CacheControl = "private, no-cache";
        context.Response.GetTypedHeaders().ETag = tag;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
            return Results.StatusCode(StatusCodes.Status304NotModified);

        var panel = await curves.PanelAsync(plan, cancellationToken);
        var only = string.IsNullOrEmpty(parameters.Only) ? null : parameters.Only.Split('.').ToHashSet();
        var traces = panel.Traces.Where(trace => only is null || only.Contains(trace.Id) || only.Contains(trace.Id + SeriesBlock.BandSuffix));
        return json ? ApiEndpoints.Json(SeriesReport.Of(panel, traces)) : Results.Bytes(SeriesBlock.Write(traces), SeriesBlock.MediaType);
    }
}
