using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Numerics.Tests.Growth;

/// <summary>The tying table of a BERT encoder with its prediction head, as appendix B.1 of arXiv 2303.00980 has it.</summary>
internal static class EncoderTable
{
    private static readonly TiedSide s_stream = new("e", ExpansionRole.Produces);
    private static readonly TiedSide s_reads = new("e", ExpansionRole.Consumes);

    public static TyingTable Of((int Small, int Large) hidden, (int Small, int Large) inner, (int Small, int Large) layers, int headWidth = 1, int largeHeadWidth = 0) => new(
        layers.Small, layers.Large,
        [
            new("e", hidden.Small, hidden.Large, PerLayer: false, "width"),
            new("head", hidden.Small, hidden.Large, PerLayer: false, "head"),
            new("q", hidden.Small, hidden.Large, PerLayer: true, "heads", headWidth, largeHeadWidth > 0 ? largeHeadWidth : headWidth),
            new("k", hidden.Small, hidden.Large, PerLayer: true, "heads", headWidth, largeHeadWidth > 0 ? largeHeadWidth : headWidth),
            new("v", hidden.Small, hidden.Large, PerLayer: true, "heads", headWidth, largeHeadWidth > 0 ? largeHeadWidth : headWidth),
            new("f", inner.Small, inner.Large, PerLayer: true, "ffn"),
        ],
        [
            new("tok", false, null, s_stream), new("pos", false, null, s_stream), new("typ", false, null, s_stream),
            new("ln_emb.g", false, s_stream, null), new("ln_emb.b", false, s_stream, null),
            .. Linear("q", Producer("q"), s_reads), .. Linear("k", Producer("k"), s_reads), .. Linear("v", Producer("v"), s_reads),
            .. Linear("o", s_stream, Consumer("v"), writes: true),
            .. Linear("fc1", Producer("f"), s_reads), .. Linear("fc2", s_stream, Consumer("f"), writes: true),
            new("ln1.g", true, s_stream, null), new("ln1.b", true, s_stream, null), new("ln2.g", true, s_stream, null), new("ln2.b", true, s_stream, null),
            new("head.dense.w", false, Producer("head"), s_reads), new("head.dense.b", false, Producer("head"), null),
            new("head.ln.g", false, Producer("head"), null), new("head.ln.b", false, Producer("head"), null),
            new("head.out.w", false, null, Consumer("head")), new("head.out.b", false, null, null),
        ]);

    private static TiedSide Producer(string expansion) => new(expansion, ExpansionRole.Produces);

    private static TiedSide Consumer(string expansion) => new(expansion, ExpansionRole.Consumes);

    private static TiedModule[] Linear(string name, TiedSide rows, TiedSide columns, bool writes = false) =>
        [new(name + ".w", true, rows, columns, writes), new(name + ".b", true, rows, null, writes)];
}
