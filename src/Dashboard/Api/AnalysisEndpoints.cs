using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The recipes over HTTP: the same options and the same documents as the commands <c>fit</c> and <c>isoflop</c>.</summary>
internal static class AnalysisEndpoints
{
    // A request holds a core while it runs; the pages allow as many.
    private const int MostDraws = 20_000;

    internal static void MapAnalysis(this IEndpointRouteBuilder api)
    {
        api.MapGet("/projects/{project}/fit", FitAsync)
            .WithSummary("Fits E + A·N^−α + B·D^−β to the final rows of a project. method=huber|vpnls, delta, where=COL=VALUE (repeatable), at=FLOP,…, bootstrap, seed.")
            .Produces<FitReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/isoflop", IsoFlopAsync)
            .WithSummary("Compute-optimal sizes of a project. approach=1|2|3, tolerance, where=COL=VALUE (repeatable), at=FLOP,…, bootstrap, seed.")
            .Produces<IsoFlopReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> FitAsync(
        string project, [FromQuery] string[] where, string? at, RunStore store, CancellationToken cancellationToken,
        string method = "huber", double delta = 1e-3, int bootstrap = 1000, int seed = 0)
    {
        var options = Surface(bootstrap, seed) with
        {
            Fit = new SurfaceFitOptions
            {
                Method = method switch
                {
                    "huber" => SurfaceMethod.Huber,
                    "vpnls" => SurfaceMethod.VariableProjection,
                    _ => throw new FormatException($"method: '{method}' is not huber or vpnls."),
                },
                Delta = delta is > 0 and < 1e6 ? delta : throw new FormatException("delta must be above zero."),
            },
        };
        var budgets = Budgets(at);
        var selection = await SelectAsync(store, project, where, cancellationToken);
        return await Task.Run(
            () => ApiEndpoints.Json(FitReport.Of(SurfaceRecipe.Run(selection.Final.Observations, options, null, cancellationToken), options, selection.Final, budgets)),
            cancellationToken);
    }

    private static async Task<IResult> IsoFlopAsync(
        string project, [FromQuery] string[] where, string? at, RunStore store, CancellationToken cancellationToken,
        int approach = 2, double tolerance = 0.2, int bootstrap = 1000, int seed = 0)
    {
        var options = new IsoFlopOptions
        {
            Surface = Surface(bootstrap, seed),
            BudgetTolerance = tolerance is >= 0 and < 100 ? tolerance : throw new FormatException("tolerance must be between 0 and 100."),
        };
        var budgets = Budgets(at);
        var selection = await SelectAsync(store, project, where, cancellationToken);
        return await Task.Run(
            () => ApiEndpoints.Json(IsoFlopReport.Run(approach == 1 ? selection.Checkpoints : selection.Final, approach, options, budgets, cancellationToken)),
            cancellationToken);
    }

    private static Task<ProjectSelection> SelectAsync(RunStore store, string project, string[] where, CancellationToken cancellationToken) =>
        ProjectRuns.LoadAsync(store, ApiEndpoints.Name(project), [.. where.Select(RowFilter.Parse)], new HashSet<string>(), false, cancellationToken);

    private static SurfaceRecipeOptions Surface(int bootstrap, int seed) => bootstrap is >= 0 and <= MostDraws
        ? new SurfaceRecipeOptions { Bootstrap = bootstrap, Seed = seed }
        : throw new FormatException($"bootstrap: {bootstrap} is not between 0 and {MostDraws} draws.");

    private static double[] Budgets(string? at) =>
        [.. (at ?? "5.76e23").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            Quantity.TryParse(text, out var flops) && flops > 0 ? flops : throw new FormatException($"at: '{text}' is not a compute budget; write FLOP as 5.76e23."))];
}
