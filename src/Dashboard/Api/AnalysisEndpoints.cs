using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The recipes over HTTP: the same options and the same documents as the commands <c>fit</c> and <c>isoflop</c>.</summary>
internal static class AnalysisEndpoints
{
    private const string DefaultAt = "5.76e23";

    internal static void MapAnalysis(this IEndpointRouteBuilder api)
    {
        api.MapGet("/projects/{project}/fit", FitAsync)
            .WithSummary("Fits E + A·N^−α + B·D^−β to the final rows of a project. method=huber|vpnls, delta, exponents=LOW..HIGH, where=COL=VALUE (repeatable), at=FLOP,…, bootstrap, seed, holdout_budgets=K.")
            .Produces<FitReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/isoflop", IsoFlopAsync)
            .WithSummary("Compute-optimal sizes of a project. approach=1|2|3, tolerance, smooth=ROWS, where=COL=VALUE (repeatable), at=FLOP,…, bootstrap, seed.")
            .Produces<IsoFlopReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> FitAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string at = DefaultAt, string method = "huber", double delta = 1e-3, string exponents = "0..5", int bootstrap = 1000, int seed = 0, int holdout_budgets = 0)
    {
        var (low, high) = AnalysisText.Exponents(exponents);
        var options = Surface(bootstrap, seed) with
        {
            Fit = new FitOptions
            {
                Method = AnalysisText.Method(method),
                Delta = AnalysisText.Delta(delta),
                ExponentLow = low,
                ExponentHigh = high,
            },
        };
        var budgets = AnalysisText.Budgets(at);
        var held = AnalysisText.HoldoutBudgets(holdout_budgets);
        var input = await SelectAsync(store, project, where, checkpoints: false, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(FitReport.Run(input, options, budgets, held, cancellationToken)), cancellationToken);
    }

    private static async Task<IResult> IsoFlopAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string at = DefaultAt, int approach = 2, double tolerance = 0.2, int smooth = 0, int bootstrap = 1000, int seed = 0)
    {
        var options = new IsoFlopOptions
        {
            Surface = Surface(bootstrap, seed),
            BudgetTolerance = AnalysisText.Tolerance(tolerance),
            SmoothingRows = AnalysisText.SmoothingRows(smooth),
        };
        var budgets = AnalysisText.Budgets(at);
        var input = await SelectAsync(store, project, where, checkpoints: approach == 1, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(IsoFlopReport.Run(input, approach, options, budgets, cancellationToken)), cancellationToken);
    }

    private static async Task<RunSet> SelectAsync(RunStore store, string project, string[] where, bool checkpoints, CancellationToken cancellationToken)
    {
        var name = ApiEndpoints.Name(project);
        RowFilter[] filters = [.. where.Select(RowFilter.Parse)];
        await ProjectRuns.RequireAsync(store, name, cancellationToken);
        var selection = ProjectRuns.Select(await ProjectRuns.ReadAsync(store, name, checkpoints, cancellationToken), filters, new HashSet<string>(), false);
        return checkpoints ? selection.Checkpoints : selection.Final;
    }

    private static FitRecipeOptions Surface(int bootstrap, int seed) => bootstrap is >= 0 and <= IsoFlopState.MostDraws
        ? new FitRecipeOptions { Bootstrap = bootstrap, Seed = seed }
        : throw new FormatException($"bootstrap: {bootstrap} is not between 0 and {IsoFlopState.MostDraws} draws.");
}
