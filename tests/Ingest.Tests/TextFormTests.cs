using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Ingest.Tests;

public sealed class TextFormTests
{
    [Theory]
    [InlineData("run,N,D,loss\na,1e9,2e9,3.5\nb,2e9,2e9,3.4\n", "csv")]
    [InlineData("run\tN\tD\tloss\na\t1e9\t2e9\t3.5\nb\t2e9\t2e9\t3.4\n", "tsv")]
    [InlineData("run;N;D;loss\na;1e9;2e9;3.5\nb;2e9;2e9;3.4", "csv")]
    [InlineData("run,N,D,loss\r\na,1e9,2e9,3.5\r\n\r\nb,2e9,2e9,3.4\r\n\r\n\r\n", "csv")]
    [InlineData("run,N,D,loss\ra,1e9,2e9,3.5\rb,2e9,2e9,3.4\r", "csv")]
    [InlineData("\uFEFFrun,N,D,loss\na,1e9,2e9,3.5\nb,2e9,2e9,3.4\n", "csv")]
    [InlineData("\"run\" , \"N\",\"D\",\"loss\"\n\"a\", \"1e9\" ,\"2e9\",\"3.5\"\nb,2e9,2e9,3.4\n,,,\n", "csv")]
    [InlineData("run,N,D,loss,\na,1e9,2e9,3.5,\nb,2e9,2e9,3.4,\n", "csv")]
    [InlineData("run,N,D,loss\na,1e9,2e9,3.5,\nb,2e9,2e9,3.4,,\n", "csv")]
    [InlineData("{\"run\":\"a\",\"N\":1e9,\"D\":2e9,\"loss\":3.5}\n\n{\"loss\":3.4,\"D\":\"2B\",\"N\":2000000000,\"run\":\"b\"}\n", "jsonl")]
    [InlineData("\uFEFF{\"run\":\"a\",\"N\":1e9,\"D\":2e9,\"loss\":3.5}\r\n{\"run\":\"b\",\"N\":2e9,\"D\":2e9,\"loss\":3.4}\r\n", "jsonl")]
    public async Task The_same_table_reads_the_same_in_every_form(string text, string format)
    {
        var table = await Reading.ReadAsync(text);
        Assert.Equal(format, table.Format);
        Assert.Equal([("a", 1e9, 2e9, 3.5), ("b", 2e9, 2e9, 3.4)], table.Observations.Select(o => (o.Run, o.Parameters, o.Tokens, o.Loss)));
        Assert.Equal(2, table.RowsRead);
        Assert.Empty(table.LeftOut);
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public async Task Utf16_with_a_byte_order_mark_is_read()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var table = await Reading.ReadAsync([.. encoding.GetPreamble(), .. encoding.GetBytes("run\tN\tD\tloss\nä\t1\t2\t3\n")]);
            Assert.Equal("tsv", table.Format);
            Assert.Equal("ä", table.Runs[0].Name);
        }
    }

    [Fact]
    public async Task A_few_bytes_that_are_not_utf8_are_a_warning()
    {
        var table = await Reading.ReadAsync([.. "run,N,D,loss\nM"u8, 0xFC, .. "ller,1,2,3\n"u8]);
        Assert.Equal("M\uFFFDller", table.Runs[0].Name);
        Assert.Equal("not UTF-8 in 1 place, read as \uFFFD; save the file as UTF-8.", Assert.Single(table.Warnings));
    }

    [Fact]
    public async Task Semicolons_with_decimal_commas_are_told_apart_and_refused_row_by_row()
    {
        var table = await Reading.ReadAsync("N;D;loss\n1;2;3,5\n1;2;3,25\n1;2;3\n");
        Assert.Equal(["column loss: '3,5' has a decimal comma; write a point (3.5)", "column loss: '3,25' has a decimal comma; write a point (3.25)"], table.LeftOut.Select(row => row.Reason));
    }

    [Fact]
    public async Task Lines_are_physical_lines()
    {
        var table = await Reading.ReadAsync("\nrun,N,D,loss\n\n\"two\nlines\",1,2,3\nb,1,2,3\n");
        Assert.Equal([(4, "two\nlines"), (6, "b")], table.Observations.Select(o => (o.Line, o.Run)));
    }

    [Fact]
    public async Task Hash_is_of_the_raw_bytes()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "N,D,loss\r\n1,2,3\r\n"u8];
        var expected = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.Equal(expected, (await Reading.ReadAsync(bytes)).Sha256);
        byte[] long16 = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("N,D,loss\n" + string.Concat(Enumerable.Repeat("1,2,3\n", 50_000)))];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(long16)), (await Reading.ReadAsync(long16)).Sha256);
    }

    [Fact]
    public async Task Columns_are_listed_with_samples()
    {
        var table = await Reading.ReadAsync(",name,N,D,loss\n0,x,1,2,3\n1,x,1,3,\n2,y,1,4,2\n3,z,1,5,2\n4,w,1,6,1\n");
        Assert.Equal(["column 1", "name", "N", "D", "loss"], table.Columns.Select(column => column.Name));
        Assert.Equal(["x", "y", "z"], table.Columns[1].Samples);
        Assert.Equal(["3", "2", "1"], table.Columns[4].Samples);
    }
}
