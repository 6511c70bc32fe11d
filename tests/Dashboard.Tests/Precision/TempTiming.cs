using System.Diagnostics;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Precision;

namespace ScalingDashboard.Dashboard.Tests.Precision;

public class TempTiming(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public void Time()
    {
        foreach (var state in new[] { new PrecisionState { Project = "p" }, new PrecisionState { Project = "p", View = PrecisionView.Budget, SizeGiven = true, Flops = 1e20 }, new PrecisionState { Project = "p", View = PrecisionView.Served } })
        {
            for (var i = 0; i < 4; i++)
            {
                var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                var watch = Stopwatch.StartNew();
                var scene = SamplePrecision.Fitted(state, 1000);
                var made = watch.Elapsed.TotalMilliseconds;
                PrecisionWords.Answer(scene);
                var words = watch.Elapsed.TotalMilliseconds;
                var figures = PrecisionFigures.Of(scene);
                var drawn = watch.Elapsed.TotalMilliseconds;
                var specs = figures.Select(figure => System.Text.Json.JsonSerializer.Serialize(PlotlySpec.From(figure, 380)).Length).Sum();
                output.WriteLine($"{state.View}: scene {made:F0} words {words - made:F0} figures {drawn - words:F0} spec {watch.Elapsed.TotalMilliseconds - drawn:F0} ms, {specs} bytes; cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds:F0} ms");
            }
        }
    }
}
