using System.Diagnostics;
using ScalingDashboard.Browser.Tests.Harness;

namespace ScalingDashboard.Dashboard.Tests.Crashes;

/// <summary>The import command is killed at random moments: its runs are all there or none, and importing again brings them.</summary>
public sealed class ImportCrashTests
{
    private const int Rounds = 35;
    private const int Runs = 20;
    private const int Steps = 1000;

    [Fact]
    public async Task A_killed_import_leaves_all_its_runs_or_none()
    {
        using var crashed = new CrashedStore();
        var random = new Random(1);
        // An import that is left alone tells where in it the others are killed; by far the most of it is the start of the process.
        var start = Stopwatch.GetTimestamp();
        await ServerProcess.RunCommandAsync(Import("whole", crashed));
        var whole = Stopwatch.GetElapsedTime(start);
        var (all, none) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var name = FormattableString.Invariant($"log{round}");
            var ended = await ServerProcess.CrashCommandAsync((0.5 + 0.6 * random.NextDouble()) * whole, Import(name, crashed));
            await using var store = await crashed.OpenAsync();
            var logs = await CrashedStore.WholeLogsAsync(store, name, Runs, Steps);
            // Whatever was said to be there is there.
            Assert.True(logs.Contains(name) || !ended, $"round {round}: the import ended well, and its runs are missing");
            (all, none) = logs.Count > 0 ? (all + 1, none) : (all, none + 1);
        }

        await ServerProcess.RunCommandAsync(Import("log0", crashed));
        await using var last = await crashed.OpenAsync();
        Assert.Contains("log0", await CrashedStore.WholeLogsAsync(last, "log0", Runs, Steps));
        Assert.True(none > 0, $"none of {all + none} imports was killed in time");
    }

    private static string[] Import(string name, CrashedStore crashed) =>
        ["import", crashed.File(name + ".csv", CrashedStore.Log(name, Runs, Steps)), "--project", name, "--store", crashed.Path];
}
