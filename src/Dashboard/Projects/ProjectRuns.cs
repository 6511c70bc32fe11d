using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A project as the store holds it.</summary>
/// <param name="Rows">Its runs, in the order they were added.</param>
/// <param name="Checkpoints">Checkpoints of the runs that have curves; empty where they were not asked for.</param>
public sealed record ProjectData(IReadOnlyList<RunRow> Rows, IReadOnlyList<Observation> Checkpoints);

/// <summary>The runs of a project that a page, a command or a request works on.</summary>
public sealed record ProjectSelection
{
    /// <summary>All runs of the project, in the order they were added.</summary>
    public required IReadOnlyList<RunRow> All { get; init; }

    /// <summary>Runs that pass the filters, in the order they were added, excluded ones too.</summary>
    public required IReadOnlyList<RunRow> Rows { get; init; }

    /// <summary>Final rows of the runs that count.</summary>
    public required RunSet Final { get; init; }

    /// <summary>The runs whose final rows these are.</summary>
    public IReadOnlyList<RunRow> Counting
    {
        get
        {
            var ids = Final.Observations.Select(row => row.RunId).ToHashSet();
            return [.. Rows.Where(run => ids.Contains(run.Id))];
        }
    }

    /// <summary>Checkpoints of the runs that count and have curves.</summary>
    public required RunSet Checkpoints { get; init; }

    /// <summary>Every checkpoint of the runs that have curves, and the last row of the others.</summary>
    public RunSet EveryCheckpoint
    {
        get
        {
            var withCurves = Checkpoints.Observations.Select(row => row.RunId).ToHashSet();
            return Final with
            {
                Observations = [.. Checkpoints.Observations, .. Final.Observations.Where(row => !withCurves.Contains(row.RunId))],
                Selection = new Dictionary<string, string>(Final.Selection) { ["rows"] = "every checkpoint" },
            };
        }
    }
}

/// <summary>Filters name a column that no run of the project has.</summary>
public sealed class UnknownColumnException(string message) : Exception(message);

/// <summary>The store has no project of the name asked for.</summary>
public sealed class UnknownProjectException(string message) : Exception(message);

/// <summary>Reads projects from the store for analysis.</summary>
public static class ProjectRuns
{
    /// <summary>Passes where the store has the project.</summary>
    /// <exception cref="UnknownProjectException">It has not; the message names the ones it has.</exception>
    public static async Task RequireAsync(RunStore store, string project, CancellationToken cancellationToken)
    {
        var projects = await store.ProjectsAsync(cancellationToken);
        if (projects.All(row => row.Name != project))
            throw new UnknownProjectException($"There is no project '{project}' in the store. Projects: {(projects.Count == 0 ? "none yet, import one first" : Words.List([.. projects.Select(row => row.Name)], 20))}.");
    }

    /// <summary>Reads a project; empty where there is none of that name.</summary>
    public static async Task<ProjectData> ReadAsync(RunStore store, string project, bool withCheckpoints, CancellationToken cancellationToken)
    {
        var rows = await store.RunsAsync(project, false, cancellationToken);
        if (!withCheckpoints)
            return new(rows, []);
        // Family and columns are the run's; a checkpoint is read without them.
        var runs = rows.ToDictionary(row => row.Id);
        var checkpoints = await store.CheckpointsAsync(project, cancellationToken);
        return new(rows, [.. checkpoints.Select(row => runs.TryGetValue(row.RunId, out var run) ? row with { Family = run.Family, Config = run.Config } : row)]);
    }

    /// <summary>Keeps the runs that pass all filters, and leaves out the excluded ones from what is analysed.</summary>
    /// <param name="data">The project.</param>
    /// <param name="filters">Filters on columns; all must hold.</param>
    /// <param name="alsoExcluded">Ids of runs that only this view leaves out.</param>
    /// <param name="nonEmbedding">Count parameters without embeddings; runs without that count are left out.</param>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public static ProjectSelection Select(ProjectData data, IReadOnlyList<RowFilter> filters, IReadOnlySet<string> alsoExcluded, bool nonEmbedding)
    {
        var rows = Filter(data.Rows, filters);
        var counted = rows.Where(Counts).ToArray();
        var ids = counted.Select(row => row.Id).ToHashSet();
        var final = new RunSet
        {
            Observations = [.. counted.Select(Observed)],
            LeftOut = [.. rows.Where(row => !Counts(row)).Select(row => new LeftOutRow(row.FileName, row.Line, WhyLeftOut(row)))],
            InputSha256 = Hash(counted),
            Selection = Chosen(),
        };
        return new ProjectSelection
        {
            All = data.Rows,
            Rows = rows,
            Final = final,
            Checkpoints = final with
            {
                Observations = ids.Count == data.Rows.Count && !nonEmbedding
                    ? data.Checkpoints
                    : [.. data.Checkpoints.Where(row => ids.Contains(row.RunId)).Select(row => nonEmbedding ? row with { Parameters = row.NonEmbeddingParameters!.Value } : row)],
            },
        };

        bool Counts(RunRow row) => row.ExclusionReason is null && !alsoExcluded.Contains(row.Id) && Lacks(row) is null && !(nonEmbedding && row.NonEmbeddingParameters is null);

        Observation Observed(RunRow row) => new()
        {
            RunId = row.Id,
            Run = row.Name,
            Line = row.Line,
            Parameters = nonEmbedding ? row.NonEmbeddingParameters!.Value : row.Parameters!.Value,
            NonEmbeddingParameters = row.NonEmbeddingParameters,
            Tokens = row.Tokens!.Value,
            Flops = row.Flops!.Value,
            Loss = row.Loss!.Value,
            Budget = row.Budget,
            Family = row.Family,
            Config = row.Config,
        };

        string WhyLeftOut(RunRow row) =>
            row.ExclusionReason is { } reason ? $"{row.Name}: excluded, {reason}"
            : alsoExcluded.Contains(row.Id) ? $"{row.Name}: excluded in this view"
            : Lacks(row) is { } lacking ? $"{row.Name}: {lacking}"
            : $"{row.Name}: no parameter count without embeddings";

        Dictionary<string, string> Chosen()
        {
            var chosen = new Dictionary<string, string>();
            if (filters.Count > 0)
                chosen.Add("where", string.Join(" and ", filters));
            if (alsoExcluded.Count > 0)
                chosen.Add("without", string.Join(", ", alsoExcluded.Order(StringComparer.Ordinal)));
            if (nonEmbedding)
                chosen.Add("parameters", "without embeddings");
            return chosen;
        }
    }

    /// <summary>Ids of runs, each of which the project has.</summary>
    /// <exception cref="FormatException">It has not; the message names the id.</exception>
    public static IReadOnlySet<string> Known(ProjectData data, IEnumerable<string> ids)
    {
        var known = data.Rows.Select(row => row.Id).ToHashSet();
        return ids.Select(id => known.Contains(id) ? id : throw new FormatException($"no run of the project has the id '{id}'; the address of a view and the list of runs name them.")).ToHashSet();
    }

    /// <summary>What an analysis needs and the run has not, in words; null where it has all.</summary>
    public static string? Lacks(RunRow row) => Lacks(row.Parameters is null, row.Loss is null, row.Tokens is null || row.Flops is null);

    /// <inheritdoc cref="Lacks(RunRow)"/>
    /// <param name="parameters">The run has no parameter count; the same for the others.</param>
    public static string? Lacks(bool parameters, bool loss, bool compute) =>
        parameters ? "no parameter count: needed for IsoFLOP"
        : loss ? "no loss: needed for IsoFLOP"
        : compute ? "neither tokens nor flops: one of them needed for IsoFLOP"
        : null;

    /// <summary>The runs whose columns pass all filters.</summary>
    /// <exception cref="UnknownColumnException">A filter names a column that no run has.</exception>
    public static IReadOnlyList<RunRow> Filter(IReadOnlyList<RunRow> rows, IReadOnlyList<RowFilter> filters)
    {
        if (filters.Count == 0 || rows.Count == 0)
            return rows;
        foreach (var filter in filters)
        {
            if (rows.All(row => Cell(row, filter.Column) is null))
            {
                throw new UnknownColumnException(
                    $"No run has a column '{filter.Column}'. Columns: {Words.List([.. Columns(rows)], 40)}.");
            }
        }

        return [.. rows.Where(row => filters.All(filter => Cell(row, filter.Column) is { } cell && filter.Matches(cell)))];
    }

    /// <summary>Columns that can be filtered on, those of the source last; one that a run has under the name of a common one, such as <c>parameters</c>, is there once.</summary>
    public static IEnumerable<string> Columns(IReadOnlyList<RunRow> rows) =>
        s_columns.Select(column => column.Name)
            .Concat(rows.SelectMany(row => row.Config.Select(pair => pair.Key))).Distinct(StringComparer.Ordinal);

    /// <summary>Columns that split the runs into at least two and at most <paramref name="most"/> kinds, with their values.</summary>
    public static IReadOnlyDictionary<string, string[]> Choices(IReadOnlyList<RunRow> rows, int most)
    {
        var choices = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var column in Columns(rows))
        {
            var values = rows.Select(row => Cell(row, column)).OfType<string>().Where(value => value.Length > 0).Distinct(StringComparer.Ordinal).Take(most + 1).ToArray();
            if (values.Length >= 2 && values.Length <= most && values.Length < rows.Count)
                choices.Add(column, [.. values.Order(StringComparer.Ordinal)]);
        }

        return choices;
    }

    private static readonly (string Name, Func<RunRow, string?> Cell)[] s_columns =
    [
        ("run", row => row.Name),
        ("parameters", row => Text(row.Parameters)),
        ("non_embedding_parameters", row => Text(row.NonEmbeddingParameters)),
        ("tokens", row => Text(row.Tokens)),
        ("flops", row => Text(row.Flops)),
        ("loss", row => Text(row.Loss)),
        ("budget", row => Text(row.Budget)),
        ("family", row => row.Family),
    ];

    /// <summary>The text of a column; null where the run has none.</summary>
    internal static string? Cell(RunRow row, string column)
    {
        foreach (var (name, cell) in s_columns)
        {
            if (name == column)
                return cell(row);
        }

        foreach (var (key, value) in row.Config)
        {
            if (key == column)
                return value;
        }

        return null;
    }

    private static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The same runs give the same hash in whatever order they were added; a file read by other columns gives another.</summary>
    private static string Hash(RunRow[] rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows.OrderBy(row => row.Sha256, StringComparer.Ordinal).ThenBy(row => row.Line).ThenBy(row => row.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Sha256}\t{row.Line}\t{row.Name}\t{row.Parameters:R}\t{row.NonEmbeddingParameters:R}\t{row.Tokens:R}\t{row.Flops:R}\t{row.Loss:R}\t{row.Budget:R}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
