using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using ScalingDashboard.Browser.Tests.Harness;
using ScalingDashboard.Dashboard.Api;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Crashes;

/// <summary>The server is killed at random moments while three programs write to it: nothing it acknowledged is lost, and nothing is half there.</summary>
public sealed class ServerCrashTests : IDisposable
{
    private const int Rounds = 15;
    private const int LongestLifeMilliseconds = 400;
    private const int Runs = 5;
    private const int Steps = 200;
    private const string Live = "live";
    private const string Imported = "imported";

    private readonly CrashedStore _crashed = new();

    // By client, in this round.
    private TaskCompletionSource[] _answered = new TaskCompletionSource[3];

    // What the server has acknowledged.
    private long _appended;
    private int _upload;
    private long _uploaded;
    private readonly List<int> _staged = [];
    private readonly List<string> _imports = [];
    private int _logs;

    public void Dispose() => _crashed.Dispose();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_half_there()
    {
        var token = (await ServerProcess.RunCommandAsync("token", "create", "--project", Live, "--store", _crashed.Path)).Trim();
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            Task clients;
            _answered = [.. _answered.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
            await using (var server = await ServerProcess.StartAsync(_crashed.Path))
            {
                clients = Task.WhenAll(UntilKilledAsync(server.Address, AppendAsync, token), UntilKilledAsync(server.Address, UploadAsync), UntilKilledAsync(server.Address, ImportAsync));
                // A client's first answer takes the server longest; some servers do not live to give one.
                if (round % 4 is > 0 and var client)
                    await Task.WhenAny(clients, _answered[client - 1].Task);
                await Task.WhenAny(clients, Task.Delay(random.Next(LongestLifeMilliseconds)));
            }

            await clients;
            await CheckAsync();
        }

        Assert.True(_appended > 0 && _staged.Count > 0 && _imports.Count > 0, $"{_appended} bytes appended, {_staged.Count} uploads and {_imports.Count} imports in {Rounds} rounds");
    }

    private static async Task UntilKilledAsync(Uri server, Func<HttpClient, Task> work, string? token = null)
    {
        using var client = new HttpClient { BaseAddress = server };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            while (true)
                await work(client);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is null)
        {
            // The connection broke: the server is dead.
        }
    }

    private async Task AppendAsync(HttpClient client)
    {
        var address = FormattableString.Invariant($"/api/v1/projects/{Live}/runs/{Live}/append");
        var offset = (await client.GetFromJsonAsync<LiveReport>(address))!.Offset;
        Assert.True(offset >= _appended, $"the run ends at byte {offset}, and {_appended} bytes were acknowledged");
        while (true)
        {
            using var line = Body(LiveLines(offset, 1));
            using var answer = await client.PostAsync(new Uri(FormattableString.Invariant($"{address}?offset={offset}"), UriKind.Relative), line);
            _appended = offset = (await ReadAsync<LiveReport>(answer)).Offset;
            _answered[0].TrySetResult();
        }
    }

    private async Task UploadAsync(HttpClient client)
    {
        const int Piece = 20_000;
        var bytes = UploadBytes(_upload);
        var address = "/api/v1/uploads/" + UploadId(_upload);
        using var begin = await client.PutAsync(new Uri(FormattableString.Invariant($"{address}?name=a.csv&length={bytes.Length}"), UriKind.Relative), null);
        var state = await ReadAsync<UploadReport>(begin);
        Assert.True(state.Offset >= _uploaded, $"upload {_upload} ends at byte {state.Offset}, and {_uploaded} bytes were acknowledged");
        while (state.Sha256 is null)
        {
            using var piece = Body(bytes.AsMemory((int)state.Offset, (int)Math.Min(Piece, bytes.Length - state.Offset)));
            using var answer = await client.PatchAsync(new Uri(FormattableString.Invariant($"{address}?offset={state.Offset}"), UriKind.Relative), piece);
            state = await ReadAsync<UploadReport>(answer);
            _uploaded = state.Offset;
            _answered[1].TrySetResult();
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), state.Sha256);
        _staged.Add(_upload++);
        _uploaded = 0;
    }

    private async Task ImportAsync(HttpClient client)
    {
        var name = FormattableString.Invariant($"log{_logs++}");
        using var log = Body(Encoding.UTF8.GetBytes(CrashedStore.Log(name, Runs, Steps)));
        using var answer = await client.PostAsync(new Uri(FormattableString.Invariant($"/api/v1/projects/{Imported}/import?name={name}.csv"), UriKind.Relative), log);
        await ReadAsync<ImportReport>(answer);
        _imports.Add(name);
        _answered[2].TrySetResult();
    }

    private static ReadOnlyMemoryContent Body(ReadOnlyMemory<byte> bytes)
    {
        var body = new ReadOnlyMemoryContent(bytes);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return body;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>())!;
    }

    private async Task CheckAsync()
    {
        await using var store = await _crashed.OpenAsync();
        var live = await store.LiveRunAsync(Live, Live);
        Assert.True((live?.Offset ?? 0) >= _appended, $"the run ends at byte {live?.Offset}, and {_appended} bytes were acknowledged");
        if (live is not null)
        {
            Assert.Equal(LiveLines(0, live.Lines), await store.LiveLinesAsync(Live, Live, 0, int.MaxValue));
            Assert.Equal(live.Lines, (await store.SeriesAsync(live.RunId, "loss"))!.Values.Length);
        }

        // What was received can be taken up again, also by who has not its id.
        Assert.Superset(_staged.Select(UploadId).ToHashSet(StringComparer.Ordinal), store.AllStaged().Select(file => file.Id).ToHashSet(StringComparer.Ordinal));
        foreach (var upload in _staged)
        {
            await using var content = store.OpenStaged(UploadId(upload));
            Assert.Equal(UploadBytes(upload), await BytesAsync(content));
        }

        var logs = await CrashedStore.WholeLogsAsync(store, Imported, Runs, Steps);
        Assert.Superset(_imports.ToHashSet(StringComparer.Ordinal), logs.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Lines as long as each other, so that what stands at an offset follows from it.</summary>
    private static byte[] LiveLines(long offset, int count)
    {
        const int Length = 30;
        var first = 10_000_000 + (int)(offset / Length);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(first, count).Select(step => FormattableString.Invariant($"{{\"step\":{step},\"loss\":{1000 + step % 1000}}}\n"))));
    }

    private static string UploadId(int upload) => upload.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] UploadBytes(int upload)
    {
        var bytes = new byte[150_000];
        new Random(upload).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> BytesAsync(Stream content)
    {
        using var all = new MemoryStream();
        await content.CopyToAsync(all);
        return all.ToArray();
    }
}
