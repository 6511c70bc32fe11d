using Bunit;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Controls;

public sealed class UploadBoxTests : StoreTest
{
    [Fact]
    public async Task Hands_the_script_the_limits_and_the_page_the_ids()
    {
        IReadOnlyList<string>? staged = null;
        var box = Render<UploadBox>(parameters => parameters.Add(upload => upload.OnStaged, ids => staged = ids));

        var call = Assert.Single(UploadModule.Invocations["attach"]);
        Assert.Equal([600_000_000L, ImportState.MostStaged], call.Arguments.Skip(2));
        Assert.Contains("Up to 600 MB each", box.Markup, StringComparison.Ordinal);

        await box.Instance.StagedAsync([.. Enumerable.Range(0, 60).Select(number => $"id{number}")]);
        Assert.Equal(ImportState.MostStaged, staged!.Count);
        Assert.Equal("id0", staged[0]);
    }

    [Fact]
    public async Task Lets_go_of_the_page_when_it_leaves()
    {
        Render<UploadBox>();

        await DisposeComponentsAsync();

        Assert.Single(UploadModule.Invocations["detach"]);
    }
}
