using System.Text;

namespace ScalingDashboard.Ingest.Tests.Logs;

public sealed class ArchiveTests
{
    private static readonly byte[] s_table = "step,loss\n1,3\n2,2\n"u8.ToArray();

    [Fact]
    public async Task A_zip_is_read_file_by_file_and_what_is_no_log_is_left_out()
    {
        var zip = Packed.Zip(("logs/a.csv", s_table), ("logs/b/events.out.tfevents.1", new EventFile().Scalar("loss", 1, 3).ToArray()), ("logs/readme.md", "words"u8.ToArray()),
            ("__MACOSX/x", [1]), ("logs/.DS_Store", [1]), ("logs/inner.zip", Packed.Zip(("x.csv", s_table))));
        var logged = await Logged.ReadAsync("logs.zip", zip);
        Assert.Equal(["a", "logs/b"], logged.Runs.Select(run => run.Name));
        Assert.Equal(["long", "tensorboard"], logged.Formats);
        Assert.Equal(["logs/inner.zip", "logs/readme.md"], logged.LeftOut.Select(row => row.File));
        Assert.Contains("zip archive", logged.LeftOut[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gzip_file_is_what_it_holds()
    {
        var run = Assert.Single((await Logged.ReadAsync("run7.csv.gz", Packed.Gzip(s_table))).Runs);
        Assert.Equal("run7", run.Name);
        Assert.Equal([3.0, 2], run.Series("loss").Values);
    }

    [Fact]
    public async Task Names_in_an_archive_are_never_paths()
    {
        var run = Assert.Single((await Logged.ReadAsync("x.zip", Packed.Zip(("../../etc/passwd.csv", s_table)))).Runs);
        Assert.Equal("passwd", run.Name);
    }

    [Theory]
    [InlineData("entries", "has 3 entries; at most 2 are read")]
    [InlineData("unpacked", "unpacks to more than 1,000 bytes")]
    [InlineData("ratio", "unpacks to more than 200 times")]
    [InlineData("gzip ratio", "unpacks to more than 200 times")]
    [InlineData("cut off", "is cut off: the directory at the end of a zip archive is missing")]
    [InlineData("empty", "is an archive without files")]
    [InlineData("excel", "is an Excel workbook")]
    public async Task Each_limit_has_its_message(string what, string message)
    {
        var zeros = "step,loss\n"u8.ToArray().Concat(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1,3\n", 1_500_000)))).ToArray();
        var (bytes, options) = what switch
        {
            "entries" => (Packed.Zip(("a.csv", s_table), ("b.csv", s_table), ("c.csv", s_table)), new LogReadOptions { Archives = new ArchiveLimits { Entries = 2 } }),
            "unpacked" => (Packed.Zip(("a.csv", s_table), ("b.csv", Random(2000))), new LogReadOptions { Archives = new ArchiveLimits { Unpacked = 1000 } }),
            "ratio" => (Packed.Zip(("a.csv", zeros)), (LogReadOptions?)null),
            "gzip ratio" => (Packed.Gzip(zeros), null),
            "cut off" => (Packed.Zip(("a.csv", s_table))[..60], null),
            "empty" => (Packed.Zip(), null),
            "excel" => (Packed.Zip(("[Content_Types].xml", [1]), ("xl/workbook.xml", [1])), null),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        var exception = await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("x.zip", bytes, options));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_are_those_that_are_documented() =>
        Assert.Equal(new ArchiveLimits { Entries = 2_000, Unpacked = 2_000_000_000, Ratio = 200, RatioFrom = 1_000_000 }, new ArchiveLimits());

    [Fact]
    public async Task An_entry_that_misstates_its_size_is_found_by_its_checksum()
    {
        var zip = Packed.Zip(("a.csv", s_table));
        var length = BitConverter.GetBytes(s_table.Length);
        var lie = BitConverter.GetBytes(10);
        // The size stands in the central directory, 24 bytes behind its signature.
        for (var i = 0; i < zip.Length - 46; i++)
        {
            if (zip.AsSpan(i, 4).SequenceEqual("PK\u0001\u0002"u8) && zip.AsSpan(i + 24, 4).SequenceEqual(length))
                lie.CopyTo(zip, i + 24);
        }

        var exception = await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync("x.zip", zip));
        Assert.Matches("checksum|damaged", exception.Message);
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
