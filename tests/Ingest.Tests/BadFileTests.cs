using System.Text;

namespace ScalingDashboard.Ingest.Tests;

public sealed class BadFileTests
{
    private static readonly Dictionary<string, (byte[] Content, string[] Parts)> s_files = Files();

    // Only the names: the runner would write megabytes of content into each case's name.
    public static TheoryData<string> Names() => [.. s_files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_unusable_file_is_refused_with_a_clear_message(string name)
    {
        var (content, parts) = s_files[name];
        var exception = await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(content));
        Assert.Equal("sweep.csv", exception.FileName);
        Assert.StartsWith("sweep.csv", exception.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_many_rows_are_refused()
    {
        using var stream = new MemoryStream("N,D,loss\n1,2,3\n1,2,3\n1,2,3\n"u8.ToArray());
        var options = new SweepTableOptions { MaximumRows = 2 };
        var exception = await Assert.ThrowsAsync<IngestException>(
            () => SweepTableReader.ReadAsync(stream, "big.csv", options, CancellationToken.None));
        Assert.Equal("big.csv, line 4: has more than 2 rows. Split it, or keep fewer checkpoints per run.", exception.Message);
        Assert.Equal(5_000_000, new SweepTableOptions().MaximumRows);
    }

    [Fact]
    public async Task Strict_refuses_the_file_at_the_first_bad_row()
    {
        var exception = await Assert.ThrowsAsync<IngestException>(
            () => Reading.ReadAsync("N,D,loss\n1,2,3\n1,1234x,3\n", strict: true));
        Assert.Equal("sweep.csv, line 3, column D: '1234x' is not a number; write it like 7000000000, 7e9 or 7B", exception.Message);
        Assert.Equal((3, "D", "1234x"), (exception.Line, exception.Column, exception.Value));
        Assert.Single((await Reading.ReadAsync("N,D,loss\n1,2,3\n", strict: true)).Observations);
    }

    [Fact]
    public async Task A_canceled_read_ends()
    {
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        using var stream = new MemoryStream("N,D,loss\n1,2,3\n"u8.ToArray());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SweepTableReader.ReadAsync(stream, "x.csv", new SweepTableOptions(), canceled.Token));
    }

    private static Dictionary<string, (byte[] Content, string[] Parts)> Files()
    {
        var files = new Dictionary<string, (byte[] Content, string[] Parts)>();
        void Bytes(string name, byte[] content, params string[] parts) => files.Add(name, (content, parts));
        void Text(string name, string content, params string[] parts) => Bytes(name, Encoding.UTF8.GetBytes(content), parts);

        Bytes("empty", [], "sweep.csv: is empty");
        Text("white space", " \r\n\n ", "is empty but for white space");
        Bytes("BOM only", [0xEF, 0xBB, 0xBF], "is empty");
        Bytes("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], "is a PNG picture", "CSV, TSV or JSONL");
        Bytes("xlsx", [0x50, 0x4B, 0x03, 0x04, 1, 2], "zip archive or an Excel workbook");
        Bytes("gzip", [0x1F, 0x8B, 8], "gzip archive");
        Text("pdf", "%PDF-1.7", "a PDF document");
        Text("NUL", "N,D,loss\n1,2\0,3", "NUL bytes", "UTF-8");
        Bytes("UTF-16 without BOM", Encoding.Unicode.GetBytes("N,D,loss\n1,2,3\n"), "UTF-16 without a byte order mark");
        Bytes("not UTF-8", [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7 % 255 + 1))], "is not text", "% of it is not UTF-8");
        Text("NUL far inside", "N,D,loss\n" + string.Concat(Enumerable.Repeat("1,2,3\n", 20_000)) + "1,2\0,3\n", "line 20002", "holds a NUL byte");
        Text("web page", "<!DOCTYPE html><html></html>", "web page or XML", "export the runs as CSV");
        Text("JSON array", "[{\"N\":1}]", "one JSON array", "one JSON object a line");
        Text("header only", "N,D,loss\n", "has a header but no rows");
        Text("header only, empty lines", "N,D,loss\r\n\r\n,,\r\n", "has a header but no rows");
        Text("no loss", "N,D,accuracy\n1,2,3\n", "no column for loss", "Columns found: N, D, accuracy", "--map loss=COLUMN", "final_loss");
        Text("nothing known", "a,b\n1,2\n", "no column for parameters, nor for tokens or flops, nor for loss", "Columns found: a, b", "--map parameters=COLUMN,tokens=COLUMN,loss=COLUMN");
        Text("no header", "7e9,1e11,2.1\n8e9,1e11,2.0\n", "The first line holds numbers, not names", "parameters,tokens,loss");
        Text("no delimiter", "parameters tokens loss\n1 2 3\n", "Columns found: parameters tokens loss");
        Text("JSONL without loss", "{\"N\":1,\"D\":2}\n", "no column for loss", "Columns found: N, D");
        Text("duplicates", "N,D,loss,loss,D,x\n1,2,3,3,2,0\n", "line 1, column loss", "several columns of the same name: loss, D", "Rename or remove");
        Text("empty header", ",,\n1,2,3\n", "empty header line");
        Text("unclosed quote", "run,N,D,loss\n\"a,1,2,3\nb,1,2,3\n", "line 2", "a quote is opened and never closed");
        Text("no usable row", "N,D,loss\nx,1,2\n1,-2,3\n1,2,\n0,1,1\n", "no usable row among 4", "Line 2: column N: 'x' is not a number", "Line 3: column D: '-2' is not above zero", "Line 4: column loss: is empty", "And 1 more");
        Text("long cell", "run,N,D,loss\n" + new string('x', 40_000) + ",1,2,3\n", "line 2, column run", "longer than 32 KB");
        Text("long quoted cell", "run,N,D,loss\na,1,2,3\n\"" + new string('x', 40_000) + "\",1,2,3\n", "line 3, column run", "longer than 32 KB");
        Text("long header cell", new string('x', 40_000) + ",N,D,loss\na,1,2,3\n", "line 1", "longer than 32 KB");
        Text("long line", "N,D,loss\n1,2,3\n" + new string(',', 1_100_000) + "\n", "line 3", "longer than 1024 KB");
        Text("very long line", "N,D,loss\n1,2,3\n" + new string(',', 5_000_000) + "\n", "longer than 1024 KB");
        Text("swallowing quote", "N,D,loss\n1,2,3\n\"" + string.Concat(Enumerable.Repeat("1,2,3\n", 400_000)), "longer than 1024 KB", "every quote is closed");
        Text("long JSON line", "{\"N\":1,\"D\":2,\"loss\":3}\n{\"a\":\"" + new string('x', 1_100_000) + "\"}\n", "line 2", "longer than 1024 KB");
        Text("endless JSON line", "{\"a\":\"" + new string('x', 3_000_000), "line 1", "longer than 1024 KB");
        Text("long JSON value", "{\"N\":1,\"D\":2,\"loss\":3,\"a\":\"" + new string('x', 40_000) + "\"}\n", "line 1, column a", "longer than 32 KB");
        Text("many columns", string.Join(',', Enumerable.Range(0, 20_001).Select(i => "c" + i)) + "\n", "line 1", "more than 20000 columns");
        Text("many JSON keys", "{" + string.Join(',', Enumerable.Range(0, 20_001).Select(i => $"\"c{i}\":1")) + "}\n", "line 1", "more than 20000 columns");
        return files;
    }
}
