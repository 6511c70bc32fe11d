namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A well-known model as its paper states it.</summary>
/// <param name="Model">Name.</param>
/// <param name="Year">Year of publication.</param>
/// <param name="Parameters">N.</param>
/// <param name="Tokens">D.</param>
/// <param name="Source">Paper.</param>
public sealed record LandmarkModel(string Model, int Year, double Parameters, double Tokens, string Source)
{
    /// <summary>6ND, FLOP.</summary>
    public double Flops => 6 * Parameters * Tokens;
}
