using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Estimate;

/// <summary>The controls of the Estimate page: target, budget, cut, plan, options.</summary>
public sealed partial class EstimateInspector
{
    // More would not fit the address.
    private const int MostNames = 50;

    private static readonly Choice<bool>[] s_ends = [new(false, "Smallest"), new(true, "Largest")];

    [Parameter, EditorRequired] public required EstimateState State { get; set; }
    [Parameter, EditorRequired] public required EstimateResult Result { get; set; }

    /// <summary>Hears of every choice.</summary>
    [Parameter] public EventCallback<EstimateState> OnChange { get; set; }

    /// <summary>Hears while a slider is dragged.</summary>
    [Parameter] public EventCallback<EstimateState> OnDrag { get; set; }

    private EstimateStudy Study => Result.Study;

    private IReadOnlyList<int> Counts => [.. Result.View.Map.Select(score => score.Plan.Models).Append(State.Models).Where(count => count > 0).Distinct().Order()];

    private IReadOnlyList<double> Shares => [.. EstimateOptions.Tenths.Append(State.Share).Where(share => share > 0).Distinct().Order()];

    private IReadOnlyList<double> Sizes => [.. Study.Target.Estimation.Candidates.Select(model => model.Parameters).Skip(1).Distinct()];

    private IReadOnlyList<string> Names => [.. Result.Selection.All.Select(run => run.Family).OfType<string>().Distinct().Take(MostNames)];

    /// <summary>0, then 1, 2 and 5 of every decade, from well below the first checkpoint to the longest training.</summary>
    private IReadOnlyList<double> Cuts
    {
        get
        {
            var most = Study.Families.SelectMany(family => family.Family.Members).Max(member => member.Model.MostTokens);
            double[] decades = [.. Enumerable.Range(0, 5).Select(i => Math.Pow(10, Math.Floor(Math.Log10(most)) - 4 + i))];
            return [0, .. decades.SelectMany(decade => (double[])[decade, 2 * decade, 5 * decade]).Where(cut => cut < most)];
        }
    }

    private Task SetAsync(EstimateState next) => OnChange.InvokeAsync(next);

    private Task ToggleAsync(string name, ChangeEventArgs change)
    {
        var all = State.Families.Count == 0 ? Names : State.Families;
        IReadOnlyList<string> next = change.Value is true ? [.. all.Append(name).Distinct()] : [.. all.Where(other => other != name)];
        return SetAsync(State with { Families = next.Count == Names.Count ? [] : next, Target = Study.Target.Family.Name });
    }

    private static string Text(ChangeEventArgs change) => (string?)change.Value ?? "";

    private static double Number(ChangeEventArgs change) => Quantity.TryParse(Text(change), out var number) ? number : 0;
}
