using MathNet.Numerics.LinearAlgebra;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

public class SingularValuesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void Condition_number_is_that_of_the_singular_value_decomposition(double distance)
    {
        // The last column nearly repeats the first.
        var random = new Random(5);
        var columns = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 50).Select(_ => random.NextDouble()).ToArray()).ToArray();
        columns[3] = [.. columns[0].Zip(columns[3], (near, far) => near + distance * far)];
        var scaled = Matrix<double>.Build.DenseOfColumns(columns.Select(column => column.Select(value => value / Math.Sqrt(column.Sum(x => x * x)))));
        var singular = scaled.Svd(computeVectors: false).S;
        Assert.Equal(1, SingularValues.ConditionNumber(columns) / (singular[0] / singular[^1]), 1e-6);
    }

    [Fact]
    public void A_column_of_zeros_has_no_finite_condition() =>
        Assert.Equal(double.PositiveInfinity, SingularValues.ConditionNumber([[1, 2, 3], [0, 0, 0]]));

    [Fact]
    public void Gradients_of_the_surface_are_those_of_its_formula()
    {
        var points = Generators.Points(new ChinchillaLaw(1.8, 480, 2100, 0.35, 0.37));
        double[] theta = [-0.6, 0.3, -0.9, 0.4, 0.55];
        var written = new double[points.Count * 5];
        LawForms.Chinchilla.Gradients(theta, points, new(), written);
        var derived = new double[points.Count * 5];
        new JetObjective(LawForms.Chinchilla, points, new(), 1).Residuals(theta, new double[points.Count], derived);
        for (var i = 0; i < written.Length; i++)
            Assert.Equal(derived[i], written[i], 1e-13);
    }
}
