using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Runs;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Fit;

public sealed class SavedFitDocumentTests
{
    [Fact]
    public void A_document_is_read_back_as_it_was_saved()
    {
        var document = Document() with { Objective = double.NaN };

        var read = SavedFitDocument.Of(document.Saved());

        AssertSame(document, read);
        Assert.Equal(document.Draws, read.Draws);
    }

    [Fact]
    public void A_list_has_no_draws_and_everything_else()
    {
        var saved = Document().Saved(withDraws: false);

        var read = SavedFitDocument.Of(saved);

        Assert.Null(read.Draws);
        AssertSame(Document(), read);
        Assert.DoesNotContain("draws\":[", saved.Report, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_are_those_of_the_reports()
    {
        var fit = Document().ToNewFit("x", null, "?a=1");

        var root = JsonDocument.Parse(fit.Report).RootElement;
        Assert.Equal(
            ["law", "method", "status", "points", "parameters", "exponents", "objective", "bootstrap", "seed", "warnings", "excluded", "runs", "run_ids", "provenance"],
            root.EnumerateObject().Select(field => field.Name));
        Assert.Equal("alpha", root.GetProperty("parameters")[1].GetProperty("key").GetString());
        Assert.Equal(0.33, root.GetProperty("parameters")[1].GetProperty("interval").GetProperty("low80").GetDouble());
        Assert.Equal("loss spike", root.GetProperty("excluded")[0].GetProperty("reason").GetString());
        Assert.Equal("aa", root.GetProperty("provenance").GetProperty("input_sha256").GetString());
        Assert.Equal("[[1.81,0.341],[1.79,0.30000000000000004]]", fit.Draws);
        Assert.Equal(("chinchilla", "huber", 72, "converged", "aa", 7, "1.0.0"), (fit.Law, fit.Method, fit.Points, fit.Status, fit.InputSha256, fit.Seed, fit.CodeVersion));
    }

    [Fact]
    public void Five_hundred_draws_and_five_thousand_runs_are_kept_and_fit_into_the_store()
    {
        var document = Document() with
        {
            Draws = [.. Enumerable.Range(0, 1000).Select(i => new[] { 1.0 / (i + 3), Math.PI * i })],
            RunIds = [.. Enumerable.Range(0, 5000).Select(i => "id" + i.ToString(CultureInfo.InvariantCulture))],
        };

        Assert.Equal(500, document.Draws.Count);
        Assert.Equal(5000, document.RunIds.Count);
        Assert.Null((document with { RunIds = [.. document.RunIds, "one more"] }).RunIds);
        var fit = document.ToNewFit("x", null, "");
        Assert.InRange(fit.Report.Length + fit.Draws.Length, 1, SavedFit.MaximumBytes);
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        var saved = Document().Saved();
        var later = saved with { Report = saved.Report.Insert(1, "\"later\":{\"a\":[1]},") };

        AssertSame(Document(), SavedFitDocument.Of(later));
    }

    [Theory]
    [InlineData("", "[]")]
    [InlineData("null", "[]")]
    [InlineData("{}", "[]")]
    [InlineData("{\"law\":", "[]", " at $.law")]
    [InlineData("[]", "[]")]
    [InlineData(null, "null")]
    [InlineData(null, "[[1.8]]")]
    [InlineData(null, "[null]")]
    [InlineData(null, "[[1.8,\"x\"]]", " at $[0][1]")]
    public void A_damaged_document_is_named_with_what_to_do(string? report, string draws, string where = "")
    {
        var saved = Document().Saved(name: "baseline", version: 3);

        var failure = Assert.Throws<StoreException>(() => SavedFitDocument.Of(saved with { Report = report ?? saved.Report, Draws = draws }));

        Assert.StartsWith("The saved fit “baseline”, version 3, is damaged" + where, failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("Restore the latest backup, or delete it and save it again from its page.", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.InnerException);
    }

    [Theory]
    [InlineData("\"law\":\"chinchilla\"", "\"law\":null")]
    [InlineData("\"points\":72,", "")]
    [InlineData("\"value\":1.8,", "")]
    [InlineData("\"low80\":1.78,", "")]
    public void A_missing_field_is_damage(string text, string replacement)
    {
        var saved = Document().Saved();
        Assert.Contains(text, saved.Report, StringComparison.Ordinal);

        Assert.Throws<StoreException>(() => SavedFitDocument.Of(saved with { Report = saved.Report.Replace(text, replacement, StringComparison.Ordinal) }));
    }

    [Fact]
    public void A_damaged_fit_keeps_its_place_in_the_list()
    {
        var entry = SavedFitEntry.Of(Document().Saved() with { Report = "x" });
        Assert.Null(entry.Document);
        Assert.Contains("damaged", entry.Problem, StringComparison.Ordinal);
        Assert.Empty(entry.KeyNumbers);
        Assert.Equal("baseline v1", entry.Label);
    }

    [Fact]
    public void Key_numbers_are_the_exponents_or_else_the_first_coefficients()
    {
        Assert.Equal(["a"], SavedFitEntry.Of(Document().Saved()).KeyNumbers.Select(number => number.Key));
        Assert.Equal(["E", "alpha"], SavedFitEntry.Of((Document() with { Exponents = [] }).Saved()).KeyNumbers.Select(number => number.Key));
    }

    private static void AssertSame(SavedFitDocument expected, SavedFitDocument actual)
    {
        Assert.Equal(
            (expected.Law, expected.Method, expected.Status, expected.Points, expected.Objective, expected.Bootstrap, expected.Seed, expected.Runs),
            (actual.Law, actual.Method, actual.Status, actual.Points, actual.Objective, actual.Bootstrap, actual.Seed, actual.Runs));
        Assert.Equal(expected.Numbers, actual.Numbers);
        Assert.Equal(expected.Parameters.Count, actual.Parameters.Count);
        Assert.Equal(expected.Warnings, actual.Warnings);
        Assert.Equal(expected.Excluded, actual.Excluded);
        Assert.Equal(expected.RunIds, actual.RunIds);
        Assert.Equal((expected.Provenance.InputSha256, expected.Provenance.Version), (actual.Provenance.InputSha256, actual.Provenance.Version));
        Assert.Equal(expected.Provenance.Options, actual.Provenance.Options);
    }
}
