using System.Globalization;
using ScalingDashboard.Analysis;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>Counts the parameters of runs that name none from the columns that describe their models: the same for pages, requests, commands and watched folders.</summary>
public static class CountedModels
{
    /// <summary>Reads the runs of a source; what the options count comes after what the runs tell themselves.</summary>
    /// <inheritdoc cref="LogImport.ReadAsync" path="/exception"/>
    public static Task<LogImport> ReadAsync(LogSource source, LogImportOptions options, CancellationToken cancellationToken) =>
        LogImport.ReadAsync(source, options with { CountModel = config => Count(config) ?? options.CountModel(config) }, cancellationToken);

    /// <summary>Null where a run does not tell layers and width.</summary>
    public static ModelCount? Count(IReadOnlyList<KeyValuePair<string, string>> config) => Count(ArchitectureColumns.Read(config), ArchitectureColumns.TellsTying(config));

    /// <summary>Null where the shape has no layers or width.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="tellsTying">Whether embedding and head are one matrix is known, and not assumed.</param>
    public static ModelCount? Count(Architecture shape, bool tellsTying)
    {
        if (double.IsNaN(shape.NonEmbeddingParameters))
            return null;
        var parts = new List<string> { $"layers {Number(shape.Layers)}", $"width {Number(shape.Width)}" };
        if (!double.IsNaN(shape.KeyValueHeads) && !shape.KeyValueHeads.Equals(shape.Heads))
            parts.Add($"{Number(shape.KeyValueHeads)} of {Number(shape.Heads)} heads with keys of their own");
        parts.Add($"{(shape.GatedFeedForward ? "gated " : "")}feed-forward {Number(shape.FeedForwardWidth)}");
        if (double.IsNaN(shape.Vocabulary))
            return new ModelCount(null, shape.NonEmbeddingParameters, $"{string.Join(", ", parts)}; without embeddings, for no vocabulary is named");
        parts.Add($"vocabulary {Number(shape.Vocabulary)}");
        parts.Add(shape.TiedEmbeddings ? "tied embeddings" : tellsTying ? "embeddings not tied" : "embeddings taken as not tied");
        var attention = CountingConvention.HeadAndAttention.FlopsPerToken(shape);
        return new ModelCount(
            shape.Parameters, shape.NonEmbeddingParameters,
            $"{string.Join(", ", parts)}: {Quantity.Count(shape.NonEmbeddingParameters)} without embeddings, 6N is {Quantity.Scientific(6 * shape.Parameters)} FLOP a token{(double.IsNaN(attention) ? "" : $", head and attention {Quantity.Scientific(attention)}")}");
    }

    private static string Number(double figure) => figure.ToString("0.##", CultureInfo.InvariantCulture);
}
