using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The planner over HTTP: the options and the document of the command <c>plan</c>.</summary>
internal static class PlanEndpoints
{
    internal static void MapPlan(this IEndpointRouteBuilder api) =>
        api.MapGet("/plan", PlanAsync)
            .WithSummary($"Plans a training by several laws. law=LAW,…, fit=ID (repeatable), accelerator, format, and as many as wanted of {string.Join(", ", TrainingQuantities.All.Select(TrainingQuantities.Key))} (bits also as '{ScenarioText.Solve}'), {OwnAccelerator.Key}, factor, {string.Join(", ", Assumption.Settable.Select(Assumption.Key))}.")
            .Produces<ScenarioReport>().Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> PlanAsync(
        HttpRequest request, [FromQuery] string[] fit, RunStore store, CancellationToken cancellationToken, string law = "", string accelerator = AcceleratorTable.DefaultKey, string? format = null)
    {
        var scenario = ScenarioText.Read(key => request.Query[key].FirstOrDefault(), accelerator, format, key => key);
        var laws = ScenarioText.Laws(law.Length == 0 && fit.Length == 0 ? ScenarioText.DefaultLaws : law, "law").ToList();
        foreach (var id in fit.Distinct())
            laws.Insert(0, SavedLaws.Of(await store.FindFitAsync(id, cancellationToken) ?? throw new AnalysisException($"fit: there is no saved fit '{id}'. /api/v1/projects/PROJECT/fits lists those of a project.")));
        return await Task.Run(() => ApiEndpoints.Json(ScenarioReport.Of(ScenarioRecipe.Run(scenario, laws))), cancellationToken);
    }
}
