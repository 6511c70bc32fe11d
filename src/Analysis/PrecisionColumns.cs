using System.Globalization;
using System.Text.RegularExpressions;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>What a run says of its number formats.</summary>
/// <param name="Training">Bits in training; null where a part was not quantised: 16 bits and more.</param>
/// <param name="Post">Bits of the weights after training; null where they stayed as trained.</param>
/// <param name="Parent">Name of the run it was quantised from.</param>
/// <param name="ParentLoss">Loss of that run, nats per token.</param>
public sealed record RunPrecision(TrainingBits Training, double? Post, string? Parent, double? ParentLoss)
{
    /// <summary>Nothing is quantised.</summary>
    public bool IsFull => Training == TrainingBits.Unquantised && Post is null;

    /// <summary>"8 bits", "weights 4, KV cache 8 bits", "no quantisation"; with what follows training.</summary>
    public string Words
    {
        get
        {
            var quantised = TrainingBits.Parts.Where(part => Training[part] is not null).ToArray();
            var training = quantised.Length == 0 ? "no quantisation"
                : quantised.Length == 3 && quantised.Select(part => Training[part]).Distinct().Count() == 1 ? $"{Bits(Training.Weights)} bits"
                : $"{string.Join(", ", quantised.Select(part => $"{TrainingBits.Name(part)} {Bits(Training[part])}"))} bits";
            return Post is null ? training : $"{training}, {Bits(Post)} bits after training";

            static string Bits(double? bits) => bits!.Value.ToString("0.##", CultureInfo.InvariantCulture);
        }
    }
}

/// <summary>
/// Finds the number formats of a run among the columns that came with it. Names are taken whatever their case and whatever stands before their last dot or
/// slash. A cell is a number of bits (8), a format (fp8, int4, bf16, e4m3, nf4), or empty, none or 16 and more for a part that is not quantised.
/// </summary>
public static partial class PrecisionColumns
{
    private static readonly string[] s_all = ["precision", "training_precision", "train_precision", "dtype", "train_dtype"];
    private static readonly string[] s_weights = ["weight_bits", "weights_bits", "w_bits", "wbits", "P_w", "weight_precision", "weight_dtype"];
    private static readonly string[] s_activations = ["activation_bits", "activations_bits", "act_bits", "a_bits", "abits", "P_a", "activation_precision", "activation_dtype"];
    private static readonly string[] s_cache = ["kv_bits", "kv_cache_bits", "kvbits", "P_kv", "kv_precision", "kv_cache_dtype"];
    private static readonly string[] s_post = ["post_bits", "ptq_bits", "P_post", "quantized_bits", "quantised_bits", "post_training_bits", "serving_bits", "ptq_precision"];
    private static readonly string[] s_parent = ["parent", "parent_run", "quantized_from", "quantised_from", "base_run"];
    private static readonly string[] s_parentLoss = ["parent_loss", "bf16_loss", "fp16_loss", "loss_16bit", "unquantized_loss", "unquantised_loss"];
    private static readonly string[] s_exponent = ["exponent_bits", "exp_bits", "e_bits"];
    private static readonly string[] s_mantissa = ["mantissa_bits", "man_bits", "m_bits"];
    private static readonly string[] s_group = ["group_size", "block_size", "quant_group_size", "quant_block_size", "quantization_group_size"];
    private static readonly string[] s_none = ["", "none", "-", "no", "false", "null", "nan"];
    private static readonly HashSet<string> s_names = new([.. s_all, .. s_weights, .. s_activations, .. s_cache, .. s_post, .. s_parent, .. s_parentLoss, .. s_exponent, .. s_mantissa, .. s_group], StringComparer.OrdinalIgnoreCase);

    // From here on a format counts as not quantised, as the bf16 runs of the papers do.
    private const double Full = 16;

    /// <summary>The names, by what they say, for help.</summary>
    public static IReadOnlyList<(string What, IReadOnlyList<string> Names)> Known { get; } =
    [
        ("all parts in training", s_all), ("weights", s_weights), ("activations", s_activations), ("KV cache", s_cache),
        ("weights after training", s_post), ("run it was quantised from", s_parent), ("loss of that run", s_parentLoss),
        ("exponent bits of a floating-point format", s_exponent), ("mantissa bits of it", s_mantissa), ("values that share a scale", s_group),
    ];

    /// <summary>A column says something of number formats.</summary>
    public static bool Recognises(string column) => s_names.Contains(LastPart(column));

    /// <summary>What the columns of a row say.</summary>
    /// <exception cref="AnalysisException">A cell is no number of bits and no format; the message names it.</exception>
    public static RunPrecision Read(Observation row)
    {
        string? all = null, weights = null, activations = null, cache = null, post = null, parent = null, parentLoss = null;
        foreach (var (column, value) in row.Config)
        {
            var name = LastPart(column);
            if (!s_names.Contains(name))
                continue;
            Take(s_all, ref all);
            Take(s_weights, ref weights);
            Take(s_activations, ref activations);
            Take(s_cache, ref cache);
            Take(s_post, ref post);
            Take(s_parent, ref parent);
            Take(s_parentLoss, ref parentLoss);

            // The first column of a kind counts.
            void Take(string[] names, ref string? cell)
            {
                if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                    cell ??= value;
            }
        }

        var bits = all is null ? TrainingBits.Unquantised : Together(all);
        return new RunPrecision(
            new(weights is null ? bits.Weights : Cell(weights, s_weights), activations is null ? bits.Activations : Cell(activations, s_activations), cache is null ? bits.KvCache : Cell(cache, s_cache)),
            post is null ? null : Cell(post, s_post),
            string.IsNullOrWhiteSpace(parent) || s_none.Contains(parent.Trim(), StringComparer.OrdinalIgnoreCase) ? null : parent.Trim(),
            Quantity.TryParse(parentLoss, out var loss) && loss > 0 ? loss : null);

        TrainingBits Together(string text)
        {
            if (PartByPart().Match(text.Trim()) is { Success: true } match)
                return new(Bits(match.Groups["w"].Value), Bits(match.Groups["a"].Value), match.Groups["kv"].Success ? Bits(match.Groups["kv"].Value) : null);
            return Cell(text, s_all) is { } some ? TrainingBits.Tied(some) : TrainingBits.Unquantised;
        }

        double? Cell(string text, string[] names) => TryParse(text, out var some)
            ? some
            : throw new AnalysisException(
                $"{row.Run} (line {row.Line.ToString(CultureInfo.InvariantCulture)}) has '{text}' in the column '{row.Config.First(pair => names.Contains(LastPart(pair.Key), StringComparer.OrdinalIgnoreCase)).Key}', which is no number of bits and no format such as 8, fp8, int4, e4m3, bf16 or w4a8. Correct it, or leave the run out.");
    }

    /// <summary>Values that share a scale where weights are scaled channel by channel and no column says how many: 2^13.1567, as Sun et al. fitted it.</summary>
    private static readonly double s_channelGroup = Math.Pow(2, FloatingPointLaw.ChannelLogBlock);

    /// <summary>Values that share a scale; null where the row does not say.</summary>
    /// <exception cref="AnalysisException">A cell is no such count; the message names it.</exception>
    private static double? Group(Observation row) => Count(row, s_group, "a count of values that share a scale, such as 128", value => value >= 1);

    /// <summary>
    /// Exponent and mantissa bits in training: from columns of their own, else from a format such as e4m3, bf16 (E8M7), fp16 (E5M10) or fp32 (E8M23); null where the row names none.
    /// </summary>
    /// <exception cref="AnalysisException">A format does not say how its bits are split; the message names it.</exception>
    private static FloatingPointFormat? Layout(Observation row)
    {
        var exponent = Count(row, s_exponent, "a count of exponent bits", value => value is >= 0 and <= 64);
        var mantissa = Count(row, s_mantissa, "a count of mantissa bits", value => value is >= 0 and <= 64);
        if (exponent is { } e && mantissa is { } m)
            return new(e, m);
        if (exponent is not null || mantissa is not null)
            throw Refused(row, exponent is null ? s_mantissa : s_exponent, "which says one of exponent and mantissa bits and not the other");
        var cell = row.Config.FirstOrDefault(pair => s_all.Concat(s_weights).Contains(LastPart(pair.Key), StringComparer.OrdinalIgnoreCase));
        var format = (cell.Value ?? "").Trim();
        if (s_none.Contains(format, StringComparer.OrdinalIgnoreCase) || (Quantity.TryParse(format, out var bits) && bits >= Full))
            return null;
        if (Split().Match(format) is { Success: true } layout)
            return new(Number(layout.Groups["e"].Value), Number(layout.Groups["m"].Value));
        return Wide().Match(format) is { Success: true } known
            ? known.Groups["name"].Value.ToLowerInvariant() switch { "bf16" or "bfloat16" => new(8, 7), "fp16" or "float16" => new(5, 10), "tf32" => new(8, 10), _ => new(8, 23) }
            : throw Refused(row, [LastPart(cell.Key)], "which does not say how its bits are split. Write a layout such as e4m3, or add the columns exponent_bits and mantissa_bits");
    }

    private static double? Count(Observation row, string[] names, string what, Func<double, bool> isRight)
    {
        var cell = row.Config.FirstOrDefault(pair => names.Contains(LastPart(pair.Key), StringComparer.OrdinalIgnoreCase)).Value?.Trim() ?? "";
        if (s_none.Contains(cell, StringComparer.OrdinalIgnoreCase))
            return null;
        return Quantity.TryParse(cell, out var value) && isRight(value) ? value : throw Refused(row, names, $"which is not {what}");
    }

    private static AnalysisException Refused(Observation row, string[] names, string why)
    {
        var cell = row.Config.First(pair => names.Contains(LastPart(pair.Key), StringComparer.OrdinalIgnoreCase));
        return new($"{row.Run} (line {row.Line.ToString(CultureInfo.InvariantCulture)}) has '{cell.Value}' in the column '{cell.Key}', {why}. Correct it, or leave the run out.");
    }

    /// <summary>Bits of a format; null for one that is not quantised.</summary>
    /// <returns>False where the text is no format.</returns>
    public static bool TryParse(string text, out double? bits)
    {
        bits = null;
        var format = text.Trim();
        if (s_none.Contains(format, StringComparer.OrdinalIgnoreCase))
            return true;
        if (Quantity.TryParse(format, out var number))
        {
            bits = number < Full ? number : null;
            return number is > 0 and <= 64;
        }

        if (Split().Match(format) is { Success: true } layout)
            bits = 1 + Number(layout.Groups["e"].Value) + Number(layout.Groups["m"].Value);
        else if (Format().Match(format) is { Success: true } named)
            bits = Bits(named.Groups["bits"].Value);
        else if (format.Equals("ternary", StringComparison.OrdinalIgnoreCase))
            bits = Math.Log2(3);
        else
            return false;
        return bits is null or > 0;
    }

    /// <summary>As the inputs of a law.</summary>
    internal static LawPoint With(this LawPoint point, RunPrecision precision) => point with
    {
        WeightBits = precision.Training.Weights ?? LawPoint.NotQuantised,
        ActivationBits = precision.Training.Activations ?? LawPoint.NotQuantised,
        KvBits = precision.Training.KvCache ?? LawPoint.NotQuantised,
        PostBits = precision.Post ?? LawPoint.NotQuantised,
    };

    /// <summary>A run with what a law needs to know of its formats.</summary>
    /// <param name="point">The run.</param>
    /// <param name="row">Its columns.</param>
    /// <param name="form">The law.</param>
    /// <exception cref="AnalysisException">A cell is no format, or not the kind of format that the law needs; the message names it.</exception>
    public static LawPoint WithFormats(this LawPoint point, Observation row, LawForm form)
    {
        var takesLayout = form.Inputs.Contains(LawInput.ExponentBits);
        if (takesLayout)
        {
            var layout = Layout(row);
            point = point with { ExponentBits = layout?.Exponent ?? LawPoint.NotQuantised, MantissaBits = layout?.Mantissa ?? LawPoint.NotQuantised };
        }

        if (form.Inputs.Contains(LawInput.GroupSize))
            point = point with { GroupSize = Group(row) ?? (takesLayout ? s_channelGroup : 1) };
        return form.Inputs.Any(input => input is >= LawInput.WeightBits and <= LawInput.PostBits) ? point.With(Read(row)) : point;
    }

    private static double? Bits(string digits) => Number(digits) is < Full and var bits ? bits : null;

    private static double Number(string digits) => double.Parse(digits, CultureInfo.InvariantCulture);

    private static string LastPart(string column) => column[(column.LastIndexOfAny(['.', '/']) + 1)..];

    // w4a8kv16
    [GeneratedRegex(@"^w(?<w>\d{1,2})a(?<a>\d{1,2})(?:kv(?<kv>\d{1,2}))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PartByPart();

    // e4m3, float8_e4m3fn, fp4_e2m1
    [GeneratedRegex(@"(?:^|_)e(?<e>\d{1,2})m(?<m>\d{1,2})(?:fn|fnuz)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Split();

    // bf16, torch.bfloat16, fp16-mixed, float32
    [GeneratedRegex(@"^(?:torch\.)?(?<name>bf16|bfloat16|fp16|float16|tf32|fp32|float32)(?:-mixed|-true)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wide();

    // fp8, bf16-mixed, torch.bfloat16, int4, nf4, mxfp4, 16-mixed, 8bit
    [GeneratedRegex(@"^(?:torch\.)?(?:bf|bfloat|fp|float|tf|u?int|nf|mxfp|mxint|nvfp|q)?(?<bits>\d{1,2})(?:-?bits?|-mixed|-true)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
