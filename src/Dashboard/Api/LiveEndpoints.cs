using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>Lines of a run that is training.</summary>
/// <remarks>
/// A retry is told by its offset, the bytes of lines the client knows to be stored: where the run ends beyond it, lines that are there already, byte for
/// byte, are not stored again, and others are refused with 409, as is an offset beyond the end. The answer holds the offset of the next append.
/// Whatever is answered 200 is on disk.
/// </remarks>
internal static class LiveEndpoints
{
    internal static void MapLive(this IEndpointRouteBuilder api)
    {
        api.MapPost("/projects/{project}/runs/{run}/append", AppendAsync)
            .WithMetadata(NeedsToken.Instance)
            .WithSummary("Appends lines to a run while it trains: JSON Lines with step, loss and any other metrics, or config. offset=BYTES of lines stored before makes a retry safe. Needs a token of the project.")
            .Accepts<Stream>("*/*").Produces<LiveReport>()
            .Produces<ErrorReport>(StatusCodes.Status401Unauthorized).Produces<ErrorReport>(StatusCodes.Status403Forbidden).Produces<OffsetReport>(StatusCodes.Status409Conflict)
            .Produces<ErrorReport>(StatusCodes.Status413PayloadTooLarge).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity).Produces<ErrorReport>(StatusCodes.Status429TooManyRequests);
        api.MapGet("/projects/{project}/runs/{run}/append", FindAsync)
            .WithMetadata(NeedsToken.Instance)
            .WithSummary("Where a run ends that is appended to: the offset of the next append, 0 for a run that is not there yet. Needs a token of the project.")
            .Produces<LiveReport>().Produces<ErrorReport>(StatusCodes.Status401Unauthorized).Produces<ErrorReport>(StatusCodes.Status403Forbidden);
    }

    private static async Task<IResult> FindAsync(string project, string run, RunStore store, CancellationToken cancellationToken)
    {
        var name = ApiEndpoints.Name(run).Trim();
        return ApiEndpoints.Json(LiveReport.Of(name, await StateAsync(store, project, name, cancellationToken)));
    }

    private static async Task<IResult> AppendAsync(string project, string run, long? offset, HttpContext context, RunStore store, CancellationToken cancellationToken)
    {
        var name = ApiEndpoints.Name(run).Trim();
        if (await BodyAsync(context.Request, cancellationToken) is not { } lines)
            return ApiFilter.Error(StatusCodes.Status413PayloadTooLarge, $"One append takes up to {LiveLineReader.LongestAppend / (1024 * 1024)} MB of lines; nothing of it was stored. Send them in several.");
        var state = await StateAsync(store, project, name, cancellationToken);
        var at = offset ?? state.Offset;
        if (at >= 0 && at < state.Offset)
        {
            var there = await store.LiveLinesAsync(ApiEndpoints.Name(project).Trim(), name, at, lines.Length, cancellationToken);
            if (!lines.Span.StartsWith(there))
                throw new OffsetException(FormattableString.Invariant($"Other lines stand at offset {at} of the run “{name}”, which has {state.Offset} bytes; nothing was stored. Go on from there, or use another name if another program writes to this one."), state.Offset);
            (lines, at) = (lines[there.Length..], state.Offset);
            if (lines.IsEmpty)
                return ApiEndpoints.Json(LiveReport.Of(name, state));
        }

        var read = LiveLineReader.Read(name, lines.Span, state, CountedModels.Count);
        return ApiEndpoints.Json(LiveReport.Of(name, await store.AppendAsync(ApiEndpoints.Name(project), name, at, lines, read, cancellationToken)));
    }

    private static async Task<LiveState> StateAsync(RunStore store, string project, string run, CancellationToken cancellationToken) =>
        await store.LiveRunAsync(ApiEndpoints.Name(project).Trim(), run, cancellationToken) ?? LiveState.None;

    /// <summary>The lines, the last with its end; null where there are too many.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LiveLineReader.LongestAppend)
            return null;
        using var body = new MemoryStream((int)(request.ContentLength ?? 0) + 1);
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + count > LiveLineReader.LongestAppend)
                return null;
            body.Write(buffer, 0, count);
        }

        if (body.Length > 0 && body.GetBuffer()[body.Length - 1] != (byte)'\n')
            body.WriteByte((byte)'\n');
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
