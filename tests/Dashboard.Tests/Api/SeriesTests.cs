using System.Net;
using System.Net.Http.Headers;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Api;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Tests.Curves;
using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Dashboard.Tests.Api;

public sealed class SeriesTests : IAsyncLifetime
{
    private RunningServer _server = null!;
    private string[] _ids = [];

    public async Task InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _ids = [.. (await _server.Temporary.ImportAsync(CurveTable.Project, CurveTable.Seeds())).Added.Select(run => run.Id)];
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private async Task<HttpResponseMessage> AskAsync(string query, EntityTagHeaderValue? known = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/series" + query);
        if (known is not null)
            request.Headers.IfNoneMatch.Add(known);
        return await _server.Client.SendAsync(request);
    }

    private string All => string.Join('.', _ids);

    [Fact]
    public async Task Answers_a_block_of_numbers()
    {
        using var response = await AskAsync($"?runs={All}&x=tokens");
        Assert.Equal((HttpStatusCode.OK, SeriesBlock.MediaType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var lines = BlockLine.Read(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(_ids, lines.Select(line => line.Id));
        Assert.Equal(1e7, lines[0].X[0]);
        Assert.Equal((float)CurveTable.Loss(4e8, 3, 12), lines[5].Columns[0][^1]);
    }

    [Fact]
    public async Task The_same_again_is_not_sent_again()
    {
        using var first = await AskAsync($"?runs={All}");
        var tag = first.Headers.ETag!;
        Assert.True(first.Headers.CacheControl is { Private: true, NoCache: true });
        using var again = await AskAsync($"?runs={All}", tag);
        Assert.Equal((HttpStatusCode.NotModified, 0L, tag), (again.StatusCode, again.Content.Headers.ContentLength ?? 0, again.Headers.ETag));
        foreach (var other in new[] { $"?runs={All}&logx=1", $"?runs={All}&from=20", $"?runs={All}&points=100", $"?runs={_ids[0]}", $"?runs={All}&metric=tokens", $"?runs={All}&format=json", $"?runs={All}&only={_ids[0]}" })
        {
            using var another = await AskAsync(other, tag);
            Assert.Equal((HttpStatusCode.OK, true), (another.StatusCode, another.Headers.ETag != tag));
        }

        // A run that changes is another answer; one that is not asked for changes nothing.
        await _server.Temporary.ImportAsync(CurveTable.Project, CurveTable.Long(30), "long.csv");
        using var untouched = await AskAsync($"?runs={All}", tag);
        Assert.Equal(HttpStatusCode.NotModified, untouched.StatusCode);
        await _server.Temporary.Store.DeleteAsync([_ids[0]]);
        using var changed = await AskAsync($"?runs={All}", tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Only_the_lines_that_are_missing_are_sent()
    {
        using var response = await AskAsync($"?runs={All}&only={_ids[1]}.{_ids[4]}");
        Assert.Equal([_ids[1], _ids[4]], BlockLine.Read(await response.Content.ReadAsByteArrayAsync()).Select(line => line.Id));
        using var band = await AskAsync($"?runs={All}&group=seed&only={_ids[3]}GB");
        Assert.Equal([_ids[3] + "GB", _ids[3] + "G"], BlockLine.Read(await band.Content.ReadAsByteArrayAsync()).Select(line => line.Id));
    }

    [Fact]
    public async Task Programs_get_the_same_as_json()
    {
        var (status, json) = await _server.GetAsync($"/api/v1/series?runs={_ids[0]}.zzz&x=time&smooth=average&strength=0.5&raw=1&format=json");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("loss", "time"), (json.GetProperty("metric").GetString(), json.GetProperty("x").GetString()));
        Assert.Equal(["raw", "line"], json.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("kind").GetString()));
        var line = json.GetProperty("lines")[1];
        Assert.Equal((_ids[0], "small-1", 12), (line.GetProperty("id").GetString(), line.GetProperty("name").GetString(), line.GetProperty("total").GetInt32()));
        Assert.Equal(0.1, line.GetProperty("x")[0].GetDouble(), 1e-12);
        Assert.Equal(CurveTable.Loss(1e8, 1, 1), line.GetProperty("y")[0].GetDouble(), 1e-12);
        Assert.Equal("zzz", json.GetProperty("lacking")[0].GetProperty("run").GetString());
        var (_, band) = await _server.GetAsync($"/api/v1/series?runs={All}&group=seed&spread=range&format=json");
        Assert.Equal(_ids[..3], band.GetProperty("lines")[0].GetProperty("runs").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal(3, band.GetProperty("lines")[0].GetProperty("counts")[0].GetInt32());
    }

    [Theory]
    [InlineData("", "Name 1 to 100 runs as runs=ID.ID; there are 0.")]
    [InlineData("?runs=1&x=parsecs", "x=parsecs cannot be read; write step, tokens, flops, time and cost.")]
    [InlineData("?runs=1&smooth=ema", "smooth=ema cannot be read")]
    [InlineData("?runs=1&smooth=average&strength=1", "strength=1 cannot be read; write a number from 0 to 0.9999.")]
    [InlineData("?runs=1&logx=yes", "logx=yes cannot be read; write 1 or 0.")]
    [InlineData("?runs=1&from=a", "from=a cannot be read; write a number.")]
    [InlineData("?runs=1&from=2&to=1", "from=2 is not below to=1.")]
    [InlineData("?runs=1&points=7", "points=7 cannot be read; write a number from 32 to 100000.")]
    [InlineData("?runs=1&format=xml", "format=xml cannot be read; write json or binary.")]
    public async Task What_cannot_be_read_is_refused_with_words(string query, string message)
    {
        var (status, json) = await _server.GetAsync("/api/v1/series" + query);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(message, json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_for_one_answer_is_refused()
    {
        var (status, json) = await _server.GetAsync($"/api/v1/series?points=100000&runs={string.Join('.', Enumerable.Range(1, 60))}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("60 runs of up to 100,000 points are too much", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.GetAsync($"/api/v1/series?runs={string.Join('.', Enumerable.Range(1, 101))}")).Status);
    }

    [Fact]
    public async Task The_document_describes_the_block()
    {
        var (_, json) = await _server.GetAsync("/openapi/v1.json");
        var get = json.GetProperty("paths").GetProperty("/api/v1/series").GetProperty("get");
        Assert.Contains("SDSB", get.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Contains(get.GetProperty("parameters").EnumerateArray(), parameter => parameter.GetProperty("name").GetString() == "smooth" && parameter.GetProperty("description").GetString()!.Contains("bias-corrected", StringComparison.Ordinal));
    }

    /// <summary>What a page asks for by its address is what the endpoint understands.</summary>
    [Fact]
    public void A_request_comes_back_from_its_address()
    {
        var request = new CurveRequest
        {
            Runs = [.. Enumerable.Range(1, 100).Select(i => FormattableString.Invariant($"run{i}"))],
            Metric = "eval/pile loss & more",
            Reference = "r9",
            Grouping = CurveGrouping.Columns,
            GroupBy = ["a b", "c"],
            Envelope = true,
            Price = 2.5,
            Devices = 8,
            Options = new CurveOptions
            {
                Axis = CurveAxis.Flops, LogX = true, LogY = true, Smoothing = new CurveSmoothing(SmoothingKind.Window, 101), Raw = true, Low = 1.5e18, High = 2e19, Points = 400,
                Comparison = CurveComparison.Ratio, Spread = SpreadKind.Range,
            },
        };
        var query = ViewQuery.Parse(PageUrls.Series(request).Split('?')[1]);
        string? Text(string key) => query.Text(key) is { Length: > 0 } text ? text : null;
        var read = new SeriesParameters
        {
            Runs = [.. query.List("runs", [])], Metric = Text("metric"), X = Text("x"), LogX = Text("logx"), LogY = Text("logy"), Smooth = Text("smooth"), Strength = Text("strength"), Raw = Text("raw"),
            From = Text("from"), To = Text("to"), Points = Text("points"), Reference = Text("reference"), Compare = Text("compare"), Group = Text("group"), By = [.. query.List("by", [])],
            Spread = Text("spread"), Envelope = Text("envelope"), Price = Text("price"), Devices = Text("devices"),
        }.Request();
        Assert.Equivalent(request, read, strict: true);
    }
}
