using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ScalingDashboard.Ingest.Tests;

public sealed class PropertyTests
{
    private static readonly SearchValues<char> s_special = SearchValues.Create("\"\n\r ,;\t");

    private static readonly Gen<double> s_positive =
        from mantissa in Gen.Choose(1, int.MaxValue)
        from exponent in Gen.Choose(-40, 40)
        select mantissa * Math.Pow(10, exponent);

    private static readonly Gen<Row> s_row =
        from parameters in s_positive
        from tokens in s_positive
        from loss in s_positive
        from name in Gen.Elements("a", "b c", "d\"e", "f,g", "h;i", "j\tk", "l\nm", "ä")
        select new Row(name, parameters, tokens, loss);

    [Fact]
    public void Any_table_reads_back_equal()
    {
        var tables =
            from rows in s_row.NonEmptyListOf()
            from delimiter in Gen.Elements(',', '\t', ';')
            from quoteAll in Gen.Elements(true, false)
            from lineEnd in Gen.Elements("\n", "\r\n")
            from bom in Gen.Elements("", "\uFEFF")
            select (rows, text: bom + Write(rows, delimiter, quoteAll, lineEnd));
        Prop.ForAll(tables.ToArbitrary(), async table =>
        {
            var read = await Reading.ReadAsync(table.text);
            Assert.Equal(table.rows.Select(row => (row.Parameters, row.Tokens, row.Loss)), read.Observations.Select(o => (o.Parameters, o.Tokens, o.Loss)));
            Assert.All(table.rows.Zip(read.Observations), pair => Assert.StartsWith(pair.First.Name, pair.Second.Run, StringComparison.Ordinal));
        }).Check(Fixed.Config(200));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        var fragments = Gen.Elements("N", "D", "C", "loss", "run", ",", ";", "\t", "\n", "\r\n", "\"", "1", "7B", "-1", "1e400", "NaN", " ", "{", "}", ":", "\"N\":1", "{\"N\":1,\"D\":2,\"loss\":3}\n", "\\u", "\\ud800", "[", "é", "N,D,loss\n1,2,3\n", "\0");
        var texts = fragments.ListOf().Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));
        var tables = fragments.ListOf().Select(parts => Encoding.UTF8.GetBytes("run,N,D,loss\n" + string.Concat(parts)));
        var rows = Gen.Elements("1", "2", "7B", "-1", "0", "1e300", "1e-300", "", "\"3\"", "NaN", "x").ArrayOf(4).ListOf()
            .Select(cells => Encoding.UTF8.GetBytes("run,N,D,loss\n" + string.Concat(cells.Select(row => string.Join(',', row) + "\n"))));
        var objects = fragments.ListOf().Select(parts => Encoding.UTF8.GetBytes("{\"N\":1,\"D\":2,\"loss\":3}\n{" + string.Concat(parts) + "}"));
        var bytes = Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();
        var damaged =
            from text in tables
            from positions in Gen.Choose(0, 1_000_000).ArrayOf()
            from values in Gen.Choose(0, 255).ArrayOf()
            select Damage(text, positions, values);
        Prop.ForAll(Gen.OneOf(texts, tables, rows, objects, bytes, damaged).ToArbitrary(), async content =>
        {
            try
            {
                var table = await Reading.ReadAsync(content);
                Assert.All(table.Observations, o => Assert.All([o.Parameters, o.Tokens, o.Flops, o.Loss], value => Assert.True(value > 0 && double.IsFinite(value))));
                Assert.Equal(table.RowsRead, table.Observations.Count + table.LeftOut.Count + table.RowsFilteredOut);
            }
            catch (IngestException exception)
            {
                Assert.StartsWith("sweep.csv", exception.Message, StringComparison.Ordinal);
            }
        }).Check(Fixed.Config(3000));
    }

    [Fact]
    public void The_order_of_rows_does_not_change_the_runs()
    {
        var tables =
            from rows in (from name in Gen.Elements("a", "b", "c")
                          from parameters in Gen.Choose(1, 3)
                          from tokens in Gen.Choose(1, 6)
                          select new Row(name, parameters * 1e6, tokens * 1e6, parameters + 1.0 / tokens)).NonEmptyListOf()
            let distinct = rows.Distinct().ToList()
            from order in Gen.Shuffle(distinct.ToArray())
            select (distinct, order);
        Prop.ForAll(tables.ToArbitrary(), async table =>
        {
            var first = await Reading.ReadAsync(Write(table.distinct, ',', false, "\n"));
            var second = await Reading.ReadAsync(Write(table.order, ',', false, "\n"));
            Assert.Equal(Describe(first), Describe(second));
        }).Check(Fixed.Config(200));
    }

    /// <summary>The runs without their lines and the numbers behind names, which follow the file's order.</summary>
    private static IEnumerable<string> Describe(SweepTable table) => table.Runs
        .Select(run => string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name[0]} {run.Parameters} {run.Tokens} {run.Flops} {run.Loss} {string.Join(';', run.Series.Select(series => series.Metric + string.Join('/', series.Steps.Concat(series.Values))))}"))
        .Order(StringComparer.Ordinal);

    private static byte[] Damage(byte[] text, int[] positions, int[] values)
    {
        foreach (var (position, value) in positions.Zip(values))
            text[position % text.Length] = (byte)value;
        return text;
    }

    private static string Write(IEnumerable<Row> rows, char delimiter, bool quoteAll, string lineEnd)
    {
        string Cell(string text) =>
            quoteAll || text.AsSpan().ContainsAny(s_special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
        string Number(double value) => Cell(value.ToString("R", CultureInfo.InvariantCulture));
        var text = new StringBuilder(string.Join(delimiter, "run", "N", "D", "loss") + lineEnd);
        foreach (var row in rows)
            text.AppendJoin(delimiter, Cell(row.Name), Number(row.Parameters), Number(row.Tokens), Number(row.Loss)).Append(lineEnd);
        return text.ToString();
    }

    private sealed record Row(string Name, double Parameters, double Tokens, double Loss);
}
