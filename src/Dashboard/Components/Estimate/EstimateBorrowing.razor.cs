using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Numerics.Estimation;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>Which families lend well.</summary>
public sealed partial class EstimateBorrowing
{
    [Parameter, EditorRequired] public required EstimateStudy Study { get; set; }

    private FamilyModel? Model => Study.Target.Estimation.Candidates is [.., var next] ? next : null;

    private static IEnumerable<TableCell> Lent(Donor donor) =>
        donor == Donor.Published
            ? new[] { donor.Alpha, donor.A }.Select(value => new TableCell(EstimateTable.Number(value), "as published"))
            : [EstimateTable.Coefficient(donor.Alpha, donor.Intervals.Alpha), EstimateTable.Coefficient(donor.A, donor.Intervals.A)];

    private static string Name(Loan loan) => loan.Family?.Name ?? "Muennighoff et al., arXiv 2305.16264";

    private string Note(Loan loan)
    {
        var target = Study.Target.Family;
        var notes = new List<string>();
        if (loan.Family?.Name == target.Name)
            notes.Add("its law saw the target: no loan");
        if (loan.Family is { IsEncoderDecoder: true } != target.IsEncoderDecoder)
            notes.Add("encoder-decoder and decoder do not share exponents");
        if (loan.Family is { } lender && !lender.LossKinds.SequenceEqual(target.LossKinds))
            notes.Add("another kind of loss");
        if (loan.OnTarget is { } score && score.Law.Explanation.Length > 0)
            notes.Add(score.Law.Explanation);
        return string.Join("; ", notes);
    }
}
