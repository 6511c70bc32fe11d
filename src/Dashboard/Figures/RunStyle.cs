namespace ScalingDashboard.Dashboard.Figures;

/// <summary>The colour and dash of a run: the same on every page and whatever else is shown, because nothing but the run decides them.</summary>
/// <remarks>Ids count up as runs are added, so those of one import differ: eight colours, and after every eight another dash.</remarks>
/// <param name="Color">A token of tokens.css.</param>
/// <param name="Dash">Of its line.</param>
public readonly record struct RunStyle(string Color, LineDash Dash)
{
    private const int Colors = 8;
    private const int Base = 36;

    private static readonly LineDash[] s_dashes = [LineDash.Solid, LineDash.Dash, LineDash.Dot, LineDash.DashDot];

    /// <summary>Of a run's short id, a number in base 36.</summary>
    public static RunStyle Of(string runId)
    {
        var number = 0;
        foreach (var digit in runId)
            number = (number * Base + (char.IsAsciiDigit(digit) ? digit - '0' : digit - 'a' + 10)) % (Colors * s_dashes.Length);
        // The first id is 1.
        var index = (number + Colors * s_dashes.Length - 1) % (Colors * s_dashes.Length);
        return new RunStyle(FormattableString.Invariant($"--run-{1 + index % Colors}"), s_dashes[index / Colors]);
    }
}
