using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Tests.Precision;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public class PrecisionFiguresTests
{
    private static readonly PrecisionLaw s_law = PublishedPrecisions.Kumar.Law;

    [Fact]
    public void Each_question_has_its_charts_with_titles_units_and_a_description()
    {
        Assert.Equal(["Loss lost to the bits", "Effective parameters", "Equal loss"], Titles(PrecisionView.Training));
        Assert.Equal(["Loss at equal cost", "Best bits against compute"], Titles(PrecisionView.Budget));
        Assert.Equal(["Loss after quantising", "Added loss"], Titles(PrecisionView.Served));

        static string[] Titles(PrecisionView view) => [.. PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = view })).Select(figure => figure.Title)];
    }

    [Fact]
    public void Every_chart_of_every_law_can_be_drawn()
    {
        foreach (var law in PublishedPrecisions.All.Select(law => law.Key).Append(PrecisionState.Own))
        {
            foreach (var view in Enum.GetValues<PrecisionView>())
            {
                foreach (var log in (bool[])[true, false])
                {
                    var state = new PrecisionState { Law = law, Project = "p", View = view, LogLoss = log, SizeGiven = log, Axis = log ? PrecisionAxis.D : PrecisionAxis.N, Apart = log, Activations = 6 };
                    var scene = law == PrecisionState.Own ? SamplePrecision.Fitted(state) : SamplePrecision.Published(state);
                    foreach (var figure in PrecisionFigures.Of(scene))
                    {
                        Assert.NotEmpty(PlotlySpec.From(figure, 380).Data);
                        Assert.NotEqual("", figure.Description);
                        Assert.All(figure.Traces.Where(trace => trace.Kind is TraceKind.Line or TraceKind.Points), trace => Assert.Equal(trace.X.Length, trace.Y.Length));
                        Assert.Contains(figure.Traces, trace => trace.X.Length > 0 && (trace.Kind == TraceKind.HeatMap || trace.Y.Any(double.IsFinite)));
                    }
                }
            }
        }
    }

    [Fact]
    public void The_lines_are_those_of_the_law_and_the_model_stands_on_them()
    {
        var figures = PrecisionFigures.Of(SamplePrecision.Published());
        var penalty = figures[0].Traces.Single(trace => trace.Name == "all together");
        var i = Array.IndexOf(penalty.X, 6.0);
        Assert.Equal(s_law.TrainingLoss(8e9, 15e12, TrainingBits.Tied(6)) - s_law.Base.Loss(8e9, 15e12), penalty.Y[i], 1e-12);
        var mark = figures[0].Traces.Single(trace => trace.Name == "This model");
        Assert.Equal((8.0, s_law.TrainingLoss(8e9, 15e12, TrainingBits.Tied(8)) - s_law.Base.Loss(8e9, 15e12)), (mark.X[0], mark.Y[0]));
        // Where nothing is left of the model no line is drawn, and the chart says so.
        Assert.True(double.IsNaN(penalty.Y[Array.IndexOf(penalty.X, 3.0)]));
        Assert.Equal("outside below 3.11", Assert.Single(figures[0].VerticalLines).Label);
        Assert.Equal(s_law.Share(TrainingBits.Unquantised with { Weights = 4 }), At(figures[1].Traces.Single(trace => trace.Name == "weights"), 4), 1e-12);

        var apart = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { Apart = true, Weights = 4, KvCache = 16 }));
        Assert.Equal(2, apart[1].Traces.Count(trace => trace.Name == "This model"));
    }

    [Fact]
    public void Lines_of_equal_loss_have_it()
    {
        foreach (var axis in Enum.GetValues<PrecisionAxis>())
        {
            var figure = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { Axis = axis }))[2];
            // The lowest loss is out of reach of eight bits.
            var line = figure.Traces.First(trace => trace.Kind == TraceKind.Line && double.IsFinite(At(trace, 8)));
            var at = Array.IndexOf(line.X, 8.0);
            var loss = axis == PrecisionAxis.N ? s_law.TrainingLoss(line.Y[at], 15e12, TrainingBits.Tied(8)) : s_law.TrainingLoss(8e9, line.Y[at], TrainingBits.Tied(8));
            Assert.Equal(double.Parse(line.EndLabel!, System.Globalization.CultureInfo.InvariantCulture), loss, 1e-3);
        }
    }

    [Fact]
    public void The_marked_bits_are_the_lowest_of_their_line()
    {
        foreach (var given in (bool[])[true, false])
        {
            var figure = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Budget, SizeGiven = given }))[0];
            var best = figure.Traces.Single(trace => trace.Name == "Best bits");
            var lines = figure.Traces.Where(trace => trace.Kind == TraceKind.Line).ToArray();
            Assert.Equal(5, lines.Length);
            for (var i = 0; i < lines.Length; i++)
                Assert.True(best.Y[i] <= lines[i].Y.Where(double.IsFinite).Min() + 1e-12);
            if (!given)
                Assert.All(best.X, bits => Assert.Equal(7.002, bits, 1e-3));
        }
    }

    [Fact]
    public void Well_known_models_stand_where_the_law_puts_them_and_can_be_left_out()
    {
        var budget = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Budget }))[1];
        var llama = budget.Traces.Single(trace => trace.Name == "Llama 3.1 8B");
        Assert.Equal((7.2e23, s_law.BitsAtParameters(7.2e23, 8e9)!.Value), (llama.X[0], llama.Y[0]));
        Assert.True(llama.Published);
        var map = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Served }))[1];
        Assert.Equal(s_law.CriticalPostBits(8e9, 15e12), map.Traces.Single(trace => trace.Name == "Llama 3.1 8B").Y[0]);
        Assert.DoesNotContain(PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Budget, Landmarks = false }))[1].Traces, trace => trace.Published);
    }

    [Fact]
    public void The_turns_are_where_more_training_starts_to_hurt()
    {
        var figure = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Served }))[0];
        var turns = figure.Traces.Single(trace => trace.Name == "Where more training starts to hurt");
        Assert.Contains(turns.X, tokens => Math.Abs(tokens / s_law.CriticalTokens(8e9, TrainingBits.Tied(8), 4) - 1) < 1e-12);
        Assert.All(turns.X, tokens => Assert.InRange(tokens, figure.XAxis.Range!.Low, figure.XAxis.Range.High));
    }

    [Fact]
    public void Runs_are_laid_over_a_fit_with_its_bands()
    {
        var figures = PrecisionFigures.Of(SamplePrecision.Fitted());
        var share = figures[1];
        var weights = share.Traces.Single(trace => trace.Name == "Your runs, weights");
        // Three sizes, three counts of tokens, four precisions.
        Assert.Equal(36, weights.X.Length);
        Assert.Equal([3, 4, 6, 8], weights.X.Distinct().Order());
        Assert.Equal(36, weights.Ids!.Distinct().Count());
        Assert.Contains(figures[0].Traces, trace => trace.Kind == TraceKind.Band);
        var band = share.Traces.Single(trace => trace.Kind == TraceKind.Band);
        var i = Array.IndexOf(band.X, 6.0);
        Assert.InRange(At(share.Traces.Single(trace => trace.Name == "all together"), 6), band.YLow![i] - 0.02, band.YHigh![i] + 0.02);
        var served = PrecisionFigures.Of(SamplePrecision.Fitted(new PrecisionState { Project = "p", View = PrecisionView.Served }));
        // Of the size in view only; of every size on the map.
        Assert.Equal(15, served[0].Traces.Single(trace => trace.Name == "Your runs").X.Length);
        Assert.Equal(45, served[1].Traces.Single(trace => trace.Name == "Your runs").X.Length);
    }

    [Fact]
    public void Labels_over_a_map_have_a_ground_of_their_own()
    {
        var map = PrecisionFigures.Of(SamplePrecision.Published(new PrecisionState { View = PrecisionView.Served }))[1];
        Assert.Contains(PlotlySpec.From(map, 380).Layout.Annotations, label => label.BackgroundColor == "--surface-raised");
        var lines = PrecisionFigures.Of(SamplePrecision.Published())[0];
        Assert.All(PlotlySpec.From(lines, 380).Layout.Annotations, label => Assert.Null(label.BackgroundColor));
    }

    private static double At(Trace trace, double x) => trace.Y[Array.IndexOf(trace.X, x)];
}
