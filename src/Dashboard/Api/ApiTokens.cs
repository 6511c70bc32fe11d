using System.Threading.RateLimiting;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>On an endpoint: a request needs a token of the project.</summary>
internal sealed class NeedsToken
{
    internal static readonly NeedsToken Instance = new();
}

/// <summary>
/// Tokens of requests. Pages and whole-file imports need none: whoever reaches the address can open the pages and change everything there, and the server
/// listens on this machine only unless told otherwise. Appending to a run needs one always: it goes on for days from other machines, must not reach other
/// projects, and is to be revoked by itself. A token that is sent is checked wherever it is sent, so that a wrong one never passes for none.
/// </summary>
public sealed class ApiTokens : IDisposable
{
    /// <summary>Requests of one token that are answered at once, and per second from then on.</summary>
    public const int Burst = 100;
    private const int PerSecond = 20;

    private const string Scheme = "Bearer";

    // By the token's id, so that one program cannot keep the others out.
    private readonly PartitionedRateLimiter<string> _rate = PartitionedRateLimiter.Create<string, string>(id =>
        RateLimitPartition.GetTokenBucketLimiter(id, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    /// <inheritdoc/>
    public void Dispose() => _rate.Dispose();

    /// <summary>The refusal of a request whose token is missing, not good, of another project, or used too often; null where it may pass.</summary>
    internal async Task<IResult?> RefuseAsync(HttpContext context, RunStore store)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var isNeeded = context.GetEndpoint()?.Metadata.GetMetadata<NeedsToken>() is not null;
        // Another scheme is for a proxy that stands before this server.
        var isSent = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        if (!isSent && !isNeeded)
            return null;
        if (!isSent || await store.FindTokenAsync(header[Scheme.Length..].Trim(), context.RequestAborted) is not { } token)
        {
            context.Response.Headers.WWWAuthenticate = Scheme;
            return ApiFilter.Error(StatusCodes.Status401Unauthorized, "This needs a token of the project that is good: send Authorization: Bearer TOKEN. Make one with the command token create, or on the page Upload. Nothing was stored.");
        }

        if (context.GetRouteValue("project") is string project && ApiEndpoints.Name(project).Trim() != token.Project)
            return ApiFilter.Error(StatusCodes.Status403Forbidden, "This token is of another project. Make one for this project. Nothing was stored.");
        if (!isNeeded)
            return null;
        using var lease = _rate.AttemptAcquire(token.Id);
        if (lease.IsAcquired)
            return null;
        context.Response.Headers.RetryAfter = "1";
        return ApiFilter.Error(StatusCodes.Status429TooManyRequests, $"More than {PerSecond} requests a second with this token; nothing was stored. Wait a second, and send several lines at a time.");
    }
}
