using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>Uploads in pieces over a real socket.</summary>
public sealed class UploadPieceTests : IAsyncLifetime
{
    private const string Id = "00112233445566778899aabbccddeeff";
    private const string Path = "/api/v1/uploads/" + Id;

    private readonly byte[] _bytes = new byte[50_000];
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        new Random(1).NextBytes(_bytes);
        _server = await RunningServer.StartAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Pieces_become_a_staged_file()
    {
        Assert.Equal(0, await OffsetAsync(HttpMethod.Put, "?name=a%20b.csv&length=50000"));
        Assert.Equal(20_000, await OffsetAsync(HttpMethod.Patch, "?offset=0", _bytes[..20_000]));
        Assert.Equal(20_000, await OffsetAsync(HttpMethod.Get, ""));
        Assert.Equal(20_000, await OffsetAsync(HttpMethod.Put, "?name=a%20b.csv&length=50000"));
        var (status, done) = await _server.SendAsync(HttpMethod.Patch, Path + "?offset=20000", _bytes[20_000..]);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("a b.csv", Convert.ToHexStringLower(SHA256.HashData(_bytes))), (done!.Value.GetProperty("file_name").GetString(), done.Value.GetProperty("sha256").GetString()));
        Assert.Equal(50_000, _server.Temporary.Store.FindStaged(Id)!.Length);
        // The answer to the last piece may have been lost.
        Assert.Equal(50_000, await OffsetAsync(HttpMethod.Patch, "?offset=50000", []));
    }

    [Fact]
    public async Task Two_tabs_that_send_the_same_upload_finish_it_together()
    {
        await OffsetAsync(HttpMethod.Put, "?name=a&length=50000");
        var tabs = Enumerable.Range(0, 2).Select(async _ =>
        {
            for (var offset = 0L; offset < _bytes.Length;)
            {
                var (status, json) = await _server.SendAsync(HttpMethod.Patch, $"{Path}?offset={offset}", _bytes[(int)offset..(int)Math.Min(offset + 1_000, _bytes.Length)]);
                Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]);
                offset = json!.Value.GetProperty("offset").GetInt64();
            }
        });
        await Task.WhenAll(tabs);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), _server.Temporary.Store.FindStaged(Id)!.Sha256);
    }

    [Theory]
    [InlineData("?offset=5")]
    [InlineData("?offset=-1")]
    public async Task A_wrong_offset_is_answered_with_the_right_one(string query)
    {
        await OffsetAsync(HttpMethod.Put, "?name=a&length=50000");
        await OffsetAsync(HttpMethod.Patch, "?offset=0", _bytes[..10]);
        var (status, json) = await _server.SendAsync(HttpMethod.Patch, Path + query, _bytes[..10]);
        Assert.Equal((HttpStatusCode.Conflict, 10), (status, json!.Value.GetProperty("offset").GetInt64()));
        Assert.NotEqual("", json.Value.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("?name=a&length=64001", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("?name=a&length=64000", HttpStatusCode.OK)]
    [InlineData("?name=a&length=0", HttpStatusCode.OK)]
    [InlineData("?name=a&length=-1", HttpStatusCode.UnprocessableEntity)]
    public async Task The_length_is_announced_and_has_a_limit(string query, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _server.SendAsync(HttpMethod.Put, Path + query)).Status);

    [Fact]
    public async Task More_than_announced_is_refused()
    {
        await OffsetAsync(HttpMethod.Put, "?name=a&length=9");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.SendAsync(HttpMethod.Patch, Path + "?offset=0", _bytes[..10])).Status);
        Assert.Equal(0, await OffsetAsync(HttpMethod.Get, ""));
    }

    [Fact]
    public async Task What_arrived_before_the_connection_broke_is_kept()
    {
        await OffsetAsync(HttpMethod.Put, "?name=a&length=50000");
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PATCH {Path}?offset=0 HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n"));
            await socket.GetStream().WriteAsync(_bytes.AsMemory(0, 7_000));
            await UntilAsync(async () => await OffsetAsync(HttpMethod.Get, "") == 7_000);
        }

        // Until the server has noticed, the upload is being written to.
        await UntilAsync(async () => (await _server.SendAsync(HttpMethod.Patch, Path + "?offset=7000", _bytes[7_000..])).Status == HttpStatusCode.OK);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_bytes)), _server.Temporary.Store.FindStaged(Id)!.Sha256);
    }

    [Fact]
    public async Task An_upload_can_be_discarded_half_way()
    {
        await OffsetAsync(HttpMethod.Put, "?name=a&length=50000");
        await OffsetAsync(HttpMethod.Patch, "?offset=0", _bytes[..10]);
        Assert.Equal(HttpStatusCode.NoContent, (await _server.SendAsync(HttpMethod.Delete, Path)).Status);
        Assert.Empty(Directory.GetFiles(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_server.Temporary.DatabasePath)!, "staging")));
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete, HttpMethod.Patch])
            Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync(method, Path + "?offset=0", method == HttpMethod.Patch ? [] : null)).Status);
    }

    [Theory]
    [InlineData("%7Bid%7D")]
    [InlineData(":id")]
    [InlineData("..%2F..%2Fdashboard.db")]
    [InlineData("0")]
    public async Task An_id_is_random_digits_and_nothing_else(string id)
    {
        var path = "/api/v1/uploads/" + id;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.SendAsync(HttpMethod.Put, path + "?name=a&length=1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync(HttpMethod.Get, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync(HttpMethod.Patch, path + "?offset=0", [1])).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync(HttpMethod.Delete, path)).Status);
    }

    [Fact]
    public async Task Another_site_is_refused()
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete])
        {
            using var request = new HttpRequestMessage(method, Path + "?name=a&length=1&offset=0");
            request.Headers.Add("Origin", "http://evil.example");
            using var response = await _server.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    private async Task<long> OffsetAsync(HttpMethod method, string query, byte[]? body = null)
    {
        var (status, json) = await _server.SendAsync(method, Path + query, body);
        Assert.Equal(HttpStatusCode.OK, status);
        return json!.Value.GetProperty("offset").GetInt64();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(20, patience.Token);
    }
}
