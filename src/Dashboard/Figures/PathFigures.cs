using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Numerics.Optimizers;
using ScalingDashboard.Numerics.Optimizers.Landscapes;
using static ScalingDashboard.Dashboard.Figures.Frame;

namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The charts of a step on problems of two weights.</summary>
public static class PathFigures
{
    private const int LevelLines = 9;
    private const int LevelPoints = 90;
    private const int Decades = 8;
    private const double ArrowShare = 0.14;

    /// <summary>Both of a scene.</summary>
    public static IReadOnlyList<Figure> Of(PathScene scene) => [Paths(scene), Falls(scene)];

    /// <summary>The plane with both paths; momentum, gradient and the step that the mask leaves of it at one point.</summary>
    public static Figure Paths(PathScene scene)
    {
        var (x, y) = (RangeOf(scene, point => point.X, scene.Problem.Minimum.X), RangeOf(scene, point => point.Y, scene.Problem.Minimum.Y));
        var at = scene.At;
        var (base1, masked) = (OptimizerStyle.Of(scene.Key), OptimizerStyle.Of("c-" + scene.Key));
        List<Trace> traces =
        [
            .. Levels(scene, x, y),
            Line(scene.Name, scene.Base, base1),
            Line("C-" + scene.Name, scene.Cautious, masked),
            new()
            {
                Name = "Minimum", Kind = TraceKind.Points, X = [scene.Problem.Minimum.X], Y = [scene.Problem.Minimum.Y], Color = "--ink", Symbol = MarkerSymbol.Cross, Size = 10, Hover = ["the minimum"],
            },
        ];
        // Arrows of one length: directions are what is compared.
        var length = ArrowShare * Math.Min(x.High - x.Low, y.High - y.Low);
        traces.Add(Arrow("Downhill, −gradient", at, (-at.Gradient.X, -at.Gradient.Y), length, "--good", LineDash.Solid, "−g"));
        if (scene.Options.Beta1 > 0)
            traces.Add(Arrow("Momentum, −m", at, (-at.Momentum.X, -at.Momentum.Y), length, "--ink", LineDash.Dash, "−m"));
        traces.Add(Arrow("Step that the mask leaves", at, at.Step, length, "--bad", LineDash.Solid, "step"));
        traces.Add(new Trace
        {
            Name = "The step drawn", Kind = TraceKind.Points, X = [at.X], Y = [at.Y], Color = "--bad", Symbol = MarkerSymbol.CircleOpen, Size = 11,
            Hover = [FormattableString.Invariant($"step {scene.State.At} of C-{scene.Name}\nloss {at.Loss:G4}\n{OptimizersWords.Mask(scene)}")],
        });
        return new Figure
        {
            Name = "optimizers-paths",
            Title = "Paths",
            Subtitle = $"{OptimizersWords.Name(scene.State.Problem).ToLowerInvariant()}, {scene.Name} and its cautious form from the same start",
            Description = $"Paths of {scene.Name} and its cautious form over the loss of two weights. {OptimizersWords.Mask(scene)}",
            XAxis = new FigureAxis("Weight w₁") { Range = x },
            YAxis = new FigureAxis("Weight w₂") { Range = y },
            Traces = traces,
        };
    }

    /// <summary>Loss and energy of both against steps.</summary>
    public static Figure Falls(PathScene scene)
    {
        var (base1, masked) = (OptimizerStyle.Of(scene.Key), OptimizerStyle.Of("c-" + scene.Key));
        double highest = scene.Base.Concat(scene.Cautious).Max(point => point.Loss), lowest = scene.Base.Concat(scene.Cautious).Where(point => point.Loss > 0).Select(point => point.Loss).DefaultIfEmpty(highest).Min();
        var hasEnergy = Hamiltonian.Exists(scene.State.Rule);
        return new Figure
        {
            Name = "optimizers-energy",
            Title = hasEnergy ? "Loss and energy" : "Loss",
            Subtitle = hasEnergy ? "loss L, and H = L + energy of the momentum (faint)" : $"of {scene.Name} no energy is known that never rises",
            Description = hasEnergy
                ? $"Loss and Hamiltonian of {scene.Name} and its cautious form against steps. H does not rise in small steps; the loss may, unless masked."
                : $"Loss of {scene.Name} and its cautious form against steps.",
            XAxis = new FigureAxis("Step"),
            YAxis = new FigureAxis(hasEnergy ? "Loss or energy" : "Loss") { Log = true, Range = new(Math.Max(lowest, highest * Math.Pow(10, -Decades)) / 2, 3 * highest) },
            Traces =
            [
                .. hasEnergy ? [Fall($"{scene.Name}, H", scene.Base, point => point.Hamiltonian, base1, true), Fall($"C-{scene.Name}, H", scene.Cautious, point => point.Hamiltonian, masked, true)] : Array.Empty<Trace>(),
                Fall(scene.Name, scene.Base, point => point.Loss, base1, false), Fall("C-" + scene.Name, scene.Cautious, point => point.Loss, masked, false),
            ],
            VerticalLines = [new(scene.State.At, "step drawn")],
        };
    }

    private static Trace Fall(string name, IReadOnlyList<PathPoint> path, Func<PathPoint, double> of, OptimizerStyle style, bool faint) => new()
    {
        Name = name,
        Kind = TraceKind.Line,
        X = [.. path.Select((_, i) => (double)i)],
        Y = [.. path.Select(point => of(point) is > 0 and var value ? value : double.NaN)],
        Color = style.Color,
        Dash = style.Dash,
        Size = faint ? 1.2 : 2,
        Opacity = faint ? 0.5 : null,
        EndLabel = faint ? null : name,
    };

    private static Trace Line(string name, IReadOnlyList<PathPoint> path, OptimizerStyle style) => new()
    {
        Name = name, Kind = TraceKind.Line, X = [.. path.Select(point => point.X)], Y = [.. path.Select(point => point.Y)], Color = style.Color, Dash = style.Dash, Size = 2.2, EndLabel = name,
    };

    private static Trace Arrow(string name, PathPoint from, (double X, double Y) along, double length, string color, LineDash dash, string label)
    {
        var size = Math.Sqrt(along.X * along.X + along.Y * along.Y);
        var (x, y) = size > 0 ? (from.X + length * along.X / size, from.Y + length * along.Y / size) : (from.X, from.Y);
        return new Trace { Name = name, Kind = TraceKind.Line, X = [from.X, x], Y = [from.Y, y], Color = color, Dash = dash, Size = 2.6, EndLabel = size > 0 ? label : null };
    }

    // Around both paths and the minimum, but not a path that leaves.
    private static AxisRange RangeOf(PathScene scene, Func<PathPoint, double> of, double minimum)
    {
        double[] all = [.. scene.Base.Concat(scene.Cautious).Select(of).Where(value => Math.Abs(value) < 4), minimum];
        var (low, high) = (all.Min(), all.Max());
        var pad = 0.12 * Math.Max(high - low, 0.5);
        return new AxisRange(low - pad, high + pad);
    }

    // Lines of equal loss from that of the far corners downwards, each a third of the one outside it.
    private static IEnumerable<Trace> Levels(PathScene scene, AxisRange x, AxisRange y)
    {
        var highest = (from u in new[] { x.Low, x.High } from v in new[] { y.Low, y.High } select scene.Problem.Loss(u, v)).Max();
        for (var i = 0; i < LevelLines; i++)
        {
            var loss = highest / Math.Pow(3, i + 0.5);
            var (xs, ys) = scene.Problem.Level(loss, LevelPoints);
            yield return new Trace
            {
                Name = $"Loss {OptimizersWords.Loss(loss)}", Kind = TraceKind.Line, X = xs, Y = ys, Color = IsoFlopFigures.SequenceColor(i, LevelLines), Size = 1, Opacity = 0.7,
            };
        }
    }
}
