using ScalingDashboard.Numerics.Curves;

namespace ScalingDashboard.Numerics.Tests.Curves;

public class DecimationTests
{
    private const int Most = 200;

    public static TheoryData<int> Seeds => RandomCurves.Seeds;

    /// <summary>The whole curve and a part of it, on both scales.</summary>
    private static IEnumerable<CurveWindow> Windows(double[] x)
    {
        foreach (var log in new[] { false, true })
        {
            yield return new CurveWindow(null, null, log);
            yield return new CurveWindow(x[x.Length / 5], x[4 * x.Length / 5], log);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Keeps_order_ends_and_extremes_within_its_budget(int seed)
    {
        var (x, y) = RandomCurves.Next(seed);
        foreach (var window in Windows(x))
        {
            var (start, end) = window.Rows(x);
            var rows = Decimation.Rows(x, window, Most, new CurveExtremes(y));
            Assert.InRange(rows.Length, Math.Min(end - start, 2), Most);
            Assert.True(rows.Zip(rows.Skip(1)).All(pair => pair.First < pair.Second));
            if (end == start)
                continue;
            Assert.Equal((start, end - 1), (rows[0], rows[^1]));
            var (lowest, highest) = CurveExtremes.Scan(y, start, end);
            if (lowest < 0)
                continue;
            Assert.Equal((y[lowest], y[highest]), (rows.Select(row => y[row]).Where(double.IsFinite).Min(), rows.Select(row => y[row]).Where(double.IsFinite).Max()));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_same_curve_gives_the_same_rows(int seed)
    {
        var (x, y) = RandomCurves.Next(seed);
        foreach (var window in Windows(x))
            Assert.Equal(Decimation.Rows(x, window, Most, new CurveExtremes(y)), Decimation.Rows([.. x], window, Most, new CurveExtremes([.. y])));
    }

    [Fact]
    public void What_fits_is_drawn_whole() =>
        Assert.Equal(Enumerable.Range(0, 200), Decimation.Rows([.. Enumerable.Range(0, 200).Select(i => (double)i)], default, 200, new CurveExtremes(new double[200])));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Buckets_are_as_wide_as_they_are_drawn(bool log)
    {
        // A million steps, constant but for noise: on the logarithmic axis the first thousand take half the screen, and what their first ten fill of it is few rows.
        var x = Enumerable.Range(1, 1_000_000).Select(i => (double)i).ToArray();
        var random = new Random(1);
        var rows = Decimation.Rows(x, new CurveWindow(null, null, log), 1000, new CurveExtremes([.. x.Select(_ => random.NextDouble())]));
        var early = rows.Count(row => x[row] <= 1000) / (double)rows.Length;
        Assert.InRange(early, log ? 0.3 : 0, log ? 0.5 : 0.01);
    }

    [Fact]
    public void Every_spike_of_a_bucket_of_its_own_stays()
    {
        var y = new double[100_000];
        int[] spikes = [.. Enumerable.Range(1, 90).Select(i => 1000 * i + 7 * i)];
        foreach (var spike in spikes)
            y[spike] = spike % 2 == 0 ? 5 : -5;
        var rows = Decimation.Rows([.. Enumerable.Range(0, y.Length).Select(i => (double)i)], default, 400, new CurveExtremes(y));
        Assert.Superset(spikes.ToHashSet(), rows.ToHashSet());
    }

    [Fact]
    public void A_stretch_of_nothing_but_NaN_leaves_a_gap()
    {
        var x = Enumerable.Range(0, 10_000).Select(i => (double)i).ToArray();
        var y = x.Select(i => i is > 4000 and < 6000 ? double.NaN : i).ToArray();
        var rows = Decimation.Rows(x, default, 200, new CurveExtremes(y));
        Assert.Contains(rows, row => double.IsNaN(y[row]));
    }

    [Fact]
    public void Extremes_of_every_column_stay()
    {
        var x = Enumerable.Range(0, 10_000).Select(i => (double)i).ToArray();
        var (a, b) = (new double[x.Length], new double[x.Length]);
        (a[1234], b[8765], b[8766]) = (1, 1, -1);
        Assert.Superset(new HashSet<int> { 1234, 8765, 8766 }, Decimation.Rows(x, default, 200, new CurveExtremes(a), new CurveExtremes(b)).ToHashSet());
    }

    [Fact]
    public void A_window_has_its_rows_and_one_beyond_each_end()
    {
        double[] x = [-1, 0, 1, 1, 2, 5, 9];
        Assert.Equal((0, 7), new CurveWindow(null, null, false).Rows(x));
        Assert.Equal((2, 7), new CurveWindow(null, null, true).Rows(x));
        Assert.Equal((1, 6), new CurveWindow(1, 2, false).Rows(x));
        Assert.Equal((2, 6), new CurveWindow(1, 2, true).Rows(x));
        Assert.Equal((4, 6), new CurveWindow(3, 4, false).Rows(x));
        Assert.Equal((6, 7), new CurveWindow(20, 30, false).Rows(x));
        Assert.Equal((7, 3, 0, 5), (new CurveWindow(null, null, false).Count(x), new CurveWindow(1, 2, true).Count(x), new CurveWindow(3, 4, false).Count(x), new CurveWindow(null, null, true).Count(x)));
        Assert.Equal((0, 2), (new CurveWindow(null, null, false).NonPositive(x), new CurveWindow(null, null, true).NonPositive(x)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Of_marked_rows_each_bucket_keeps_the_first_of_each_kind(int seed)
    {
        var (x, y) = RandomCurves.Next(seed);
        int[] marked = [.. Enumerable.Range(0, y.Length).Where(i => !double.IsFinite(y[i]))];
        foreach (var window in Windows(x))
        {
            var kept = Decimation.Firsts(x, window, 20, marked, row => y[row].CompareTo(0));
            int[] visible = [.. marked.Where(row => x[row] >= (window.Low ?? double.MinValue) && x[row] <= (window.High ?? double.MaxValue) && (!window.Log || x[row] > 0))];
            Assert.Subset(visible.ToHashSet(), kept.ToHashSet());
            Assert.InRange(kept.Length, 0, 60);
            foreach (var kind in visible.GroupBy(row => y[row].CompareTo(0)))
                Assert.Contains(kind.First(), kept);
        }
    }

    [Fact]
    public void A_curve_of_one_step_is_one_bucket()
    {
        var x = Enumerable.Repeat(7.0, 1000).ToArray();
        var y = Enumerable.Range(0, 1000).Select(i => (double)i).ToArray();
        Assert.Equal([0, 1, 998, 999], Decimation.Rows(x, new CurveWindow(null, null, true), 10, new CurveExtremes(y)));
    }
}
