using Microsoft.AspNetCore.Http.Features;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>Uploads in pieces, which go on where they stopped after a lost connection, a reload or a restart of the server.</summary>
/// <remarks>
/// PUT begins, under an id the client made, so that a begin whose answer was lost can be repeated. PATCH adds bytes at an offset; a wrong offset is
/// answered 409 with the right one. GET says the offset. With the last byte the file is hashed and staged, as after a POST of it whole.
/// </remarks>
internal static class UploadEndpoints
{
    internal static void MapUploads(this IEndpointRouteBuilder api)
    {
        api.MapPut("/uploads/{id}", BeginAsync)
            .WithSummary("Begins an upload in pieces under an id the client makes, 32 random hexadecimal digits: name=FILE, length=BYTES. Repeated, it says how far the upload is.")
            .Produces<UploadReport>().Produces<OffsetReport>(StatusCodes.Status409Conflict).Produces<ErrorReport>(StatusCodes.Status413PayloadTooLarge);
        api.MapPatch("/uploads/{id}", ContinueAsync)
            .WithSummary("Adds the bytes in the body at offset=BYTES; with the last byte the file is hashed and staged. 409 says where to go on.")
            .Accepts<Stream>("*/*").Produces<UploadReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<OffsetReport>(StatusCodes.Status409Conflict);
        api.MapGet("/uploads/{id}", Find)
            .WithSummary("How far an upload is.").Produces<UploadReport>().Produces<ErrorReport>(StatusCodes.Status404NotFound);
        api.MapDelete("/uploads/{id}", Discard)
            .WithSummary("Discards an upload, whole or not.").Produces(StatusCodes.Status204NoContent).Produces<ErrorReport>(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> BeginAsync(string id, string? name, long length, RunStore store, DashboardOptions options, CancellationToken cancellationToken) =>
        ApiEndpoints.Json(UploadReport.Of(await store.BeginUploadAsync(id, name ?? "", length, options.UploadLimitBytes, cancellationToken)));

    private static async Task<IResult> ContinueAsync(string id, long offset, HttpContext context, RunStore store, CancellationToken cancellationToken)
    {
        if (store.FindUpload(id) is null)
            return NotFound();
        // What was announced is the limit.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        return ApiEndpoints.Json(UploadReport.Of(await store.ContinueUploadAsync(id, offset, context.Request.Body, cancellationToken)));
    }

    private static IResult Find(string id, RunStore store) => store.FindUpload(id) is { } upload ? ApiEndpoints.Json(UploadReport.Of(upload)) : NotFound();

    private static IResult Discard(string id, RunStore store) => store.DiscardStaged(id) ? Results.NoContent() : NotFound();

    private static IResult NotFound() => ApiFilter.Error(
        StatusCodes.Status404NotFound, "There is no upload with this id: it was never begun, was imported or discarded, or waited longer than a day. Begin it again.");
}
