using ScalingDashboard.Analysis;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>A line with the name under which a browser keeps it.</summary>
/// <param name="Id">Unique within the panel, letters and digits.</param>
/// <param name="Key">Another one whenever what is drawn is another.</param>
/// <param name="Trace">What is drawn.</param>
public sealed record KeyedTrace(string Id, string Key, CurveTrace Trace);

/// <summary>The lines of one metric.</summary>
public sealed record CurvePanel
{
    /// <summary>What was asked for.</summary>
    public required CurveRequest Request { get; init; }

    /// <summary>Another one whenever any line, or who has none, is another.</summary>
    public required string ETag { get; init; }

    /// <summary>Lines, those behind first.</summary>
    public required IReadOnlyList<KeyedTrace> Traces { get; init; }

    /// <summary>Runs that are drawn, alone or in a group.</summary>
    public required IReadOnlyList<RunGroup> Groups { get; init; }

    /// <summary>Runs that are not drawn and why, in words; the run is null where only its id is known.</summary>
    public required IReadOnlyList<(string Id, RunRow? Run, string Reason)> Lacking { get; init; }

    /// <summary>Where to find the whole curves of the runs again.</summary>
    public required IReadOnlyDictionary<string, CurveKey> Keys { get; init; }

    /// <summary>What each drawn run came to.</summary>
    public required IReadOnlyDictionary<string, CurveSummary> Summaries { get; init; }

    /// <summary>Rows of drawn runs that have no x on the axis, or one that goes back.</summary>
    public required int WithoutX { get; init; }
}

/// <summary>What names a curve of a run with the axes it may be drawn over: the hashes of its series, and its size.</summary>
/// <param name="RunId">Short id of the run.</param>
/// <param name="Parameters">N.</param>
/// <param name="Series">The metric first, then those of tokens, flops and seconds that the run has.</param>
/// <param name="Price">What an hour of the run costs; null where no price was given.</param>
public sealed record CurveKey(string RunId, double? Parameters, IReadOnlyList<SeriesSummary> Series, RunPrice? Price)
{
    /// <summary>Hash of all that decides the curve.</summary>
    public string Hash { get; } = Hashes.Of([FormattableString.Invariant($"{RunId} {Parameters:R} {Price?.PerHour:R}"), .. Series.Select(series => $"{series.Metric} {series.Sha256}")]);
}
