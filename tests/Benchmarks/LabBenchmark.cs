using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Benchmarks;

/// <summary>How fast the Lab multiplies and trains on one core, against the core's peak and, where it is installed, OpenBLAS.</summary>
internal static partial class LabBenchmark
{
    private const int Rows = 1024;
    private const int Rounds = 9;
    private const double RoundSeconds = 0.05;

    internal static void Run()
    {
        var peak = Math.Max(Peak256(), Vector512.IsHardwareAccelerated ? Peak512() : 0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Peak of one core, fused multiply-adds in registers: {peak / 1e9:0} GFLOP/s in single precision."));
        var blas = OpenBlas.TryLoad();
        Console.WriteLine(blas ? "OpenBLAS on one thread, the two measured in turn, the best of each." : "OpenBLAS is not installed; on Debian: libopenblas0.");
        Console.WriteLine("  product                     GFLOP/s  of peak  OpenBLAS  of OpenBLAS");
        foreach (var width in (int[])[64, 128, 256])
        {
            Product(width, width, peak, blas);
            Product(width, 4 * width, peak, blas);
        }

        Console.WriteLine("  training step               GFLOP/s  of peak  tokens/s");
        foreach (var width in (int[])[64, 128, 256])
            Step(width, peak);
    }

    /// <summary>A batch of activations times the weights of a linear map, and what the backward pass makes of it.</summary>
    private static void Product(int input, int output, double peak, bool blas)
    {
        var random = new Random(1);
        float[] a = Fill(Rows * input), weights = Fill(output * input), c = new float[Rows * output], gradient = new float[output * input];
        (string Name, Action Ours, Action Theirs)[] products =
        [
            ("x·Wᵀ", () => MatrixProduct.Multiply(new(a, 0, Rows, input), new MatrixView(weights, 0, output, input).Transposed, new(c, 0, Rows, output)),
                () => OpenBlas.Multiply(false, true, Rows, output, input, a, input, weights, input, c, output)),
            ("dy·W", () => MatrixProduct.Multiply(new(c, 0, Rows, output), new(weights, 0, output, input), new(a, 0, Rows, input)),
                () => OpenBlas.Multiply(false, false, Rows, input, output, c, output, weights, input, a, input)),
            ("dyᵀ·x", () => MatrixProduct.Multiply(new MatrixView(c, 0, Rows, output).Transposed, new(a, 0, Rows, input), new(gradient, 0, output, input)),
                () => OpenBlas.Multiply(true, false, output, input, Rows, c, output, a, input, gradient, input)),
        ];
        var flops = 2.0 * Rows * input * output;
        foreach (var (name, ours, theirs) in products)
        {
            double fastest = double.PositiveInfinity, other = double.PositiveInfinity;
            for (var round = 0; round < Rounds; round++)
            {
                // Products of products grow without end.
                Array.Fill(c, 0.5f);
                Array.Fill(a, 0.5f);
                fastest = Math.Min(fastest, Fastest(ours));
                if (blas)
                    other = Math.Min(other, Fastest(theirs));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-6} {Rows} × {input,4} × {output,4}    {flops / fastest / 1e9,8:0.0} {flops / fastest / peak,8:0 %}  {(blas ? $"{flops / other / 1e9,8:0.0} {other / fastest,11:0.00}" : "")}"));
        }

        float[] Fill(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static void Step(int width, double peak)
    {
        var language = new MarkovLanguage();
        var options = new TrainingOptions { Shape = new TransformerShape { Layers = 2, Width = width, Heads = width / 32, FeedForwardWidth = 4 * width, Vocabulary = 128, Context = 64 }, Sequences = 16 };
        var run = new TrainingRun(options, language, TimeProvider.System);
        var fastest = double.PositiveInfinity;
        for (var round = 0; round < 4 * Rounds; round++)
            fastest = Math.Min(fastest, Fastest(run.Advance));
        // 6ND and what attention spends on its context.
        var flops = (6 * options.Shape.Architecture.Parameters + options.Shape.Architecture.AttentionFlopsPerToken) * options.BatchTokens;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  2 layers, {width,3} wide, heads of 32 {flops / fastest / 1e9,8:0.0} {flops / fastest / peak,8:0 %} {options.BatchTokens / fastest,9:N0}"));
    }

    private static double Fastest(Action work)
    {
        var fastest = double.PositiveInfinity;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            work();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < RoundSeconds);
        return fastest;
    }

    private static double Peak256() => PeakOf(Multiplications256, Vector256<float>.Count);

    private static double Peak512() => PeakOf(Multiplications512, Vector512<float>.Count);

    // Twelve independent chains hide the latency of a fused multiply-add on every core of today.
    private static double PeakOf(Func<int, float> loop, int lanes)
    {
        const int turns = 20_000;
        var fastest = double.PositiveInfinity;
        for (var round = 0; round < 20 * Rounds; round++)
            fastest = Math.Min(fastest, Fastest(() => loop(turns)));
        return 2.0 * 12 * lanes * turns / fastest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiplications256(int turns)
    {
        var x = Vector256.Create(0.999f);
        var y = Vector256.Create(0.001f);
        Vector256<float> a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y, k = x, l = y;
        for (var turn = 0; turn < turns; turn++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiplications512(int turns)
    {
        var x = Vector512.Create(0.999f);
        var y = Vector512.Create(0.001f);
        Vector512<float> a = x, b = y, c = x, d = y, e = x, f = y, g = x, h = y, i = x, j = y, k = x, l = y;
        for (var turn = 0; turn < turns; turn++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    private static unsafe partial class OpenBlas
    {
        private const string Library = "libopenblas.so.0";
        private const int RowMajor = 101;
        private const int Plain = 111;
        private const int Transposed = 112;

        internal static bool TryLoad()
        {
            if (!NativeLibrary.TryLoad(Library, out _))
                return false;
            SetThreads(1);
            return true;
        }

        internal static void Multiply(bool transposedA, bool transposedB, int rows, int columns, int depth, float[] a, int strideA, float[] b, int strideB, float[] c, int strideC)
        {
            fixed (float* first = a, second = b, result = c)
                Sgemm(RowMajor, transposedA ? Transposed : Plain, transposedB ? Transposed : Plain, rows, columns, depth, 1, first, strideA, second, strideB, 0, result, strideC);
        }

        [LibraryImport(Library, EntryPoint = "openblas_set_num_threads")]
        private static partial void SetThreads(int count);

        [LibraryImport(Library, EntryPoint = "cblas_sgemm")]
        private static partial void Sgemm(int order, int transposedA, int transposedB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);
    }
}
