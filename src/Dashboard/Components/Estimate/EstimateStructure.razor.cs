using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>The fitted parameters of all families, and how they hang together.</summary>
public sealed partial class EstimateStructure
{
    private const double NearlyAll = 0.99;

    [Parameter, EditorRequired] public required EstimateStudy Study { get; set; }

    /// <summary>Coefficients against exponents; null where there is no structure.</summary>
    [Parameter] public Figure? Figure { get; set; }

    private static bool IsFitted(FamilyLaw law) => law.Law.Status != FitStatus.TooFewPoints;

    private int Families => Study.Laws.Count(EstimateStudy.IsInStructure);

    /// <summary>How many components explain nearly all.</summary>
    private static int Components(ParameterStructure structure) => 1 + structure.Explained.TakeWhile(share => share < NearlyAll).Count();

    // Nearly all is not all.
    private static string Explained(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";

    private static string Weight(double value) => double.IsFinite(value) ? value.ToString("0.00;−0.00;0.00", CultureInfo.InvariantCulture) : "–";
}
