using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>Stands before every endpoint: refuses what a foreign site could send, and answers failures with words.</summary>
internal static class ApiFilter
{
    // What the form of any web page can post without asking this server first.
    private static readonly string[] s_formTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

    internal static async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!HttpMethods.IsGet(request.Method))
        {
            if (IsForeign(request))
                return Error(StatusCodes.Status403Forbidden, "This request comes from another site; nothing was changed. Use the dashboard's own pages, or a program that sends no Origin header.");
            // A form can do no more than post.
            if (HttpMethods.IsPost(request.Method) && !request.Headers.ContainsKey("X-Requested-With") && IsForm(request))
                return Error(StatusCodes.Status415UnsupportedMediaType, "Send the file itself as the body with its own type, such as Content-Type: text/csv, or with the header X-Requested-With: ScalingDashboard. Nothing was changed.");
        }

        try
        {
            var services = context.HttpContext.RequestServices;
            return await services.GetRequiredService<ApiTokens>().RefuseAsync(context.HttpContext, services.GetRequiredService<RunStore>()) ?? await next(context);
        }
        catch (OffsetException exception)
        {
            return Results.Json(new OffsetReport(exception.Message, exception.Offset), ReportJson.Options, statusCode: StatusCodes.Status409Conflict);
        }
        catch (UploadTooLargeException exception)
        {
            return Error(StatusCodes.Status413PayloadTooLarge, exception.Message);
        }
        catch (UnknownProjectException exception)
        {
            return Error(StatusCodes.Status404NotFound, exception.Message);
        }
        catch (Exception exception) when (exception is IngestException or FormatException or AnalysisException or UnknownColumnException or StoreException { InnerException: null })
        {
            return Error(StatusCodes.Status422UnprocessableEntity, exception.Message);
        }
        catch (StoreException exception)
        {
            // Disk or database, not what was asked for.
            return Error(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            return Error(exception.StatusCode, $"{exception.Message} Nothing was stored. Send it again.");
        }
    }

    internal static IResult Error(int status, string message) => Results.Json(new ErrorReport(message), ReportJson.Options, statusCode: status);

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is { Count: > 0 } origin
        && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var site) && IsSameHost(site, request.Host));

    // Not the scheme: behind a proxy that ends TLS this server sees http.
    private static bool IsSameHost(Uri site, HostString host) =>
        string.Equals(site.Host, host.Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? site.Port == port : site.IsDefaultPort);

    private static bool IsForm(HttpRequest request) =>
        string.IsNullOrEmpty(request.ContentType)
        || Array.Exists(s_formTypes, type => request.ContentType.StartsWith(type, StringComparison.OrdinalIgnoreCase));
}
