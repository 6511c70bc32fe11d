using System.Diagnostics;
using System.Text;

namespace ScalingDashboard.Browser.Tests.Harness;

/// <summary>The built dashboard as users run it: a process of its own, not inside the test host.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Ready = "Scaling Dashboard: ";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += OnTestHostExit;
    }

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What it has printed.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts the server and waits until it listens.</summary>
    /// <param name="store">SQLite file.</param>
    /// <param name="address">Where to listen; null for a free port of this machine.</param>
    internal static async Task<ServerProcess> StartAsync(string store, Uri? address = null)
    {
        // Port 0: the system gives one of its ephemeral ports, none of which browsers refuse.
        var url = address?.GetLeftPart(UriPartial.Authority) ?? "http://127.0.0.1:0";
        var server = new ServerProcess(Create("--urls", url, "--store", store));
        server._process.OutputDataReceived += (_, line) => server.Hear(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Hear(line.Data);
        server._process.Exited += (_, _) => server._address.TrySetException(new InvalidOperationException($"The dashboard ended before it listened:\n{server.Log}"));
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            server.Address = await server._address.Task.WaitAsync(s_patience);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the dashboard to its end.</summary>
    /// <returns>What it printed on standard output.</returns>
    internal static async Task<string> RunCommandAsync(params string[] arguments)
    {
        using var process = Create(arguments);
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{string.Join(' ', arguments)}: exit {process.ExitCode}\n{await error}");
    }

    /// <summary>Runs a command of the dashboard and ends it at once, as a crash would, if it takes longer than that.</summary>
    /// <returns>Whether it had come to its end, with exit code 0.</returns>
    internal static async Task<bool> CrashCommandAsync(TimeSpan after, params string[] arguments)
    {
        using var process = Create(arguments);
        process.Start();
        var printed = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(after));
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await printed;
        return process.ExitCode == 0;
    }

    /// <summary>Ends the server at once, as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnTestHostExit;
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Create(params string[] arguments) => new()
    {
        StartInfo = new ProcessStartInfo(Repository.Executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        },
        EnableRaisingEvents = true,
    };

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
        if (line.StartsWith(Ready, StringComparison.Ordinal))
            _address.TrySetResult(new Uri(line[Ready.Length..]));
    }

    private void OnTestHostExit(object? sender, EventArgs exit) => Kill();

    private void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }
}
