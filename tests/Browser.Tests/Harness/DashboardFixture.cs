
namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>A server over a store of its own, for the tests of one class; empty unless a subclass fills it.</summary>
public class DashboardFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dashboard-browser-").FullName;
    private ServerProcess? _server;
    private string _earlierLog = "";
    private IBrowser? _browser;

    internal IBrowser Browser => _browser!;

    internal Uri Address => _server!.Address;

    /// <summary>What the server has printed, before a restart too.</summary>
    internal string ServerLog => _earlierLog + _server!.Log;

    internal string StorePath => Path.Combine(_folder, "s.db");

    /// <summary>Starts nothing where there is no browser; the tests then skip.</summary>
    public async Task InitializeAsync()
    {
        if (Chromium.ExecutablePath is null)
            return;
        await FillAsync();
        _server = await ServerProcess.StartAsync(StorePath);
        _browser = await Chromium.AcquireAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await Chromium.ReleaseAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Imports what the tests need, before the server starts.</summary>
    protected virtual Task FillAsync() => Task.CompletedTask;

    internal Task ImportAsync(string file, string project, string? map = null) =>
        ServerProcess.RunCommandAsync(["import", file, "--project", project, "--store", StorePath, .. map is null ? Array.Empty<string>() : ["--map", map]]);

    /// <summary>Kills the server and starts another at the same address, over the same store.</summary>
    internal async Task RestartAsync(Func<Task>? whileStopped = null)
    {
        var address = Address;
        await _server!.DisposeAsync();
        _earlierLog += _server.Log;
        if (whileStopped is not null)
            await whileStopped();
        _server = await ServerProcess.StartAsync(StorePath, address);
    }

    /// <summary>A file of this class, deleted with it.</summary>
    internal string TemporaryFile(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
