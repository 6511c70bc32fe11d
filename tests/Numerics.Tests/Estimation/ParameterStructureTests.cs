using ScalingDashboard.Numerics.Estimation;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Estimation;

public class ParameterStructureTests
{
    /// <summary>Laws on a line: ln B = 2 ln A, ln E = −ln A, α and β fixed.</summary>
    private static ChinchillaLaw OnLine(double logA) => new(Math.Exp(-logA), Math.Exp(logA), Math.Exp(2 * logA), 0.3, 0.4);

    [Fact]
    public void Laws_on_a_line_have_one_component()
    {
        var structure = ParameterStructure.Of([OnLine(0.1), OnLine(0.5), OnLine(0.2), OnLine(0.9)])!;
        Assert.Equal(1, structure.Explained[0], 1e-12);
        Assert.Equal(1, structure.Explained[4], 1e-12);
        var root = Math.Sqrt(6);
        Assert.Equal([1 / root, 2 / root, -1 / root, 0, 0], structure.Components[0].Select(weight => Math.Round(weight, 9)), new Close());
        Assert.Equal(1, structure.Correlation[0, 1], 1e-12);
        Assert.Equal(-1, structure.Correlation[0, 2], 1e-12);
        Assert.True(double.IsNaN(structure.Correlation[0, 3]));
        Assert.Equal(1, structure.Correlation[3, 3]);
    }

    [Fact]
    public void Components_are_orthonormal_and_explain_everything_together()
    {
        var random = new Random(3);
        double Some() => 0.2 + random.NextDouble();
        var structure = ParameterStructure.Of([.. Enumerable.Range(0, 12).Select(_ => new ChinchillaLaw(Some(), 500 * Some(), 900 * Some(), Some(), Some()))])!;
        Assert.Equal(structure.Explained.Order(), structure.Explained);
        Assert.Equal(1, structure.Explained[^1], 1e-12);
        for (var i = 0; i < 5; i++)
        {
            for (var j = 0; j < 5; j++)
                Assert.Equal(i == j ? 1 : 0, structure.Components[i].Zip(structure.Components[j], (a, b) => a * b).Sum(), 1e-9);
        }
    }

    [Fact]
    public void What_rests_on_one_family_shows_where_it_is_left_out()
    {
        // Four on a line, and one beside it that brings a second component.
        var outlier = new ChinchillaLaw(2, 900, 5, 0.9, 0.1);
        ChinchillaLaw[] laws = [OnLine(0.1), OnLine(0.5), OnLine(0.2), OnLine(0.9), outlier];
        var structure = ParameterStructure.Of(laws)!;
        var (low, high) = structure.ExplainedWithoutOne![0];
        Assert.Equal(1, high, 1e-12);
        Assert.True(low < structure.Explained[0] && structure.Explained[0] < high);
        Assert.Equal(ParameterStructure.Of(laws[..4])!.Correlation[0, 1], structure.CorrelationWithoutOne![0, 1].High, 1e-12);
        Assert.True(structure.CorrelationWithoutOne[0, 1].Low < structure.Correlation[0, 1]);
        // Without it α does not vary, and has no correlation there.
        Assert.True(double.IsFinite(structure.CorrelationWithoutOne[0, 3].Low));
    }

    [Fact]
    public void Three_families_cannot_spare_one()
    {
        var structure = ParameterStructure.Of([OnLine(0.1), OnLine(0.5), OnLine(0.2)])!;
        Assert.Null(structure.ExplainedWithoutOne);
        Assert.Null(structure.CorrelationWithoutOne);
    }

    [Fact]
    public void Two_families_have_no_structure_nor_have_equal_ones()
    {
        Assert.Null(ParameterStructure.Of([OnLine(0.1), OnLine(0.2)]));
        Assert.Null(ParameterStructure.Of([OnLine(0.1), OnLine(0.1), OnLine(0.1)]));
    }

    [Fact]
    public void A_vanished_term_has_no_logarithm()
    {
        Assert.True(ParameterStructure.Takes(OnLine(0.1)));
        Assert.False(ParameterStructure.Takes(OnLine(0.1) with { E = 0 }));
        Assert.False(ParameterStructure.Takes(OnLine(0.1) with { B = 0 }));
    }

    private sealed class Close : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-8;

        public int GetHashCode(double obj) => 0;
    }
}
