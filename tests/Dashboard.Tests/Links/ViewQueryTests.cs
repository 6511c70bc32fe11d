using ScalingDashboard.Dashboard.Links;

namespace ScalingDashboard.Dashboard.Tests.Links;

public sealed class ViewQueryTests
{
    private enum Approach { Envelope, Parabolas, Parametric }

    [Fact]
    public void Defaults_are_left_out() =>
        Assert.Equal("", ViewQuery.Empty.With("c", 5.76e23, 5.76e23).With("x", "n", "n").With("k", 3, 3).With("log", true, true)
            .With("a", Approach.Parabolas, Approach.Parabolas).With("run", ["r1"], ["r1"]).ToString());

    [Fact]
    public void Values_are_written_in_order_and_invariantly() =>
        Assert.Equal(
            "?c=5.76e23&small=1.5e-7&k=-4&log=0&a=parametric&x=dn",
            ViewQuery.Empty.With("c", 5.76e23, 1).With("small", 1.5e-7).With("k", -4, 0).With("log", false, true)
                .With("a", Approach.Parametric, Approach.Parabolas).With("x", "dn", "n").ToString());

    [Theory]
    [InlineData("+ & = % #", "?q=%2B%20%26%20%3D%20%25%20%23")]
    [InlineData("\"quoted\" 'single' <b>", "?q=%22quoted%22%20%27single%27%20%3Cb%3E")]
    [InlineData("läuft 🚀", "?q=l%C3%A4uft%20%F0%9F%9A%80")]
    [InlineData("a/b?c;d,e", "?q=a%2Fb%3Fc%3Bd%2Ce")]
    [InlineData("%2B", "?q=%252B")]
    public void Odd_characters_come_back(string text, string expected)
    {
        var query = ViewQuery.Empty.With("q", text).ToString();
        Assert.Equal(expected, query);
        Assert.Equal(text, ViewQuery.Parse(query).Text("q"));
    }

    [Fact]
    public void Odd_keys_come_back()
    {
        var query = ViewQuery.Empty.With("a=b&c", "1").ToString();
        Assert.Equal("?a%3Db%26c=1", query);
        Assert.Equal("1", ViewQuery.Parse(query).Text("a=b&c"));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-123456.789)]
    [InlineData(5.7612345678901234e23)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    public void Numbers_come_back_exactly(double value) =>
        Assert.Equal(value, ViewQuery.Parse(ViewQuery.Empty.With("v", value).ToString()).Number("v", 1));

    [Fact]
    public void Not_finite_numbers_are_left_out() =>
        Assert.Equal("", ViewQuery.Empty.With("a", double.NaN).With("b", double.PositiveInfinity).With("c", (double?)null).ToString());

    [Fact]
    public void Ids_are_joined_as_far_as_a_value_goes()
    {
        Assert.Equal("?runs=1.2.z", ViewQuery.Empty.WithIds("runs", ["1", "2", "z"]).ToString());
        Assert.Equal("", ViewQuery.Empty.WithIds("runs", []).ToString());
        Assert.Equal(["1", "2", "3"], ViewQuery.Parse("?runs=1..2&x=9&runs=2.3.").Ids("runs", 10));
        Assert.Equal(["1", "2"], ViewQuery.Parse("?runs=1.2.3").Ids("runs", 2));
        string[] many = [.. Enumerable.Range(0, 200).Select(i => $"run{i}")];
        var query = ViewQuery.Empty.WithIds("runs", many).ToString();
        Assert.True(query.Split("runs=").Length > 2);
        Assert.All(query.Split("runs=")[1..], value => Assert.True(value.TrimEnd('&').Length <= ViewQuery.MaximumValueLength));
        Assert.Equal(many, ViewQuery.Parse(query).Ids("runs", 1000));
    }

    [Fact]
    public void Lists_repeat_their_key()
    {
        var query = ViewQuery.Empty.With("run", ["a,b", "c", "d e"], []).With("x", "n").ToString();
        Assert.Equal("?run=a%2Cb&run=c&run=d%20e&x=n", query);
        Assert.Equal(["a,b", "c", "d e"], ViewQuery.Parse(query).List("run", []));
    }

    [Fact]
    public void An_empty_list_differs_from_an_absent_one()
    {
        var query = ViewQuery.Empty.With("approach", [], ["2", "3"]).ToString();
        Assert.Equal("?approach=", query);
        Assert.Empty(ViewQuery.Parse(query).List("approach", ["2", "3"]));
        Assert.Equal(["2", "3"], ViewQuery.Parse("").List("approach", ["2", "3"]));
    }

    [Fact]
    public void Lists_drop_repetitions_and_stop_at_the_limit() =>
        Assert.Equal(["a", "b"], ViewQuery.Parse("?r=a&r=a&r=b&r=c").List("r", [], maximumCount: 2));

    [Fact]
    public void The_first_of_duplicates_counts() => Assert.Equal("1", ViewQuery.Parse("?a=1&a=2").Text("a"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?&&=&=1&c")]
    [InlineData("?c=abc&k=1.5&log=yes&a=none&x=")]
    [InlineData("?c=NaN&k=99999999999&log=2&a=7&x")]
    [InlineData("?c=%E0%A4%A&k=%zz&log=%&a=%00")]
    [InlineData("?c=1e999&k=0x10&log=&a=-1")]
    [InlineData("?c=1000&k=1000")]
    public void What_cannot_be_read_takes_its_default(string? text)
    {
        var query = ViewQuery.Parse(text);
        Assert.Equal(7.0, query.Number("c", 7, 1, 100));
        Assert.Equal(3, query.WholeNumber("k", 3, 1, 10));
        Assert.True(query.Flag("log", true));
        Assert.Equal(Approach.Parabolas, query.Choice("a", Approach.Parabolas));
        Assert.Equal("n", query.Text("x", "n"));
        Assert.Null(query.NumberOrNull("c", 1, 100));
    }

    [Theory]
    [InlineData("?c=70B", 70e9)]
    [InlineData("?c=5.76e23+FLOP", 5.76e23)]
    [InlineData("c=1.4T", 1.4e12)]
    public void People_may_type_into_the_address(string text, double expected) =>
        Assert.Equal(expected, ViewQuery.Parse(text).Number("c", 1));

    [Fact]
    public void Choices_ignore_case() => Assert.Equal(Approach.Envelope, ViewQuery.Parse("?a=EnVelope").Choice("a", Approach.Parametric));

    [Fact]
    public void The_written_length_is_capped_at_whole_pairs()
    {
        var query = ViewQuery.Empty.With("r", [.. Enumerable.Range(0, 500).Select(i => $"run-{i:000}-with-a-name")], []).ToString();
        Assert.InRange(query.Length, ViewQuery.MaximumLength - 30, ViewQuery.MaximumLength);
        Assert.EndsWith("-with-a-name", query, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_too_long_is_neither_written_nor_read()
    {
        var text = new string('a', ViewQuery.MaximumValueLength + 1);
        Assert.Equal("?b=1", ViewQuery.Empty.With("a", text).With("b", "1").ToString());
        Assert.Equal("none", ViewQuery.Parse("?a=" + text).Text("a", "none"));
        Assert.Equal("1", ViewQuery.Parse($"?b=1&a={new string('a', 1_000_000)}").Text("b"));
    }

    [Fact]
    public void One_class_builds_the_addresses()
    {
        Assert.Equal("/runs?q=a%20%2B%20b", PageUrls.For(PageUrls.Runs, new Search("a + b")));
        Assert.Equal("/runs", PageUrls.For(PageUrls.Runs, new Search("")));
    }

    private sealed record Search(string Text) : IViewState<Search>
    {
        public ViewQuery ToQuery() => ViewQuery.Empty.With("q", Text);

        public static Search FromQuery(ViewQuery query) => new(query.Text("q"));
    }
}
