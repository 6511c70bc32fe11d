using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Numerics.Growth;

namespace ScalingDashboard.Lab.Growth;

/// <summary>What a run grows from.</summary>
/// <param name="Parent">Name of the smaller run.</param>
/// <param name="Options">How it grows.</param>
/// <param name="Stage">Which growth of a schedule this is, from 1.</param>
/// <param name="Origin">The trained model at the beginning of a schedule of several growths; null where that is the parent, at the first.</param>
public sealed record GrownFrom(string Parent, GrowthOptions Options, int Stage = 1, string? Origin = null);

/// <summary>What a growth cost and did, for the log of the grown run.</summary>
/// <param name="OperatorFlops">FLOP of learning and applying the operator, and of training the stages before; without what a teacher costs, which its row says.</param>
/// <param name="OperatorSeconds">Time of the same.</param>
/// <param name="SmallFlops">FLOP of the whole training of the small model, those of its own parents included.</param>
/// <param name="SmallSeconds">Time of the same.</param>
/// <param name="SmallLoss">The parent's held-out loss, nats a token.</param>
/// <param name="FunctionChange">Mean KL of the parent's next token to the grown model's at the moment of growth, nats.</param>
/// <param name="Matrices">The operator before and after learning, as <see cref="GrowthPicture"/> writes it; null where there is none to show.</param>
public sealed record GrowthOutcome(double OperatorFlops, double OperatorSeconds, double SmallFlops, double SmallSeconds, double SmallLoss, double FunctionChange, string? Matrices)
{
    /// <summary>What <paramref name="start"/> did to a run that grew from a parent.</summary>
    /// <param name="start">The moment of growth.</param>
    /// <param name="parent">The parent at its end.</param>
    /// <param name="isStage">The parent is no model that was there already, but a stage of the same growth, which pays for it.</param>
    public static GrowthOutcome Of(GrownStart start, LabCheckpoint parent, bool isStage)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(parent);
        var last = parent.Rows[^1];
        var before = parent.Growth;
        var (flops, seconds) = (last.Flops + (last.Teacher?.Flops ?? 0) + (before?.OperatorFlops ?? 0), last.Seconds + (last.Teacher?.Seconds ?? 0) + (before?.OperatorSeconds ?? 0));
        var (smallFlops, smallSeconds) = (before?.SmallFlops ?? 0, before?.SmallSeconds ?? 0);
        return new GrowthOutcome(
            start.OperatorFlops + (isStage ? flops : 0), start.OperatorSeconds + (isStage ? seconds : 0), smallFlops + (isStage ? 0 : flops), smallSeconds + (isStage ? 0 : seconds),
            start.SmallLoss, start.FunctionChange, GrowthPicture.Text(start));
    }
}

/// <summary>
/// The numbers of an operator that are worth seeing, small enough for a line of a log: <c>{"before": {…}, "after": {…}}</c>, each with <c>width</c>, the rows of the expansion of
/// the residual stream, and <c>depth</c>, by tensor the weights of each target layer over the source layers.
/// </summary>
public static class GrowthPicture
{
    private const int MostNumbers = 8_192;
    private const int Decimals = 3;

    /// <summary>Both operators of a growth; null where it has none.</summary>
    public static string? Text(GrownStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (start.After is null)
            return null;
        var picture = new JsonObject();
        if (start.Before is not null)
            picture["before"] = Numbers(start.Before);
        picture["after"] = Numbers(start.After);
        return picture.ToJsonString();
    }

    private static JsonObject Numbers(LinearGrowth growth)
    {
        var numbers = new JsonObject();
        var width = growth.Expansions[new ExpansionKey(TransformerGrowth.Stream, -1, ExpansionRole.Produces)];
        if (width.Values.Length <= MostNumbers && width.Rows > width.Columns)
            numbers["width"] = Rows(Enumerable.Range(0, width.Rows).Select(row => width.Values.AsSpan(row * width.Columns, width.Columns).ToArray()));
        var depth = new JsonObject();
        foreach (var module in growth.Table.Modules.Where(module => module is { PerLayer: true, Columns: not null }))
            depth[module.Name] = Rows(Enumerable.Range(0, growth.Table.LargeLayers).Select(layer => growth.Depth[new DepthKey(module.Name, layer)]));
        numbers["depth"] = depth;
        return numbers;
    }

    private static JsonArray Rows(IEnumerable<double[]> rows) => [.. rows.Select(row => new JsonArray([.. row.Select(value => JsonValue.Create(Math.Round(value, Decimals)))]))];
}
