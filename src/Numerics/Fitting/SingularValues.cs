namespace ScalingDashboard.Numerics.Fitting;

/// <summary>
/// Singular values of a tall matrix by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992): pairs of columns are turned until all
/// are orthogonal, and their lengths are the singular values, the small ones to full relative accuracy. The Gram matrix would lose half the digits.
/// </summary>
internal static class SingularValues
{
    private const int MostSweeps = 60;
    private const double Orthogonal = 1e-14;

    /// <summary>Largest over smallest singular value; infinite where a column is zero or not finite.</summary>
    /// <param name="columns">Columns, all of the same length; scaled to length one and turned in place.</param>
    internal static double ConditionNumber(double[][] columns)
    {
        foreach (var column in columns)
        {
            var length = Math.Sqrt(Dot(column, column));
            if (!(length > 0) || !double.IsFinite(length))
                return double.PositiveInfinity;
            for (var i = 0; i < column.Length; i++)
                column[i] /= length;
        }

        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var turned = false;
            for (var p = 0; p < columns.Length; p++)
            {
                for (var q = p + 1; q < columns.Length; q++)
                    turned |= Turn(columns[p], columns[q]);
            }

            if (!turned)
                break;
        }

        double largest = 0, smallest = double.PositiveInfinity;
        foreach (var column in columns)
        {
            var length = Math.Sqrt(Dot(column, column));
            (largest, smallest) = (Math.Max(largest, length), Math.Min(smallest, length));
        }

        return largest / smallest;
    }

    /// <summary>Turns two columns in their plane until they are orthogonal; false where they already were.</summary>
    private static bool Turn(double[] x, double[] y)
    {
        double xx = Dot(x, x), yy = Dot(y, y), xy = Dot(x, y);
        if (!(Math.Abs(xy) > Orthogonal * Math.Sqrt(xx * yy)))
            return false;
        // tan 2φ = 2xy/(xx − yy), the smaller angle.
        var zeta = (yy - xx) / (2 * xy);
        var tangent = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
        var cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        var sine = cosine * tangent;
        for (var i = 0; i < x.Length; i++)
            (x[i], y[i]) = (cosine * x[i] - sine * y[i], sine * x[i] + cosine * y[i]);
        return true;
    }

    private static double Dot(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }
}
