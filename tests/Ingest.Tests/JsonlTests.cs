namespace ScalingDashboard.Ingest.Tests;

public sealed class JsonlTests
{
    private const string Good = "{\"N\":1,\"D\":2,\"loss\":3}\n";

    [Theory]
    [InlineData("{\n\"N\":1\n}")]
    [InlineData("{\"log_history\": [\n{\"loss\":3}\n]}")]
    public async Task A_document_over_several_lines_is_refused_in_one_sentence(string text) =>
        Assert.Contains("one JSON document", (await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(text))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":NaN}", "column loss: 'NaN' is not a finite number")]
    [InlineData("{\"N\":1,\"D\":-Infinity,\"loss\":1}", "column D: '-Infinity' is not a finite number")]
    [InlineData("{\"N\":1,\"D\":1e400,\"loss\":1}", "column D: '1e400' is not a finite number")]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":null}", "column loss: is empty")]
    [InlineData("{\"N\":1,\"D\":2}", "column loss: is empty")]
    [InlineData("{\"N\":true,\"D\":2,\"loss\":3}", "column N: 'true' is not a number; write it like 7000000000, 7e9 or 7B")]
    [InlineData("{\"N\":1,\"D\":[2],\"loss\":3}", "column D: '[2]' is not a number; write it like 7000000000, 7e9 or 7B")]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":3,\"N\":2}", "has the key 'N' more than once; keep one")]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":}", "is not valid JSON near character 21; write one object a line")]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":3} {}", "is not valid JSON near character 24; write one object a line")]
    [InlineData("{\"N\":1,\"D\":2", "is not a JSON object; write one object a line")]
    [InlineData("[1,2]", "is not a JSON object; write one object a line")]
    [InlineData("{\"N\":1,\"D\":2,\"\\ud800\":3}", "holds text that is not valid Unicode")]
    public async Task A_bad_line_is_left_out_with_its_reason(string line, string reason)
    {
        var table = await Reading.ReadAsync(Good + line + "\n" + Good);
        var row = Assert.Single(table.LeftOut);
        Assert.Equal((2, reason), (row.Line, row.Reason));
        Assert.Equal([1, 3], table.Observations.Select(o => o.Line));
    }

    [Fact]
    public async Task Values_keep_their_text()
    {
        var table = await Reading.ReadAsync("""
            {"run":"a\n\u00e4 \"NaN\"","N":1,"D":2,"loss":3,"layers":{"width": 64, "x": [1, 2]},"on":true,"note":null,"bad":NaN,"text":"Infinity \\","empty":""}
            """);
        Assert.Equal("a\nä \"NaN\"", table.Runs[0].Name);
        Assert.Equal([new("layers", "{\"width\": 64, \"x\": [1, 2]}"), new("on", "true"), new("bad", "NaN"), new("text", "Infinity \\")], table.Runs[0].Config);
    }

    [Fact]
    public async Task Keys_may_come_late_and_in_any_order()
    {
        var table = await Reading.ReadAsync("""
            {"step":1,"N":1,"D":1}
            {"loss":3,"step":2,"N":1,"D":2,"run":"a"}
            {"lr":1,"D":3,"N":1,"run":"a","step":3,"loss":2}
            """);
        Assert.Equal("has no loss", Assert.Single(table.LeftOut).Reason);
        Assert.Equal(["step", "N", "D", "loss", "run", "lr"], table.Columns.Select(column => column.Name));
        var run = Assert.Single(table.Runs);
        Assert.Equal([2, 3], run.Series[0].Steps);
        Assert.Equal([3, 2], run.Series[0].Values);
    }

    [Fact]
    public async Task A_long_file_of_many_reads_is_complete()
    {
        var text = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{{\"run\":\"r{i}\",\"N\":{i},\"D\":{i}e3,\"loss\":{i}.5}}\n"));
        var table = await Reading.ReadAsync(text);
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => (i, $"r{i}", (double)i, i * 1e3, i + 0.5)), table.Observations.Select(o => (o.Line, o.Run, o.Parameters, o.Tokens, o.Loss)));
    }
}
