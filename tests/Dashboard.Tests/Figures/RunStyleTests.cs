using System.Globalization;
using System.Text.RegularExpressions;
using ScalingDashboard.Dashboard.Figures;
using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests.Figures;

public sealed class RunStyleTests
{
    [Fact]
    public void A_run_always_looks_the_same_and_its_neighbours_look_different()
    {
        Assert.Equal(new RunStyle("--run-1", LineDash.Solid), RunStyle.Of("1"));
        Assert.Equal(new RunStyle("--run-8", LineDash.Solid), RunStyle.Of("8"));
        Assert.Equal(new RunStyle("--run-1", LineDash.Dash), RunStyle.Of("9"));
        Assert.Equal(new RunStyle("--run-2", LineDash.Dash), RunStyle.Of("a"));
        Assert.Equal(new RunStyle("--run-4", LineDash.Solid), RunStyle.Of("10"));
        Assert.Equal(RunStyle.Of("zzzzzzzzzzzz"), RunStyle.Of("zzzzzzzzzzzz"));
        string[] first = [.. Enumerable.Range(1, 32).Select(key => key < 10 ? FormattableString.Invariant($"{key}") : ((char)('a' + key - 10)).ToString())];
        Assert.Equal(32, first.Select(RunStyle.Of).Distinct().Count());
    }

    /// <summary>
    /// Distance in CIE L*a*b* between any two colours of runs, as seen normally and by the three kinds of dichromats (Machado, Oliveira and Fernandes 2009,
    /// doi 10.1109/TVCG.2009.113, severity 1), and contrast with the page (WCAG 2.1, 1.4.11: 3 to 1 for what has to be told apart).
    /// </summary>
    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Colours_of_runs_are_told_apart_by_everyone(string theme)
    {
        var block = Regex.Match(File.ReadAllText(Path.Combine(WebRoot.Find(AppContext.BaseDirectory), "css", "tokens.css")), $@"\[data-theme=""{theme}""\] \{{(.*?)\n\}}", RegexOptions.Singleline).Groups[1].Value;
        double[] Linear(string token) => [.. Regex.Match(block, $"{token}: #(..)(..)(..)").Groups.Cast<Group>().Skip(1).Select(channel => int.Parse(channel.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(channel => channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4))];
        var (surface, runs) = (Linear("--surface"), Enumerable.Range(1, 8).Select(i => Linear($"--run-{i}")).ToArray());
        Assert.All(runs, run => Assert.True(Contrast(run, surface) >= 3));
        double[][][] eyes =
        [
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            [[.152286, 1.052583, -.204868], [.114503, .786281, .099216], [-.003882, -.048116, 1.051998]],
            [[.367322, .860646, -.227968], [.280085, .672501, .047413], [-.011820, .042940, .968881]],
            [[1.255528, -.076749, -.178779], [-.078411, .930809, .147602], [.004733, .691367, .303900]],
        ];
        foreach (var eye in eyes)
        {
            var seen = runs.Select(run => Lab(Times(eye, run))).ToArray();
            for (var i = 0; i < seen.Length; i++)
            {
                for (var j = 0; j < i; j++)
                    Assert.True(Math.Sqrt(seen[i].Zip(seen[j], (a, b) => (a - b) * (a - b)).Sum()) > 20, $"run {j + 1} and {i + 1} in {theme}");
            }
        }
    }

    private static double Contrast(double[] a, double[] b)
    {
        var (light, dark) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(double[] linear) => 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];

    private static double[] Times(double[][] matrix, double[] vector) => [.. matrix.Select(row => Math.Clamp(row.Zip(vector, (a, b) => a * b).Sum(), 0, 1))];

    private static double[] Lab(double[] linear)
    {
        double[] xyz = [.. new[] { (.4124564, .3575761, .1804375, .95047), (.2126729, .7151522, .0721750, 1), (.0193339, .1191920, .9503041, 1.08883) }
            .Select(row => (row.Item1 * linear[0] + row.Item2 * linear[1] + row.Item3 * linear[2]) / row.Item4)
            .Select(value => value > 0.008856 ? Math.Cbrt(value) : 7.787 * value + 16.0 / 116)];
        return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
    }
}
