using System.CommandLine;
using System.Security.Cryptography;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Which rows of the runs of a project are points.</summary>
internal enum ProjectRows
{
    /// <summary>The last row of every run.</summary>
    Last,

    /// <summary>The checkpoints of the runs that have curves, and no others.</summary>
    Curves,

    /// <summary>Every checkpoint, and the last row of runs without.</summary>
    All,
}

/// <summary>Which rows a command works on, and the options that fit and isoflop share.</summary>
internal sealed class RunSelectionOptions
{
    private readonly Option<FileInfo?> _input = new("--input") { Description = "Sweep table to read: CSV, TSV or JSONL. Every row is a point.", HelpName = "FILE" };
    private readonly Option<string?> _project = new("--project") { Description = "Project of the store. The last checkpoint of every run is a point.", HelpName = "NAME" };
    private readonly Option<string[]> _where = new("--where") { Description = "Keep only rows where the column has this value; repeatable, all must hold.", HelpName = "COL=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _map = Mapping();
    private readonly Option<bool> _strict = Strict();
    private readonly Option<string> _store = StoreOption.Create();
    private readonly Option<string[]> _without = new("--without") { Description = "Ids of runs of the project to leave out besides the excluded ones, separated by commas.", HelpName = "ID,…", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _nonEmbedding = new("--non-embedding") { Description = "Count the parameters of the project's runs without embeddings; runs without that count are left out." };
    private readonly Option<string[]> _at = new("--at") { Description = "Budgets to predict for, FLOP, separated by commas.", HelpName = "FLOP,…", DefaultValueFactory = _ => ["5.76e23"] };
    private readonly Option<int> _bootstrap = new("--bootstrap") { Description = "Bootstrap draws behind the intervals; 0 for none.", HelpName = "DRAWS", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the draws.", HelpName = "NUMBER", DefaultValueFactory = _ => 0 };

    internal static Option<string[]> Mapping() => new("--map")
    {
        Description = "Which column holds what: parameters=COL,tokens=COL*1e9,loss=COL,run=COL+COL …; repeatable.",
        HelpName = "NAME=COL",
        DefaultValueFactory = _ => [],
    };

    internal static Option<bool> Strict() => new("--strict") { Description = "Refuse the file when a row cannot be used, instead of leaving the row out." };

    internal static Option<bool> Json() => new("--json") { Description = "Print one JSON document." };

    internal void AddTo(Command command)
    {
        AddSelectionTo(command);
        command.Options.Add(_without);
        command.Options.Add(_nonEmbedding);
        command.Options.Add(_at);
        AddDrawsTo(command);
    }

    /// <summary>Only how intervals are drawn.</summary>
    internal void AddDrawsTo(Command command)
    {
        command.Options.Add(_bootstrap);
        command.Options.Add(_seed);
    }

    /// <summary>Only which runs of a project are left out.</summary>
    internal void AddWithoutTo(Command command) => command.Options.Add(_without);

    /// <summary>Only what says which rows are meant.</summary>
    internal void AddSelectionTo(Command command)
    {
        foreach (var option in new Option[] { _input, _project, _where, _map, _strict, _store })
            command.Options.Add(option);
    }

    /// <summary>A file or a project is named.</summary>
    internal bool IsAsked(ParseResult parsed) => parsed.GetValue(_input) is not null || parsed.GetValue(_project) is not null;

    /// <summary>Reads the rows: from the file as they are, or from the store the last rows of the runs, or their checkpoints.</summary>
    /// <param name="parsed">Options given.</param>
    /// <param name="context">Where to report.</param>
    /// <param name="rows">Which rows of the runs of a project.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="columns">Columns besides the usual ones that the rows must carry.</param>
    /// <param name="keeps">Columns that they carry as well where the file has them.</param>
    internal async Task<RunSet> ReadAsync(
        ParseResult parsed, CommandContext context, ProjectRows rows, CancellationToken cancellationToken, IReadOnlyList<string>? columns = null, Func<string, bool>? keeps = null)
    {
        var where = Filters(parsed.GetValue(_where)!);
        if (parsed.GetValue(_project) is { } project && parsed.GetValue(_input) is null)
        {
            var selection = await SelectAsync(parsed, project, where, rows != ProjectRows.Last, cancellationToken);
            await ReportLeftOutAsync([.. selection.Rows.Where(row => ProjectRuns.Lacks(row) is not null).Select(row => new LeftOutRow(row.FileName, row.Line, $"{row.Name}: {ProjectRuns.Lacks(row)}"))], context.Error);
            return rows switch { ProjectRows.Curves => selection.Checkpoints, ProjectRows.All => selection.EveryCheckpoint, _ => selection.Final };
        }

        if (parsed.GetValue(_without) is { Length: > 0 } || parsed.GetValue(_nonEmbedding) || rows == ProjectRows.All)
            throw new UsageException("--without, --non-embedding and --checkpoints choose among the runs of a project; import the file and name the project with --project NAME. Of a file every row is a point, and --where chooses among them.");
        var (table, set) = await ReadTableAsync(parsed, context, where, columns ?? [], keeps ?? (_ => false), cancellationToken);
        if (rows == ProjectRows.Last)
            await ReportCheckpointsAsync(table, context);
        return set;
    }

    /// <summary>Reads the runs with their checkpoints, sorted into families.</summary>
    internal async Task<ModelFamilies> ReadFamiliesAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        var where = Filters(parsed.GetValue(_where)!);
        if (parsed.GetValue(_project) is { } project && parsed.GetValue(_input) is null)
            return FamilyRuns.Of(await SelectAsync(parsed, project, where, checkpoints: true, cancellationToken));
        var (table, rows) = await ReadTableAsync(parsed, context, where, [], _ => false, cancellationToken);
        return FamilyRuns.Of(table, rows);
    }

    /// <summary>Reads the runs with their curves and what they say of their optimizers.</summary>
    internal Task<(IReadOnlyList<RacedRun> Runs, RunSet Source)> ReadRacesAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        ReadCurvesAsync(parsed, context, RacedRuns.OfAsync, RacedRuns.Of, cancellationToken);

    /// <summary>Reads the runs with their curves and what they say of how they were grown.</summary>
    internal Task<(IReadOnlyList<GrowthRun> Runs, RunSet Source)> ReadGrowthAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken) =>
        ReadCurvesAsync(parsed, context, GrowthRuns.OfAsync, GrowthRuns.Of, cancellationToken);

    private async Task<(IReadOnlyList<T> Runs, RunSet Source)> ReadCurvesAsync<T>(
        ParseResult parsed, CommandContext context, Func<RunStore, ProjectSelection, CancellationToken, Task<IReadOnlyList<T>>> ofProject, Func<IReadOnlyList<ImportedRun>, IReadOnlyList<T>> ofFile,
        CancellationToken cancellationToken)
    {
        var where = Filters(parsed.GetValue(_where)!);
        if (parsed.GetValue(_project) is { } project && parsed.GetValue(_input) is null)
        {
            var selection = await SelectAsync(parsed, project, where, checkpoints: false, cancellationToken);
            await ReportLeftOutAsync([.. selection.Rows.Where(row => ProjectRuns.Lacks(row) is not null).Select(row => new LeftOutRow(row.FileName, row.Line, $"{row.Name}: {ProjectRuns.Lacks(row)}"))], context.Error);
            await using var store = await StoreOption.OpenExistingAsync(parsed.GetValue(_store)!, cancellationToken);
            return (await ofProject(store, selection, cancellationToken), selection.Final);
        }

        if (parsed.GetValue(_without) is { Length: > 0 })
            throw new UsageException("--without chooses among the runs of a project; of a file --where chooses.");
        if (await ReadLogAsync(parsed, context, where, cancellationToken) is { } logged)
            return (ofFile(logged.Runs), logged.Source);
        var (table, rows) = await ReadTableAsync(parsed, context, where, [], _ => false, cancellationToken);
        return (ofFile(table.Runs), rows);
    }

    /// <summary>The runs of a file that is a log of any format, as an import reads it; null where it is a sweep table, whose rows can be filtered, or none is named.</summary>
    private async Task<(IReadOnlyList<ImportedRun> Runs, RunSet Source)?> ReadLogAsync(ParseResult parsed, CommandContext context, RowFilter[] where, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_input) is not { } file || parsed.GetValue(_project) is not null)
            return null;
        string sha256;
        await using (var content = SweepFile.Open(file))
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        using var source = LogSource.Open(file.Name, () => SweepFile.Open(file));
        var import = await CountedModels.ReadAsync(source, new LogImportOptions { Mapping = Map(parsed.GetValue(_map)!), Strict = parsed.GetValue(_strict) }, cancellationToken);
        if (import.Table is not null)
            return null;
        foreach (var warning in import.Warnings)
            await context.Error.WriteLineAsync($"{import.FileName}: {warning}");
        await ReportLeftOutAsync(import.LeftOut, context.Error);
        foreach (var filter in where.Where(filter => import.Runs.All(run => run.Config.All(pair => pair.Key != filter.Column))))
            throw new UsageException($"--where: no run of {file.Name} has a setting '{filter.Column}'. Settings: {Words.List([.. import.Runs.SelectMany(run => run.Config.Select(pair => pair.Key)).Distinct()], 40)}.");
        ImportedRun[] runs = [.. import.Runs.Where(run => where.All(filter => run.Config.Any(pair => pair.Key == filter.Column && filter.Matches(pair.Value))))];
        return (runs, new RunSet { Observations = [], LeftOut = import.LeftOut, InputSha256 = sha256, Selection = where.Length == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["where"] = string.Join<RowFilter>(" and ", where) } });
    }

    /// <summary>Reads the runs with the columns that describe their models: every row of the file, or the runs of the project that count. With <paramref name="keepColumns"/> the rows carry all columns as well.</summary>
    internal async Task<(IReadOnlyList<RunRow> Runs, RunSet Rows)> ReadRunsAsync(ParseResult parsed, CommandContext context, bool keepColumns, CancellationToken cancellationToken)
    {
        var where = Filters(parsed.GetValue(_where)!);
        if (parsed.GetValue(_project) is { } project && parsed.GetValue(_input) is null)
        {
            var selection = await SelectAsync(parsed, project, where, checkpoints: false, cancellationToken);
            return (selection.Counting, selection.Final);
        }

        if (parsed.GetValue(_without) is { Length: > 0 })
            throw new UsageException("--without chooses among the runs of a project; of a file --where chooses.");
        var (table, rows) = await ReadTableAsync(parsed, context, where, [], _ => keepColumns, cancellationToken);
        await ReportCheckpointsAsync(table, context);
        var runs = table.Runs.ToDictionary(run => run.Name);
        return ([.. rows.Observations.Select(row => new RunRow
        {
            Id = row.RunId,
            Project = "",
            Name = row.Run,
            Line = row.Line,
            Parameters = row.Parameters,
            NonEmbeddingParameters = row.NonEmbeddingParameters,
            Tokens = row.Tokens,
            Flops = row.Flops,
            Loss = row.Loss,
            Budget = row.Budget,
            Points = 1,
            Tags = [],
            Flags = [],
            Config = runs[row.Run].Config,
            FileName = table.FileName,
            Sha256 = table.Sha256,
            Imported = default,
        })], rows);
    }

    /// <summary>Reads a table of optimal pairs; a file or a project of runs excludes it.</summary>
    internal async Task<PairsTable> ReadPairsAsync(ParseResult parsed, FileInfo file, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_input) is not null || parsed.GetValue(_project) is not null)
            throw new UsageException("--pairs FILE stands alone; leave out --input and --project.");
        var columns = Parsed("--map", () => PairsColumns.Parse(parsed.GetValue(_map)!));
        var where = Filters(parsed.GetValue(_where)!);
        await using var stream = SweepFile.Open(file);
        return await PairsTableReader.ReadAsync(stream, file.Name, columns, where, cancellationToken);
    }

    private async Task<ProjectSelection> SelectAsync(ParseResult parsed, string project, RowFilter[] where, bool checkpoints, CancellationToken cancellationToken)
    {
        await using var store = await StoreOption.OpenExistingAsync(parsed.GetValue(_store)!, cancellationToken);
        await ProjectRuns.RequireAsync(store, project, cancellationToken);
        var without = AnalysisText.Names(parsed.GetValue(_without) ?? []);
        var data = await ProjectRuns.ReadAsync(store, project, checkpoints, cancellationToken);
        return Parsed("--without", () => ProjectRuns.Select(data, where, ProjectRuns.Known(data, without), parsed.GetValue(_nonEmbedding)));
    }

    private async Task<(SweepTable Table, RunSet Rows)> ReadTableAsync(
        ParseResult parsed, CommandContext context, RowFilter[] where, IReadOnlyList<string> columns, Func<string, bool> keeps, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_input) is not { } file || parsed.GetValue(_project) is not null)
            throw new UsageException("Name either a file with --input FILE or a project of the store with --project NAME.");
        var map = Map(parsed.GetValue(_map)!);
        var table = await SweepFile.ReadAsync(file, new SweepTableOptions { Mapping = map, Where = where, RowColumns = columns, KeepsColumn = keeps, CountModel = CountedModels.Count, Strict = parsed.GetValue(_strict) }, cancellationToken);
        foreach (var warning in table.Warnings)
            await context.Error.WriteLineAsync(warning);
        await ReportLeftOutAsync(table.LeftOut, context.Error);

        var chosen = new Dictionary<string, string>();
        if (map.ToString() is { Length: > 0 } mapping)
            chosen.Add("map", mapping);
        if (where.Length > 0)
            chosen.Add("where", string.Join<RowFilter>(" and ", where));
        return (table, new RunSet { Observations = table.Observations, LeftOut = table.LeftOut, InputSha256 = table.Sha256, Selection = chosen });
    }

    private static async Task ReportCheckpointsAsync(SweepTable table, CommandContext context)
    {
        if (table.Runs.Count < table.Observations.Count)
        {
            await context.Error.WriteLineAsync(
                $"{table.FileName} holds {table.Observations.Count} checkpoints of {Words.Count(table.Runs.Count, "run")}, and every row is taken as a point. Import it and use --project to take the last checkpoint of each run.");
        }
    }

    internal FitRecipeOptions Surface(ParseResult parsed)
    {
        var draws = parsed.GetValue(_bootstrap);
        return draws is >= 0 and <= 1_000_000
            ? new FitRecipeOptions { Bootstrap = draws, Seed = parsed.GetValue(_seed) }
            : throw new UsageException($"--bootstrap: {draws} is not between 0 and 1000000 draws.");
    }

    internal IReadOnlyList<double> At(ParseResult parsed) => Parsed("--at", () => parsed.GetValue(_at)!.SelectMany(AnalysisText.Budgets).ToArray());

    internal static ColumnMapping Map(string[] texts) => Parsed("--map", () => ColumnMapping.Parse(texts));

    private static RowFilter[] Filters(string[] texts) => Parsed("--where", () => texts.Select(RowFilter.Parse).ToArray());

    /// <summary>A bad value is bad usage, and the message names the option.</summary>
    internal static T Parsed<T>(string option, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{option}: {exception.Message}");
        }
    }

    internal static async Task ReportLeftOutAsync(IReadOnlyList<LeftOutRow> rows, TextWriter error)
    {
        const int shown = 10;
        foreach (var row in rows.Take(shown))
            await error.WriteLineAsync($"{row.File}{(row.Line > 0 ? $", line {row.Line}" : "")}, left out: {row.Reason}");
        if (rows.Count > shown)
            await error.WriteLineAsync($"… and {Words.Count(rows.Count - shown, "row")} more.");
    }
}
