using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Runs;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Dashboard.Components.Fit;

/// <summary>Formula, objective, search, outcome, assumptions and provenance of a fit.</summary>
public sealed partial class FitMethodTab
{
    /// <summary>Null where there is no fit.</summary>
    [Parameter] public FitAnalysis? Analysis { get; set; }
    [Parameter, EditorRequired] public required FitState State { get; set; }

    /// <summary>All runs of the project.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunRow> Runs { get; set; }

    [Inject] public required DashboardOptions Server { get; init; }

    private IEnumerable<string> Assumptions
    {
        get
        {
            yield return "The law holds beyond the runs as it does within them; “Beyond your data” says how far that is stretched, no interval knows it.";
            if (State.Form.AllocatesCompute)
                yield return "Training costs C = 6·N·D FLOP, and the optimum is over N and D alone: learning rate, batch and shape are taken as tuned in every run.";
            if (State.ServedTokens is not null)
                yield return "Serving costs 2·N FLOP a token; N and D minimise 6·N·D + 2·N·D_inf at the loss of the training optimum (Sardana et al. 2023, arXiv 2401.00448, §2). Laws fitted at usual ratios over-rate extra tokens at extreme ones.";
            if (State.Form.Key == "repeated")
                yield return "The optimum shown is the one with unlimited different tokens; the lines of equal loss hold for tokens that never repeat.";
            yield return State.Intervals switch
            {
                IntervalKind.BiasCorrected => "Intervals are BCa (Efron 1987): quantiles of the bootstrap draws, corrected for their bias and skewness by a jackknife.",
                IntervalKind.Profile or IntervalKind.AdjustedProfile => "Intervals are those of the profile likelihood (χ²₁ cut-offs): Gaussian for squared losses, Laplace for absolute ones, for Huber the density ∝ exp(−Huber(r/s)) with free scale s, whose best law differs a little from that of the plain sum."
                    + (State.Intervals == IntervalKind.Profile ? "" : " For Huber and absolute losses the cut-offs are multiplied by what the sandwich covariance makes of the likelihood's own (Royall and Tsou 2003), because the residuals need not have that density.")
                    + (Analysis?.Rows.Count > FitBands.MostProfiled ? " Bands in the charts are percentiles of the draws: to follow a profile at every place of so many points takes too long." : ""),
                IntervalKind.Delta => "Intervals follow from the sandwich covariance of the fit by the delta method, on the logarithm of what is above zero.",
                _ => "Intervals are percentiles of the bootstrap draws.",
            };
            yield return State.Resampling switch
            {
                _ when State.Intervals is IntervalKind.Profile or IntervalKind.AdjustedProfile or IntervalKind.Delta => "Points count as independent; intervals know scatter, not a wrong law.",
                Resampling.Budgets => "Intervals resample whole budgets: runs of one budget may share their errors.",
                Resampling.Families => "Intervals resample whole families: runs of one family may share their errors.",
                Resampling.Models => "Intervals resample whole models with what was quantised from each, because they share their errors.",
                _ => "Intervals resample points as if they were independent; they know scatter, not a wrong law.",
            };
        }
    }
}
