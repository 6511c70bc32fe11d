using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The HTTP interface under <c>/api/v1</c>, described at <c>/openapi/v1.json</c>.</summary>
public static class ApiEndpoints
{
    public static void AddApi(this IServiceCollection services)
    {
        services.AddOpenApi("v1");
        services.AddSingleton<ApiTokens>();
        // The document is made with these: in the reports A and a are two names.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNameCaseInsensitive = false);
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        var api = app.MapGroup("/api/v1").AddEndpointFilter(ApiFilter.InvokeAsync);

        api.MapPost("/uploads", StageAsync)
            .WithSummary("Stages a file: body is the file itself. It waits for a day to be imported on the page /import?staged=ID.")
            .Accepts<Stream>("*/*").Produces<StagedReport>().Produces<ErrorReport>(StatusCodes.Status413PayloadTooLarge);
        api.MapUploads();
        api.MapPost("/uploads/folder", StageFolderAsync)
            .WithSummary("Makes one upload of staged files that belong together, such as those of a folder; paths have forward slashes.")
            .Accepts<FolderRequest>("application/json")
            .Produces<StagedReport>().Produces<ErrorReport>(StatusCodes.Status413PayloadTooLarge).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("/projects/{project}/import", ImportAsync)
            .WithSummary("Imports the log or sweep table in the body into a project; dry_run=1 only reads it. The same file twice adds nothing.")
            .Accepts<Stream>("*/*").Produces<ImportReport>()
            .Produces<ErrorReport>(StatusCodes.Status413PayloadTooLarge).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);
        api.MapGet("/projects", ProjectsAsync).WithSummary("All projects, by name.").Produces<ProjectReport[]>();
        api.MapRuns();
        api.MapLive();
        api.MapAnalysis();
        api.MapSeries();
        api.MapPrecision();
        api.MapPlan();
        api.MapGet("/projects/{project}/fits", FitsAsync)
            .WithSummary("The saved fits of a project, newest first, without their draws.")
            .Produces<SavedFitReport[]>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/fits/{id}", FitAsync)
            .WithSummary("A saved fit with its draws, also a deleted one.")
            .Produces<SavedFitReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/files/{sha256}", FileAsync)
            .WithSummary("An imported file, byte for byte as it was uploaded.")
            .Produces<Stream>(contentType: "application/octet-stream").Produces<ErrorReport>(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> StageAsync(string? name, HttpContext context, RunStore store, DashboardOptions options, CancellationToken cancellationToken)
    {
        var staged = await StageBodyAsync(context, name, store, options, cancellationToken);
        return Json(new StagedReport(staged.Id, staged.FileName, staged.Length, staged.Sha256));
    }

    private static async Task<IResult> StageFolderAsync(HttpContext context, RunStore store, DashboardOptions options, CancellationToken cancellationToken)
    {
        FolderRequest? folder;
        try
        {
            folder = await JsonSerializer.DeserializeAsync<FolderRequest>(context.Request.Body, cancellationToken: cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new FormatException("""The body is not of the form {"name": "exp", "files": [{"id": ID, "path": "exp/metrics.csv"}]}.""", exception);
        }

        var files = (folder?.Files ?? []).Select(file => (file.Id ?? "", file.Path ?? "")).ToArray();
        var staged = await StagedFolder.PackAsync(store, folder?.Name ?? "folder", files, options.UploadLimitBytes, cancellationToken);
        return Json(new StagedReport(staged.Id, staged.FileName, staged.Length, staged.Sha256));
    }

    private static async Task<IResult> ImportAsync(
        string project, string? name, [FromQuery] string[]? map, string? format, string? accept_suggestions, string? stitch, double? sequence_length, double? tokens_per_step, string? dry_run, HttpContext context, RunStore store, DashboardOptions options,
        CancellationToken cancellationToken)
    {
        var mapping = ColumnMapping.Parse(map ?? []);
        foreach (var (key, tokens) in new[] { (nameof(sequence_length), sequence_length), (nameof(tokens_per_step), tokens_per_step) })
        {
            if (tokens is { } given && !(double.IsFinite(given) && given > 0))
                throw new FormatException(FormattableString.Invariant($"{key}: {given} is not a number of tokens above zero."));
        }

        var reading = new LogImportOptions
        {
            Mapping = mapping, Format = format, AcceptSuggestions = accept_suggestions is "1" or "true", Stitch = stitch is "1" or "true", SequenceLength = sequence_length, TokensPerStep = tokens_per_step,
        };
        var staged = await StageBodyAsync(context, name, store, options, cancellationToken);
        try
        {
            if (dry_run is "1" or "true")
                return Json(ImportReport.Of([await StagedImport.ReadAsync(store, staged, reading, cancellationToken)], [], []));
            if (mapping.ToString().Length == 0)
                reading = reading with { Mapping = await StagedImport.RememberedAsync(store, Name(project), staged, cancellationToken) };
            var (import, receipt) = await StagedImport.ImportAsync(store, Name(project), staged, reading, cancellationToken);
            return Json(ImportReport.Of([import], [receipt], []));
        }
        finally
        {
            // Imported it is gone already; refused it is of no further use.
            store.DiscardStaged(staged.Id);
        }
    }

    private static async Task<IResult> ProjectsAsync(RunStore store, CancellationToken cancellationToken) =>
        Json((await store.ProjectsAsync(cancellationToken)).Select(ProjectReport.Of));

    private static async Task<IResult> FitsAsync(string project, RunStore store, CancellationToken cancellationToken)
    {
        var name = Name(project);
        await ProjectRuns.RequireAsync(store, name, cancellationToken);
        // Read here and not while the answer is written: a damaged one is to be answered with words.
        return Json((await store.FitsAsync(name, cancellationToken)).Select(SavedFitReport.Of).ToArray());
    }

    private static async Task<IResult> FitAsync(string id, RunStore store, CancellationToken cancellationToken) =>
        await store.FindFitAsync(id, cancellationToken) is { } fit
            ? Json(SavedFitReport.Of(fit))
            : ApiFilter.Error(StatusCodes.Status404NotFound, "There is no saved fit with this id. /api/v1/projects/PROJECT/fits lists those of a project.");

    private static async Task<IResult> FileAsync(string sha256, RunStore store, CancellationToken cancellationToken) =>
        await store.UploadNameAsync(sha256, cancellationToken) is { } name && (store.OpenUpload(sha256) ?? await store.OpenLiveAsync(sha256, cancellationToken)) is { } content
            ? Results.Stream(content, "application/octet-stream", name, entityTag: new EntityTagHeaderValue($"\"{sha256}\""))
            : ApiFilter.Error(StatusCodes.Status404NotFound, "No file with this SHA-256 was imported here.");

    /// <summary>Takes the body in as it comes, never whole in memory; refuses a longer one by its announced length, before reading.</summary>
    /// <exception cref="UploadTooLargeException">The body is longer than the limit for uploads.</exception>
    private static Task<StagedFile> StageBodyAsync(HttpContext context, string? name, RunStore store, DashboardOptions options, CancellationToken cancellationToken)
    {
        var fileName = string.IsNullOrWhiteSpace(name) ? "upload" : name;
        if (context.Request.ContentLength > options.UploadLimitBytes)
            throw new UploadTooLargeException(fileName, options.UploadLimitBytes);
        // The limit is counted while staging, which has the better words.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return store.StageAsync(context.Request.Body, fileName, options.UploadLimitBytes, cancellationToken);
    }

    // Routing leaves exactly this escape as it is.
    internal static string Name(string project) => project.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    internal static IResult Json<T>(T value) => Results.Json(value, ReportJson.Options);
}
