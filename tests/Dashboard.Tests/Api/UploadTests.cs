using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;

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

    [Fact]
    public async Task Files_of_a_folder_become_one_upload_and_the_same_ones_give_the_same_bytes()
    {
        var first = await PackAsync(("exp/version_0/metrics.csv", "epoch,step,train_loss\n0,49,3\n0,99,2\n"), ("exp/version_0/hparams.yaml", "lr: 0.001\n"));
        var again = await PackAsync(("exp/version_0/hparams.yaml", "lr: 0.001\n"), ("exp/version_0/metrics.csv", "epoch,step,train_loss\n0,49,3\n0,99,2\n"));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal("exp.zip", first.Json.GetProperty("file_name").GetString());
        Assert.Equal(first.Json.GetProperty("sha256").GetString(), again.Json.GetProperty("sha256").GetString());
        // Only the archives wait, each with its note.
        Assert.Equal(4, StagedFiles().Length);

        var staged = _server.Temporary.Store.FindStaged(first.Json.GetProperty("id").GetString())!;
        var (import, receipt) = await StagedImport.ImportAsync(_server.Temporary.Store, "p", staged, new LogImportOptions(), default);
        var run = Assert.Single(import.Runs);
        Assert.Equal(("exp/version_0", "lightning", 1), (run.Name, import.Format, receipt.Added.Count));
        Assert.Contains(KeyValuePair.Create("lr", "0.001"), run.Config);
    }

    [Theory]
    [InlineData("../a.csv")]
    [InlineData("/a.csv")]
    [InlineData("a//b.csv")]
    [InlineData("a\\b.csv")]
    [InlineData("a/./b.csv")]
    [InlineData("")]
    public async Task A_path_that_leaves_the_folder_is_refused(string path)
    {
        var (status, json) = await PackAsync((path, "a,b\n"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("no path inside a folder", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_put_together_is_refused_in_words()
    {
        Assert.Contains("twice", (await PackAsync(("a/x.csv", "a"), ("a/x.csv", "b"))).Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        var (gone, unknown) = await _server.PostAsync("/api/v1/uploads/folder", """{"name":"x","files":[{"id":"0123456789abcdef0123456789abcdef","path":"a.csv"}]}""", "application/json");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, gone);
        Assert.Contains("a.csv is no longer here", unknown.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.PostAsync("/api/v1/uploads/folder", """{"name":null,"files":[{}]}""", "application/json")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.PostAsync("/api/v1/uploads/folder", "{}", "application/json")).Status);
        foreach (var body in (string[])["[", "", "[1]", """{"files":3}"""])
            Assert.Contains("is not of the form", (await _server.PostAsync("/api/v1/uploads/folder", body, "application/json")).Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        var half = new string('x', RunningServer.UploadLimit * 2 / 3);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PackAsync(("a/x.csv", half), ("a/y.csv", half))).Status);
    }

    private async Task<(HttpStatusCode Status, JsonElement Json)> PackAsync(params (string Path, string Content)[] files)
    {
        var staged = new List<object>();
        foreach (var (path, content) in files)
            staged.Add(new { id = (await _server.Temporary.StageAsync(content, "x")).Id, path });
        return await _server.PostAsync("/api/v1/uploads/folder", JsonSerializer.Serialize(new { name = "exp", files = staged }), "application/json");
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
