using System.Text.RegularExpressions;
using ScalingDashboard.Browser.Tests.Harness;
using static Microsoft.Playwright.Assertions;

namespace ScalingDashboard.Browser.Tests.Journeys;

/// <summary>Folders, and tables pasted as Markdown.</summary>
public sealed class FolderJourneys(DashboardFixture dashboard) : BrowserTest<DashboardFixture>(dashboard)
{
    [SkippableFact]
    public Task A_folder_is_one_preview_and_one_import() => BrowseAsync(async visit =>
    {
        var folder = Directory.CreateTempSubdirectory("folder-journey-");
        try
        {
            foreach (var (path, content) in new[]
            {
                ("exp/small-70M/metrics.csv", "epoch,step,train_loss\n0,10,4\n0,20,3.5\n"),
                ("exp/small-70M/hparams.yaml", "lr: 0.001\noptimizer: adamw\n"),
                ("exp/large-160M/metrics.csv", "epoch,step,train_loss\n0,10,3.75\n0,20,3.25\n"),
                ("exp/large-160M/weights.bin", "not to be sent"),
                ("exp/.hidden/metrics.csv", "epoch,step,train_loss\n0,10,9\n0,20,9\n"),
            })
            {
                var file = Path.Combine(folder.FullName, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, content);
            }

            await visit.OpenAsync("/import?project=folder");
            await visit.Page.Locator(".upload-box[data-interactive]").WaitForAsync();
            await visit.Page.Locator("[data-folder]").SetInputFilesAsync(Path.Combine(folder.FullName, "exp"));

            await Expect(visit.Answer).ToContainTextAsync("2 runs ready to import (from exp.zip)", new() { Timeout = 60_000 });
            await Expect(visit.Page.Locator("#runs")).ToContainTextAsync("exp/small-70M");
            await Expect(visit.Page.Locator("#runs")).ToContainTextAsync("adamw");
            await visit.Page.GetByLabel("Tokens a step").FillAsync("500K");
            await visit.Page.GetByLabel("Tokens a step").PressAsync("Enter");
            await Expect(visit.Page).ToHaveURLAsync(new Regex("per_step=500000"), new() { Timeout = 60_000 });
            await visit.Page.GetByLabel("Take the suggested parameter counts").CheckAsync();
            await Expect(visit.Page.Locator("#missing")).Not.ToContainTextAsync("no parameter count", new() { Timeout = 60_000 });
            await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Import 2 runs" }).ClickAsync();
            await Expect(visit.Answer).ToContainTextAsync("2 runs added to folder", new() { Timeout = 60_000 });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    [SkippableFact]
    public Task A_pasted_Markdown_table_is_imported() => BrowseAsync(async visit =>
    {
        await visit.OpenAsync("/import?project=markdown");
        await visit.Page.Locator(".upload-box[data-interactive]").WaitForAsync();
        await visit.Page.GetByText("Or paste a table").ClickAsync();
        await visit.Page.GetByLabel("Table to import").FillAsync("Our runs:\n\n| run | N | D | loss |\n|---|--:|--:|--:|\n| a | 70M | 1.4B | 3.92 |\n| b | 160M | 3.2B | 3.51 |\n");
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Read this table" }).ClickAsync();

        await Expect(visit.Answer).ToContainTextAsync("2 runs ready to import", new() { Timeout = 60_000 });
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Import 2 runs" }).ClickAsync();
        await Expect(visit.Answer).ToContainTextAsync("2 runs added to markdown", new() { Timeout = 60_000 });
    });
}
