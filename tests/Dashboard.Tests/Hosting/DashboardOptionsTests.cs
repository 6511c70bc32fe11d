using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests.Hosting;

public sealed class DashboardOptionsTests
{
    [Fact]
    public void Defaults_are_sound()
    {
        var options = new DashboardOptions();
        Assert.Empty(options.Problems());
        Assert.Equal(600_000_000, options.UploadLimitBytes);
        Assert.Equal(Path.GetFullPath("data/dashboard.db"), options.FullStorePath);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("https://dash.example.org")]
    [InlineData("http://*:80")]
    [InlineData("http://[::1]:0/")]
    public void Addresses_to_listen_at_are_taken(string url) => Assert.Empty(new DashboardOptions { Urls = [url] }.Problems());

    [Theory]
    [InlineData("5080")]
    [InlineData("localhost:5080")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:5080/path")]
    public void Other_addresses_are_named(string url) =>
        Assert.Contains($"'{url}'", Assert.Single(new DashboardOptions { Urls = [url] }.Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("lots")]
    [InlineData("2e12")]
    public void Limits_that_are_none_are_named(string limit) =>
        Assert.Contains($"'{limit}'", Assert.Single(new DashboardOptions { UploadLimit = limit }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Logs_go_into_a_project_named_as_their_folder_unless_another_is_named()
    {
        var options = new DashboardOptions { LogFolder = "logs/sweep 3/" };
        Assert.Empty(options.Problems());
        Assert.Equal(("sweep 3", Path.GetFullPath("logs/sweep 3")), (options.LogProjectName, options.FullLogFolder));
        Assert.Equal("p", (options with { LogProject = "p" }).LogProjectName);
    }

    [Theory]
    [InlineData("", null, "--logdir: the path is empty")]
    [InlineData("/", null, "--logdir: '/' has no name to give a project")]
    [InlineData("{file}", null, "is a file; name the folder it is in")]
    [InlineData(null, "p", "--project: ")]
    public void Folders_of_logs_that_are_none_are_named(string? folder, string? project, string words) => Assert.Contains(
        words,
        Assert.Single(new DashboardOptions { LogFolder = folder?.Replace("{file}", typeof(DashboardOptions).Assembly.Location, StringComparison.Ordinal), LogProject = project }.Problems()),
        StringComparison.Ordinal);

    [Fact]
    public async Task All_problems_are_listed_together_and_end_with_code_2()
    {
        var options = new DashboardOptions { Urls = ["nowhere"], StorePath = Path.GetTempPath(), UploadLimit = "lots" };
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(2, await DashboardServer.RunAsync(options, output, error));
        Assert.Equal(3, error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("--urls: 'nowhere'", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--store: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--upload-limit: 'lots'", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }
}
