using ScalingDashboard.Numerics.Laws.Forms;

namespace ScalingDashboard.Numerics.Laws;

/// <summary>The laws that can be fitted.</summary>
public static class LawForms
{
    /// <summary>L(N, D) = E + A·N^−α + B·D^−β.</summary>
    public static ChinchillaForm Chinchilla { get; } = new();

    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<LawForm> All { get; } =
    [
        Chinchilla,
        new TiedChinchillaForm(),
        new KaplanForm(),
        new ComputePowerForm(offset: true),
        new ComputePowerForm(offset: false),
        new DataConstrainedForm(),
        new TaskMetricForm(),
    ];

    /// <summary>Those that need to know what number format a run has, in the same order.</summary>
    public static IReadOnlyList<LawForm> OfFormats { get; } = [new FloatingPointForm(), new LowBitForm(), new GranularityForm()];

    /// <summary>All that a user may choose by name.</summary>
    public static IReadOnlyList<LawForm> Listed { get; } = [.. All, .. OfFormats];

    /// <summary>The form of a key, also of a law of precision, of which there is one for every set of parts; null where there is none.</summary>
    public static LawForm? Find(string key) => Listed.FirstOrDefault(form => form.Key == key) ?? PrecisionForm.Find(key);
}
