namespace ScalingDashboard.Ingest.Tests;

public sealed class RowFilterTests
{
    [Theory]
    [InlineData("budget=1e20", "100000000000000000000", true)]
    [InlineData("budget=100B", "1e+11", true)]
    [InlineData("budget=1e20", "1.0001e20", false)]
    [InlineData("budget=1e20", "", false)]
    [InlineData("subset=hot", "hot", true)]
    [InlineData("subset=hot", "Hot", false)]
    [InlineData("subset=hot", "hot_477", false)]
    [InlineData("subset=", "", true)]
    [InlineData("subset=a=b", "a=b", true)]
    [InlineData("lr=0.10", "0.1", true)]
    [InlineData("version=1.0.0", "1.0.0", true)]
    public void Compares_numbers_as_numbers_and_the_rest_as_text(string filter, string cell, bool matches) =>
        Assert.Equal(matches, RowFilter.Parse(filter).Matches(cell));

    [Theory]
    [InlineData("subset")]
    [InlineData("=hot")]
    public void A_bad_filter_says_so(string text) =>
        Assert.Contains($"'{text}' is not of the form COLUMN=VALUE", Assert.Throws<FormatException>(() => RowFilter.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task All_filters_must_hold_and_filtered_rows_are_not_left_out()
    {
        const string text = "set,N,D,loss,seed\na,1,2,3,1\na,1,3,2,2.0\nb,x,2,3,2\na,y,2,3,2\n";
        var table = await Reading.ReadAsync(text, where: ["set=a", "SEED=2"]);
        Assert.Equal(3, Assert.Single(table.Observations).Line);
        Assert.Equal(5, Assert.Single(table.LeftOut).Line);
        Assert.Equal((4, 2), (table.RowsRead, table.RowsFilteredOut));
    }

    [Theory]
    [InlineData("N,D,loss,set\n1,2,3,a\n1,2,3,b\n")]
    [InlineData("{\"N\":1,\"D\":2,\"loss\":3,\"set\":\"a\"}\n{\"N\":1,\"D\":2,\"loss\":3,\"set\":\"b\"}\n")]
    public async Task An_unknown_column_or_value_is_an_error_that_lists_what_there_is(string text)
    {
        var column = await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(text, where: ["subset=a"]));
        Assert.Contains("has no column 'subset' to filter on. Columns found: N, D, loss, set.", column.Message, StringComparison.Ordinal);
        var value = await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(text, where: ["set=c"]));
        Assert.Contains("no usable row among 2. 2 do not match set=c (set holds a, b, …).", value.Message, StringComparison.Ordinal);
    }
}
