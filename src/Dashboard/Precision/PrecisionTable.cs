using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>What is left of a model in some bits; shares as fractions, NaN where the law says nothing.</summary>
/// <param name="Bits">Bits.</param>
/// <param name="Parts">Share by each part alone, in the order of <see cref="TrainingBits.Parts"/>.</param>
/// <param name="Share">Share with all parts in these bits.</param>
/// <param name="PerBit">Share per bit, which is largest at the best bits.</param>
/// <param name="Loss">Training loss, nats per token.</param>
public sealed record PrecisionTableRow(double Bits, IReadOnlyList<double> Parts, double Share, double PerBit, double Loss);

/// <summary>What a published law says of the model of the page.</summary>
/// <param name="Law">The law.</param>
/// <param name="Asked">What it is asked: "8 bits", "E4M3".</param>
/// <param name="Added">What that adds to the loss, nats per token; NaN outside the law.</param>
/// <param name="Beyond">How far the model lies from its runs.</param>
public sealed record PublishedPrecisionRow(PublishedPrecision Law, string Asked, double Added, string Beyond);

/// <summary>The numbers of the Precision page as tables.</summary>
public static class PrecisionTable
{
    private static readonly double[] s_bits = [3, 4, 5, 6, 7, 8, 10, 12, 16];

    /// <summary>What is left at common bits.</summary>
    public static IReadOnlyList<PrecisionTableRow> Rows(PrecisionScene scene) => scene.Law is not { } law ? [] :
    [
        .. s_bits.Select(bits =>
        {
            var share = Inside(law.Share(TrainingBits.Tied(bits)));
            return new PrecisionTableRow(
                bits,
                [.. TrainingBits.Parts.Select(part => law[part] is null ? double.NaN : Inside(law.Share(TrainingBits.Unquantised.With(part, bits))))],
                share, share / bits, share > 0 ? law.TrainingLoss(scene.Parameters, scene.Tokens, TrainingBits.Tied(bits)) : double.NaN);
        }),
    ];

    /// <summary>Every published law asked of the model of the page, where it can be asked.</summary>
    public static IReadOnlyList<PublishedPrecisionRow> Published(PrecisionScene scene)
    {
        var (n, d, bits, post, format, group) = (scene.Parameters, scene.Tokens, scene.Bits, scene.State.Post, scene.Format, scene.State.Group);
        return [.. PublishedPrecisions.All.SelectMany(Asked)];

        IEnumerable<PublishedPrecisionRow> Asked(PublishedPrecision published)
        {
            var decades = Math.Max(published.Parameters.DecadesBeyond(n), published.Tokens.DecadesBeyond(d));
            var beyond = decades < 0.05 ? "within" : $"{Quantity.Significant(decades, 2)} decades beyond";
            switch (published)
            {
                case PublishedPrecision<PrecisionLaw> { Law: var law }:
                    yield return new(published, $"training in {new RunPrecision(bits, null, null, null).Words}", law.At(n, d, bits).Value is { } trained ? trained.Loss - law.Base.Loss(n, d) : double.NaN, beyond);
                    yield return new(published, $"then {PrecisionWords.Chosen(post)} bits after training", law.At(n, d, bits, post).Value?.PostTraining ?? double.NaN, beyond);
                    break;
                case PublishedPrecision<FloatingPointLaw> { Law: var law }:
                    yield return new(published, $"training in {PrecisionWords.Layout(format)}, {Quantity.Count(group)} values a scale", law.AddedLoss(n, d, format, scene.LogBlock), beyond);
                    break;
                case PublishedPrecision<LowBitLaw> { Law: var law }:
                    yield return new(published, $"{PrecisionWords.Chosen(post)} bits after training{(published.Bits.Holds(post) ? "" : ", beyond its 2 to 4")}", law.AddedLoss(n, d, post), beyond);
                    break;
                case PublishedPrecision<GroupedTrainingLaw> { Law: var law }:
                    yield return new(published, $"groups of {Quantity.Count(group)}", law.AddedLoss(n, d, group), beyond);
                    break;
            }
        }
    }

    /// <summary>The rows as a spreadsheet takes them.</summary>
    public static string Text(IReadOnlyList<PrecisionTableRow> rows)
    {
        var header = string.Join('\t', ["bits", .. TrainingBits.Parts.Select(part => $"N_eff/N, {TrainingBits.Name(part)} alone"), "N_eff/N, all together", "parameters needed", "N_eff/N per bit", "loss, nats per token"]);
        return header + "\n" + string.Concat(rows.Select(row => string.Join('\t', ((double[])[row.Bits, .. row.Parts, row.Share, 1 / row.Share, row.PerBit, row.Loss]).Select(FitTable.Number)) + "\n"));
    }

    private static double Inside(double share) => share > 0 ? share : double.NaN;
}
