using System.Globalization;
using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Logs that end within a record: what is before it counts, and the run says so.</summary>
public sealed class CutOffTests
{
    private const string EndsWithin = "the file ends within this line: it was still being written or is cut off";

    [Theory]
    [InlineData("a.csv", "step,loss,lr\n1,3,0.1\n2,2,0.1\n3,1", 4)]
    [InlineData("a.csv", "\"step\",\"loss\"\n\"1\",\"3\"\n\"2\",\"2\"\n\"3\",\"1.", 4)]
    [InlineData("a.jsonl", "{\"step\":1,\"loss\":3}\n{\"step\":2,\"loss\":2}\n{\"step\":3,\"los", 3)]
    [InlineData("a.log", "iter 1: loss 3.0, time 1ms, mfu 1%\niter 2: loss 2.0, time 1ms, mfu 1%\niter 3: loss 1.", 3)]
    [InlineData("a.log", "s:1 trl:3 lr:1 norm:1\ns:2 trl:2 lr:1 norm:1\ns:3 trl:1", 3)]
    [InlineData("a.log", "[step=1/9]\n    train/loss=3.0\n    lr=1\n[step=2/9]\n    train/loss=2.0\n    lr=1\n[step=3/9]\n    train/lo", 8)]
    [InlineData("a.log", " iteration 1/ 9 | consumed samples: 9 | lm loss: 3.0 |\n iteration 2/ 9 | consumed samples: 9 | lm loss: 2.0 |\n iteration 3/ 9 | consumed samp", 3)]
    [InlineData("a.txt", "====\nstep:1/9 train_loss:3.0 train_time:1ms\nstep:2/9 train_loss:2.0 train_time:2ms\nstep:3/9 train_loss:1.", 4)]
    public async Task A_last_line_without_its_end_is_left_out_and_the_run_is_truncated(string name, string text, int line)
    {
        var logged = await Logged.ReadAsync(name, text);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([3.0, 2], run.Metrics.Single(metric => metric.Metric.Contains("loss", StringComparison.Ordinal)).Values);
        Assert.Contains(run.Flags, flag => flag.StartsWith("truncated: ", StringComparison.Ordinal));
        Assert.Equal(new LeftOutRow(name, line, EndsWithin), Assert.Single(logged.LeftOut));
    }

    [Theory]
    [InlineData("a.csv", "step,loss,lr\n1,3,0.1\n2,2,0.1")]
    [InlineData("a.csv", "step,loss,lr\n1,3\n2,2,0.1\n")]
    [InlineData("a.jsonl", "{\"step\":1,\"loss\":3}\n{\"step\":2,\"loss\":2}")]
    [InlineData("a.log", "iter 1: loss 3.0, time 1ms, mfu 1%\niter 2: loss 2.0, time 1ms, mfu 1%")]
    [InlineData("a.log", "s:1 trl:3 lr:1 norm:1\ns:2 trl:2 lr:1 norm:1\ns:2 trl:1\n")]
    [InlineData("a.log", "iter 1: loss 3.0, time 1ms, mfu 1%\niter 2: loss 2.0, time 1ms, mfu 1%\nsaved the model")]
    public async Task A_last_line_that_is_whole_is_read(string name, string text)
    {
        var run = Assert.Single((await Logged.ReadAsync(name, text)).Runs);
        Assert.DoesNotContain(run.Flags, flag => flag.StartsWith("truncated", StringComparison.Ordinal));
        Assert.Contains(2.0, run.Metrics.SelectMany(metric => metric.Values));
    }

    [Fact]
    public async Task A_sweep_table_leaves_the_row_out()
    {
        var table = Assert.Single((await Logged.ReadAsync("sweep.csv", "run,N,D,loss\na,1e9,2e10,3\nb,1e9,3e1")).Tables);
        Assert.Equal("a", Assert.Single(table.Runs).Name);
        Assert.Equal(new LeftOutRow("sweep.csv", 3, EndsWithin), Assert.Single(table.LeftOut));
    }

    [Fact]
    public async Task A_gzip_file_that_is_cut_off_is_read_as_far_as_it_goes()
    {
        var text = new StringBuilder("step,loss\n");
        for (var i = 1; i <= 5000; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i},{3.0 / i:R}\n");
        var packed = Packed.Gzip(Encoding.UTF8.GetBytes(text.ToString()));

        Assert.Empty(Assert.Single((await Logged.ReadAsync("run.csv.gz", packed)).Runs).Flags);
        // Several files packed one behind the other are one.
        Assert.Empty((await Logged.ReadAsync("run.csv.gz", [.. packed, .. Packed.Gzip("5001,0.5\n"u8.ToArray())])).Warnings);
        var cut = await Logged.ReadAsync("run.csv.gz", packed[..(packed.Length / 2)]);
        var run = Assert.Single(cut.Runs);
        Assert.InRange(run.Series("loss").Values.Length, 1000, 4000);
        Assert.Contains(run.Flags, flag => flag.StartsWith("truncated: ", StringComparison.Ordinal));
        Assert.Equal("run.csv: the archive is cut off; what could be unpacked was read. Copy it again to have the rest.", Assert.Single(cut.Warnings));
    }
}
