using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>How runs are put together into one mean with a band.</summary>
public enum CurveGrouping
{
    /// <summary>Each run is a line of its own.</summary>
    None,

    /// <summary>Runs that agree in everything but the seed.</summary>
    Seed,

    /// <summary>Runs that agree in chosen columns.</summary>
    Columns,
}

/// <summary>Which lines of which metric are wanted; all that decides them but the runs themselves.</summary>
public sealed record CurveRequest
{
    /// <summary>Most runs of one request.</summary>
    public const int MostRuns = 100;

    /// <summary>Most points of one line.</summary>
    public const int MostPoints = 100_000;

    /// <summary>Short ids.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Name of the metric.</summary>
    public required string Metric { get; init; }

    /// <summary>How they are drawn.</summary>
    public CurveOptions Options { get; init; } = new();

    /// <summary>Run that the others are compared with; empty for none.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Groups drawn as bands.</summary>
    public CurveGrouping Grouping { get; init; }

    /// <summary>Columns that make a group.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>With the envelope of the runs.</summary>
    public bool Envelope { get; init; }

    /// <summary>Dollars for an hour of one device; null where none is given, and then there is no axis of cost.</summary>
    public double? Price { get; init; }

    /// <summary>Devices of the runs that name no number; null for none.</summary>
    public double? Devices { get; init; }

    /// <summary>The query of the request that answers it.</summary>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .WithIds("runs", Runs)
        .With("metric", Metric)
        .With("x", Options.Axis, CurveAxis.Step)
        .With("logx", Options.LogX, false)
        .With("logy", Options.LogY, false)
        .With("smooth", Options.Smoothing.Kind, SmoothingKind.None)
        .With("strength", Options.Smoothing.Strength, 0)
        .With("raw", Options.Raw, false)
        .With("from", Options.Low)
        .With("to", Options.High)
        .With("points", Options.Points, new CurveOptions().Points)
        .With("reference", Reference)
        .With("compare", Options.Comparison, CurveComparison.Values)
        .With("group", Grouping, CurveGrouping.None)
        .With("by", GroupBy, [])
        .With("spread", Options.Spread, SpreadKind.Deviation)
        .With("envelope", Envelope, false)
        .With("price", Price)
        .With("devices", Devices);
}
