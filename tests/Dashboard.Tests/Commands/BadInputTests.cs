using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>Whatever a user's file looks like, the commands say what is wrong with it and where.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = """
        run,parameters,tokens,loss
        a,1e8,1e10,3.2
        b,2e8,1e10,3.0
        c,4e8,2e10,2.8
        d,8e8,2e10,2.7
        e,1e9,4e10,2.6
        f,2e9,5e9,2.75
        g,4e9,1e11,2.35

        """;

    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[], string> UnusableFiles() => new()
    {
        { "empty.csv", [], "is empty" },
        { "blank.csv", "  \n\n"u8.ToArray(), "is empty" },
        { "picture.csv", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13], "PNG picture" },
        { "header.csv", "parameters,tokens,loss\n"u8.ToArray(), "header but no rows" },
        { "noloss.csv", "parameters,tokens,accuracy\n1e9,1e10,0.5\n"u8.ToArray(), "loss" },
        { "nosize.csv", "tokens,loss\n1e10,2.5\n"u8.ToArray(), "parameters" },
        { "nodata.csv", "parameters,loss\n1e9,2.5\n"u8.ToArray(), "tokens" },
        { "twice.csv", "parameters,tokens,loss,loss\n1e9,1e10,2.5,2.6\n"u8.ToArray(), "several columns of the same name" },
        { "words.csv", "parameters,tokens,loss\n1e9,1e10,low\n"u8.ToArray(), "'low' is not a number" },
        { "page.csv", "<html><body>Log in</body></html>"u8.ToArray(), "web page" },
        { "array.json", "[{\"parameters\": 1e9}]"u8.ToArray(), "JSON array" },
        { "binary.csv", [1, 0, 2, 0, 3, 0, 255, 254], "NUL" },
    };

    [Theory]
    [MemberData(nameof(UnusableFiles))]
    public async Task An_unusable_file_is_refused_by_every_command(string name, byte[] content, string words)
    {
        var file = _folder.Write(name, content);
        (await CommandFolder.RunAsync("fit", "--input", file)).IsRefused(2, name, words);
        (await CommandFolder.RunAsync("isoflop", "--input", file, "--json")).IsRefused(2, name, words);
        (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store)).IsRefused(2, name, words);
        Assert.False(File.Exists(_folder.Store));
    }

    [Theory]
    [InlineData("loss", "1e9,1e10,6e19,many", "'many' is not a number")]
    [InlineData("loss", "1e9,1e10,6e19,NaN", "not a finite number")]
    [InlineData("loss", "1e9,1e10,6e19,Infinity", "not a finite number")]
    [InlineData("loss", "1e9,1e10,6e19,-2.5", "not above zero")]
    [InlineData("loss", "1e9,1e10,6e19,0", "not above zero")]
    [InlineData("loss", "1e9,1e10,6e19,", "is empty")]
    [InlineData("loss", "1e9,1e10,6e19,\"2,5\"", "decimal comma")]
    [InlineData("parameters", "big,1e10,6e19,2.5", "'big' is not a number")]
    [InlineData("parameters", "nan,1e10,6e19,2.5", "not a finite number")]
    [InlineData("parameters", "-1e9,1e10,6e19,2.5", "not above zero")]
    [InlineData("parameters", "0,1e10,6e19,2.5", "not above zero")]
    [InlineData("parameters", "\"1,234\",1e10,6e19,2.5", "thousands separator; remove it (1234)")]
    [InlineData("tokens", "1e9,lots,6e19,2.5", "'lots' is not a number")]
    [InlineData("tokens", "1e9,-inf,6e19,2.5", "not a finite number")]
    [InlineData("tokens", "1e9,0,6e19,2.5", "not above zero")]
    [InlineData("flops", "1e9,1e10,much,2.5", "'much' is not a number")]
    [InlineData("flops", "1e9,1e10,-6e19,2.5", "not above zero")]
    [InlineData("flops", "1e9,1e10,1e400,2.5", "not a finite number")]
    public async Task A_bad_cell_is_named_and_its_row_left_out_or_refused(string column, string row, string words)
    {
        var rows = Good.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..].Split(','))
            .Select(cells => $"{cells[0]},{cells[1]},,{cells[2]}")
            .ToList();
        rows.Insert(3, row);
        var file = _folder.Write("cells.csv", $"parameters,tokens,flops,loss\n{string.Join('\n', rows)}\n");

        var lenient = await CommandFolder.RunAsync("fit", "--input", file, "--bootstrap", "0", "--json");
        var report = lenient.Json();
        Assert.Equal(7, report.GetProperty("points").GetInt32());
        var excluded = Assert.Single(report.GetProperty("excluded").EnumerateArray());
        Assert.Equal(5, excluded.GetProperty("line").GetInt32());
        foreach (var text in new[] { excluded.GetProperty("reason").GetString()!, lenient.Error })
        {
            Assert.Contains($"column {column}", text, StringComparison.Ordinal);
            Assert.Contains(words, text, StringComparison.Ordinal);
        }

        (await CommandFolder.RunAsync("fit", "--input", file, "--strict")).IsRefused(2, "cells.csv", "line 5", $"column {column}", words);
        (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store, "--strict")).IsRefused(2, "cells.csv", "line 5", $"column {column}", words);
    }

    [Fact]
    public async Task Numbers_as_people_write_them_are_numbers()
    {
        var plain = _folder.Write("plain.csv", Good);
        var written = _folder.Write("written.csv", Good.Replace("1e8,1e10", "100M,10B", StringComparison.Ordinal).Replace("1e9,4e10", "1B,0.04T", StringComparison.Ordinal).Replace("4e9,1e11", "4000000000,100 B", StringComparison.Ordinal));
        Assert.Equal(
            (await CommandFolder.RunAsync("fit", "--input", plain, "--bootstrap", "0", "--json")).Json().GetProperty("parameters").GetRawText(),
            (await CommandFolder.RunAsync("fit", "--input", written, "--bootstrap", "0", "--json")).Json().GetProperty("parameters").GetRawText());
    }

    [Fact]
    public async Task Flops_that_contradict_6ND_are_flagged_and_kept()
    {
        var file = _folder.Write("flops.csv", "run,parameters,tokens,flops,loss\na,1e9,1e10,6e19,2.5\nb,1e9,1e10,6e20,2.6\nc,1e9,2e10,1.3e20,2.4\n");
        var runs = (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store, "--dry-run", "--json")).Json().GetProperty("runs");
        Assert.Equal([0, 1, 0], runs.EnumerateArray().Select(run => run.GetProperty("flags").GetArrayLength()));
        Assert.Contains("contradict 6·N·D by 10×", runs[1].GetProperty("flags")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_of_one_name_stay_two_runs()
    {
        var file = _folder.Write("names.csv", "run,parameters,tokens,loss\na,1e9,1e10,2.5\na,1e9,1e10,2.6\na,2e9,1e10,2.4\n");
        var runs = (await CommandFolder.RunAsync("import", file, "--project", "p", "--store", _folder.Store, "--json")).Json().GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(["a", "a (2)", "a (3)"], runs.Select(run => run.GetProperty("name").GetString()));
        Assert.Contains("same name", runs[1].GetProperty("flags")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_losses_are_not_identifiable()
    {
        var file = _folder.Write("equal.csv", string.Join('\n', Good.Split('\n').Select((line, i) => i > 0 && line.Length > 0 ? line[..line.LastIndexOf(',')] + ",2.5" : line)));
        var report = (await CommandFolder.RunAsync("fit", "--input", file, "--bootstrap", "20", "--json")).Json();
        Assert.Equal("not_identifiable", report.GetProperty("status").GetString());
        Assert.Contains("all losses are equal", report.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_budget_has_an_optimum_but_no_exponent()
    {
        var file = _folder.Write("one.csv", "parameters,flops,loss\n2.5e8,6e18,3.1\n5e8,6e18,3.0\n1e9,6e18,3.05\n2e9,6e18,3.2\n");
        var outcome = await CommandFolder.RunAsync("isoflop", "--input", file, "--bootstrap", "20", "--json");
        var report = outcome.Json();
        Assert.Equal("too_few_points", report.GetProperty("status").GetString());
        Assert.Equal("null", report.GetProperty("exponents").GetProperty("a").GetRawText());
        Assert.Equal("null", report.GetProperty("predictions")[0].GetProperty("parameters").GetRawText());
        Assert.Equal("converged", Assert.Single(report.GetProperty("budgets").EnumerateArray()).GetProperty("status").GetString());
        Assert.Contains("only one budget", report.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await CommandFolder.RunAsync("isoflop", "--input", file, "--bootstrap", "20")).Exit);
    }

    [Fact]
    public async Task Fewer_points_than_parameters_are_refused()
    {
        var file = _folder.Write("few.csv", string.Join('\n', Good.Split('\n').Take(5)) + "\n");
        (await CommandFolder.RunAsync("fit", "--input", file)).IsRefused(2, "4 usable rows", "E, A, B, alpha and beta");
        (await CommandFolder.RunAsync("fit", "--input", file, "--json")).IsRefused(2, "4 usable rows");
        (await CommandFolder.RunAsync("isoflop", "--input", file, "--approach", "3")).IsRefused(2, "4 usable rows");
        (await CommandFolder.RunAsync("isoflop", "--input", file, "--approach", "2")).IsRefused(2, "three different sizes");
        (await CommandFolder.RunAsync("isoflop", "--input", file, "--approach", "1")).IsRefused(2, "training curves");
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_a_folder_is_refused()
    {
        (await CommandFolder.RunAsync("fit", "--input", _folder.At("none.csv"))).IsRefused(2, "none.csv");
        (await CommandFolder.RunAsync("fit", "--input", _folder.Path)).IsRefused(2, "is a folder");
        (await CommandFolder.RunAsync("import", _folder.At("none.csv"), "--project", "p", "--store", _folder.Store)).IsRefused(2, "none.csv");
        (await CommandFolder.RunAsync("import", _folder.Path, "--project", "p", "--store", _folder.Store)).IsRefused(2, "no csv, tsv or jsonl file");
        Assert.False(File.Exists(_folder.Store));
    }

    [Fact]
    public async Task One_bad_file_among_several_leaves_the_store_alone()
    {
        _folder.Write("tables/a.csv", Good);
        _folder.Write("tables/b.csv", Encoding.UTF8.GetBytes("parameters,tokens,loss\n"));
        (await CommandFolder.RunAsync("import", _folder.At("tables"), "--project", "p", "--store", _folder.Store)).IsRefused(2, "b.csv");
        Assert.False(File.Exists(_folder.Store));
    }
}
