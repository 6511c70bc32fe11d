using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Tests.Precision;

/// <summary>
/// Compares a file of reference values with the laws. What a file holds is told from its schema and keys; a schema or a key that nothing here knows is
/// a miss, so that no reference value goes unread.
/// </summary>
internal sealed class PrecisionVectors
{
    private const double Tolerance = 1e-9;

    // A minimum that was searched by its values is known to about the root of their rounding; the loss there is known in full.
    private const double SearchedTolerance = 1e-7;

    // What says how the values were made, or what the right one was told apart from.
    private static readonly string[] s_notes = ["schema", "name", "note", "notes", "source", "cost", "constants", "robustification_C", "fp_constants", "qid_constants", "description"];

    private readonly List<string> _misses = [];

    private PrecisionVectors()
    {
    }

    /// <summary>Values compared.</summary>
    internal int Compared { get; private set; }

    internal IReadOnlyList<string> Misses => _misses;

    internal static PrecisionVectors Check(JsonElement file)
    {
        var check = new PrecisionVectors();
        var schema = file.TryGetProperty("schema", out var named) ? named.GetString()! : "";
        switch (schema.Split('/')[0])
        {
            case "precision-points":
                check.Points(file);
                break;
            case "precision-optima":
                check.Optima(file);
                break;
            case "precision-followups":
                check.FollowUps(file);
                break;
            default:
                check._misses.Add($"the schema '{schema}' is not known here: write how its values are compared");
                break;
        }

        return check;
    }

    private void Points(JsonElement file)
    {
        var law = file.TryGetProperty("constants", out var constants) ? Law(constants) : PublishedPrecisions.Kumar.Law;
        if (file.TryGetProperty("robustification_C", out var c))
            law = law with { Robustness = new(c.GetDouble(), c.GetDouble(), c.GetDouble()) };
        Sections(file, "", (key, value, path) =>
        {
            if (key != "points")
                return false;
            Rows(value, path, Point);
            return true;
        });

        void Point(JsonElement point, string path)
        {
            var (n, d, bits, post) = (Number(point, "N"), Number(point, "D"), new TrainingBits(Bits(point, "Pw"), Bits(point, "Pa"), Bits(point, "Pkv")), Bits(point, "Ppost"));
            Sections(point, path, (key, value, at) =>
            {
                if (key is "N" or "D" or "Pw" or "Pa" or "Pkv" or "Ppost")
                    return true;
                if (Form(law, key) is not { } form)
                    return false;
                var answer = form.At(n, d, bits, post);
                var valid = !value.TryGetProperty("valid", out var says) || says.GetBoolean();
                if (valid != answer.Value is not null)
                    _misses.Add($"{at}: {(valid ? $"inside the law, not outside because {answer.Outside!.Text}" : "outside the law")}");
                if (answer.Value is not { } terms || !valid)
                    return true;
                Sections(value, at, (term, expected, where) => term switch
                {
                    "valid" => true,
                    "n_eff" => Same(where, expected, terms.EffectiveParameters),
                    "param_term" => Same(where, expected, terms.Parameters),
                    "data_term" => Same(where, expected, terms.Tokens),
                    "train_loss" => Same(where, expected, terms.TrainingLoss),
                    "delta_ptq" => Same(where, expected, terms.PostTraining),
                    "loss" => Same(where, expected, terms.Loss),
                    _ => false,
                });
                return true;
            });
        }
    }

    private void Optima(JsonElement file)
    {
        var law = file.TryGetProperty("constants", out var constants) ? Law(constants) : PublishedPrecisions.Kumar.Law;
        Sections(file, "", (form, values, path) =>
        {
            if (Form(law, form) is not { } of)
                return false;
            Sections(values, path, (key, value, at) => Optimum(of, key, value, at));
            return true;
        });
    }

    private bool Optimum(PrecisionLaw law, string key, JsonElement value, string path)
    {
        switch (key)
        {
            case "P_star_joint" when value.ValueKind == JsonValueKind.Number:
                return Same(path, value, law.JointBits() ?? double.NaN);
            case "smallest_admissible_P":
                // Found by bisection there, to nine digits.
                return Same(path, value, law.LeastTiedBits, 1e-8, 1e-8);
            case "P_star_mean_gamma_cubed":
                var mean = new PartSensitivity(Number(value, "gamma_bar"), 0);
                return Same(path + ".P", value.GetProperty("P"), (law with { Weights = mean, Activations = mean, KvCache = mean }).JointBits() ?? double.NaN);
            case "factor_table":
                return Rows(value, path, (row, at) =>
                {
                    var bits = Number(row, "P");
                    var share = law.Share(TrainingBits.Tied(bits));
                    Sections(row, at, (term, expected, where) => term switch
                    {
                        "P" => true,
                        "f" => Same(where, expected, share) && Same($"{where}, bits for it", row.GetProperty("P"), law.BitsForShare(expected.GetDouble()) ?? double.NaN),
                        "param_multiplier" => Same(where, expected, law.ParameterMultiplier(TrainingBits.Tied(bits))),
                        "f_over_P" => Same(where, expected, share / bits),
                        _ => false,
                    });
                });
            case "fixed_P":
                return Rows(value, path, (row, at) => Allocation(row, at, law.OptimumAtBits(Number(row, "C"), Number(row, "P")), "P"));
            case "fixed_N":
                return Rows(value, path, (row, at) => Allocation(row, at, law.OptimumAtParameters(Number(row, "C"), Number(row, "N")), "N"));
            case "joint":
                return Rows(value, path, (row, at) => Allocation(row, at, law.JointOptimum(Number(row, "C")), ""));
            case "d_crit":
                return Rows(value, path, (row, at) =>
                {
                    var (n, post) = (Number(row, "N"), Number(row, "Ppost"));
                    var tokens = law.CriticalTokens(n, TrainingBits.Unquantised, post);
                    Sections(row, at, (term, expected, where) => term switch
                    {
                        "N" or "Ppost" => true,
                        "D" => Same(where, expected, tokens) && Same($"{where}, bits for it", row.GetProperty("Ppost"), law.CriticalPostBits(n, expected.GetDouble())),
                        "D_over_N" => Same(where, expected, tokens / n),
                        _ => false,
                    });
                });
            default:
                return false;
        }
    }

    private void FollowUps(JsonElement file)
    {
        var law = file.TryGetProperty("fp_constants", out var constants)
            ? new FloatingPointLaw(
                Number(constants, "n"), Number(constants, "alpha"), Number(constants, "d"), Number(constants, "beta"), Number(constants, "eps"),
                Number(constants, "gamma"), Number(constants, "delta"), Number(constants, "nu"))
            : PublishedPrecisions.Sun.Law;
        Sections(file, "", (key, value, path) => key switch
        {
            "fp_points" => Rows(value, path, (row, at) =>
            {
                var (n, d, format, block) = (Number(row, "N"), Number(row, "D"), new FloatingPointFormat(Number(row, "E"), Number(row, "M")), Math.Log2(Number(row, "B")));
                Sections(row, at, (term, expected, where) => term switch
                {
                    "N" or "D" or "E" or "M" or "B" => true,
                    "bf16_loss" => Same(where, expected, law.BaseLoss(n, d)),
                    "loss" => Same(where, expected, law.Loss(n, d, format, block)),
                    _ => false,
                });
            }),
            "fp_d_crit_1B" => Rows(value, path, (row, at) =>
                Same(at, row.GetProperty("D"), law.CriticalTokens(1e9, Format(row.GetProperty("format").GetString()!), Number(row, "log2B")))),
            "fp_optimal_layout" => Rows(value, path, (row, at) =>
            {
                var layout = law.BestLayout(Number(row, "P"));
                Same(at + ".M", row.GetProperty("M"), layout.Mantissa);
                Same(at + ".E", row.GetProperty("E"), layout.Exponent);
            }),
            _ when key.StartsWith("fp_joint_optimum_B", StringComparison.Ordinal) && double.TryParse(key.AsSpan("fp_joint_optimum_B".Length), CultureInfo.InvariantCulture, out var block) =>
                Rows(value, path, (row, at) => Allocation(row, at, law.JointOptimum(Number(row, "C"), Math.Log2(block)), "", SearchedTolerance)),
            "qid_points" => Rows(value, path, (row, at) =>
                Same(at, row.GetProperty("delta"), PublishedPrecisions.Ouyang.Law.AddedLoss(Number(row, "N"), Number(row, "D"), Number(row, "P")))),
            "qat_points" => Rows(value, path, (row, at) =>
                Same(at, row.GetProperty("delta"), PublishedPrecisions.Chen.First(law => law.Name.EndsWith(row.GetProperty("setting").GetString()!, StringComparison.Ordinal)).Law
                    .AddedLoss(Number(row, "N"), Number(row, "D"), Number(row, "G")))),
            _ => false,
        });
    }

    private void Allocation(JsonElement row, string path, LawAnswer<PrecisionOptimum> answer, string given, double argument = Tolerance)
    {
        if (answer.Value is not { } optimum)
        {
            _misses.Add($"{path}: no optimum, {answer.Outside!.Text}");
            return;
        }

        Sections(row, path, (key, expected, at) => key switch
        {
            "C" => true,
            _ when key == given => true,
            "P" => Same(at, expected, optimum.Bits, argument),
            "N" => Same(at, expected, optimum.Parameters, argument),
            "D" => Same(at, expected, optimum.Tokens, argument),
            "loss" or "L" => Same(at, expected, optimum.Loss),
            _ => false,
        });
    }

    /// <summary>Every key of an object; one that is neither a note nor compared is a miss.</summary>
    private void Sections(JsonElement element, string path, Func<string, JsonElement, string, bool> compare)
    {
        foreach (var property in element.EnumerateObject())
        {
            var at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!s_notes.Contains(property.Name) && !compare(property.Name, property.Value, at))
                _misses.Add($"{at}: this key is not known here: write how its values are compared");
        }
    }

    private static bool Rows(JsonElement rows, string path, Action<JsonElement, string> compare)
    {
        if (rows.ValueKind != JsonValueKind.Array)
        {
            compare(rows, path);
            return true;
        }

        var i = 0;
        foreach (var row in rows.EnumerateArray())
            compare(row, $"{path}[{(i++).ToString(CultureInfo.InvariantCulture)}]");
        return true;
    }

    private bool Same(string path, JsonElement expected, double found, double relative = Tolerance, double absolute = 1e-15)
    {
        Compared++;
        var value = expected.GetDouble();
        if (!(Math.Abs(found - value) <= relative * Math.Abs(value) + absolute))
            _misses.Add(string.Create(CultureInfo.InvariantCulture, $"{path}: {found:R}, expected {value:R}"));
        return true;
    }

    private static PrecisionLaw? Form(PrecisionLaw law, string key) => key switch
    {
        "offset" => law,
        "plain" => law.Plain(),
        _ => null,
    };

    private static PrecisionLaw Law(JsonElement constants) => new()
    {
        Base = new ChinchillaLaw(Number(constants, "E"), Number(constants, "A"), Number(constants, "B"), Number(constants, "alpha"), Number(constants, "beta")),
        Weights = new(Number(constants, "gamma_w"), Number(constants, "n_w")),
        Activations = new(Number(constants, "gamma_a"), Number(constants, "n_a")),
        KvCache = new(Number(constants, "gamma_kv"), Number(constants, "n_kv")),
        PostTraining = new(Number(constants, "C_T"), Number(constants, "gamma_D"), Number(constants, "gamma_N"), Number(constants, "gamma_post"), Number(constants, "b_post")),
    };

    // "FP8_E4M3"
    private static FloatingPointFormat Format(string name)
    {
        var layout = name[(name.IndexOf('E', StringComparison.Ordinal) + 1)..].Split('M');
        return new(double.Parse(layout[0], CultureInfo.InvariantCulture), double.Parse(layout[1], CultureInfo.InvariantCulture));
    }

    private static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();

    private static double? Bits(JsonElement element, string key) =>
        element.TryGetProperty(key, out var bits) && bits.ValueKind == JsonValueKind.Number ? bits.GetDouble() : null;
}
