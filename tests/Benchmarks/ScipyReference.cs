using System.Diagnostics;
using System.Globalization;

namespace ScalingDashboard.Benchmarks;

/// <summary>What a notebook does with SciPy, timed in Python on the same points and machine.</summary>
/// <param name="Version">Version of SciPy.</param>
/// <param name="GridSeconds">Huber sum from all 4,500 starts of Hoffmann et al.</param>
/// <param name="GridObjective">Best sum of Huber losses.</param>
/// <param name="SecondsPerDraw">One bootstrap refit.</param>
/// <param name="Draws">Refits measured.</param>
/// <param name="ProjectionSeconds">Variable projection.</param>
/// <param name="ProjectionObjective">Its residual sum of squares.</param>
/// <param name="ProfileSeconds">Profile likelihood of the five parameters, both ends of the 80 and 95 % intervals.</param>
/// <param name="ProfileEnds">Ends it found, of 20.</param>
internal sealed record ScipyReference(
    string Version, double GridSeconds, double GridObjective, double SecondsPerDraw, int Draws,
    double ProjectionSeconds, double ProjectionObjective, double ProfileSeconds, int ProfileEnds)
{
    // Hoffmann et al. 2022, D.2: the objective and the grid. Besiroglu et al. 2024: bootstrap from the published parameters, and the likelihood that is
    // profiled. arXiv 2603.22339, §6.2: variable projection, 32 × 32 exponents by non-negative least squares, then Nelder–Mead from the best.
    private const string Script = """
        import itertools, sys, time
        import numpy as np, scipy
        from scipy.optimize import minimize, nnls, brentq
        from scipy.special import erf

        points = np.loadtxt(sys.stdin)
        n, d, loss = points.T
        log_n, log_d, log_l = np.log(points).T

        def huber(r, delta):
            return np.where(r <= delta, r * r / 2, delta * (r - delta / 2))

        def residuals(p, x, y, z):
            a, b, e, alpha, beta = p
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                return np.abs(np.log(np.exp(a - alpha * x) + np.exp(b - beta * y) + np.exp(e)) - z)

        def objective(p, x, y, z):
            with np.errstate(over="ignore", invalid="ignore"):
                return np.sum(huber(residuals(p, x, y, z), 1e-3))

        published = (6.0073404, 6.0179186, 0.5267228, 0.33917084, 0.2849083)
        random = np.random.default_rng(42)
        draws = 40
        start = time.perf_counter()
        for _ in range(draws):
            i = random.integers(0, len(log_n), len(log_n))
            minimize(objective, published, args=(log_n[i], log_d[i], log_l[i]), method="BFGS")
        per_draw = (time.perf_counter() - start) / draws

        scaled_n, scaled_d = n / 1e6, d / 1e9

        def project(exponents):
            alpha, beta = exponents
            return nnls(np.column_stack([np.ones_like(n), scaled_n ** -alpha, scaled_d ** -beta]), loss)[1] ** 2

        def projection():
            grid = itertools.product(np.linspace(0.05, 1, 32), np.linspace(0.05, 1, 32))
            return minimize(project, min(grid, key=project), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}).fun

        times = []
        for _ in range(5):
            start = time.perf_counter()
            squares = projection()
            times.append(time.perf_counter() - start)
        projection_seconds = sorted(times)[2]

        # Density proportional to exp(-Huber(r / s)); the last coordinate is ln s.
        delta = 1e-3
        log_z = np.log(np.sqrt(2 * np.pi) * erf(delta / np.sqrt(2)) + 2 / delta * np.exp(-delta * delta / 2))

        def negative_log(p):
            with np.errstate(over="ignore", invalid="ignore"):
                value = np.sum(huber(residuals(p[:5], log_n, log_d, log_l) / np.exp(p[5]), delta)) + len(n) * (p[5] + log_z)
            return value if np.isfinite(value) else 1e300

        def profile():
            optimum = minimize(objective, (np.log(480), np.log(2100), np.log(1.8), 0.35, 0.37), args=(log_n, log_d, log_l), method="L-BFGS-B").x
            for _ in range(3):
                spread = np.log(delta * np.mean(residuals(optimum[:5], log_n, log_d, log_l)))
                best = minimize(negative_log, np.append(optimum[:5], spread), method="Nelder-Mead", options={"maxiter": 4000, "maxfev": 4000, "xatol": 1e-8, "fatol": 1e-8})
                optimum = best.x
            ends = 0
            for k in range(5):
                others = [j for j in range(6) if j != k]
                for side in (-1, 1):
                    last = optimum.copy()

                    def root(value):
                        def held(q):
                            p = np.insert(q, k, value)
                            return negative_log(p)
                        found = minimize(held, last[others], method="L-BFGS-B")
                        last[others] = found.x
                        return np.sqrt(max(0, 2 * (found.fun - best.fun)))

                    inside, step = optimum[k], 0.01 * max(abs(optimum[k]), 0.1)
                    for cutoff in (1.2815515655446004, 1.959963984540054):
                        for _ in range(30):
                            outside = inside + side * step
                            if root(outside) > cutoff:
                                break
                            inside, step = outside, 1.6 * step
                        else:
                            continue
                        try:
                            inside = brentq(lambda value: root(value) - cutoff, inside, outside, xtol=1e-5 * max(abs(optimum[k]), 0.1))
                            ends += 1
                        except ValueError:
                            pass
            return ends

        start = time.perf_counter()
        ends = profile()
        profile_seconds = time.perf_counter() - start

        start = time.perf_counter()
        lowest = np.inf
        grid = itertools.product(range(0, 30, 5), range(0, 30, 5), np.arange(-1, 1.5, 0.5), np.arange(0, 2.5, 0.5), np.arange(0, 2.5, 0.5))
        for p in grid:
            lowest = min(lowest, minimize(objective, p, args=(log_n, log_d, log_l), method="L-BFGS-B").fun)
        print(scipy.__version__, time.perf_counter() - start, lowest, per_draw, draws, projection_seconds, squares, profile_seconds, ends)
        """;

    /// <summary>Null where there is no Python with SciPy.</summary>
    internal static async Task<ScipyReference?> RunAsync(string points)
    {
        if (await OutputAsync("import scipy", Script, points, "Timing SciPy: 4,500 starts, refits, variable projection, profiles; this takes minutes.") is not { } printed)
            return null;
        var fields = printed.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ScipyReference(fields[0], Number(fields[1]), Number(fields[2]), Number(fields[3]), Count(fields[4]), Number(fields[5]), Number(fields[6]), Number(fields[7]), Count(fields[8]));

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

        static int Count(string text) => int.Parse(text, CultureInfo.InvariantCulture);
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
    internal static IEnumerable<string> Interpreters() =>
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
