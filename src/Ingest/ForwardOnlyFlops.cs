using System.Globalization;

namespace ScalingDashboard.Ingest;

/// <summary>Logged compute that looks like that of the forward pass: about 2·N·D, where training takes about 6·N·D.</summary>
/// <param name="Column">Column or metric it was read from.</param>
/// <param name="Ratio">C/(N·D), the geometric mean over the runs.</param>
/// <param name="Runs">Runs that look like it.</param>
/// <param name="Of">Runs that log N, D and C.</param>
public sealed record ForwardOnlyFlops(string Column, double Ratio, int Runs, int Of)
{
    /// <summary>A training step takes a forward pass and a backward pass of twice its compute.</summary>
    public const double Factor = 3;

    // Attention adds to 2·N·D and embeddings, which N may count, take nothing: real tables of whole training steps have 4.4 to 6.4.
    private const double Least = 1.3;
    private const double Most = 2.7;

    // Of the runs.
    private const double Share = 0.9;

    /// <summary>The evidence in words.</summary>
    public string Reason => string.Create(
        CultureInfo.InvariantCulture,
        $"{Column} is {Ratio:F1}·N·D ({Runs} of {Of} run{(Of == 1 ? "" : "s")}), as the forward pass alone takes; a training step takes {Factor:R} times as much");

    /// <summary>Null unless nearly all runs look like it.</summary>
    internal static ForwardOnlyFlops? Find(string column, IEnumerable<(double Parameters, double Tokens, double Flops)> runs)
    {
        var (all, alike, logarithms) = (0, 0, 0.0);
        foreach (var (parameters, tokens, flops) in runs)
        {
            var ratio = flops / (parameters * tokens);
            all++;
            if (ratio is < Least or > Most)
                continue;
            alike++;
            logarithms += Math.Log(ratio);
        }

        return all > 0 && alike >= Share * all ? new ForwardOnlyFlops(column, Math.Exp(logarithms / alike), alike, all) : null;
    }
}
