using System.Globalization;
using System.Text;

namespace ScalingDashboard.Dashboard.Tests.Curves;

/// <summary>Tables of runs with curves, as users import them.</summary>
internal static class CurveTable
{
    internal const string Project = "curves";

    /// <summary>Two sizes, three seeds each, twelve rows a run: the loss falls from about 4 to about 2, lower for the larger size and the lower seed.</summary>
    internal static string Seeds(int rows = 12)
    {
        var text = new StringBuilder("run,parameters,step,tokens,loss,seconds,seed,optimizer\n");
        foreach (var (size, name) in new[] { (1e8, "small"), (4e8, "large") })
        {
            for (var seed = 1; seed <= 3; seed++)
            {
                for (var i = 1; i <= rows; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}-{seed},{size},{i * 10},{i * 1e7},{Loss(size, seed, i)},{i * 360},{seed},adamw\n");
                }
            }
        }

        return text.ToString();
    }

    internal static double Loss(double size, int seed, int row) => (size > 2e8 ? 1.8 : 2.0) + 0.01 * seed + 2.0 / row;

    /// <summary>A long run.</summary>
    internal static string Long(int rows, string name = "long")
    {
        var text = new StringBuilder("run,parameters,step,tokens,loss\n");
        for (var i = 1; i <= rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"{name},1e8,{i},{i * 1e6},{2 + 3.0 / i + i % 7 * 0.01}\n");
        return text.ToString();
    }
}
