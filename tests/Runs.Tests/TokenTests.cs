using System.Text;

namespace ScalingDashboard.Runs.Tests;

public sealed class TokenTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_is_found_by_its_text_until_it_is_revoked()
    {
        var clock = new StoppedClock(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
        await using var store = await _folder.OpenAsync(clock);
        var (token, text) = await store.CreateTokenAsync(" p ", "cluster");
        var (other, _) = await store.CreateTokenAsync("q", "cluster");
        Assert.Equal(("p", "cluster", clock.Now, null), (token.Project, token.Name, token.Created, token.Revoked));
        Assert.Matches($"^sd_{token.Id}_[A-Za-z0-9_-]{{43}}$", text);
        Assert.Equal(token, await store.FindTokenAsync(text));
        Assert.Equal([token, other], await store.TokensAsync());

        clock.Now = clock.Now.AddHours(1);
        Assert.True(await store.RevokeTokenAsync(token.Id));
        Assert.False(await store.RevokeTokenAsync(token.Id));
        Assert.Null(await store.FindTokenAsync(text));
        Assert.Equal([token with { Revoked = clock.Now }, other], await store.TokensAsync());
    }

    [Fact]
    public async Task Only_the_hash_is_kept()
    {
        string text;
        await using (var store = await _folder.OpenAsync())
            (_, text) = await store.CreateTokenAsync("p", "x");
        var secret = Encoding.UTF8.GetBytes(text[^20..]);
        Assert.Equal(-1, (await File.ReadAllBytesAsync(_folder.Location.DatabasePath)).AsSpan().IndexOf(secret));
    }

    [Fact]
    public async Task No_other_text_finds_a_token()
    {
        await using var store = await _folder.OpenAsync();
        var (token, text) = await store.CreateTokenAsync("p", "x");
        var (_, second) = await store.CreateTokenAsync("p", "y");
        var secret = text[(text.IndexOf('_', 3) + 1)..];
        foreach (var wrong in (string?[])[null, "", "sd_", "sd__", token.Id, secret, $"sd_{token.Id}", $"sd_{token.Id}_", $"sd_{token.Id}_{secret[..^1]}", $"sd_{token.Id}_{secret}x", text + " ",
            $"SD_{token.Id}_{secret}", $"sd_t9_{secret}", $"sd_1_{secret}", $"sd_t01_{secret}", $"sd_t2_{secret}", "sd_{id}_{secret}", ":token", second.Replace("t2", "t1", StringComparison.Ordinal)])
            Assert.Null(await store.FindTokenAsync(wrong));
        Assert.NotNull(await store.FindTokenAsync(text));
        foreach (var id in (string[])["", "1", "t", "t9", "{id}", text])
            Assert.False(await store.RevokeTokenAsync(id));
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("p", " ")]
    [InlineData("p\n", "x\ny")]
    public async Task Names_are_checked(string project, string name)
    {
        await using var store = await _folder.OpenAsync();
        await Assert.ThrowsAsync<StoreInputException>(() => store.CreateTokenAsync(project, name));
        Assert.Empty(await store.TokensAsync());
    }
}
