using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>From files to runs: nothing is stored before it was looked at. Each test has a project of its own.</summary>
public sealed class UploadJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    // A column nobody would recognise, and three rows that cannot be used.
    private const string Sweep =
        "experiment,width_of_model,tokens,final_loss,optimizer\n"
        + "a-70M,70e6,1.4e9,3.92,adamw\n"
        + "b-160M,160e6,3.2e9,3.51,adamw\n"
        + "c-410M,410e6,not a number,3.02,adamw\n"
        + "d-1B,1.0e9,2.0e10,2.71,lion\n"
        + "e-1.4B,1.4e9,2.8e10,,lion\n"
        + "f-2.8B,2.8e9,5.6e10,2.45,lion\n"
        + "g-6.9B,-6.9e9,1.4e11,2.30,lion\n"
        + "h-12B,12e9,2.4e11,2.16,lion\n";

    [SkippableFact]
    public Task The_OLMo_ladder_becomes_eighteen_runs_with_the_suggested_sizes() => BrowseAsync(async visit =>
    {
        var readme = Repository.Reference("logs/README.md");
        Skip.If(readme is null, Repository.NoReference);
        var files = Directory.GetFiles(Path.Combine(Path.GetDirectoryName(readme)!, "olmo-ladder"), "*.csv").Order(StringComparer.Ordinal).ToArray();
        await OpenBoxAsync(visit, "/import?project=ladder");
        await visit.Page.Locator("[data-picker]").SetInputFilesAsync(files);
        await Expect(visit.Page).ToHaveURLAsync(new Regex("staged="));

        await Expect(visit.Page.Locator("#missing")).ToContainTextAsync("no parameter count: needed for IsoFLOP");
        await visit.Page.GetByLabel("Take the suggested parameter counts").CheckAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("accept="));
        await Expect(visit.Page.Locator("#missing")).Not.ToContainTextAsync("no parameter count");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import all 18 files" }).ClickAsync();
        await Expect(visit.Answer.First).ToContainTextAsync("18 runs added to ladder");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "See the IsoFLOP curves" }).ClickAsync();
        await Expect(visit.Page).ToHaveURLAsync(new Regex("isoflop"));
        var runs = await RunsAsync(visit, "ladder");
        Assert.Equal(18, runs.Length);
        Assert.All(runs, run => Assert.Contains(run.GetProperty("parameters").GetDouble(), new[] { 190e6, 370e6, 760e6 }));
        foreach (var approach in new[] { 1, 3 })
        {
            var answer = await visit.Page.APIRequest.GetAsync(new Uri(Dashboard.Address, $"/api/v1/projects/ladder/isoflop?approach={approach}&bootstrap=0").AbsoluteUri);
            Assert.Equal(200, answer.Status);
            Assert.True((await answer.JsonAsync())!.Value.GetProperty("exponents").GetProperty("a").GetDouble() > 0);
        }

        // Each size has lengths of its own, so no budget has three of them.
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("three different sizes");
        await visit.OpenAsync("/curves?project=ladder&x=tokens");
        var curves = await visit.PlotAsync("loss", plot => plot.X.Title == "Tokens D" && plot.Traces.Length == 18 && plot.Traces.All(trace => trace.X.Length > 30));
        Assert.All(curves.Traces, trace => Assert.True(trace.Y[0] > trace.Y[^1]));
    });

    [SkippableFact]
    public Task A_chosen_file_is_previewed_mapped_and_imported_once() => BrowseAsync(async visit =>
    {
        var project = "chosen";
        var bytes = Encoding.UTF8.GetBytes(Sweep);
        await ChooseAsync(visit, "sweep of mine.csv", bytes);

        await Expect(visit.Page.Locator(".error-panel b")).ToHaveTextAsync("Which column holds parameters?");
        await Expect(visit.Page.GetByLabel("Column of Loss")).ToHaveValueAsync("final_loss");
        await Expect(visit.Page.GetByLabel("Column of Tokens D")).ToHaveValueAsync("tokens");
        await visit.Page.GetByLabel("Column of Parameters N").SelectOptionAsync("width_of_model");
        await Expect(visit.Answer).ToContainTextAsync("5 runs ready to import (from 5 rows of sweep of mine.csv; 3 rows left out). Nothing is stored yet.");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("map="));
        var leftOut = visit.Page.Locator("#left-out tbody tr");
        await Expect(leftOut).ToHaveCountAsync(3);
        await Expect(leftOut.Nth(0)).ToContainTextAsync(new Regex("^4.*tokens.*not a number"));
        await Expect(leftOut.Nth(1)).ToContainTextAsync(new Regex("^6.*loss"));
        await Expect(leftOut.Nth(2)).ToContainTextAsync(new Regex("^8.*-6.9e9"));
        await visit.Page.GetByLabel("Column of Run", new() { Exact = true }).SelectOptionAsync("experiment");
        await Expect(visit.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^h-12B 12B 240B") })).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Project", new() { Exact = true }).FillAsync(project);
        await visit.Page.GetByLabel("Project", new() { Exact = true }).PressAsync("Tab");
        await Expect(visit.Page).ToHaveURLAsync(new Regex("project=" + project));
        Assert.DoesNotContain(await ProjectsAsync(visit), row => row.GetProperty("name").GetString() == project);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import 5 runs" }).DblClickAsync();
        await Expect(visit.Answer).ToContainTextAsync($"5 runs added to {project} (from sweep of mine.csv; 3 rows left out).");
        await Expect(visit.Page.Locator(".done")).ToHaveCountAsync(1);
        var runs = await RunsAsync(visit, project);
        Assert.Equal(["a-70M", "b-160M", "d-1B", "f-2.8B", "h-12B"], runs.Select(run => run.GetProperty("name").GetString()));
        Assert.Equal([2, 3, 5, 7, 9], runs.Select(run => run.GetProperty("line").GetInt32()));
        Assert.Equal("lion", runs[^1].GetProperty("config").GetProperty("optimizer").GetString());

        var sha256 = runs[0].GetProperty("sha256").GetString()!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), sha256);
        var file = await visit.Page.APIRequest.GetAsync(new Uri(Dashboard.Address, "/api/v1/files/" + sha256).AbsoluteUri);
        Assert.Equal(bytes, await file.BodyAsync());

        await ChooseAsync(visit, "the same again.csv", bytes, $"/import?project={project}");
        await visit.Page.GetByLabel("Column of Parameters N").SelectOptionAsync("width_of_model");
        await visit.Page.GetByLabel("Column of Run", new() { Exact = true }).SelectOptionAsync("experiment");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import 5 runs" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync($"This file is already in {project}: nothing was added");
        Assert.Equal(5, (await RunsAsync(visit, project)).Length);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "See the runs" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("5 runs of 5 count towards the fits");
    });

    [SkippableFact]
    public Task A_pasted_table_is_imported() => BrowseAsync(async visit =>
    {
        await OpenBoxAsync(visit, "/import?project=pasted");
        await visit.Page.GetByText("Or paste a table").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Read this table" }).ClickAsync();
        await Expect(visit.Page.GetByText("There is no text to read yet.")).ToBeVisibleAsync();
        // Longer than what fits through the circuit.
        var rows = Enumerable.Range(1, 2000).Select(i => FormattableString.Invariant($"run {i},{i}e6,{20 * i}e6,{4 - 0.0005 * i:F4}"));
        await visit.Page.GetByLabel("Table to import").FillAsync("run,parameters,tokens,loss\n" + string.Join('\n', rows));
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Read this table" }).ClickAsync();

        await Expect(visit.Answer).ToContainTextAsync(new Regex("2,?000 runs ready to import"));
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Import 2,?000 runs") }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("added to pasted");
        Assert.Equal(2000, (await RunsAsync(visit, "pasted")).Length);
    });

    [SkippableFact]
    public Task Dropped_files_wait_their_turn() => BrowseAsync(async visit =>
    {
        await OpenBoxAsync(visit, "/import?project=dropped");
        await visit.Page.EvaluateAsync("""
            () => {
              const data = new DataTransfer();
              data.items.add(new File(['run,params,D,loss\nleft,1e8,2e9,3.5\n'], 'one.csv'));
              data.items.add(new File(['{"run":"right","params":2e8,"D":4e9,"loss":3.2}\n'], 'two.jsonl'));
              document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
            }
            """);

        await Expect(visit.Answer).ToContainTextAsync("1 run ready to import (from 1 row of one.csv)");
        await Expect(visit.Page.GetByText("1 more file waiting.")).ToBeVisibleAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import all 2 files" }).ClickAsync();
        await Expect(visit.Page.Locator(".done")).ToHaveCountAsync(2);
        Assert.Equal(["left", "right"], (await RunsAsync(visit, "dropped")).Select(run => run.GetProperty("name").GetString()));
    });

    [SkippableFact]
    public Task A_discarded_upload_leaves_nothing() => BrowseAsync(async visit =>
    {
        await ChooseAsync(visit, "discard.csv", Encoding.UTF8.GetBytes("params,tokens,loss\n1e8,2e9,3.5\n"));
        await Expect(visit.Answer).ToContainTextAsync("1 run ready to import");
        var address = visit.Page.Url;
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(visit.Page.GetByText("Drop files or a folder here")).ToBeVisibleAsync();

        Assert.DoesNotContain(await ProjectsAsync(visit), row => row.GetProperty("name").GetString() == "discard");
        await visit.OpenAsync(address);
        await Expect(visit.Page.Locator(".error-panel b")).ToHaveTextAsync("This upload is no longer here");
    });

    [SkippableFact]
    public Task What_is_no_table_is_refused_in_words() => BrowseAsync(async visit =>
    {
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 0, 0, 1, 0, 0, 0, 1, 0, 8, 6, 0, 0, 0, 0xFF, 0xFE, 0];
        await ChooseAsync(visit, "figure.png", png);
        await Expect(visit.Page.Locator(".error-panel")).ToContainTextAsync(new Regex("cannot be read as a table.*figure.png.*Nothing was stored", RegexOptions.Singleline));
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Import") })).ToHaveCountAsync(0);

        await ChooseAsync(visit, "empty.csv", []);
        await Expect(visit.Page.Locator(".error-panel")).ToContainTextAsync(new Regex("cannot be read as a table.*empty.*Nothing was stored", RegexOptions.Singleline));

        await ChooseAsync(visit, "headless.csv", Encoding.UTF8.GetBytes("1e8,2e9,3.5\n2e8,4e9,3.2\n"));
        await Expect(visit.Page.Locator(".error-panel")).ToContainTextAsync("The first line seems to hold numbers instead of names");

        Assert.DoesNotContain(await ProjectsAsync(visit), row => row.GetProperty("name").GetString() is "figure" or "empty" or "headless");
    });

    [SkippableFact]
    public Task Bad_cells_of_a_long_file_are_named_by_line() => BrowseAsync(async visit =>
    {
        // Every seventh row of 300 has a cell that cannot be used, by turns of a different kind.
        string[] bad = ["", "NaN", "-1", "0", "3,2", "inf", "twelve"];
        var text = new StringBuilder("run,parameters,tokens,loss\n");
        for (var i = 0; i < 300; i++)
        {
            var loss = i % 7 == 3 ? $"\"{bad[i / 7 % bad.Length]}\"" : (3.5 - i * 0.003).ToString("F3", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"r{i},{1e7 * (1 + i)},{2e8 * (1 + i)},{loss}\n");
        }

        var expected = Enumerable.Range(0, 300).Where(i => i % 7 == 3).ToArray();
        await ChooseAsync(visit, "long.csv", Encoding.UTF8.GetBytes(text.ToString()));
        await Expect(visit.Answer).ToContainTextAsync($"{300 - expected.Length} runs ready to import");
        await Expect(visit.Answer).ToContainTextAsync($"{expected.Length} rows left out");
        await Expect(visit.Page.Locator(".warnings")).ToContainTextAsync($"{expected.Length} rows of 300 cannot be used and will not be imported.");
        var rows = visit.Page.Locator("#left-out tbody tr");
        await Expect(rows).ToHaveCountAsync(expected.Length);
        var shown = await rows.AllInnerTextsAsync();
        for (var k = 0; k < expected.Length; k++)
            Assert.StartsWith($"{expected[k] + 2}\t", shown[k], StringComparison.Ordinal);
        Assert.Contains(shown, row => row.Contains("twelve", StringComparison.Ordinal));

        await visit.Page.GetByText("Which and why").ClickAsync();
        await Expect(rows.First).ToBeInViewportAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = $"Import {300 - expected.Length} runs" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync($"{300 - expected.Length} runs added to long");
    });

    private static async Task ChooseAsync(Visit visit, string name, byte[] content, string address = "/import")
    {
        await OpenBoxAsync(visit, address);
        await visit.Page.Locator("[data-picker]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = content });
        await Expect(visit.Page).ToHaveURLAsync(new Regex("staged="));
    }

    private static async Task OpenBoxAsync(Visit visit, string address)
    {
        await visit.OpenAsync(address);
        await visit.Page.Locator(".upload-box[data-interactive]").WaitForAsync();
    }

    private async Task<JsonElement[]> ProjectsAsync(Visit visit) => await JsonAsync(visit, "/api/v1/projects");

    private async Task<JsonElement[]> RunsAsync(Visit visit, string project) => await JsonAsync(visit, $"/api/v1/projects/{project}/runs");

    private async Task<JsonElement[]> JsonAsync(Visit visit, string path)
    {
        var response = await visit.Page.APIRequest.GetAsync(new Uri(Dashboard.Address, path).AbsoluteUri);
        Assert.Equal(200, response.Status);
        using var document = JsonDocument.Parse(await response.BodyAsync());
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }
}
