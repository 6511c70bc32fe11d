using ScalingDashboard.Analysis;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Questions about precision as people write them, the same in commands and requests.</summary>
public static class PrecisionText
{
    /// <summary>Bits: a number, or a format such as fp8 or int4; bf16, none and the like for no quantisation.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static double? Bits(string? text)
    {
        if (text is null)
            return null;
        // A number is taken as it is, 16 too; in logs 16 bits stand for no quantisation.
        if (Quantity.TryParse(text, out var number) && number is > 0 and <= 64)
            return number;
        return !Quantity.TryParse(text, out _) && PrecisionColumns.TryParse(text, out var bits)
            ? bits
            : throw new FormatException($"'{text}' is no number of bits above 0 up to 64, and no format such as fp8, int4 or bf16.");
    }

    /// <summary>A count or compute: 7B, 1.4T, 1e21; NaN where nothing was said.</summary>
    /// <exception cref="FormatException">It is no number.</exception>
    public static double Number(string? text) => text is null ? double.NaN
        : Quantity.TryParse(text, out var number) ? number
        : throw new FormatException($"'{text}' is not a number; write it like 7B, 1.4T or 1e21.");

    /// <summary>A published law by its key.</summary>
    /// <exception cref="FormatException">There is none of that key.</exception>
    public static PublishedPrecision Law(string text) => PublishedPrecisions.Find(text)
        ?? throw new FormatException($"'{text}' is not one of {string.Join(", ", PublishedPrecisions.All.Select(law => law.Key))}.");

    /// <summary>offset or plain: whether the shifts are left out.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static bool Plain(string text) => text switch
    {
        "plain" => true,
        "offset" => false,
        _ => throw new FormatException($"'{text}' is not offset or plain."),
    };

    /// <summary>C_w, C_a, C_kv above zero, separated by commas; one number for all three.</summary>
    /// <exception cref="FormatException">They are no such numbers.</exception>
    public static Robustness Robustness(string text)
    {
        double[] constants = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => Quantity.TryParse(part, out var c) && c is > 0 and <= 1e6 ? c : double.NaN)];
        return constants.Any(double.IsNaN) ? throw Wrong()
            : constants.Length switch { 1 => new(constants[0], constants[0], constants[0]), 3 => new(constants[0], constants[1], constants[2]), _ => throw Wrong() };

        FormatException Wrong() => new($"'{text}' is not one or three constants above zero, such as 1 or 1,1,0.5.");
    }

    /// <summary>A floating-point format by its layout, E4M3; null where nothing was said.</summary>
    /// <exception cref="FormatException">It is no layout.</exception>
    public static FloatingPointFormat? Format(string? text)
    {
        if (text is null)
            return null;
        return text.ToUpperInvariant() is ['E', .. var rest] && rest.Split('M') is [var exponent, var mantissa]
            && Quantity.TryParse(exponent, out var e) && Quantity.TryParse(mantissa, out var m) && e is >= 0 and <= 32 && m is >= 0 and <= 64
            ? new(e, m)
            : throw new FormatException($"'{text}' is no layout such as E4M3, with bits of exponent and mantissa.");
    }

    /// <summary>Values that share a scale; null where nothing was said.</summary>
    /// <exception cref="FormatException">It is no such number.</exception>
    public static double? Group(string? text) => text is null ? null
        : Quantity.TryParse(text, out var group) && group is >= 2 and <= 1e9 ? group
        : throw new FormatException($"'{text}' is no count of values that share a scale, 2 or more, such as 128.");
}
