using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Dashboard.Fit;

namespace ScalingDashboard.Dashboard.Components.IsoFlop;

/// <summary>Formulas, sources, options in force and provenance.</summary>
public sealed partial class IsoFlopMethod
{
    [Parameter] public IsoFlopAnalysis? Analysis { get; set; }

    private static IEnumerable<(string Name, double Value, Interval? Interval)> Coefficients(FitResult surface)
    {
        (string, Func<Law, double>)[] coefficients =
        [
            ("E, nats per token", law => law["E"]), ("A", law => law["A"]), ("B", law => law["B"]), ("α", law => law["alpha"]), ("β", law => law["beta"]),
            ("a = β/(α+β)", law => law.ParameterExponent), ("b = α/(α+β)", law => law.TokenExponent),
        ];
        return coefficients.Select(item => (item.Item1, item.Item2(surface.Fit.Law), Interval.Of(surface.Bootstrap.Laws.Select(item.Item2))));
    }
}
