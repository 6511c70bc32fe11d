using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Api;

/// <summary>POST /api/v1/uploads over a real socket.</summary>
public sealed class UploadTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_file_is_staged_under_an_id_with_its_hash()
    {
        var (status, json) = await _server.PostAsync("/api/v1/uploads?name=..%2Fmy%20sweep.csv", TemporaryStore.Sweep);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("my sweep.csv", json.GetProperty("file_name").GetString());
        Assert.Equal(TemporaryStore.Sweep.Length, json.GetProperty("length").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TemporaryStore.Sweep))), json.GetProperty("sha256").GetString());
        Assert.NotNull(_server.Temporary.Store.FindStaged(json.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Pasted_text_from_a_page_is_staged()
    {
        var (status, json) = await _server.PostAsync("/api/v1/uploads", "a,b\n1,2\n", "text/plain;charset=UTF-8", _server.Address.GetLeftPart(UriPartial.Authority), asPage: true);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("upload", json.GetProperty("file_name").GetString());
    }

    [Fact]
    public async Task A_longer_body_is_refused_before_it_is_read()
    {
        // Announced, and never sent.
        var answer = await SendAsync("POST /api/v1/uploads?name=big.csv HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000000000000\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("“big.csv” is larger than 64,000 bytes", answer, StringComparison.Ordinal);
        Assert.Empty(StagedFiles());
    }

    [Fact]
    public async Task A_longer_body_without_an_announced_length_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/uploads") { Content = new ByteArrayContent(new byte[RunningServer.UploadLimit + 1]) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.Add("Content-Type", "text/csv");

        using var response = await _server.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(StagedFiles());
    }

    [Fact]
    public async Task The_limit_itself_is_taken()
    {
        var (status, _) = await _server.PostAsync("/api/v1/uploads", new string('x', RunningServer.UploadLimit));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
            await socket.GetStream().WriteAsync("POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 5000\r\n\r\nparameters"u8.ToArray());
            await UntilAsync(() => StagedFiles().Length == 1);
        }

        await UntilAsync(() => StagedFiles().Length == 0);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Another_site_is_refused(string origin)
    {
        var (status, json) = await _server.PostAsync("/api/v1/uploads", "a,b\n1,2\n", origin: origin, asPage: true);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("another site", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(StagedFiles());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task What_a_form_can_send_is_refused(string? contentType)
    {
        var (status, json) = await _server.PostAsync("/api/v1/uploads", "a,b\n1,2\n", contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains("X-Requested-With: ScalingDashboard", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Empty(StagedFiles());
    }

    private string[] StagedFiles() => Directory.GetFiles(Path.Combine(Path.GetDirectoryName(_server.Temporary.DatabasePath)!, "staging"));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, patience.Token);
    }

    private async Task<string> SendAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        var answer = new StringBuilder();
        while (!answer.ToString().Contains("\"}", StringComparison.Ordinal) && !answer.ToString().Contains("\n}", StringComparison.Ordinal)
            && await reader.ReadLineAsync() is { } line)
            answer.Append(line).Append('\n');
        return answer.ToString();
    }
}
