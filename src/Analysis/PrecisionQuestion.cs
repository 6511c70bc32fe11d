using System.Globalization;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>What is asked of a law of precision without runs.</summary>
public sealed record PrecisionQuestion
{
    /// <summary>Fewest parameters and tokens, and least compute, that are taken for a language model: below, a suffix was forgotten.</summary>
    public const double LeastCount = 1e3;

    /// <inheritdoc cref="LeastCount"/>
    public const double LeastFlops = 1e9;

    /// <summary>The law.</summary>
    public PublishedPrecision Published { get; init; } = PublishedPrecisions.Kumar;

    /// <summary>The form of the main text, without the shifts.</summary>
    public bool Plain { get; init; }

    /// <summary>C_w, C_a, C_kv.</summary>
    public Robustness Robustness { get; init; } = Robustness.Illustrative;

    /// <summary>N.</summary>
    public double Parameters { get; init; }

    /// <summary>D.</summary>
    public double Tokens { get; init; }

    /// <summary>Bits in training.</summary>
    public TrainingBits Bits { get; init; }

    /// <summary>Bits after training; null where the weights stay as trained.</summary>
    public double? Post { get; init; }

    /// <summary>Format, for the law in floating point.</summary>
    public FloatingPointFormat? Format { get; init; }

    /// <summary>Values that share a scale, for laws that ask.</summary>
    public double? Group { get; init; }

    /// <summary>Asks what the law says.</summary>
    /// <exception cref="AnalysisException">The question lies outside the law, or lacks what the law needs.</exception>
    public PrecisionReport Answer()
    {
        Checked();
        switch (Published)
        {
            case PublishedPrecision<PrecisionLaw> kumar:
                return PrecisionReport.Of(At(Law(kumar)), [.. Warnings(Law(kumar))]);
            case PublishedPrecision<FloatingPointLaw> { Law: var sun }:
                Refuse(Post is not null || Bits != TrainingBits.Unquantised, "takes a format such as E4M3, not bits of parts, and says nothing of what follows training");
                var format = Format ?? throw new AnalysisException($"{Published.Name}: name the format, such as E4M3.");
                var logBlock = Group is { } block ? Math.Log2(block) : FloatingPointLaw.ChannelLogBlock;
                return PrecisionReport.Of(
                    new PrecisionTerms(double.NaN, sun.ParameterCoefficient * Math.Pow(Parameters, -sun.Alpha), sun.TokenCoefficient * Math.Pow(Tokens, -sun.Beta), sun.Irreducible, 0),
                    [.. Warnings(format.Bits), .. Beyond(sun.CriticalTokens(Parameters, format, logBlock), "in this format")], sun.AddedLoss(Parameters, Tokens, format, logBlock));
            case PublishedPrecision<LowBitLaw> { Law: var ouyang }:
                Refuse(Bits != TrainingBits.Unquantised, "is of models trained without quantisation");
                var post = Post ?? throw new AnalysisException($"{Published.Name}: name the bits after training.");
                return PrecisionReport.AddedOnly(ouyang.AddedLoss(Parameters, Tokens, post), isPost: true, [.. Warnings(post), OnlyAdded]);
            case PublishedPrecision<GroupedTrainingLaw> { Law: var chen }:
                Refuse(Post is not null || Bits != TrainingBits.Unquantised, "has its bits in its name, and takes only the size of the groups");
                var group = Group ?? throw new AnalysisException($"{Published.Name}: name how many values share a scale, such as 128.");
                return PrecisionReport.AddedOnly(chen.AddedLoss(Parameters, Tokens, group), isPost: false, [.. Warnings(4), OnlyAdded]);
            default:
                throw new InvalidOperationException($"The law {Published.Key} is of no known kind.");
        }
    }

    /// <summary>The best bits for a budget.</summary>
    /// <param name="flops">C, FLOP of 16 bits.</param>
    /// <param name="parameters">N where it is given.</param>
    /// <param name="bits">P where it is given.</param>
    /// <exception cref="AnalysisException">The question lies outside the law, gives both, or the law has no optimum.</exception>
    public PrecisionOptimumReport Optimum(double flops, double? parameters, double? bits)
    {
        Check(flops, parameters, bits);
        switch (Published)
        {
            case PublishedPrecision<PrecisionLaw> kumar:
                var law = Law(kumar);
                return PrecisionOptimumReport.Of(
                    law, Inside(parameters is { } given ? law.OptimumAtParameters(flops, given) : bits is { } p ? law.OptimumAtBits(flops, p) : law.JointOptimum(flops)), Warnings);
            case PublishedPrecision<FloatingPointLaw> { Law: var sun }:
                var logBlock = Group is { } block ? Math.Log2(block) : FloatingPointLaw.ChannelLogBlock;
                return PrecisionOptimumReport.Of(
                    sun, logBlock, parameters is { } fixedParameters ? sun.OptimumAtParameters(flops, fixedParameters, logBlock) : bits is { } fixedBits ? sun.OptimumAtBits(flops, fixedBits, logBlock) : sun.JointOptimum(flops, logBlock), Warnings);
            default:
                throw new AnalysisException($"{Published.Name} says only what few bits add to the loss, and so has no optimum. Ask {PublishedPrecisions.Kumar.Key} or {PublishedPrecisions.Sun.Key}.");
        }

        IEnumerable<string> Warnings(PrecisionOptimum optimum) => (this with { Parameters = optimum.Parameters, Tokens = optimum.Tokens }).Warnings(optimum.Bits);
    }

    /// <summary>The law with this form and these constants.</summary>
    public PrecisionLaw Law(PublishedPrecision<PrecisionLaw> published) => (Plain ? published.Law.Plain() : published.Law) with { Robustness = Robustness };

    /// <summary>Passes where a budget and what is given with it make a question.</summary>
    /// <exception cref="AnalysisException">They do not.</exception>
    public static void Check(double flops, double? parameters, double? bits)
    {
        Require(flops, "flops", "1e21", LeastFlops);
        if (parameters is not { } size)
            return;
        Require(size, "parameters", "7B", LeastCount);
        if (bits is { } both)
        {
            throw new AnalysisException(string.Create(
                CultureInfo.InvariantCulture,
                $"With parameters, bits and compute given nothing is left to choose: D = C/((6/16)·N·P) = {Quantity.Count(flops / (PrecisionLaw.CostPerBit * size * both))} tokens. Leave out the parameters or the bits."));
        }
    }

    /// <summary>The question, where its counts are those of a language model.</summary>
    /// <exception cref="AnalysisException">They are not.</exception>
    public PrecisionQuestion Checked()
    {
        Require(Parameters, "parameters", "7B", LeastCount);
        Require(Tokens, "tokens", "1.4T", LeastCount);
        return this;
    }

    /// <summary>Answer of a law, or the reason as a message.</summary>
    internal static T Inside<T>(LawAnswer<T> answer) where T : class =>
        answer.Value ?? throw new AnalysisException($"{char.ToUpperInvariant(answer.Outside!.Text[0])}{answer.Outside.Text[1..]}.");

    private static string OnlyAdded => "This law says only what few bits add to the loss, not the loss itself.";

    private PrecisionTerms At(PrecisionLaw law) => Inside(law.At(Parameters, Tokens, Bits, Post));

    private IEnumerable<string> Warnings(PrecisionLaw law)
    {
        var least = TrainingBits.Parts.Select(part => Bits[part]).Append(Post).OfType<double>().DefaultIfEmpty(16).Min();
        foreach (var warning in Warnings(least))
            yield return warning;
        if (Post is { } post)
        {
            foreach (var warning in Beyond(law.CriticalTokens(Parameters, Bits, post), string.Create(CultureInfo.InvariantCulture, $"after quantising to {post:0.##} bits")))
                yield return warning;
            if (Bits != TrainingBits.Unquantised)
                yield return "The constants of robustness, C_w, C_a and C_kv, are not published; 1 only illustrates.";
        }
    }

    private IEnumerable<string> Warnings(double bits)
    {
        yield return "Published constants, for which no interval is published: other architectures and data have others.";
        if (Plain && Published is PublishedPrecision<PrecisionLaw>)
            yield return "The plain form leaves out the shifts that the constants were fitted with, and contradicts the paper's own claims; it is here to compare with.";
        foreach (var (value, range, what, format) in ((double, CoveredRange, string, Func<double, string>)[])
            [(Parameters, Published.Parameters, "parameters", Quantity.Count), (Tokens, Published.Tokens, "tokens", Quantity.Count), (bits, Published.Bits, "bits", value => Quantity.Significant(value, 3))])
        {
            if (!range.Holds(value))
            {
                var decades = range.DecadesBeyond(value);
                yield return $"{format(value)} {what} lie {(what == "bits" ? "" : $"{Quantity.Significant(decades, 2)} decades ")}beyond the runs behind this law, {(range.Low < range.High ? $"{format(range.Low)} to {format(range.High)}" : format(range.Low))}.";
            }
        }
    }

    private IEnumerable<string> Beyond(double critical, string when)
    {
        if (Tokens > critical)
            yield return $"{Quantity.Count(Tokens)} tokens are {Quantity.Significant(Tokens / critical, 2)} times the {Quantity.Count(critical)} from where on more training raises the loss {when}.";
    }

    private void Refuse(bool isWrong, string why)
    {
        if (isWrong)
            throw new AnalysisException($"{Published.Name} {why}.");
    }

    private static void Require(double value, string what, string example, double least)
    {
        if (!(value > 0))
            throw new AnalysisException($"{what}: {(double.IsNaN(value) ? "missing" : Quantity.Significant(value, 3))}; it must be above zero, such as {example}.");
        if (value < least)
        {
            var number = Quantity.Significant(value, 6);
            throw new AnalysisException(what == "flops"
                ? $"flops: {number} FLOP train no language model. Write the compute like {example}."
                : $"{what}: {number} {what} are no language model. Did you mean {number}B, or {number}M? Write it with its suffix, or like {example}.");
        }
    }
}
