using System.Diagnostics;
using Bunit;
using ScalingDashboard.Dashboard.Components.Pages;
using ScalingDashboard.Dashboard.Tests.Api;

namespace ScalingDashboard.Dashboard.Tests.Snippets;

/// <summary>The class shown on the help page, run as it stands there.</summary>
public sealed class PythonSnippetTests : ComponentTest
{
    private static readonly string? s_python = Find();

    [SkippableFact]
    public async Task What_the_help_page_shows_posts_the_metrics_of_a_training_script()
    {
        Skip.If(s_python is null, "no python3 on the path");
        await using var server = await RunningServer.StartAsync();
        var (_, token) = await server.Temporary.Store.CreateTokenAsync("my project", "test");

        var first = await RunAsync(
            """
            class Tensor:
                def __float__(self): return 2.5
            run = DashboardRun("base/70M", parameters=70e6, optimizer={"name": "adamw"})
            for step in range(2500):
                run.log(step, loss=4 - step / 1000, tokens=step * 1e6, **{"grad norm": float("nan") if step == 7 else 1})
            run.log(2500, loss=Tensor(), note="words")
            run.log("later", loss=1)
            """,
            server.Address, token);
        Assert.Equal(2, first.Split('\n').Count(line => line.StartsWith("dashboard: not a number", StringComparison.Ordinal)));
        // The job is started again from an earlier step.
        var second = await RunAsync("run = DashboardRun(\"base/70M\")\nfor step in range(2000, 2600): run.log(step, loss=1 + step / 1000)\n", server.Address, token);

        var row = Assert.Single(await server.Temporary.Store.RunsAsync("my project"));
        Assert.Equal(("base/70M", 2600, 70e6, 2.499e9, 3.599), (row.Name, row.Points, row.Parameters, row.Tokens, row.Loss));
        Assert.Contains(row.Flags, flag => flag.StartsWith("restarted at step 2000", StringComparison.Ordinal));
        Assert.Contains(new KeyValuePair<string, string>("optimizer/name", "adamw"), row.Config);
        var loss = await server.Temporary.Store.SeriesAsync(row.Id, "loss");
        Assert.Equal(Enumerable.Range(0, 2600).Select(step => step < 2000 ? 4 - step / 1000.0 : 1 + step / 1000.0), loss!.Values);
        Assert.Equal("", second);
    }

    [SkippableFact]
    public async Task Without_a_server_or_with_a_bad_token_the_training_goes_on_and_the_trouble_is_said_once()
    {
        Skip.If(s_python is null, "no python3 on the path");
        await using var server = await RunningServer.StartAsync();
        const string Script = "run = DashboardRun(\"a\")\nfor step in range(10): run.log(step, loss=1)\nprint(run.send(), run.send(), len(run.lines))\nrun.lines.clear()\n";
        var refused = await RunAsync(Script, server.Address, "sd_t1_wrong");
        Assert.Contains("False False 11", refused, StringComparison.Ordinal);
        Assert.Single(refused.Split('\n'), line => line.StartsWith("dashboard: ", StringComparison.Ordinal) && line.Contains("needs a token", StringComparison.Ordinal));
        var unreachable = await RunAsync(Script, new Uri("http://127.0.0.1:9/"), "x");
        Assert.Contains("False False 11", unreachable, StringComparison.Ordinal);
        Assert.Contains("True True 0", await RunAsync(Script, null, null), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string script, Uri? address, string? token)
    {
        var snippet = Render<Help>().Find("#python-snippet").TextContent;
        var start = new ProcessStartInfo(s_python!, ["-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DASHBOARD_URL");
        if (address is not null)
            (start.Environment["DASHBOARD_URL"], start.Environment["DASHBOARD_TOKEN"]) = (new Uri(address, "/api/v1/projects/my%20project").AbsoluteUri, token!);
        using var python = Process.Start(start)!;
        await python.StandardInput.WriteAsync($"{snippet}\n\n{script}");
        python.StandardInput.Close();
        var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await python.WaitForExitAsync(patience.Token);
        Assert.Equal("", await error);
        Assert.Equal(0, python.ExitCode);
        return await output;
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);
}
