using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ScalingDashboard.Ingest.Logs;
using ScalingDashboard.Ingest.Sweeps;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>How the files of an import are read.</summary>
public sealed record LogImportOptions
{
    /// <summary>Columns and metrics the caller names; the others are recognised.</summary>
    public ColumnMapping Mapping { get; init; } = ColumnMapping.Empty;

    /// <summary>Key of a format; null to tell it from the content.</summary>
    public string? Format { get; init; }

    /// <summary>Gives runs without a count of parameters the suggested one, and takes compute that looks like that of the forward pass three times.</summary>
    public bool AcceptSuggestions { get; init; }

    /// <summary>Adds each restarted job as one run more.</summary>
    public bool Stitch { get; init; }

    /// <summary>Refuse a table when a row cannot be used.</summary>
    public bool Strict { get; init; }

    /// <summary>Tokens a sample, for logs that count samples; null where nobody said.</summary>
    public double? SequenceLength { get; init; }

    /// <summary>Tokens a step, for runs whose log tells neither tokens nor samples; null where nobody said.</summary>
    public double? TokensPerStep { get; init; }

    /// <summary>Counts the parameters of a run that names none from its settings; null where they do not tell the model's shape.</summary>
    public Func<IReadOnlyList<KeyValuePair<string, string>>, ModelCount?> CountModel { get; init; } = _ => null;

    /// <summary>As the reader wants them.</summary>
    internal LogReadOptions Reading => new() { Mapping = Mapping, Format = Format, Stitch = Stitch, Strict = Strict, CountModel = CountModel };
}

/// <summary>The runs of a file, an archive or a folder, ready for the store.</summary>
public sealed record LogImport
{
    public required string FileName { get; init; }

    /// <summary>csv, tsv, jsonl or markdown for a sweep table, else the key of the format; several are joined by commas.</summary>
    public required string Format { get; init; }

    public required IReadOnlyList<ImportedRun> Runs { get; init; }

    /// <summary>Line 0 means the file as a whole.</summary>
    public required IReadOnlyList<LeftOutRow> LeftOut { get; init; }
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Those warnings that say by which option of the command something can be had; where it is offered otherwise they are not needed.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>For the runs without a count of parameters, also where it was taken.</summary>
    public required IReadOnlyList<ParameterSuggestion> Suggestions { get; init; }

    /// <summary>Set when the flops look like those of the forward pass only, also where they were multiplied.</summary>
    public ForwardOnlyFlops? ForwardOnly { get; init; }

    /// <summary>Where the numbers of each run come from, and how it was trained; in the order of <see cref="Runs"/>.</summary>
    public required IReadOnlyList<RunFacts> Facts { get; init; }

    /// <summary>Some runs count samples, and nobody said how many tokens one has.</summary>
    public bool NeedsSequenceLength { get; init; }

    /// <summary>Some runs have a curve and tell neither tokens nor samples.</summary>
    public bool NeedsTokensPerStep { get; init; }

    /// <summary>What the runs lack, found as it is asked for.</summary>
    public IEnumerable<MissingQuantity> Missing => Runs.SelectMany(run => MissingOf(run).Select(what => new MissingQuantity(run.Name, what)));
    public required IReadOnlyList<RestartedJob> RestartedJobs { get; init; }

    /// <summary>The table where the source is one sweep table and nothing else.</summary>
    public SweepTable? Table { get; init; }

    /// <summary>Which column or metric was read as what: the caller's mapping and what was recognised.</summary>
    public required ColumnMapping Mapping { get; init; }

    /// <summary>The columns of the table, or the metrics of the runs, with samples.</summary>
    public required IReadOnlyList<SweepColumn> Columns { get; init; }

    /// <summary>What a run lacks, with the pages that need it.</summary>
    public static IEnumerable<string> MissingOf(ImportedRun run)
    {
        if (run.Parameters is null)
            yield return "no parameter count: needed for IsoFLOP";
        if (run.Loss is null)
            yield return "no loss: needed for IsoFLOP";
        if (run.Tokens is null && run.Flops is null)
            yield return "neither tokens nor flops: one of them needed for IsoFLOP";
        else if (run.Parameters is not null && run.Series.Count == 0)
            yield return "no curve: needed for Approach 1";
    }

    /// <summary>Reads and interprets all runs of a source.</summary>
    /// <exception cref="IngestException">Nothing can be read, or strict and a row cannot.</exception>
    /// <exception cref="FormatException">The format asked for is unknown.</exception>
    public static async Task<LogImport> ReadAsync(LogSource source, LogImportOptions options, CancellationToken cancellationToken)
    {
        var logged = await LogReader.ReadAsync(source, options.Reading, cancellationToken).ConfigureAwait(false);
        var notes = new List<string>();
        var interpreted = logged.Runs.Select(run => RunInterpreter.Interpret(run, options, notes)).ToArray();
        var forwardOnly = logged.Tables.Select(table => table.ForwardOnly).FirstOrDefault(found => found is not null)
            ?? FindForwardOnly([.. interpreted.Select(one => (one.Run, one.Facts, one.Recognised))], options);
        if (forwardOnly is not null && options.AcceptSuggestions)
        {
            var mapping = options.Mapping.With(SweepQuantity.Flops, [forwardOnly.Column], ForwardOnlyFlops.Factor);
            return await ReadAsync(source, options with { Mapping = mapping }, cancellationToken).ConfigureAwait(false) with { ForwardOnly = forwardOnly };
        }

        // The runs of a single table are made as they are asked for, and their names are apart already.
        var single = logged.Tables.Count == 1 && interpreted.Length == 0 ? logged.Tables[0] : null;
        string[] advice =
        [
            .. notes.Where(note => note == RunInterpreter.SequenceLengthAdvice).Distinct(),
            .. forwardOnly is null ? [] : (string[])[$"{forwardOnly.Reason}. --accept-suggestions or --map \"flops={forwardOnly.Column}*3\" takes it {ForwardOnlyFlops.Factor} times."],
            .. options.Stitch ? [] : logged.RestartedJobs.Select(job => $"{job.Runs.Count} runs, {job.Runs[0]} to {job.Runs[^1]}, look like one job that was restarted; --stitch adds it as one run, from a restart's first step on the later run counts."),
        ];
        var formats = logged.Formats.SelectMany(format => format == "sweep" ? logged.Tables.Select(table => table.Format) : [format]).Distinct();
        return new LogImport
        {
            FileName = source.Name,
            Format = string.Join(',', formats),
            Runs = single?.Runs ?? Distinct([.. logged.Tables.SelectMany(table => table.Runs), .. interpreted.Select(one => one.Run)]),
            Facts = single is not null
                ? FactsOf(single, options)
                : [.. logged.Tables.SelectMany(table => FactsOf(table, options)), .. interpreted.Select(one => one.Facts)],
            LeftOut = [.. logged.Tables.SelectMany(table => table.LeftOut), .. logged.LeftOut],
            Warnings =
            [
                .. logged.Tables.SelectMany(table => table.Warnings.Select(warning => logged.Tables.Count == 1 ? warning : $"{table.FileName}: {warning}")),
                .. logged.Warnings,
                .. notes.Distinct().Except(advice),
                .. advice,
            ],
            Advice = advice,
            Suggestions = [.. interpreted.Select(one => one.Suggestion).OfType<ParameterSuggestion>()],
            ForwardOnly = forwardOnly,
            NeedsSequenceLength = logged.Runs.Zip(interpreted).Any(pair => pair.Second.Run.Tokens is null && RunInterpreter.CountsSamples(pair.First)),
            NeedsTokensPerStep = logged.Runs.Zip(interpreted).Any(pair => pair.Second.Run is { Tokens: null, Series.Count: > 0 } && !RunInterpreter.CountsSamples(pair.First)),
            RestartedJobs = logged.RestartedJobs,
            Table = single,
            Mapping = logged.Tables.Count > 0 ? logged.Tables[0].Mapping : Recognised(options.Mapping, interpreted.Select(one => one.Recognised)),
            Columns = logged.Tables.Count > 0 ? logged.Tables[0].Columns : Metrics(logged.Runs),
        };
    }

    /// <summary>A hash of the names of the columns of the source's first file; null where it is no table. Files of one source have the same.</summary>
    public static async Task<string?> SignatureAsync(LogSource source, CancellationToken cancellationToken)
    {
        await using var content = source.Files[0].Open();
        var head = new byte[LogHead.Size];
        var count = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        var columns = new LogHead(source.Files[0].Path, head.AsMemory(0, count), count < head.Length, ColumnMapping.Empty, []).Columns;
        return columns.Count < 2 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', columns.Order(StringComparer.Ordinal)))));
    }

    /// <summary>Evidence over the runs of logs that tell their parameters, tokens and flops.</summary>
    private static ForwardOnlyFlops? FindForwardOnly(
        IReadOnlyList<(ImportedRun Run, RunFacts Facts, IReadOnlyDictionary<SweepQuantity, string> Recognised)> runs, LogImportOptions options)
    {
        if (!options.Mapping.Factor(SweepQuantity.Flops).Equals(1.0))
            return null;
        var told = runs
            .Where(one => one.Run is { Parameters: not null, Tokens: not null, Flops: not null } && one.Recognised.ContainsKey(SweepQuantity.Flops) && one.Facts.TokensFrom != "C/(6·N)")
            .ToArray();
        return told.Length == 0 ? null
            : ForwardOnlyFlops.Find(told[0].Recognised[SweepQuantity.Flops], told.Select(one => (one.Run.Parameters!.Value, one.Run.Tokens!.Value, one.Run.Flops!.Value)));
    }

    private static MadeList<RunFacts> FactsOf(SweepTable table, LogImportOptions options)
    {
        var facts = new RunFacts
        {
            ParametersFrom = Column(SweepQuantity.Parameters),
            TokensFrom = Column(SweepQuantity.Tokens),
            FlopsFrom = Column(SweepQuantity.Flops),
            LossFrom = Column(SweepQuantity.Loss),
        };
        return new MadeList<RunFacts>(table.Runs.Count, index =>
        {
            var run = table.Runs[index];
            return RunSettings.AddTo(
                facts with
                {
                    ParametersFrom = facts.ParametersFrom ?? options.CountModel(run.Config)?.From,
                    TokensFrom = run.Flags.Contains(RunCollector.TokensInferred) ? "C/(6·N)" : facts.TokensFrom,
                    FlopsFrom = facts.FlopsFrom is null || run.Flags.Contains(RunCollector.FlopsInferred) ? "6·N·D" : facts.FlopsFrom,
                },
                run.Config);
        });

        string? Column(SweepQuantity quantity) => table.Mapping.Columns(quantity) is [var name, ..]
            ? name + (quantity == SweepQuantity.Flops && ColumnBinding.IsInGiga(name) ? " × 1e9" : "") + (table.Mapping.Factor(quantity) is var factor && !factor.Equals(1.0) ? FormattableString.Invariant($" × {factor:R}") : "")
            : null;
    }

    /// <summary>A metric that some run has is recognised for all.</summary>
    private static ColumnMapping Recognised(ColumnMapping given, IEnumerable<IReadOnlyDictionary<SweepQuantity, string>> runs)
    {
        foreach (var (quantity, metric) in runs.SelectMany(run => run))
        {
            if (given.Columns(quantity) is null)
                given = given.With(quantity, [metric]);
        }

        return given;
    }

    private static SweepColumn[] Metrics(IReadOnlyList<LoggedRun> runs) =>
    [
        .. runs.SelectMany(run => run.Metrics).GroupBy(series => series.Metric).Select(metric =>
            new SweepColumn(metric.Key, [.. metric.First().Values.Take(3).Select(value => value.ToString("G6", CultureInfo.InvariantCulture))])),
    ];

    /// <summary>Files of one archive may hold runs of one name and line, which the store would take for the same run.</summary>
    private static ImportedRun[] Distinct(ImportedRun[] runs)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return Array.ConvertAll(runs, run =>
        {
            var (name, number) = (run.Name, 1);
            while (!taken.Add(name))
                name = FormattableString.Invariant($"{run.Name} ({++number})");
            return number == 1 ? run : run with { Name = name };
        });
    }
}
