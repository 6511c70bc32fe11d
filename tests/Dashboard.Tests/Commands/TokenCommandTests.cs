namespace ScalingDashboard.Dashboard.Tests.Commands;

public sealed class TokenCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_is_made_listed_and_revoked()
    {
        var made = await RunAsync("create", "--project", "p", "--name", "cluster A");
        Assert.Equal(0, made.Exit);
        Assert.Matches("^sd_t1_[A-Za-z0-9_-]{43}\\s*$", made.Output);
        Assert.Contains("Token t1 writes into p.", made.Error, StringComparison.Ordinal);
        var second = (await RunAsync("create", "--project", "q", "--json")).Json();
        Assert.Equal(("t2", "q", "unnamed"), (second.GetProperty("id").GetString(), second.GetProperty("project").GetString(), second.GetProperty("name").GetString()));
        Assert.StartsWith("sd_t2_", second.GetProperty("token").GetString(), StringComparison.Ordinal);

        Assert.Equal($"Token t1 is revoked.{Environment.NewLine}", (await RunAsync("revoke", "t1")).Output);
        (await RunAsync("revoke", "t1")).IsRefused(2, "There is no token 't1' that is not revoked");
        var list = await RunAsync("list");
        Assert.Matches("t1 +p +cluster A +.* UTC +revoked ", list.Output);
        Assert.Matches("t2 +q +unnamed +.* UTC +good", list.Output);
        Assert.DoesNotContain("sd_", list.Output, StringComparison.Ordinal);
        var json = (await RunAsync("list", "--project", "q", "--json")).Json();
        Assert.False(Assert.Single(json.EnumerateArray()).TryGetProperty("token", out _));
        Assert.StartsWith("No tokens.", (await RunAsync("list", "--project", "none")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create", "--project")]
    [InlineData("revoke", "argument missing")]
    [InlineData("revoke t9", "no token 't9'")]
    [InlineData("list --store {folder}/none.db", "There is no store")]
    [InlineData("create --project {empty}", "project's name is empty")]
    public async Task Wrong_usage_is_refused(string line, string words)
    {
        await RunAsync("create", "--project", "p");
        (await RunAsync([.. line.Split(' ').Select(arg => arg.Replace("{folder}", _folder.Path, StringComparison.Ordinal).Replace("{empty}", " ", StringComparison.Ordinal))])).IsRefused(2, words);
    }

    private Task<CommandOutcome> RunAsync(params string[] args) =>
        CommandFolder.RunAsync(["token", .. args, .. args.Contains("--store") ? (string[])[] : ["--store", _folder.Store]]);
}
