using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>Uploads that break off, and runs that train while they are looked at.</summary>
public sealed class WaysInJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    private const int Piece = 4 * 1024 * 1024;

    [SkippableFact]
    public Task An_interrupted_upload_goes_on_after_a_reload_and_a_restart_of_the_server() => BrowseAsync(async visit =>
    {
        // What the browser writes down when a request is cut off.
        visit.Allow("ERR_FAILED");
        var text = new StringBuilder("run,parameters,tokens,loss,pad\n");
        for (var i = 0; i < 400; i++)
            text.Append(CultureInfo.InvariantCulture, $"run {i},1e8,{i + 1}e8,{4 - i * 0.001},{new string('x', 24_000)}\n");
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        var file = Dashboard.TemporaryFile("long sweep.csv", bytes);
        var offsets = new ConcurrentQueue<string>();
        visit.Page.Request += (_, request) =>
        {
            if (request.Method == "PATCH")
                offsets.Enqueue(request.Url[(request.Url.IndexOf("offset=", StringComparison.Ordinal) + 7)..]);
        };

        // The first piece gets through, then nothing.
        await visit.Page.RouteAsync("**/api/v1/uploads/**", route => offsets.Count > 1 ? route.AbortAsync() : route.ContinueAsync());
        await OpenBoxAsync(visit);
        await visit.Page.Locator("[data-picker]").SetInputFilesAsync(file);
        await Expect(visit.Page.Locator("[data-status]")).ToContainTextAsync("The connection is lost; 4.19 MB of long sweep.csv are stored. Trying again");
        Assert.Equal(["0", $"{Piece}"], offsets.Take(2));

        // Left first: the page would go on by itself as soon as it could.
        await visit.Page.GotoAsync("about:blank");
        await Dashboard.RestartAsync();
        await visit.Page.UnrouteAsync("**/api/v1/uploads/**");
        await OpenBoxAsync(visit);
        await Expect(visit.Page.Locator("[data-unfinished]")).ToContainTextAsync("“long sweep.csv” was not sent in full: 4.19 MB of 9.61 MB are stored. Choose the same file to go on from there.");
        offsets.Clear();
        await visit.Page.Locator("[data-picker]").SetInputFilesAsync(file);

        await Expect(visit.Answer).ToContainTextAsync("400 runs ready to import");
        Assert.Equal($"{Piece}", offsets.First());
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Import 400 runs" }).ClickAsync();
        await Expect(visit.Answer.First).ToContainTextAsync("400 runs added to resumed");
        var runs = await RunsAsync(visit, "resumed");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), runs[0].GetProperty("sha256").GetString());
        await OpenBoxAsync(visit);
        await Expect(visit.Page.Locator("[data-unfinished]")).ToBeHiddenAsync();
    });

    [SkippableFact]
    public Task A_run_posted_by_a_program_grows_on_the_open_page() => BrowseAsync(async visit =>
    {
        var token = (await ServerProcess.RunCommandAsync("token", "create", "--project", "live", "--store", Dashboard.StorePath)).Trim();
        await AppendAsync(visit, token, "{\"config\":{\"parameters\":124e6}}\n{\"step\":1,\"loss\":3.75,\"tokens\":1e9}\n");
        await visit.OpenAsync("/runs?project=live");
        await Expect(visit.Answer).ToContainTextAsync("1 run of 1 counts");
        await Expect(visit.Page.GetByText("3.75", new() { Exact = true })).ToBeVisibleAsync();

        await AppendAsync(visit, token, "{\"step\":2,\"loss\":3.25,\"tokens\":2e9}\n");
        await Expect(visit.Page.GetByText("3.25", new() { Exact = true })).ToBeVisibleAsync();
        await AppendAsync(visit, token, "{\"step\":3,\"loss\":2.875,\"tokens\":3e9}\n");
        await Expect(visit.Page.GetByText("2.875", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("3.75", new() { Exact = true })).ToHaveCountAsync(0);

        await visit.OpenAsync("/curves?project=live");
        var before = await visit.PlotAsync("loss", plot => plot.Has("gpt/124M") && plot.Trace("gpt/124M").X.Length == 3);
        await AppendAsync(visit, token, "{\"step\":4,\"loss\":2.5,\"tokens\":4e9}\n{\"step\":5,\"loss\":2.25,\"tokens\":5e9}\n");
        var after = await visit.PlotAsync("loss", plot => plot.Trace("gpt/124M").X.Length == 5);
        Assert.Equal([.. before.Trace("gpt/124M").Y, 2.5, 2.25], after.Trace("gpt/124M").Y);
        await Expect(visit.Answer).ToContainTextAsync("2.25");

        await ServerProcess.RunCommandAsync("token", "revoke", token.Split('_')[1], "--store", Dashboard.StorePath);
        Assert.Equal(401, await AppendAsync(visit, token, "{\"step\":6,\"loss\":1}\n"));
        Assert.Equal(5, (await RunsAsync(visit, "live"))[0].GetProperty("points").GetInt32());
    });

    private static async Task OpenBoxAsync(Visit visit)
    {
        await visit.OpenAsync("/import?project=resumed");
        await visit.Page.Locator(".upload-box[data-interactive]").WaitForAsync();
    }

    private async Task<int> AppendAsync(Visit visit, string token, string lines)
    {
        var answer = await visit.Page.APIRequest.PostAsync(
            new Uri(Dashboard.Address, "/api/v1/projects/live/runs/gpt%2F124M/append").AbsoluteUri,
            new() { DataByte = Encoding.UTF8.GetBytes(lines), Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + token, ["Content-Type"] = "application/x-ndjson" } });
        return answer.Status;
    }

    private async Task<JsonElement[]> RunsAsync(Visit visit, string project)
    {
        var response = await visit.Page.APIRequest.GetAsync(new Uri(Dashboard.Address, $"/api/v1/projects/{project}/runs").AbsoluteUri);
        using var document = JsonDocument.Parse(await response.BodyAsync());
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }
}
