using System.Buffers.Binary;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;

namespace ScalingDashboard.Dashboard.Tests.Curves;

/// <summary>A line read from a block, the way the script of the page does it.</summary>
internal sealed record BlockLine(string Id, double[] X, float[][] Columns)
{
    internal static BlockLine[] Read(byte[] block)
    {
        Assert.Equal("SDSB", Encoding.ASCII.GetString(block, 0, 4));
        Assert.Equal((1, 0), (Number(4), Number(12)));
        var lines = new BlockLine[Number(8)];
        var at = 16;
        for (var i = 0; i < lines.Length; i++)
        {
            var (points, columns, length) = (Number(at), Number(at + 4), Number(at + 8));
            var id = Encoding.UTF8.GetString(block, at + 16, length);
            at += 16 + Filled(length);
            Assert.Equal(0, at % 8);
            var x = Enumerable.Range(0, points).Select(k => BinaryPrimitives.ReadDoubleLittleEndian(block.AsSpan(at + 8 * k))).ToArray();
            at += 8 * points;
            lines[i] = new BlockLine(id, x, [.. Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, points).Select(k => BinaryPrimitives.ReadSingleLittleEndian(block.AsSpan(at + 4 * (points * c + k)))).ToArray())]);
            at += Filled(4 * points * columns);
        }

        Assert.Equal(block.Length, at);
        return lines;

        int Number(int offset) => BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(offset));

        static int Filled(int length) => (length + 7) / 8 * 8;
    }
}

public sealed class SeriesBlockTests
{
    private static KeyedTrace Trace(string id, CurveTraceKind kind, double[] x, double[] y) => new(id, "k", new CurveTrace { Of = id, Kind = kind, X = x, Y = y, Total = x.Length });

    [Fact]
    public void Lines_of_any_length_come_back()
    {
        var lines = BlockLine.Read(SeriesBlock.Write([Trace("1", CurveTraceKind.Line, [1, 2, 16_777_217], [4, double.NaN, 2.5]), Trace("läng", CurveTraceKind.Raw, [], []), Trace("2", CurveTraceKind.Line, [1e21, 2e21], [3, 2])]));
        Assert.Equal(["1", "läng", "2"], lines.Select(line => line.Id));
        Assert.Equal([1, 2, 16_777_217], lines[0].X);
        Assert.Equal([4, float.NaN, 2.5f], Assert.Single(lines[0].Columns));
        Assert.Empty(lines[1].X);
        Assert.Equal([3, 2], Assert.Single(lines[2].Columns));
    }

    [Fact]
    public void Without_lines_there_is_a_header() => Assert.Equal(16, SeriesBlock.Write([]).Length);

    [Fact]
    public void A_band_is_its_outline_and_its_mean_with_edges_and_counts()
    {
        var band = new KeyedTrace("gG", "k", new CurveTrace
        {
            Of = "g", Kind = CurveTraceKind.Band, X = [1, 2, 3], Y = [5, 4, 3], Low = [4, double.NaN, 2], High = [6, double.NaN, 4], Runs = [2, 1, 2], Total = 3,
        });
        var lines = BlockLine.Read(SeriesBlock.Write([band]));
        Assert.Equal(["gGB", "gG"], lines.Select(line => line.Id));
        Assert.Equal([1, 3, 3, 1], lines[0].X);
        Assert.Equal([6, 4, 2, 4], Assert.Single(lines[0].Columns));
        Assert.Equal(4, lines[1].Columns.Length);
        Assert.Equal([2, 1, 2], lines[1].Columns[3]);
    }

    [Fact]
    public void What_is_not_finite_is_at_the_edge_it_went_to()
    {
        var heights = Assert.Single(BlockLine.Read(SeriesBlock.Write([Trace("1X", CurveTraceKind.NotFinite, [1, 2, 3], [double.NaN, double.PositiveInfinity, double.NegativeInfinity])]))).Columns[0];
        Assert.True(heights[0] > 0.9 && heights[1] > 0.9 && heights[2] < 0.1);
    }
}
