using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Plan;

namespace ScalingDashboard.Dashboard.Links;

/// <summary>Every address of this site is built here and nowhere else.</summary>
public static class PageUrls
{
    public const string Overview = "/";
    public const string Runs = "/runs";
    public const string Run = "/run";
    public const string Curves = "/curves";
    public const string Import = "/import";
    public const string IsoFlop = "/isoflop";
    public const string Fit = "/fit";
    public const string Estimate = "/estimate";
    public const string Plan = "/plan";
    public const string Precision = "/precision";
    public const string Optimizers = "/optimizers";
    public const string Growth = "/growth";
    public const string Lab = "/lab";
    public const string Help = "/help";
    public const string NotFound = "/not-found";

    /// <summary>The page at <paramref name="path"/> for a project, otherwise in its default state; an empty name leaves the choice to the page.</summary>
    public static string OfProject(string path, string project) => path + ViewQuery.Empty.With("project", project);

    /// <summary>An imported file, as it was uploaded.</summary>
    public static string File(string sha256) => "/api/v1/files/" + sha256;

    /// <summary>The numbers of curves, decimated to be drawn.</summary>
    public static string Series(CurveRequest request) => "/api/v1/series" + request.ToQuery();

    /// <summary>Where programs reach a project.</summary>
    public static string ProjectApi(string project) => "/api/v1/projects/" + Uri.EscapeDataString(project);

    /// <summary>The page at <paramref name="path"/> (one of the constants above) in the state given.</summary>
    public static string For<TState>(string path, TState state) where TState : IViewState<TState> => path + state.ToQuery();

    /// <summary>The page at <paramref name="path"/> in a state kept as its query string.</summary>
    public static string Again(string path, string query) => path + ViewQuery.Parse(query);

    /// <summary>A plan whose training needs a share of the law's compute: 1/speed-up of an optimizer, or 1 − savings of growing.</summary>
    public static string PlanWith(string project, ComputeFactor factor) => For(Plan, PlanState.WithFactor(project, factor));

    /// <summary>One metric of one run among the curves.</summary>
    public static string CurveOf(string project, string runId, string metric) =>
        Curves + ViewQuery.Empty.With("project", project).With("runs", runId).With("metrics", metric);
}
