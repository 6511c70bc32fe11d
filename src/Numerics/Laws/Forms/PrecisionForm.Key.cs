using ScalingDashboard.Numerics.Precision;

namespace ScalingDashboard.Numerics.Laws.Forms;

/// <content>Its key, from which it is found again.</content>
public sealed partial class PrecisionForm
{
    /// <summary>The form of a key such as precision-w-a-kv-post, precision-wakv, precision-w0; null where the key is none.</summary>
    public static PrecisionForm? Find(string key)
    {
        if (key.Split('-') is not [Prefix, .. var segments] || segments.Length == 0)
            return null;
        var effect = Alternatives.FirstOrDefault(alternative => Segment(alternative) == segments[^1]);
        if (effect != PrecisionEffect.Parameters)
            segments = segments[..^1];
        var post = segments is [.., PostSegment];
        var groups = new List<BitGroup>();
        foreach (var segment in post ? segments[..^1] : segments)
        {
            if (Group(segment) is not { } group)
                return null;
            groups.Add(group);
        }

        var parts = groups.SelectMany(group => group.Parts).ToArray();
        var isOne = parts.Length == parts.Distinct().Count() && (parts.Length > 0 || post) && !(post && effect != PrecisionEffect.Parameters);
        return isOne && Of(groups, post, effect) is var form && form.Key == key ? form : null;
    }

    private static string KeyOf(IReadOnlyList<BitGroup> groups, bool post, PrecisionEffect effect) => string.Join(
        '-', [Prefix, .. groups.Select(group => group.Letters + (group.Offset ? "" : "0")), .. post ? [PostSegment] : Array.Empty<string>(), .. effect == PrecisionEffect.Parameters ? [] : new[] { Segment(effect) }]);

    private static string Segment(PrecisionEffect effect) => effect switch
    {
        PrecisionEffect.Tokens => "tokens",
        PrecisionEffect.Both => "both",
        PrecisionEffect.Apart => "apart",
        PrecisionEffect.Added => "added",
        PrecisionEffect.Multiplied => "multiplied",
        _ => "",
    };

    private static BitGroup? Group(string segment)
    {
        var offset = !segment.EndsWith('0');
        var letters = offset ? segment : segment[..^1];
        var parts = new List<QuantisedPart>();
        foreach (var part in TrainingBits.Parts)
        {
            if (letters.StartsWith(BitGroup.Letter(part), StringComparison.Ordinal))
            {
                parts.Add(part);
                letters = letters[BitGroup.Letter(part).Length..];
            }
        }

        return letters.Length == 0 && parts.Count > 0 ? new BitGroup(parts, offset) : null;
    }
}
