using System.Globalization;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Analysis;

/// <summary>What to know before trusting an estimate.</summary>
internal static class EstimateWarnings
{
    private const int Shown = 4;

    internal static IEnumerable<Warning> Of(IReadOnlyList<FamilyResult> results, Donor? donor, ModelFamilies collection)
    {
        foreach (var result in results.Where(result => result.Problem is not null).Take(Shown))
            yield return new Warning("unscored", result.Problem!);
        if (results.Count(result => result.Problem is not null) is > Shown and var unscored)
            yield return new Warning("unscored", $"{unscored - Shown} more families have no estimate.");

        var scored = results.Where(result => result.IsScored).ToArray();
        if (Names(scored, result => result.Family.IsEncoderDecoder) is { } encoders)
            yield return new Warning("enc-dec", $"{encoders}: encoder and decoder. Exponents of decoder families did not carry over to such a family (arXiv 2410.11840, Appendix A); trust its own law before a borrowed one.");
        if (donor is not null && collection.Families.FirstOrDefault(family => family.Name == donor.Name) is { IsEncoderDecoder: true })
            yield return new Warning("enc-dec", $"{donor.Name} lends A and α and has an encoder; they are not known to carry over to decoders.");
        if (donor is not null && collection.Families.FirstOrDefault(family => family.Name == donor.Name) is { } lender
            && Names(scored, result => !result.Family.LossKinds.SequenceEqual(lender.LossKinds)) is { } others)
            yield return new Warning("loss-kind", $"{donor.Name} lends A and α fitted on {Kind(lender)}, and {others} measures another kind of loss; the size term is then in the wrong unit.");

        if (Names(scored, result => AllEqual(result)) is { } equal)
            yield return new Warning("equal", $"{equal}: all losses are equal, so there is nothing to predict and any law scores.");
        if (Names(scored, result => result.Chosen!.Law.Status == FitStatus.AtBound && !AllEqual(result)) is { } bound)
            yield return new Warning("bound", $"{bound}: the best law lies on a bound (a term of it vanished); it is scored all the same.");
        if (Names(scored, result => result.Chosen!.Law.Status == FitStatus.NotIdentifiable && !AllEqual(result)) is { } unidentified)
            yield return new Warning("not-identifiable", $"{unidentified}: the chosen models cannot tell the terms of the law apart, so other laws fit as well and predict otherwise. Take models of at least three sizes, or borrow A and α.");
        if (Names(scored, result => result.Chosen!.Law.Status == FitStatus.IterationLimit) is { } limited)
            yield return new Warning("iterations", $"{limited}: the search ran out of iterations; its law is not an optimum.");
        if (Names(scored, result => !AllEqual(result) && Math.Min(result.Chosen!.BestLoss.Are, result.Chosen.MostCompute.Are) < result.Chosen.Error.Are) is { } beaten)
            yield return new Warning("baseline", $"{beaten}: the loss of the best model so far predicts the target better than the law does.");
        if (Names(scored, result => result.Estimation.Targets.Count > 1) is { } several)
            yield return new Warning("targets", $"{several}: several runs have the target's size; none of them is fitted and all of them are predicted.");
    }

    /// <summary>"Family a" or "Families a and b"; null without any.</summary>
    private static string? Names(IEnumerable<FamilyResult> results, Func<FamilyResult, bool> which)
    {
        string[] names = [.. results.Where(which).Select(result => result.Family.Name)];
        return names.Length == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{(names.Length == 1 ? "Family" : "Families")} {Words.List(names, Shown)}");
    }

    private static bool AllEqual(FamilyResult result) =>
        result.Family.Members.SelectMany(member => member.Model.Losses).Distinct().Take(2).Count() == 1;

    private static string Kind(ModelFamily family) => family.LossKinds.Count == 0 ? "a loss of unsaid kind" : family.LossKinds[0];
}
