using System.Globalization;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Analysis;

/// <summary>What the runs' number formats can tell: the law that can be fitted to them, and what cannot.</summary>
/// <param name="Form">The law; null where no precision varies.</param>
/// <param name="Rows">The rows it is fitted to.</param>
/// <param name="LeftOut">Coefficients of the full law that these runs do not identify, by key.</param>
/// <param name="Notes">Why, and what is taken instead, in sentences.</param>
public sealed record PrecisionDesign(PrecisionForm? Form, IReadOnlyList<PrecisionRow> Rows, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Notes)
{
    // γ and n of a part: three levels of its factor, of which no quantisation is one.
    private const int LevelsWithOffset = 3;
    private const int LevelsWithoutOffset = 2;

    private static readonly string[] s_postCoefficients = ["C_T", "gamma_D", "gamma_N", "gamma_post"];

    /// <summary>Looks at which parts vary, together or apart, in how many precisions.</summary>
    /// <param name="rows">The runs.</param>
    /// <param name="plain">Without the shifts n.</param>
    public static PrecisionDesign Of(IReadOnlyList<PrecisionRow> rows, bool plain = false)
    {
        var (groups, leftOut, notes) = (new List<BitGroup>(), new List<string>(), new List<string>());
        foreach (var parts in Together(rows))
        {
            var group = new BitGroup(parts, Offset: true);
            double[] levels = [.. rows.Select(row => row.Precision.Training[parts[0]]).OfType<double>().Distinct().Order()];
            var full = rows.Any(row => row.Precision.Training[parts[0]] is null) ? 1 : 0;
            var letters = group.Letters;
            if (levels.Length == 0)
            {
                foreach (var part in parts)
                    LeaveOut(new BitGroup([part], true));
                notes.Add($"No run quantises the {group.Name} in training, so {Symbols(parts)} cannot be told; the law takes them as not quantised.");
            }
            else if (levels.Length + full < LevelsWithoutOffset)
            {
                LeaveOut(group);
                notes.Add($"All runs have the {group.Name} at {Bits(levels[0])} bits, so {Symbols(parts)} cannot be told; what those bits cost stays inside A.");
            }
            else if (plain || levels.Length + full < LevelsWithOffset)
            {
                groups.Add(group with { Offset = false });
                leftOut.Add($"n_{letters}");
                if (!plain)
                    notes.Add($"The {group.Name} come in {LevelsWithoutOffset} precisions only, so n_{letters} cannot be told from γ_{letters}; n is taken as 0.");
            }
            else
            {
                groups.Add(group);
            }

            if (parts.Length > 1 && levels.Length > 0)
                notes.Add($"All runs have the same bits for {group.Name}, so only a γ that they share can be told.");

            void LeaveOut(BitGroup which) => leftOut.AddRange([$"gamma_{which.Letters}", $"n_{which.Letters}"]);
        }

        var post = WhyNoPostTraining(rows);
        if (post is not null)
        {
            leftOut.AddRange(s_postCoefficients);
            notes.Add(post);
        }

        var used = post is null ? rows : [.. rows.Where(row => row.Precision.Post is null)];
        return new(groups.Count > 0 || post is null ? PrecisionForm.Of(groups, post is null) : null, used, leftOut, notes);
    }

    /// <summary>The same runs by an alternative of appendix C, which say nothing of what follows training.</summary>
    public PrecisionForm? Alternative(PrecisionEffect effect) => Form is { Groups.Count: > 0 } form ? PrecisionForm.Of(form.Groups, false, effect) : null;

    /// <summary>Parts whose bits are equal in every run stand together.</summary>
    private static List<QuantisedPart[]> Together(IReadOnlyList<PrecisionRow> rows)
    {
        var together = new List<QuantisedPart[]>();
        foreach (var part in TrainingBits.Parts)
        {
            var at = together.FindIndex(parts => rows.All(row => row.Precision.Training[parts[0]] == row.Precision.Training[part]));
            if (at < 0)
                together.Add([part]);
            else
                together[at] = [.. together[at], part];
        }

        return together;
    }

    private static string? WhyNoPostTraining(IReadOnlyList<PrecisionRow> rows)
    {
        PrecisionRow[] served = [.. rows.Where(row => row.Precision.Post is not null)];
        if (served.Length == 0)
            return "No run is quantised after training, so C_T, γ_D, γ_N and γ_post cannot be told.";
        if (served.Select(row => row.Precision.Post).Distinct().Count() < 2)
            return $"Runs quantised after training come in {Bits(served[0].Precision.Post!.Value)} bits only, so γ_post cannot be told from C_T; these {Words.Count(served.Length, "run")} are left out of the fit.";
        if (Levels(row => row.Row.Parameters) < 2)
            return $"Runs quantised after training have one size only, so γ_N cannot be told from C_T; these {Words.Count(served.Length, "run")} are left out of the fit.";
        return Levels(row => row.Row.Tokens) < 2
            ? $"Runs quantised after training have one count of tokens only, so γ_D cannot be told from C_T; these {Words.Count(served.Length, "run")} are left out of the fit."
            : null;

        int Levels(Func<PrecisionRow, double> of) => served.Select(of).Distinct().Count();
    }

    private static string Symbols(IReadOnlyList<QuantisedPart> parts) =>
        Words.List([.. parts.SelectMany(part => new[] { $"γ_{new BitGroup([part], true).Letters}", $"n_{new BitGroup([part], true).Letters}" })], 6);

    private static string Bits(double bits) => bits.ToString("0.##", CultureInfo.InvariantCulture);
}
