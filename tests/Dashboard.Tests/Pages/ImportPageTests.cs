using AngleSharp.Dom;
using Bunit;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Pages;

public sealed class ImportPageTests : StoreTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_staged_file_is_previewed_and_nothing_is_stored()
    {
        var page = await OpenAsync(fileName: "my sweep.csv");

        Assert.Equal("2 runs ready to import (from 2 rows of my sweep.csv; 1 row left out). Nothing is stored yet.", page.Find(".answer").TextContent);
        Assert.Equal("my sweep", page.Find(".import-bar input").GetAttribute("value"));
        Assert.Equal(["CSV", "2", "2", "1.2e18–1.92e19", "2 FLOP values"], page.FindAll(".strip .v").Select(value => value.TextContent));
        Assert.Equal("parameters", Select(page, "Column of Parameters N").GetAttribute("value"));
        Assert.Equal(["3", "column loss: 'bad' is not a number; write it like 7000000000, 7e9 or 7B"], page.FindAll("#left-out td").Select(cell => cell.TextContent));
        Assert.Equal(["small", "large"], page.FindAll("section.preview:last-of-type tbody th").Select(cell => cell.TextContent));
        Assert.Contains("1 other column kept", page.Markup, StringComparison.Ordinal);
        Assert.Empty(await Temporary.Store.ProjectsAsync());
    }

    [Fact]
    public async Task Import_stores_the_runs_says_so_and_forgets_the_file()
    {
        var page = await OpenAsync();
        await page.InvokeAsync(() => page.Find(".import-bar input").Change(" My project "));

        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());

        page.WaitForElement(".done", s_patience);
        Assert.Equal("2 runs added to My project (from sweep.csv; 1 row left out).", page.Find(".done .answer").TextContent);
        Assert.Equal(["/isoflop?project=My%20project", "/runs?project=My%20project"], page.FindAll(".done a").Select(link => link.GetAttribute("href")));
        Assert.Equal(2, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
        Clock.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal("http://localhost/import", Address.Uri));
        Assert.NotEmpty(page.FindAll(".upload-box"));
    }

    [Fact]
    public async Task What_was_received_and_not_imported_is_offered_again()
    {
        await Temporary.StageAsync(TemporaryStore.Sweep, "sweep.csv");
        Address.NavigateTo(PageUrls.Import);
        var page = Render<ImportPage>();
        page.WaitForAssertion(() => Assert.Contains("Go on with sweep.csv", page.Find("#waiting").TextContent, StringComparison.Ordinal), s_patience);
        await Temporary.StageAsync("a,b\n1,2\n", "other.csv");

        Address.NavigateTo(page.Find("#waiting a").GetAttribute("href")!);
        page.WaitForElement(".import-bar .primary", s_patience);
        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());
        page.WaitForElement(".done", s_patience);
        Clock.Advance(TimeSpan.FromSeconds(1));
        // What is imported waits no longer.
        page.WaitForAssertion(() => Assert.Contains("Go on with other.csv", page.Find("#waiting").TextContent, StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public async Task A_double_click_imports_once()
    {
        var page = await OpenAsync();
        var button = page.Find(".import-bar .primary");

        // Both clicks are sent before the page is drawn again.
        await Task.WhenAll(button.ClickAsync(new()), button.ClickAsync(new()));

        Assert.Single(page.FindAll(".done"));
        Assert.Empty(page.FindAll(".error-panel"));
        Assert.Equal(2, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    [Fact]
    public async Task The_same_file_again_adds_nothing_and_says_so()
    {
        await Temporary.ImportAsync("p");
        var page = await OpenAsync("&project=p");
        Assert.Contains("They join the 2 runs of this project", page.Find(".import-bar").TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());

        page.WaitForElement(".done", s_patience);
        Assert.StartsWith("This file is already in p: nothing was added", page.Find(".done .answer").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    [Fact]
    public async Task Missing_columns_can_be_chosen_and_stand_in_the_address()
    {
        var page = await OpenAsync("&project=p", "size,tokens,valid\n1B,2e10,3\n2B,4e10,2.9\n");
        Assert.Equal("Which columns hold parameters and loss?", page.Find(".error-panel b").TextContent);
        Assert.Empty(page.FindAll(".import-bar .primary"));
        Assert.Equal(["Choose a column", "size", "tokens", "valid"], Select(page, "Column of Loss").QuerySelectorAll("option").Select(option => option.TextContent));

        await page.InvokeAsync(() => Select(page, "Column of Parameters N").Change("size"));
        page.WaitForAssertion(() => Assert.Equal("Which column holds loss?", page.Find(".error-panel b").TextContent), s_patience);
        await page.InvokeAsync(() => Select(page, "Column of Loss").Change("valid"));

        page.WaitForAssertion(() => Assert.StartsWith("2 runs ready", page.Find(".answer").TextContent, StringComparison.Ordinal), s_patience);
        Assert.EndsWith("&map=parameters%3Dsize%2Closs%3Dvalid", Address.Uri, StringComparison.Ordinal);

        // The address alone brings the same preview back.
        await DisposeComponentsAsync();
        var reloaded = Render<ImportPage>();
        reloaded.WaitForElement(".strip", s_patience);
        Assert.Equal("valid", Select(reloaded, "Column of Loss").GetAttribute("value"));
    }

    [Fact]
    public async Task A_run_key_takes_several_columns_and_a_quantity_can_be_switched_off()
    {
        var page = await OpenAsync(content: "parameters,tokens,loss,model,seed,budget\n1e8,2e9,3,a,1,1e18\n1e8,2e9,3,a,2,1e18\n");

        await page.InvokeAsync(() => Select(page, "Column of Run").Change("model"));
        page.WaitForAssertion(() => Assert.Equal("model", Select(page, "Column of Run").GetAttribute("value")), s_patience);
        await page.InvokeAsync(() => Select(page, "Further column of Run").Change("seed"));
        page.WaitForAssertion(() => Assert.Equal(["a · 1", "a · 2"], page.FindAll("section.preview:last-of-type tbody th").Select(cell => cell.TextContent)), s_patience);
        await page.InvokeAsync(() => Select(page, "Column of Budget, FLOP").Change(""));

        page.WaitForAssertion(() => Assert.EndsWith("&map=run%3Dmodel%2Bseed%2Cbudget%3Dnone", Address.Uri, StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public async Task Columns_that_make_no_row_usable_can_be_changed()
    {
        var page = await OpenAsync("&map=loss%3Doptimizer");

        Assert.Equal("sweep.csv cannot be imported like this", page.Find(".error-panel b").TextContent);
        Assert.Contains("column optimizer: 'adamw' is not a number", page.Find(".error-panel p").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => Select(page, "Column of Loss").Change("loss"));

        page.WaitForElement(".strip", s_patience);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("PK\u0003\u0004zip", "zip archive")]
    [InlineData("loss,loss\n1,2\n", "several columns of the same name")]
    public async Task What_is_no_table_is_said_and_can_be_discarded(string content, string words)
    {
        var page = await OpenAsync(content: content);

        Assert.Contains(words, page.Find(".error-panel").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("select"));
        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent == "Choose another file").Click());

        page.WaitForElement(".upload-box", s_patience);
    }

    [Fact]
    public async Task A_mapping_that_cannot_be_read_is_ignored_with_a_word()
    {
        var page = await OpenAsync("&map=speed%3Dloss");

        Assert.StartsWith("2 runs ready", page.Find(".answer").TextContent, StringComparison.Ordinal);
        Assert.Contains("unknown quantity 'speed'", page.Find(".warnings").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?staged=0123456789abcdef0123456789abcdef")]
    [InlineData("?staged=..%2F..%2Fdashboard.db")]
    public async Task An_upload_that_is_gone_is_said(string query)
    {
        Address.NavigateTo(PageUrls.Import + query);
        var page = Render<ImportPage>();

        page.WaitForAssertion(() => Assert.Equal("This upload is no longer here", page.Find(".error-panel b").TextContent), s_patience);
        await page.InvokeAsync(() => page.Find(".error-panel .primary").Click());
        page.WaitForElement(".upload-box", s_patience);
    }

    [Fact]
    public async Task Several_files_are_imported_one_after_the_other_or_together()
    {
        var ids = new List<string>();
        foreach (var number in (int[])[1, 2, 3])
            ids.Add((await Temporary.StageAsync($"parameters,tokens,loss\n1e8,{number}e9,3\n", $"part {number}.csv")).Id);
        Address.NavigateTo("/import?project=p");
        var page = Render<ImportPage>();
        await page.FindComponent<UploadBox>().Instance.StagedAsync([.. ids]);
        page.WaitForElement(".strip", s_patience);
        Assert.Contains("2 more files waiting.", page.Find(".import-bar").TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());
        page.WaitForAssertion(() => Assert.Contains("part 2.csv", page.FindAll(".answer")[^1].TextContent, StringComparison.Ordinal), s_patience);
        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent == "Import all 2 files").Click());

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".done").Count), s_patience);
        Assert.Equal(3, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    [Fact]
    public async Task A_bad_file_among_several_stops_there_and_is_shown()
    {
        var good = await Temporary.StageAsync();
        var bad = await Temporary.StageAsync("a,b\n1,2\n", "bad.csv");
        Address.NavigateTo($"/import?project=p&staged={good.Id}&staged={bad.Id}");
        var page = Render<ImportPage>();
        page.WaitForElement(".strip", s_patience);

        await page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent == "Import all 2 files").Click());

        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".error-panel b"), title => title.TextContent.StartsWith("Which columns hold", StringComparison.Ordinal)), s_patience);
        Assert.Single(page.FindAll(".done"));
        Assert.NotNull(Temporary.Store.FindStaged(bad.Id));
    }

    [Fact]
    public async Task A_log_says_what_it_lacks_and_a_suggestion_is_taken_by_a_tick()
    {
        var page = await OpenAsync("&project=p", "_step,train/loss,throughput/total_tokens\n10,4,1e9\n20,3,2e9\n", "base-70M.csv");
        Assert.Equal("1 run ready to import (from base-70M.csv). Nothing is stored yet.", page.Find(".answer").TextContent);
        Assert.Equal("W&B history", page.Find(".strip .v").TextContent);
        Assert.Contains("1 run: no parameter count: needed for IsoFLOP.", page.Find("#missing").TextContent, StringComparison.Ordinal);
        Assert.Equal(["70M", "“70M” in the name"], page.FindAll("#missing td").Select(cell => cell.TextContent));

        await page.InvokeAsync(() => page.Find("#missing input").Change(true));
        page.WaitForAssertion(() => Assert.DoesNotContain("no parameter count", page.Find("#missing").TextContent, StringComparison.Ordinal), s_patience);
        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());

        page.WaitForElement(".done", s_patience);
        Assert.Equal(70e6, Assert.Single(await Temporary.Store.RunsAsync("p")).Parameters);
    }

    [Fact]
    public async Task The_format_can_be_chosen_and_stands_in_the_address()
    {
        var page = await OpenAsync(content: "parameters,tokens,loss,step\n1e9,1e9,3,10\n1e9,2e9,2.9,20\n");
        Assert.Equal("Table of steps", page.Find(".strip .v").TextContent);

        await page.InvokeAsync(() => page.FindAll("select").Single(select => select.Children.Any(option => option.GetAttribute("value") == "sweep")).Change("sweep"));

        page.WaitForAssertion(() => Assert.Equal("CSV", page.Find(".strip .v").TextContent), s_patience);
        Assert.Contains("format=sweep", Address.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compute_of_the_forward_pass_is_taken_three_times_by_a_tick_that_stands_in_the_address()
    {
        var page = await OpenAsync(content: "run,params,tokens,flops,loss\na,1e9,2e10,4e19,3\nb,2e9,2e10,8e19,2.9\n");
        Assert.Contains("Take C three times: flops is 2.0·N·D (2 of 2 runs)", page.Find("#missing").TextContent, StringComparison.Ordinal);
        Assert.Equal("4e19–8e19", page.FindAll(".strip .v")[3].TextContent);

        await page.InvokeAsync(() => page.Find("#missing input").Change(true));
        page.WaitForAssertion(() => Assert.Equal("1.2e20–2.4e20", page.FindAll(".strip .v")[3].TextContent), s_patience);
        Assert.EndsWith("&map=flops%3Dflops%2A3", Address.Uri, StringComparison.Ordinal);
        Assert.NotNull(page.Find("#columns .check input").GetAttribute("checked"));

        // Without evidence it is the user's choice.
        await page.InvokeAsync(() => page.Find("#columns .check input").Change(false));
        page.WaitForAssertion(() => Assert.Equal("4e19–8e19", page.FindAll(".strip .v")[3].TextContent), s_patience);
    }

    [Fact]
    public async Task Tokens_that_a_log_does_not_tell_are_asked_for()
    {
        var page = await OpenAsync("&project=p", " iteration 1/ 9 | consumed samples: 1024 | lm loss: 3.0 |\n iteration 2/ 9 | consumed samples: 2048 | lm loss: 2.5 |\n", "gpt-1B.log");
        Assert.Contains("D is samples times the sequence length", page.Find("#missing").TextContent, StringComparison.Ordinal);

        await page.InvokeAsync(() => page.Find("#missing .field input").Change("2048"));
        page.WaitForAssertion(() => Assert.Contains("tokens are consumed samples × sequence length 2048", page.Find("#runs").TextContent, StringComparison.Ordinal), s_patience);
        Assert.Contains("sequence=2048", Address.Uri, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());

        page.WaitForElement(".done", s_patience);
        Assert.Equal(2048.0 * 2048, Assert.Single(await Temporary.Store.RunsAsync("p")).Tokens);
    }

    [Fact]
    public async Task A_preview_tells_ranges_sources_training_and_what_the_pages_lack()
    {
        var page = await OpenAsync("&project=p", "_step,train/loss,grad,throughput/total_tokens,optimizer,gpu_name\n10,4,1,1e9,adamw,H100\n20,3,nan,2e9,adamw,H100\n", "base-70M.csv");

        Assert.Equal(["IsoFLOP and Fit", "0 of 1", "no parameter count (1)"], page.FindAll("#pages tbody tr")[0].Children.Select(cell => cell.TextContent));
        Assert.Equal(["loss", "train/loss", "1", "2", "3", "4", "–"], page.FindAll("#metrics tbody tr")[0].Children.Select(cell => cell.TextContent));
        Assert.Equal(["grad", "", "1", "2", "1", "1", "1"], page.FindAll("#metrics tbody tr")[2].Children.Select(cell => cell.TextContent));
        Assert.Equal("D from throughput/total_tokens; loss from train/loss.", page.Find("#runs p").TextContent);
        Assert.Equal("H100; adamw", page.FindAll("#runs tbody td")[6].TextContent);
    }

    [Fact]
    public async Task Parameters_follow_from_the_shape_a_log_tells_or_the_user_types()
    {
        var told = await OpenAsync("&project=p", "_step,loss,tokens,n_layer,n_embd,vocab_size\n1,4,1e6,2,8,10\n2,3,2e6,2,8,10\n", "run.csv");
        Assert.StartsWith("N from layers 2, width 8, feed-forward 32, vocabulary 10, embeddings taken as not tied: 1.54K without embeddings, 6N is 1.02e4 FLOP a token; D from tokens", told.Find("#runs p").TextContent, StringComparison.Ordinal);
        Assert.Empty(told.FindAll("#columns tr.missing"));

        var page = await OpenAsync("&project=p&format=wandb-history", "_step,loss,tokens\n1,4,1e6\n2,3,2e6\n", "other.csv");
        Assert.Equal("chosen by you", page.FindAll(".strip .i")[0].TextContent);
        await page.InvokeAsync(() => page.FindAll("#missing label").Single(label => label.TextContent.StartsWith("Count N", StringComparison.Ordinal)).QuerySelector("input")!.Change(true));
        page.WaitForElement("#missing .architecture", s_patience);
        await page.InvokeAsync(() => page.FindAll("#missing .architecture .field").Single(field => field.TextContent.Contains("Layers", StringComparison.Ordinal)).QuerySelector("input")!.Change("16"));
        page.WaitForAssertion(() => Assert.Contains("N from layers 16, width 4096", page.Find("#runs p").TextContent, StringComparison.Ordinal), s_patience);
        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());

        page.WaitForElement(".done", s_patience);
        Assert.Equal(16.0 * (4 * 4096 * 4096 + 3 * 4096 * 11_008) + 2 * 32_000 * 4096, Assert.Single(await Temporary.Store.RunsAsync("p")).Parameters);
    }

    [Fact]
    public async Task A_folder_is_one_preview_that_names_the_files_left_out()
    {
        var parts = new List<(string, string)>();
        foreach (var (path, content) in new[] { ("exp/a/metrics.csv", "epoch,step,train_loss\n0,49,3\n0,99,2\n"), ("exp/b/metrics.csv", "epoch,step,train_loss\n0,49,4\n0,99,3\n"), ("exp/notes.txt", "nothing to read") })
            parts.Add(((await Temporary.StageAsync(content, "x")).Id, path));
        var staged = await StagedFolder.PackAsync(Temporary.Store, "exp", parts, 1 << 20, default);
        Address.NavigateTo($"{PageUrls.Import}?staged={staged.Id}&project=p");
        var page = Render<ImportPage>();
        page.WaitForElement(".strip", s_patience);

        Assert.Equal("2 runs ready to import (from exp.zip; 1 row left out). Nothing is stored yet.", page.Find(".answer").TextContent);
        Assert.Equal(["exp/a", "exp/b"], page.FindAll("#runs tbody th").Select(cell => cell.TextContent));
        Assert.Equal("exp/notes.txt", page.Find("#left-out tbody th").TextContent);
        await page.InvokeAsync(() => page.Find(".import-bar .primary").Click());
        page.WaitForElement(".done", s_patience);
        Assert.Equal(2, Assert.Single(await Temporary.Store.ProjectsAsync()).Runs);
    }

    private static IElement Select(IRenderedComponent<ImportPage> page, string label) => page.Find($"select[aria-label='{label}']");

    private async Task<IRenderedComponent<ImportPage>> OpenAsync(string query = "", string content = TemporaryStore.Sweep, string fileName = "sweep.csv")
    {
        var staged = await Temporary.StageAsync(content, fileName);
        Address.NavigateTo($"{PageUrls.Import}?staged={staged.Id}{query}");
        var page = Render<ImportPage>();
        page.WaitForElement(".import-bar", s_patience);
        return page;
    }
}
