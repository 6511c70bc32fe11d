using ScalingDashboard.Analysis;
using ScalingDashboard.Ingest;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Runs sorted into families, from a table or from a project.</summary>
public static class FamilyRuns
{
    /// <summary>Every row of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">Its rows and how they were chosen.</param>
    /// <exception cref="AnalysisException">There is no row.</exception>
    public static ModelFamilies Of(SweepTable table, RunSet rows)
    {
        var traits = table.Runs.ToDictionary(run => run.Name, run => RunTraits.Of(run.Family, run.Config, table.FileName));
        return ModelFamilies.Of(rows, row => traits[row.Run]);
    }

    /// <summary>The checkpoints of the runs that count; of a run without curves its only row.</summary>
    /// <exception cref="AnalysisException">There is no row.</exception>
    public static ModelFamilies Of(ProjectSelection selection)
    {
        var traits = selection.Rows.ToDictionary(run => run.Id, run => RunTraits.Of(run.Family, run.Config, run.FileName));
        var curves = selection.Checkpoints.Observations.ToLookup(row => row.RunId);
        var rows = selection.Final.Observations.SelectMany(final => curves.Contains(final.RunId) ? curves[final.RunId] : [final]);
        return ModelFamilies.Of(selection.Final with { Observations = [.. rows] }, row => traits[row.RunId]);
    }
}
