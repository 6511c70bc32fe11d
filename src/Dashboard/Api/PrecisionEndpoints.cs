using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>Laws of precision over HTTP: the same options and documents as the command <c>precision</c>.</summary>
internal static class PrecisionEndpoints
{
    private const string Asked = "parameters, tokens, weights, activations, kv, post=BITS; or optimum=true with flops and parameters or bits";
    private const string HowAsked = "form=offset|plain, robust=C";

    internal static void MapPrecision(this IEndpointRouteBuilder api)
    {
        api.MapGet("/precision", Published)
            .WithSummary($"What few bits cost by a published law: {Asked}. law={string.Join("|", PublishedPrecisions.All.Select(law => law.Key))}, {HowAsked}, format=E4M3, group=COUNT.")
            .Produces<PrecisionReport>().Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects/{project}/precision", FitAsync)
            .WithSummary($"The law of precision fitted to the final rows of a project, or what it says: {Asked}. {HowAsked}, method={string.Join("|", FitRecipeOptions.Methods.Keys)}, interval={string.Join("|", FitRecipeOptions.IntervalKinds.Keys)}, alternatives=true, where=COL=VALUE (repeatable), at=FLOP,…, bootstrap, seed.")
            .Produces<FitReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
    }

    private static IResult Published(
        string? parameters, string? tokens, string? weights, string? activations, string? kv, string? post, string? flops, string? bits, string? law, string? format, string? group,
        bool optimum = false, string form = "offset", string robust = "1") =>
        ApiEndpoints.Json(PrecisionRequest.Of(parameters, tokens, weights, activations, kv, post, optimum, flops, bits, law, form, robust, format, group).Answer());

    private static async Task<IResult> FitAsync(
        string project, [FromQuery] string[] where, RunStore store, CancellationToken cancellationToken,
        string? parameters = null, string? tokens = null, string? weights = null, string? activations = null, string? kv = null, string? post = null, string? flops = null,
        string? bits = null, string? law = null, bool optimum = false, string form = "offset", string robust = "1", string method = "log-squared", string interval = "percentile", bool alternatives = false,
        string at = AnalysisEndpoints.DefaultAt, int bootstrap = 1000, int seed = 0)
    {
        var asked = PrecisionRequest.Of(parameters, tokens, weights, activations, kv, post, optimum, flops, bits, law, form, robust, null, null);
        var options = AnalysisEndpoints.Surface(bootstrap, seed) with
        {
            Intervals = AnalysisText.Intervals(interval),
            Fit = new FitOptions { Method = AnalysisText.Method(method) },
        };
        var budgets = AnalysisText.Budgets(at);
        var input = (await AnalysisEndpoints.SelectionAsync(store, project, where, "", nonEmbedding: false, checkpoints: false, cancellationToken)).Final;
        return await Task.Run(() => ApiEndpoints.Json(asked.Answer(input, options, budgets, alternatives, cancellationToken)), cancellationToken);
    }
}
