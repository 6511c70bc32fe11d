namespace ScalingDashboard.Numerics.Estimation;

/// <summary>The checkpoints a law is fitted to, and what training up to them costs.</summary>
public sealed record TrainingRows
{
    private const int Parts = 10;

    /// <summary>N of every row.</summary>
    public required double[] Parameters { get; init; }

    /// <summary>D of every row.</summary>
    public required double[] Tokens { get; init; }

    /// <summary>L of every row.</summary>
    public required double[] Losses { get; init; }

    /// <summary>Σ 6·N·D over the last row of each model, FLOP.</summary>
    public required double FlopsSpent { get; init; }

    /// <summary>
    /// Keeps D &gt; minimum tokens and D &lt; p·max D over the chosen models, both strict (arXiv 2410.11840, §3 and its code), so that even p = 1
    /// leaves out the very end. Final losses are the end, so for them D ≤ p·max D.
    /// </summary>
    /// <param name="chosen">The models.</param>
    /// <param name="share">p.</param>
    /// <param name="options">Cut and checkpoints.</param>
    /// <param name="endIncluded">D ≤ p·max D for all checkpoints.</param>
    public static TrainingRows Of(IReadOnlyList<FamilyModel> chosen, double share, EstimationOptions options, bool endIncluded = false)
    {
        var limit = share * chosen.Select(model => model.MostTokens).DefaultIfEmpty(double.NaN).Max();
        endIncluded |= options.Checkpoints == CheckpointUse.Final;
        List<double> parameters = [], tokens = [], losses = [];
        var flops = 0.0;
        foreach (var model in chosen)
        {
            int[] kept = [.. Enumerable.Range(0, model.Tokens.Count).Where(i => model.Tokens[i] > options.MinimumTokens && (model.Tokens[i] < limit || (endIncluded && model.Tokens[i] <= limit)))];
            if (kept.Length == 0)
                continue;
            kept = options.Checkpoints switch
            {
                CheckpointUse.Final => [kept[^1]],
                CheckpointUse.Tenths => [.. Enumerable.Range(1, Parts).Select(part => Nearest(model, kept, model.MostTokens * part / Parts)).Distinct()],
                _ => kept,
            };
            foreach (var i in kept)
            {
                parameters.Add(model.Parameters);
                tokens.Add(model.Tokens[i]);
                losses.Add(model.Losses[i]);
            }

            flops += 6 * model.Parameters * model.Tokens[kept[^1]];
        }

        return new TrainingRows { Parameters = [.. parameters], Tokens = [.. tokens], Losses = [.. losses], FlopsSpent = flops };
    }

    private static int Nearest(FamilyModel model, int[] kept, double tokens) => kept.MinBy(i => Math.Abs(model.Tokens[i] - tokens));
}
