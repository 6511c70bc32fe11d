using System.Globalization;
using System.Text;

namespace ScalingDashboard.Ingest.Tests;

/// <summary>What can be known about a table that lacks a column a sweep needs.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData("size;steps;valid\n1B;2;3\n2B;2;4\n")]
    [InlineData("{\"size\":\"1B\",\"steps\":2,\"valid\":3}\n{\"size\":\"2B\",\"steps\":2,\"valid\":4}\n")]
    public async Task Columns_and_samples_of_a_table_that_is_refused(string text)
    {
        await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(text));

        var header = await ReadAsync(text);

        Assert.Equal(["size", "steps", "valid"], header.Columns.Select(column => column.Name));
        Assert.Equal(["1B", "2B"], header.Columns[0].Samples);
        Assert.Null(header.Mapping.Columns(SweepQuantity.Loss));
    }

    [Fact]
    public async Task The_mapping_holds_what_was_found_of_it()
    {
        var header = await ReadAsync("N,tokens,valid\n1,2,3\n", ColumnMapping.Parse("loss=valid,budget=gone"));

        Assert.Equal("parameters=N,tokens=tokens,loss=valid", header.Mapping.ToString());
        Assert.Null(header.Mapping.Columns(SweepQuantity.Budget));
    }

    [Fact]
    public async Task Only_the_first_rows_are_read()
    {
        var text = new StringBuilder("a\n");
        for (var i = 0; i < 100; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i}\n");
        text.Append('"');

        Assert.Equal(["0", "1", "2"], (await ReadAsync(text.ToString())).Columns[0].Samples);
    }

    [Fact]
    public async Task What_is_no_table_has_no_columns() =>
        await Assert.ThrowsAsync<IngestException>(() => ReadAsync("a,a\n1,2\n"));

    [Fact]
    public void A_mapping_takes_other_columns_for_one_quantity()
    {
        var given = ColumnMapping.Parse("loss=valid,run=a+b");

        Assert.Equal("run=a+b,tokens=\"x, y\",loss=valid", given.With(SweepQuantity.Tokens, ["x, y"]).ToString());
        Assert.Equal("run=a,loss=valid", given.With(SweepQuantity.Run, ["a"]).ToString());
        Assert.Equal("run=a+b,loss=none", given.With(SweepQuantity.Loss, []).ToString());
        Assert.Equal("run=a+b", given.With(SweepQuantity.Loss, null).ToString());
        Assert.Equal("run=a+b,loss=valid", given.ToString());
    }

    private static async Task<SweepHeader> ReadAsync(string text, ColumnMapping? mapping = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await SweepTableReader.ReadHeaderAsync(stream, "sweep.csv", mapping ?? ColumnMapping.Empty, CancellationToken.None);
    }
}
