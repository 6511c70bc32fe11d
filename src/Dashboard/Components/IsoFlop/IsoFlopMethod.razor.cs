using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Components.IsoFlop;

/// <summary>Formulas, sources, options in force and provenance.</summary>
public sealed partial class IsoFlopMethod
{
    [Parameter] public IsoFlopAnalysis? Analysis { get; set; }
    [Parameter, EditorRequired] public required IsoFlopState State { get; set; }

    /// <summary>All runs of the project.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Rows { get; set; }

    [Inject] public required DashboardOptions Server { get; init; }

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
