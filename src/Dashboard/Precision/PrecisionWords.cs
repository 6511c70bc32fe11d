using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Precision;

/// <summary>The answer of the Precision page.</summary>
/// <param name="Headline">With the decision in bold, and the intervals and the reach.</param>
/// <param name="More">What follows from it, in sentences.</param>
/// <param name="KeyFigures">The strip.</param>
public sealed record PrecisionAnswer(FitAnswer Headline, IReadOnlyList<string> More, IReadOnlyList<KeyFigure> KeyFigures);

/// <summary>Puts what a law of precision says into words.</summary>
public static class PrecisionWords
{
    // Below it the cost of 16 bits is not worth a word.
    private const double NotableSaving = 0.02;
    private const double MostOfThem = 0.9;

    /// <summary>The answer to the page's question.</summary>
    public static PrecisionAnswer Answer(PrecisionScene scene) => scene.Published switch
    {
        PublishedPrecision<FloatingPointLaw> { Law: var sun } => scene.View == PrecisionView.Budget ? FloatingBudget(scene, sun) : Floating(scene, sun),
        PublishedPrecision<LowBitLaw> { Law: var ouyang } => LowBits(scene, ouyang),
        PublishedPrecision<GroupedTrainingLaw> { Law: var chen } => Grouped(scene, chen),
        _ => scene.View switch
        {
            PrecisionView.Budget => Budget(scene),
            PrecisionView.Served => Served(scene),
            _ => Training(scene),
        },
    };

    /// <summary>The question of a view, as a choice.</summary>
    public static string Question(PrecisionView view) => view switch
    {
        PrecisionView.Training => "Cost of bits",
        PrecisionView.Budget => "Best bits",
        _ => "After training",
    };

    /// <summary>"7.0": one decimal, two below 3.</summary>
    public static string Bits(double bits) => !double.IsFinite(bits) ? "–" : bits.ToString(bits < 3 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    /// <summary>Bits as chosen: "8", "not quantised" from 16 on.</summary>
    public static string Chosen(double bits) => bits < PrecisionState.Full ? bits.ToString("0.##", CultureInfo.InvariantCulture) : "not quantised";

    /// <summary>A difference of losses, two significant digits.</summary>
    public static string Nats(double value) => !double.IsFinite(value) ? "–" : Math.Abs(value) is > 0 and < 5e-5 ? Quantity.Scientific(value) : Quantity.Significant(value, 2);

    /// <summary>"E4M3".</summary>
    public static string Layout(FloatingPointFormat format) => string.Create(CultureInfo.InvariantCulture, $"E{format.Exponent:0.#}M{format.Mantissa:0.#}");

    /// <summary>How far the model lies from the runs behind the law.</summary>
    public static string Reach(PrecisionScene scene, double parameters, double tokens)
    {
        var (n, d) = (scene.Covered.Parameters.DecadesBeyond(parameters), scene.Covered.Tokens.DecadesBeyond(tokens));
        var whose = scene.Fitted is null ? "the runs behind the law" : "your runs";
        string[] beyond = [.. new[] { (Name: "N", By: n), (Name: "D", By: d) }.Where(axis => axis.By >= 0.05).Select(axis => $"{axis.Name} {Decades(axis.By)}")];
        return beyond.Length == 0 ? $"within the N and D of {whose}" : $"{Words.List(beyond)} beyond {whose}";
    }

    /// <summary>The meter of the strip.</summary>
    public static KeyFigure Beyond(PrecisionScene scene, double parameters, double tokens)
    {
        var (n, d) = (scene.Covered.Parameters.DecadesBeyond(parameters), scene.Covered.Tokens.DecadesBeyond(tokens));
        return new("Beyond the runs", Decades(Math.Max(n, d)), n >= d
            ? $"their N {Quantity.Count(scene.Covered.Parameters.Low)} to {Quantity.Count(scene.Covered.Parameters.High)}"
            : $"their D {Quantity.Count(scene.Covered.Tokens.Low)} to {Quantity.Count(scene.Covered.Tokens.High)}");
    }

    private static string Decades(double decades) => decades < 0.05 ? "0 decades" : string.Create(CultureInfo.InvariantCulture, $"{decades:F1} decades");

    // What training in few bits costs.
    private static PrecisionAnswer Training(PrecisionScene scene)
    {
        var (law, n, d, bits) = (scene.Law!, scene.Parameters, scene.Tokens, scene.Bits);
        var model = $"{Quantity.Count(n)} parameters";
        if (law.Outside(bits) is { } outside)
            return Outside(outside, $"In {Formats(bits)}, a model of ", model);
        var multiplier = scene.Estimate(of => of.ParameterMultiplier(bits), Times);
        var effective = scene.Estimate(of => n * of.Share(bits), Quantity.Count);
        var loss = scene.Estimate(of => of.TrainingLoss(n, d, bits), value => Quantity.Significant(value, 4));
        var added = scene.Estimate(of => of.TrainingLoss(n, d, bits) - of.Base.Loss(n, d), Nats);
        var four = scene.Estimate(of => of.ParameterMultiplier(TrainingBits.Tied(4)), Times);
        var most = scene.Estimate(of => of.BitsForShare(MostOfThem) ?? double.NaN, Bits);
        var sentence = bits == TrainingBits.Unquantised
            ? new FitAnswer([new("Without quantisation "), new(model, true), new($" on {Quantity.Count(d)} tokens reach a loss of "), new($"{loss.Text} nats per token", true)], Behind(scene, n, d, loss))
            : new FitAnswer(
                [new($"In {Formats(bits)}, "), new(model, true), new(" count as "), new(effective.Text, true), new(": it takes "), new($"{multiplier.Text} times the parameters", true), new(" to make up for the bits")],
                Behind(scene, n, d, effective, multiplier));
        var more = new List<string>();
        if (bits != TrainingBits.Unquantised)
            more.Add($"After {Quantity.Count(d)} tokens that is a loss of {loss.Text} nats per token{In(loss)}, {added.Text} of them for the bits.");
        more.Add(law.Outside(TrainingBits.Tied(4)) is { } never
            ? $"Four bits for everything: {never.Text}."
            : $"Four bits for everything take {four.Text} times the parameters{In(four)}.");
        return new(
            sentence, more,
            [
                new("Effective parameters", $"{Percent(law.Share(bits))}", $"{effective.Text}, {effective.Eighty ?? NoInterval(scene)}"),
                new("Predicted loss", $"{loss.Text} nats", $"{loss.Eighty ?? NoInterval(scene)}, per token"),
                new("Lost to the bits", $"{added.Text} nats", $"{added.Eighty ?? NoInterval(scene)}, per token"),
                new("Bits that keep 90 %", most.Text, most.Eighty ?? NoInterval(scene)),
                Beyond(scene, n, d),
            ]);
    }

    // Which bits are best.
    private static PrecisionAnswer Budget(PrecisionScene scene)
    {
        var (law, flops, n) = (scene.Law!, scene.Flops, scene.Parameters);
        var answer = scene.State.SizeGiven ? law.OptimumAtParameters(flops, n) : law.JointOptimum(flops);
        var budget = $"{Quantity.Scientific(flops)} FLOP";
        if (answer.Value is not { } optimum)
            return Outside(answer.Outside!, "At ", budget);
        var best = scene.Estimates(
            any => (scene.State.SizeGiven ? any.OptimumAtParameters(flops, n) : any.JointOptimum(flops)).Value,
            (one => one.Bits, Bits), (one => one.Parameters, Quantity.Count), (one => one.Tokens, Quantity.Count), (one => one.Loss, value => Quantity.Significant(value, 4)));
        var (bits, size, tokens, loss) = (best[0], best[1], best[2], best[3]);
        var sentence = scene.State.SizeGiven
            ? new FitAnswer(
                [new("For "), new($"{Quantity.Count(n)} parameters", true), new($" and {budget}, "), new($"{bits.Text} bits", true), new(" are best, on "), new($"{tokens.Text} tokens", true)],
                Behind(scene, n, optimum.Tokens, bits, tokens))
            : new FitAnswer(
                [new("With size and data free, "), new($"{bits.Text} bits", true), new($" are best whatever the budget; {budget} then train "), new($"{size.Text} parameters", true), new(" on "), new($"{tokens.Text} tokens", true)],
                Behind(scene, optimum.Parameters, optimum.Tokens, bits, size, tokens));
        var saving = scene.Estimate(any => SavedAgainstFull(any, scene) ?? double.NaN, Percent);
        var more = new List<string>
        {
            optimum.Bits >= PrecisionState.Full
                ? "16 bits are not wasteful here: a model trained this far beyond its compute-optimal tokens wants as many, or more."
                : saving.Value >= NotableSaving
                    ? $"16 bits are wasteful here: at {bits.Text} bits the same loss costs {saving.Text} less{In(saving)}, if cost falls with the bits as C = 6·N·D·bits/16."
                    : "16 bits are not wasteful here: fewer bits save less than 2 % of the compute.",
        };
        if (scene.State.SizeGiven && law.JointBits() is { } joint)
            more.Add($"With the size free as well it would be {Bits(joint)} bits at any budget; a given model wants more bits the longer it trains.");
        return new(
            sentence, more,
            [
                new("Best bits", bits.Text, bits.Eighty ?? NoInterval(scene)),
                new("Parameters", size.Text, scene.State.SizeGiven ? "given" : size.Eighty ?? NoInterval(scene)),
                new("Tokens", tokens.Text, tokens.Eighty ?? NoInterval(scene)),
                new("Predicted loss", $"{loss.Text} nats", $"{loss.Eighty ?? NoInterval(scene)}, per token"),
                Beyond(scene, optimum.Parameters, optimum.Tokens),
            ]);
    }

    /// <summary>Share of the compute that the best bits save at the loss of 16 bits; null where the law has no best bits.</summary>
    public static double? SavedAgainstFull(PrecisionLaw law, PrecisionScene scene)
    {
        if (scene.State.SizeGiven)
        {
            var tokens = scene.Flops / (PrecisionLaw.CostPerBit * scene.Parameters * PrecisionState.Full);
            var loss = law.TrainingLoss(scene.Parameters, tokens, TrainingBits.Tied(PrecisionState.Full));
            return law.CheapestForLoss(scene.Parameters, loss).Value is { } cheapest ? 1 - cheapest.Flops / scene.Flops : null;
        }

        // At the best N and D, L − E falls as a power of C·f(P)/P.
        return law.JointBits() is { } bits
            ? 1 - law.Share(TrainingBits.Tied(PrecisionState.Full)) / PrecisionState.Full / (law.Share(TrainingBits.Tied(bits)) / bits)
            : null;
    }

    // What quantising after training costs.
    private static PrecisionAnswer Served(PrecisionScene scene)
    {
        var (law, n, d, bits, post) = (scene.Law!, scene.Parameters, scene.Tokens, scene.Bits, scene.State.Post);
        var model = $"{Quantity.Count(n)} parameters trained on {Quantity.Count(d)} tokens{(bits == TrainingBits.Unquantised ? "" : $" in {Formats(bits)}")}";
        if (law.Outside(bits, post) is { } outside)
            return Outside(outside, $"To quantise to {Chosen(post)} bits ", model);
        double Loss(PrecisionLaw of) => of.At(n, d, bits, post).Value?.Loss ?? double.NaN;
        var added = scene.Estimate(of => of.At(n, d, bits, post).Value?.PostTraining ?? double.NaN, Nats);
        var loss = scene.Estimate(Loss, value => Quantity.Significant(value, 4));
        var critical = scene.Estimate(of => of.CriticalTokens(n, bits, post), Quantity.Count);
        // The same memory: fewer parameters that keep their 16 bits.
        var smaller = n * post / PrecisionState.Full;
        double Gain(PrecisionLaw of) => of.TrainingLoss(smaller, d, bits) - Loss(of);
        var gain = scene.Estimate(Gain, value => Nats(Math.Abs(value)));
        var same = scene.Estimate(of => of.TrainingLoss(smaller, d, bits), value => Quantity.Significant(value, 4));
        var more = new List<string>
        {
            gain.Value > 0
                ? $"It saves more than it costs: {Quantity.Count(smaller)} parameters kept at 16 bits take the same memory and would be {gain.Text} nats worse{Magnitude(gain)}."
                : $"It costs more than it saves: {Quantity.Count(smaller)} parameters kept at 16 bits take the same memory and would be {gain.Text} nats better{Magnitude(gain)}.",
            d > critical.Value
                ? $"More training hurts: from {critical.Text} tokens on{In(critical)} each further token raises the loss at {Chosen(post)} bits; these are {Times(d / critical.Value)} times as many."
                : $"More training still helps: only from {critical.Text} tokens on{In(critical)} it would raise the loss at {Chosen(post)} bits.",
        };
        return new(
            new FitAnswer(
                [new("Quantising "), new(model, true), new(" to "), new($"{Chosen(post)} bits", true), new(" adds "), new($"{added.Text} nats per token", true)],
                Behind(scene, n, d, added)),
            more,
            [
                new("Added by quantising", $"{added.Text} nats", $"{added.Eighty ?? NoInterval(scene)}, per token"),
                new("Loss as served", $"{loss.Text} nats", $"{loss.Eighty ?? NoInterval(scene)}, per token"),
                new("Same memory, 16 bits", $"{same.Text} nats", $"{Quantity.Count(smaller)} parameters"),
                new("Tokens that start to hurt", critical.Text, critical.Eighty ?? NoInterval(scene)),
                Beyond(scene, n, d),
            ]);

        // Of a difference that may change its sign.
        static string Magnitude(PrecisionEstimate estimate) => estimate.Interval is { } interval
            ? $" (80 %: {Nats(Math.Sign(estimate.Value) * interval.Low80)} to {Nats(Math.Sign(estimate.Value) * interval.High80)})"
            : "";
    }

    private static PrecisionAnswer Floating(PrecisionScene scene, FloatingPointLaw law)
    {
        var (n, d, format) = (scene.Parameters, scene.Tokens, scene.Format);
        var (added, critical) = (law.AddedLoss(n, d, format, scene.LogBlock), law.CriticalTokens(n, format, scene.LogBlock));
        var best = law.BestLayout(format.Bits);
        return new(
            new FitAnswer(
                [new("In "), new(Layout(format), true), new(", "), new($"{Quantity.Count(n)} parameters on {Quantity.Count(d)} tokens", true), new(" lose "), new($"{Nats(added)} nats per token", true), new(" to the format")],
                Behind(scene, n, d)),
            [
                d > critical
                    ? $"More training hurts: from {Quantity.Count(critical)} tokens on it raises the loss in this format."
                    : $"More training helps up to {Quantity.Count(critical)} tokens in this format.",
                $"Of {Bits(format.Bits)} bits the best layout is {Layout(best)}, as fractions; {Layout(new(Math.Round(best.Exponent), Math.Round(best.Mantissa)))} in whole bits.",
            ],
            [
                new("Predicted loss", $"{Quantity.Significant(law.Loss(n, d, format, scene.LogBlock), 4)} nats", $"{NoInterval(scene)}, per token"),
                new("Lost to the format", $"{Nats(added)} nats", $"{NoInterval(scene)}, per token"),
                new("Tokens that start to hurt", Quantity.Count(critical), NoInterval(scene)),
                new("Best layout", Layout(best), $"of {Bits(format.Bits)} bits"),
                Beyond(scene, n, d),
            ]);
    }

    private static PrecisionAnswer FloatingBudget(PrecisionScene scene, FloatingPointLaw law)
    {
        var (flops, n) = (scene.Flops, scene.Parameters);
        var optimum = scene.State.SizeGiven ? law.OptimumAtParameters(flops, n, scene.LogBlock) : law.JointOptimum(flops, scene.LogBlock);
        var layout = law.BestLayout(optimum.Bits);
        var budget = $"{Quantity.Scientific(flops)} FLOP";
        FitAnswer sentence = scene.State.SizeGiven
            ? new([new("For "), new($"{Quantity.Count(n)} parameters", true), new($" and {budget}, "), new($"{Bits(optimum.Bits)} bits", true), new(" are best, on "), new($"{Quantity.Count(optimum.Tokens)} tokens", true)], Behind(scene, n, optimum.Tokens))
            : new([new("With size and data free, "), new($"{Bits(optimum.Bits)} bits", true), new($" are best at {budget}: "), new($"{Quantity.Count(optimum.Parameters)} parameters", true), new(" on "), new($"{Quantity.Count(optimum.Tokens)} tokens", true)], Behind(scene, optimum.Parameters, optimum.Tokens));
        return new(
            sentence,
            [$"The best layout of so many bits is {Layout(layout)}, as fractions. In this law the best bits grow slowly with the budget."],
            [
                new("Best bits", Bits(optimum.Bits), NoInterval(scene)),
                new("Parameters", Quantity.Count(optimum.Parameters), scene.State.SizeGiven ? "given" : NoInterval(scene)),
                new("Tokens", Quantity.Count(optimum.Tokens), NoInterval(scene)),
                new("Predicted loss", $"{Quantity.Significant(optimum.Loss, 4)} nats", $"{NoInterval(scene)}, per token"),
                Beyond(scene, optimum.Parameters, optimum.Tokens),
            ]);
    }

    private static PrecisionAnswer LowBits(PrecisionScene scene, LowBitLaw law)
    {
        var (n, d, post) = (scene.Parameters, scene.Tokens, scene.State.Post);
        var added = law.AddedLoss(n, d, post);
        var outside = scene.Published!.Bits.Holds(post) ? "" : $"The law was fitted to 2, 3 and 4 bits; {Chosen(post)} are an extrapolation.";
        return new(
            new FitAnswer(
                [new("Quantising "), new($"{Quantity.Count(n)} parameters trained on {Quantity.Count(d)} tokens", true), new(" to "), new($"{Chosen(post)} bits", true), new(" adds "), new($"{Nats(added)} nats per token", true)],
                Behind(scene, n, d)),
            [.. new[] { outside, "This law says only what is added to the loss, not the loss itself." }.Where(text => text.Length > 0)],
            [
                new("Added by quantising", $"{Nats(added)} nats", $"{NoInterval(scene)}, per token"),
                new("With ten times the tokens", $"{Nats(law.AddedLoss(n, 10 * d, post))} nats", $"{NoInterval(scene)}, per token"),
                new("With one bit more", $"{Nats(law.AddedLoss(n, d, post + 1))} nats", $"{NoInterval(scene)}, per token"),
                Beyond(scene, n, d),
            ]);
    }

    private static PrecisionAnswer Grouped(PrecisionScene scene, GroupedTrainingLaw law)
    {
        var (n, d, group) = (scene.Parameters, scene.Tokens, scene.State.Group);
        var setting = scene.Published!.Name[(scene.Published.Name.IndexOf(',', StringComparison.Ordinal) + 2)..];
        return new(
            new FitAnswer(
                [new("Trained in "), new(setting, true), new($" with groups of {Quantity.Count(group)}, "), new($"{Quantity.Count(n)} parameters on {Quantity.Count(d)} tokens", true), new(" lose "), new($"{Nats(law.AddedLoss(n, d, group))} nats per token", true)],
                Behind(scene, n, d)),
            ["This law says only what is added to the loss, not the loss itself."],
            [
                new("Lost to 4 bits", $"{Nats(law.AddedLoss(n, d, group))} nats", $"{NoInterval(scene)}, per token"),
                new("With groups of 32", $"{Nats(law.AddedLoss(n, d, 32))} nats", $"{NoInterval(scene)}, per token"),
                new("With ten times the tokens", $"{Nats(law.AddedLoss(n, 10 * d, group))} nats", $"{NoInterval(scene)}, per token"),
                Beyond(scene, n, d),
            ]);
    }

    private static PrecisionAnswer Outside(OutsideLaw outside, string lead, string what) =>
        new(new FitAnswer([new(lead), new(what, true), new(outside.Reason == OutsideReason.NoOptimum ? " have no best precision" : " lies outside the law")], $"({outside.Text})."), [], []);

    private static string Formats(TrainingBits bits) => new RunPrecision(bits, null, null, null).Words;

    private static string Times(double factor) => Quantity.Significant(factor, 3);

    private static string Percent(double share) => FitWording.Percent(share);

    // Intervals of the headline, then what they rest on and how far it reaches.
    private static string Behind(PrecisionScene scene, double parameters, double tokens, params PrecisionEstimate[] estimates)
    {
        string[] ranges = [.. estimates.Select(estimate => estimate.Range).OfType<string>()];
        var interval = scene.Fitted is null ? "published constants, for which no interval is published"
            : ranges.Length == 0 ? "no interval without bootstrap draws"
            : $"80 %: {Words.List(ranges)}";
        return $"({interval}; {Reach(scene, parameters, tokens)}).";
    }

    private static string NoInterval(PrecisionScene scene) => scene.Fitted is null ? "no interval published" : "no interval";

    private static string In(PrecisionEstimate estimate) => estimate.Eighty is { } eighty ? $" ({eighty})" : "";
}
