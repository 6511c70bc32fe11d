using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

// Tokens of projects: sd_ID_SECRET with 256 random bits, of which the SHA-256 is kept. The id finds the row, the hash decides.
public sealed partial class RunStore
{
    private const string TokenPrefix = "sd_";
    private const int SecretBytes = 32;

    /// <summary>Makes a token that lets a program write into one project, which need not be there yet.</summary>
    /// <returns>The token and its text, which cannot be had again.</returns>
    public Task<(ProjectToken Token, string Text)> CreateTokenAsync(string project, string name, CancellationToken cancellationToken = default)
    {
        var projectName = CheckedText(project, "The project's name", 100);
        var tokenName = CheckedText(name, "The token's name", 100);
        return WriteAsync(
            async context =>
            {
                var token = new Token { Project = projectName, Name = tokenName, Sha256 = "", CreatedTicks = _clock.GetUtcNow().UtcTicks };
                context.Add(token);
                // Its id is part of the text.
                await context.SaveChangesAsync(cancellationToken);
                var text = $"{TokenPrefix}{TokenId.FromKey(token.Id)}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";
                token.Sha256 = Convert.ToHexStringLower(HashOf(text));
                await context.SaveChangesAsync(cancellationToken);
                return (ToRow(token), text);
            },
            cancellationToken);
    }

    /// <summary>All tokens, revoked ones too, in the order in which they were made.</summary>
    public Task<IReadOnlyList<ProjectToken>> TokensAsync(CancellationToken cancellationToken = default) =>
        ReadAsync<IReadOnlyList<ProjectToken>>(
            async context => (await context.Tokens.AsNoTracking().OrderBy(token => token.Id).ToListAsync(cancellationToken)).ConvertAll(ToRow),
            cancellationToken);

    /// <summary>Takes a token back for good; false when there is no such token, or it was taken back before.</summary>
    public async Task<bool> RevokeTokenAsync(string id, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow().UtcTicks;
        return TokenId.Key(id) is { } key && await WriteAsync(
            context => context.Database.ExecuteSqlInterpolatedAsync($"UPDATE Tokens SET RevokedTicks = {now} WHERE Id = {key} AND RevokedTicks IS NULL", cancellationToken),
            cancellationToken) > 0;
    }

    /// <summary>The good token with this text; null for any other text, be it malformed, unknown or revoked.</summary>
    public async Task<ProjectToken?> FindTokenAsync(string? text, CancellationToken cancellationToken = default)
    {
        if (text is null || !text.StartsWith(TokenPrefix, StringComparison.Ordinal) || text.IndexOf('_', TokenPrefix.Length) is not (> 0 and var end)
            || TokenId.Key(text[TokenPrefix.Length..end]) is not { } key)
            return null;
        var token = await ReadAsync(context => context.Tokens.AsNoTracking().SingleOrDefaultAsync(token => token.Id == key && token.RevokedTicks == null, cancellationToken), cancellationToken);
        return token is not null && CryptographicOperations.FixedTimeEquals(HashOf(text), Convert.FromHexString(token.Sha256)) ? ToRow(token) : null;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static ProjectToken ToRow(Token token) => new(
        TokenId.FromKey(token.Id), token.Project, token.Name, new DateTimeOffset(token.CreatedTicks, TimeSpan.Zero),
        token.RevokedTicks is { } revoked ? new DateTimeOffset(revoked, TimeSpan.Zero) : null);
}
