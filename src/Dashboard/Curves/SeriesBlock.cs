using System.Buffers.Binary;
using System.Text;
using ScalingDashboard.Analysis;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>
/// Lines as one block of bytes that a browser draws from without parsing text, everything little-endian. Header, 16 bytes: <c>SDSB</c>, version 1, count of
/// lines, 0 (each u4). Then for each line, beginning at a multiple of 8: count of points n, count of columns k, bytes of its id (each u4), 0 (u4); the id in
/// UTF-8, filled up to a multiple of 8; x, n × f8; k columns of n × f4, filled up to a multiple of 8.
/// </summary>
/// <remarks>
/// Columns: y alone; of the mean of a group y, both edges and the count of runs. The band itself is a line of its own, its outline, with the id of the
/// mean and a B. y of marks is their height at the edge of the plot, 0 to 1.
/// </remarks>
public static class SeriesBlock
{
    /// <summary>Type of the content.</summary>
    public const string MediaType = "application/vnd.scaling-dashboard.series";

    /// <summary>What is added to the id of a mean to name the outline of its band.</summary>
    public const string BandSuffix = "B";

    private const int HeaderLength = 16;
    private const double Top = 0.98;
    private const double Bottom = 0.02;

    /// <summary>Writes lines, in their order.</summary>
    public static byte[] Write(IEnumerable<KeyedTrace> traces)
    {
        var lines = traces.SelectMany(Lines).ToArray();
        var bytes = new byte[HeaderLength + lines.Sum(line => HeaderLength + Filled(Encoding.UTF8.GetByteCount(line.Id)) + 8 * line.X.Length + Filled(4 * line.X.Length * line.Columns.Length))];
        "SDSB"u8.CopyTo(bytes);
        Put(4, 1);
        Put(8, lines.Length);
        var at = HeaderLength;
        foreach (var (id, x, columns) in lines)
        {
            Put(at, x.Length);
            Put(at + 4, columns.Length);
            Put(at + 8, Encoding.UTF8.GetBytes(id, bytes.AsSpan(at + HeaderLength)));
            at += HeaderLength + Filled(Encoding.UTF8.GetByteCount(id));
            foreach (var value in x)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(at), value);
                at += 8;
            }

            var begin = at;
            foreach (var value in columns.SelectMany(column => column))
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(at), (float)value);
                at += 4;
            }

            at = begin + Filled(at - begin);
        }

        return bytes;

        void Put(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
    }

    /// <summary>The closed outline of a band: along the upper edge and back along the lower, over the x that have both.</summary>
    public static (double[] X, double[] Y) Outline(double[] x, double[] low, double[] high)
    {
        int[] there = [.. Enumerable.Range(0, x.Length).Where(i => double.IsFinite(x[i]) && double.IsFinite(low[i]) && double.IsFinite(high[i]))];
        int[] back = [.. there.Reverse()];
        return ([.. there.Concat(back).Select(i => x[i])], [.. there.Select(i => high[i]), .. back.Select(i => low[i])]);
    }

    /// <summary>Where a value that is not finite is marked: −∞ at the lower edge of the plot, all else at the upper.</summary>
    public static double Height(double value) => double.IsNegativeInfinity(value) ? Bottom : Top;

    private static IEnumerable<(string Id, double[] X, double[][] Columns)> Lines(KeyedTrace keyed)
    {
        var trace = keyed.Trace;
        switch (trace.Kind)
        {
            case CurveTraceKind.Band:
                var (x, y) = Outline(trace.X, trace.Low!, trace.High!);
                yield return (keyed.Id + BandSuffix, x, [y]);
                yield return (keyed.Id, trace.X, [trace.Y, trace.Low!, trace.High!, [.. trace.Runs!.Select(runs => (double)runs)]]);
                break;
            case CurveTraceKind.NotFinite:
                yield return (keyed.Id, trace.X, [[.. trace.Y.Select(Height)]]);
                break;
            default:
                yield return (keyed.Id, trace.X, [trace.Y]);
                break;
        }
    }

    private static int Filled(int length) => (length + 7) / 8 * 8;
}
