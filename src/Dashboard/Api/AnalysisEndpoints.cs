using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The recipes over HTTP: the same options and the same documents as the commands <c>fit</c>, <c>isoflop</c>, <c>counting</c>, <c>estimate</c>, <c>optimizers</c> and <c>growth</c>.</summary>
internal static class AnalysisEndpoints
{
    internal const string DefaultAt = "5.76e23";

    internal static void MapAnalysis(this IEndpointRouteBuilder api)
    {
        api.MapGet("/projects/{project}/fit", FitAsync)
            .WithSummary($"Fits a law to the final rows of a project. law={string.Join("|", LawForms.Listed.Select(form => form.Key))}, method={string.Join("|", FitRecipeOptions.Methods.Keys)}, delta, exponents=LOW..HIGH, irreducible=LOW..HIGH, resample={string.Join("|", FitRecipeOptions.Resamplings.Keys)}, interval={string.Join("|", FitRecipeOptions.IntervalKinds.Keys)}, unique_tokens=COL, metric=COL, weight=COL, where=COL=VALUE (repeatable), without=ID,…, non_embedding=true, checkpoints=true, at=FLOP,…, bootstrap, seed, holdout_budgets=K.")
            .Produces<FitReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/isoflop", IsoFlopAsync)
            .WithSummary("Compute-optimal sizes of a project. approach=1|2|3, method=huber|vpnls, delta, exponents=LOW..HIGH, by_compute=true, tolerance, within=FACTOR, smooth=ROWS, where=COL=VALUE (repeatable), without=ID,…, non_embedding=true, at=FLOP,…, bootstrap, seed.")
            .Produces<IsoFlopReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/counting", CountingAsync)
            .WithSummary("What each way of counting parameters and compute makes of the exponents a and b. by=COL,… also takes the runs apart by columns; where=COL=VALUE (repeatable), without=ID,…, bootstrap, seed.")
            .Produces<CountingReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/estimate", EstimateAsync)
            .WithSummary($"How well laws of small models predict the largest of their family. target=FAMILY or run, min_tokens, share=SHARE,…, models=K,…, largest=PARAMETERS, final_only=true, tenths=true, borrow=FAMILY|published, all=true, method={string.Join("|", FitRecipeOptions.Methods.Keys)}, one_seed=true, scale_down=true, where=COL=VALUE (repeatable).")
            .Produces<EstimateReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/growth", GrowthAsync)
            .WithSummary("What growing small models saves against training from scratch. operator, size, charge_small, where=COL=VALUE (repeatable), without=ID,…, bootstrap, seed.")
            .Produces<GrowthReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/optimizers", OptimizersAsync)
            .WithSummary("How much faster one optimizer of a project is than another, by size. baseline, challenger, where=COL=VALUE (repeatable), without=ID,…, bootstrap, seed.")
            .Produces<OptimizersReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<IResult> FitAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string at = DefaultAt, string law = "chinchilla", string method = "huber", double delta = 1e-3, string exponents = "0..5", string? irreducible = null,
        string resample = "points", string interval = "percentile", [FromQuery(Name = "unique_tokens")] string uniqueTokens = "unique_tokens", string metric = "", string weight = "",
        int bootstrap = 1000, int seed = 0, [FromQuery(Name = "holdout_budgets")] int holdoutBudgets = 0, string without = "",
        [FromQuery(Name = "non_embedding")] bool nonEmbedding = false, bool checkpoints = false)
    {
        var (least, most) = irreducible is null ? (0, double.PositiveInfinity) : AnalysisText.Irreducible(irreducible);
        var options = Surface(bootstrap, seed) with
        {
            Law = AnalysisText.Law(law).Key,
            Resampling = AnalysisText.Resampling(resample),
            Intervals = AnalysisText.Intervals(interval),
            UniqueTokensColumn = uniqueTokens,
            MetricColumn = metric,
            WeightColumn = weight,
            Fit = Search(method, delta, exponents) with { IrreducibleLow = least, IrreducibleHigh = most },
        };
        var budgets = AnalysisText.Budgets(at);
        var held = AnalysisText.HoldoutBudgets(holdoutBudgets);
        var selection = await SelectionAsync(store, project, where, without, nonEmbedding, checkpoints, cancellationToken);
        var input = checkpoints ? selection.EveryCheckpoint : selection.Final;
        return await Task.Run(() => ApiEndpoints.Json(FitReport.Run(input, options, budgets, held, cancellationToken)), cancellationToken);
    }

    private static async Task<IResult> IsoFlopAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string at = DefaultAt, int approach = 2, double tolerance = 0.2, double? within = null, int smooth = 0, int bootstrap = 1000, int seed = 0,
        string method = "huber", double delta = 1e-3, string exponents = "0..5", [FromQuery(Name = "by_compute")] bool byCompute = false, string without = "",
        [FromQuery(Name = "non_embedding")] bool nonEmbedding = false)
    {
        var options = new IsoFlopOptions
        {
            Surface = Surface(bootstrap, seed) with { Fit = Search(method, delta, exponents) },
            IgnorePlannedBudgets = byCompute,
            BudgetTolerance = AnalysisText.Tolerance(tolerance),
            SizeWindow = AnalysisText.Within(within),
            SmoothingRows = AnalysisText.SmoothingRows(smooth),
        };
        var budgets = AnalysisText.Budgets(at);
        if (options.Surface.Fit.Method is not (FitMethod.Huber or FitMethod.VariableProjection))
            throw new FormatException($"method: Approach 3 knows huber and vpnls, not '{method}'; the request fit knows more.");
        var selection = await SelectionAsync(store, project, where, without, nonEmbedding, checkpoints: approach == 1, cancellationToken);
        var input = approach == 1 ? selection.Checkpoints : selection.Final;
        return await Task.Run(() => ApiEndpoints.Json(IsoFlopReport.Run(input, approach, options, budgets, cancellationToken)), cancellationToken);
    }

    private static async Task<IResult> CountingAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken, string by = "", int bootstrap = 1000, int seed = 0, string without = "")
    {
        var options = new IsoFlopOptions { Surface = Surface(bootstrap, seed) };
        var selection = await SelectionAsync(store, project, where, without, nonEmbedding: false, checkpoints: false, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(CountingReport.Run(selection.Counting, selection.Final, options, AnalysisText.Names([by]), cancellationToken)), cancellationToken);
    }

    private static async Task<IResult> EstimateAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string? target = null, [FromQuery(Name = "min_tokens")] string minimumTokens = "10B", string share = "1", string models = "", string? largest = null,
        [FromQuery(Name = "final_only")] bool finalOnly = false, bool tenths = false, string? borrow = null, bool all = false, string method = "vpnls",
        [FromQuery(Name = "one_seed")] bool oneSeed = false, [FromQuery(Name = "scale_down")] bool scaleDown = false)
    {
        var options = AnalysisText.Estimate(target, minimumTokens, share, models, largest, finalOnly, tenths, borrow, all, method, oneSeed, scaleDown);
        var selection = await SelectionAsync(store, project, where, "", nonEmbedding: false, checkpoints: true, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(EstimateReport.Of(EstimateRecipe.Run(FamilyRuns.Of(selection), options, null, cancellationToken))), cancellationToken);
    }

    private static async Task<IResult> OptimizersAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken, string baseline = "", string challenger = "", string without = "", int bootstrap = 1000, int seed = 0)
    {
        var draws = Surface(bootstrap, seed);
        var options = new OptimizerComparisonOptions { Baseline = baseline, Challenger = challenger, Bootstrap = draws.Bootstrap, Seed = draws.Seed };
        var selection = await SelectionAsync(store, project, where, without, nonEmbedding: false, checkpoints: false, cancellationToken);
        var runs = await RacedRuns.OfAsync(store, selection, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(OptimizersReport.Of(OptimizerComparison.Run(runs, options, selection.Final, null, cancellationToken))), cancellationToken);
    }

    private static async Task<IResult> GrowthAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken, [FromQuery(Name = "operator")] string growthOperator = "", string? size = null,
        [FromQuery(Name = "charge_small")] bool chargeSmall = false, string without = "", int bootstrap = 1000, int seed = 0)
    {
        var draws = Surface(bootstrap, seed);
        var options = GrowthText.Options(growthOperator, size, chargeSmall, draws.Bootstrap, draws.Seed);
        var selection = await SelectionAsync(store, project, where, without, nonEmbedding: false, checkpoints: false, cancellationToken);
        var runs = await GrowthRuns.OfAsync(store, selection, cancellationToken);
        return await Task.Run(() => ApiEndpoints.Json(GrowthReport.Of(GrowthComparison.Run(runs, options, selection.Final, cancellationToken))), cancellationToken);
    }

    private static FitOptions Search(string method, double delta, string exponents)
    {
        var (low, high) = AnalysisText.Exponents(exponents);
        return new FitOptions { Method = AnalysisText.Method(method), Delta = AnalysisText.Delta(delta), ExponentLow = low, ExponentHigh = high };
    }

    internal static async Task<ProjectSelection> SelectionAsync(
        RunStore store, string project, string[] where, string without, bool nonEmbedding, bool checkpoints, CancellationToken cancellationToken)
    {
        var name = ApiEndpoints.Name(project);
        RowFilter[] filters = [.. where.Select(RowFilter.Parse)];
        await ProjectRuns.RequireAsync(store, name, cancellationToken);
        var data = await ProjectRuns.ReadAsync(store, name, checkpoints, cancellationToken);
        return ProjectRuns.Select(data, filters, ProjectRuns.Known(data, AnalysisText.Names([without])), nonEmbedding);
    }

    internal static FitRecipeOptions Surface(int bootstrap, int seed) => bootstrap is >= 0 and <= RunsView.MostDraws
        ? new FitRecipeOptions { Bootstrap = bootstrap, Seed = seed }
        : throw new FormatException($"bootstrap: {bootstrap} is not between 0 and {RunsView.MostDraws} draws.");
}
