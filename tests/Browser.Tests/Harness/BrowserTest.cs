using System.Runtime.CompilerServices;

// One browser, two cores: two classes at a time, the tests of a class one after another.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>Tests that use the dashboard as people do, each in a fresh browser profile.</summary>
public abstract class BrowserTest<TDashboard>(TDashboard dashboard) : IClassFixture<TDashboard> where TDashboard : DashboardFixture
{
    private protected TDashboard Dashboard { get; } = dashboard;

    /// <summary>Runs a test in a tab; where it fails, leaves a picture of the tab and what it logged.</summary>
    private protected async Task BrowseAsync(Func<Visit, Task> test, BrowserNewContextOptions? profile = null, [CallerMemberName] string name = "")
    {
        Skip.If(Chromium.ExecutablePath is null, Chromium.Absent);
        var earlier = Dashboard.ServerLog.Length;
        await using var visit = await Visit.StartAsync(Dashboard.Browser, Dashboard.Address, profile);
        try
        {
            await test(visit);
            Assert.Empty(visit.Complaints);
            Assert.DoesNotContain("fail: ", Dashboard.ServerLog[earlier..], StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is not Xunit.SkipException)
        {
            var evidence = await visit.SaveEvidenceAsync($"{GetType().Name}.{name}", Dashboard.ServerLog);
            throw new Xunit.Sdk.XunitException($"See {evidence}", failure);
        }
    }
}
