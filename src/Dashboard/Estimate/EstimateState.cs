using System.Text.Json;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Estimate;

/// <summary>What the Estimate page shows; its URL.</summary>
public sealed record EstimateState : IViewState<EstimateState>
{
    /// <summary>The guide's cut, tokens.</summary>
    public const double DefaultMinimumTokens = 1e10;

    /// <summary>Project; empty for the one imported last.</summary>
    public string Project { get; init; } = "";

    /// <summary>Filters as COL=VALUE.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>Families that take part; empty for all.</summary>
    public IReadOnlyList<string> Families { get; init; } = [];

    /// <summary>Family that is predicted; empty for the one with the most checkpoints.</summary>
    public string Target { get; init; } = "";

    /// <summary>Earlier checkpoints are not fitted.</summary>
    public double MinimumTokens { get; init; } = DefaultMinimumTokens;

    /// <summary>Count of models; 0 for the advised plan, or all of them where a share is chosen.</summary>
    public int Models { get; init; }

    /// <summary>Share of training; 0 for the advised plan, or all of it where models are chosen.</summary>
    public double Share { get; init; }

    /// <summary>N of the largest model that may be fitted; null for any.</summary>
    public double? Largest { get; init; }

    /// <summary>Models are counted down from the largest instead of up from the smallest.</summary>
    public bool FromLargest { get; init; }

    /// <summary>What may be spent on the small models, FLOP; null for any.</summary>
    public double? Budget { get; init; }

    /// <summary>Checkpoints fitted.</summary>
    public CheckpointUse Checkpoints { get; init; }

    /// <summary>Objective.</summary>
    public FitMethod Method { get; init; } = FitMethod.VariableProjection;

    /// <summary>Of several seeds of a size only the first.</summary>
    public bool OneSeed { get; init; }

    /// <summary>Predict the smallest from larger ones.</summary>
    public bool ScaleDown { get; init; }

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>Neither models nor share are chosen: the page advises.</summary>
    public bool IsAdvised => Models == 0 && Share == 0;

    /// <summary>What decides the study.</summary>
    public EstimateOptions Options => new()
    {
        Target = Target.Length > 0 ? Target : null,
        Families = Families,
        All = true,
        OneSeed = OneSeed,
        Shares = EstimateOptions.Tenths,
        Fit = new EstimationOptions { MinimumTokens = MinimumTokens, Checkpoints = Checkpoints, Method = Method, ScaleDown = ScaleDown },
    };

    /// <summary>A short text that is another one for another study.</summary>
    public string StudyKey => JsonSerializer.Serialize(new { Project, Where, Families, Target, MinimumTokens, Checkpoints, Method, OneSeed, ScaleDown });

    /// <inheritdoc/>
    public ViewQuery ToQuery() => ViewQuery.Empty
        .With("project", Project)
        .With("where", Where, [])
        .With("family", Families, [])
        .With("target", Target)
        .With("mintokens", MinimumTokens, DefaultMinimumTokens)
        .With("models", Models, 0)
        .With("share", Share, 0)
        .With("largest", Largest)
        .With("fromlargest", FromLargest, false)
        .With("budget", Budget)
        .With("checkpoints", Checkpoints, CheckpointUse.All)
        .With("method", Method, FitMethod.VariableProjection)
        .With("oneseed", OneSeed, false)
        .With("down", ScaleDown, false)
        .With("tab", Tab, PageTab.Table);

    /// <inheritdoc/>
    public static EstimateState FromQuery(ViewQuery query) => new()
    {
        Project = query.Text("project"),
        Where = [.. query.List("where", []).Where(filter => filter.AsSpan().TrimStart().IndexOf('=') > 0)],
        Families = query.List("family", []),
        Target = query.Text("target"),
        MinimumTokens = query.Number("mintokens", DefaultMinimumTokens, 0, 1e18),
        Models = query.WholeNumber("models", 0, 0, 100_000),
        Share = query.Number("share", 0, 0, 1),
        Largest = query.NumberOrNull("largest", 1, 1e18),
        FromLargest = query.Flag("fromlargest", false),
        Budget = query.NumberOrNull("budget", 1, 1e35),
        Checkpoints = query.Choice("checkpoints", CheckpointUse.All),
        Method = query.Choice("method", FitMethod.VariableProjection),
        OneSeed = query.Flag("oneseed", false),
        ScaleDown = query.Flag("down", false),
        Tab = query.Choice("tab", PageTab.Table),
    };
}
