using ScalingDashboard.Runs;
using static ScalingDashboard.Dashboard.Tests.Fit.Documents;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>fits: what was saved, newest first.</summary>
public sealed class FitsCommandTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_saved_fits_are_listed_newest_first()
    {
        await CommandFolder.RunAsync("import", Path.Combine(CommandFolder.Repository, "samples", "chinchilla-sweep", "sweep.csv"), "--project", "sample", "--store", _folder.Store);
        string[] fits = ["fits", "--project", "sample", "--store", _folder.Store];
        Assert.StartsWith("sample: no saved fits.", (await CommandFolder.RunAsync(fits)).Output, StringComparison.Ordinal);

        await using (var store = await RunStore.OpenAsync(new StoreLocation(_folder.Store), TimeProvider.System))
        {
            foreach (var name in new[] { "x", "x", "without 1e18" })
                await store.SaveFitAsync("sample", Document().ToNewFit(name, null, "?project=sample"));
        }

        var lines = (await CommandFolder.RunAsync(fits)).Output.TrimEnd().Split(Environment.NewLine);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("  without 1e18       1  chinchilla", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  x                  2  chinchilla", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(" UTC", lines[1], StringComparison.Ordinal);
        var json = (await CommandFolder.RunAsync([.. fits, "--json"])).Json();
        Assert.Equal(["without 1e18", "x", "x"], json.EnumerateArray().Select(fit => fit.GetProperty("name").GetString()));
        Assert.Equal([1, 2, 1], json.EnumerateArray().Select(fit => fit.GetProperty("version").GetInt32()));
        (await CommandFolder.RunAsync("fits", "--project", "gone", "--store", _folder.Store)).IsRefused(2, "no project 'gone'", "sample");
        (await CommandFolder.RunAsync("fits", "--store", _folder.Store)).IsRefused(2, "--project");
    }
}
