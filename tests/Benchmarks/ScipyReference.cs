using System.Diagnostics;
using System.Globalization;

namespace ScalingDashboard.Benchmarks;

/// <summary>The published procedure, timed in Python on the same points and machine.</summary>
/// <param name="Version">Version of SciPy.</param>
/// <param name="GridSeconds">All 4,500 starts.</param>
/// <param name="GridObjective">Best sum of Huber losses.</param>
/// <param name="SecondsPerDraw">One bootstrap refit.</param>
/// <param name="Draws">Refits measured.</param>
internal sealed record ScipyReference(string Version, double GridSeconds, double GridObjective, double SecondsPerDraw, int Draws)
{
    // Hoffmann et al. 2022, D.2: the objective and the grid; Besiroglu et al. 2024: bootstrap from the published parameters.
    private const string Script = """
        import itertools, sys, time
        import numpy as np, scipy
        from scipy.optimize import minimize

        points = np.loadtxt(sys.stdin)
        log_n, log_d, log_l = np.log(points).T

        def objective(p, x, y, z):
            a, b, e, alpha, beta = p
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                r = np.abs(np.log(np.exp(a - alpha * x) + np.exp(b - beta * y) + np.exp(e)) - z)
                return np.sum(np.where(r <= 1e-3, r * r / 2, 1e-3 * (r - 5e-4)))

        start = time.perf_counter()
        best = np.inf
        grid = itertools.product(range(0, 30, 5), range(0, 30, 5), np.arange(-1, 1.5, 0.5), np.arange(0, 2.5, 0.5), np.arange(0, 2.5, 0.5))
        for p in grid:
            found = minimize(objective, p, args=(log_n, log_d, log_l), method="L-BFGS-B")
            if found.fun < best:
                best = found.fun
        seconds = time.perf_counter() - start

        random = np.random.default_rng(42)
        draws = 40
        start = time.perf_counter()
        for _ in range(draws):
            i = random.integers(0, len(log_n), len(log_n))
            minimize(objective, (6.0073404, 6.0179186, 0.5267228, 0.33917084, 0.2849083), args=(log_n[i], log_d[i], log_l[i]), method="BFGS")
        print(scipy.__version__, seconds, best, (time.perf_counter() - start) / draws, draws)
        """;

    /// <summary>Null where there is no Python with SciPy.</summary>
    internal static async Task<ScipyReference?> RunAsync(string points)
    {
        if (await OutputAsync("import scipy", Script, points, "Timing SciPy's 4,500 starts; this takes minutes.") is not { } printed)
            return null;
        var fields = printed.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ScipyReference(fields[0], Number(fields[1]), Number(fields[2]), Number(fields[3]), int.Parse(fields[4], CultureInfo.InvariantCulture));

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>What a script prints; null where no Python has what it imports.</summary>
    internal static async Task<string?> OutputAsync(string imports, string script, string input = "", string? notice = null)
    {
        foreach (var python in Interpreters())
        {
            if ((await RunAsync(python, imports, "")).Exit != 0)
                continue;
            if (notice is not null)
                await Console.Error.WriteLineAsync(notice);
            var (exit, printed, error) = await RunAsync(python, script, input);
            return exit == 0 ? printed : throw new InvalidOperationException($"The reference procedure failed in {python}: {error}");
        }

        return null;
    }

    /// <summary>The named interpreter, else every Python on the PATH: the first one need not have SciPy.</summary>
    private static IEnumerable<string> Interpreters() =>
        Environment.GetEnvironmentVariable("BENCHMARK_PYTHON") is { } named
            ? [named]
            : from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
              from name in new[] { "python3", "python", "python3.exe", "python.exe" }
              let file = Path.Combine(folder, name)
              where File.Exists(file)
              select file;

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string python, string script, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(python, ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
