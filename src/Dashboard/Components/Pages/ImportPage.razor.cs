using System.Globalization;
using Microsoft.AspNetCore.Components;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Ingest;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Components.Pages;

/// <summary>From files to runs of a project: shows what was understood, lets the columns be chosen, and only then stores.</summary>
public sealed partial class ImportPage
{
    private const int MostColumns = 500;

    private const int MostMetrics = 300;

    // More are shown when asked for.
    private const int FewMetrics = 12;

    // More files than that are told in one sentence.
    private const int MostDone = 3;

    // Uploads that are named of those that wait.
    private const int MostWaiting = 5;

    // Parameters, loss, and tokens or flops.
    private const int MostMissing = 3;

    // The last ones are shown when they have a column, or when asked for.
    private static readonly (SweepQuantity Quantity, string Label, bool Always)[] s_quantities =
    [
        (SweepQuantity.Parameters, "Parameters N", true),
        (SweepQuantity.Loss, "Loss", true),
        (SweepQuantity.Tokens, "Tokens D", true),
        (SweepQuantity.Flops, "Training FLOP C", true),
        (SweepQuantity.Run, "Run", true),
        (SweepQuantity.Budget, "Budget, FLOP", true),
        (SweepQuantity.Family, "Family", false),
        (SweepQuantity.Step, "Step", false),
        (SweepQuantity.Seconds, "Seconds", false),
        (SweepQuantity.EvalLoss, "Evaluation loss", false),
        (SweepQuantity.LearningRate, "Learning rate", false),
        (SweepQuantity.NonEmbeddingParameters, "N without embeddings", false),
    ];

    private readonly List<Done> _done = [];
    private IReadOnlyList<ProjectRow> _projects = [];
    private IReadOnlyList<StagedFile> _waiting = [];
    private ImportState? _readFor;
    private ImportPreview? _preview;
    private string? _mapProblem;
    private Failure? _failure;
    private bool _gone;
    private bool _importing;
    private bool _allQuantities;

    [Inject] public required RunStore Store { get; init; }

    private string Project => State.Project.Length > 0 || _preview is null ? State.Project : Path.GetFileNameWithoutExtension(_preview.File.FileName);

    // The preview on the screen is not yet the one of the columns chosen.
    private bool Reading => State.Staged.Count > 0 && !IsReadFor(State);

    // The shape the user types for runs that tell none.
    private Architecture? Shape => State.Model.Length > 0 ? ArchitectureText.Read(State.Model) : null;

    private sealed record Done(string Project, int Added, string Note);

    private sealed record Failure(string Title, string Text);

    protected override async Task OnStateChangedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (State.Staged.Count == 0)
            {
                (_readFor, _preview, _gone) = (null, null, false);
                _waiting = Store.AllStaged();
                return;
            }

            if (IsReadFor(State))
                return;
            _failure = null;
            _projects = await Store.ProjectsAsync(cancellationToken);
            var file = Store.FindStaged(State.Staged[0]);
            _gone = file is null;
            if (file is null || _preview?.File.Id != file.Id)
                _preview = null;
            if (file is not null)
                _preview = await ImportPreview.ReadAsync(Store, file, await OptionsAsync(file, cancellationToken), cancellationToken);
            _readFor = State;
        }
        catch (StoreException exception)
        {
            _failure = new Failure("The file cannot be shown", exception.Message);
        }
    }

    private ColumnMapping Chosen()
    {
        _mapProblem = null;
        if (State.Map.Length == 0)
            return ColumnMapping.Empty;
        try
        {
            return ColumnMapping.Parse(State.Map);
        }
        catch (FormatException exception)
        {
            _mapProblem = $"The columns in this address cannot be read and are ignored: {exception.Message}";
            return ColumnMapping.Empty;
        }
    }

    /// <summary>Whether the preview is of this file, read in this way.</summary>
    private bool IsReadFor(ImportState state) =>
        _readFor is { } read && read with { Staged = [], Project = "" } == state with { Staged = [], Project = "" } && read.Staged[0] == state.Staged[0];

    /// <summary>What stands in the address; columns nobody chose are those the project remembers of a file like this one.</summary>
    private async Task<LogImportOptions> OptionsAsync(StagedFile file, CancellationToken cancellationToken)
    {
        var chosen = Chosen();
        if (chosen.ToString().Length == 0 && State.Project.Length > 0)
            chosen = await StagedImport.RememberedAsync(Store, State.Project, file, cancellationToken);
        var typed = Shape is { } shape ? CountedModels.Count(shape, tellsTying: true) : null;
        return new LogImportOptions
        {
            Mapping = chosen,
            Format = State.Format.Length > 0 ? State.Format : null,
            AcceptSuggestions = State.Accept,
            Stitch = State.Stitch,
            SequenceLength = State.SequenceLength,
            TokensPerStep = State.TokensPerStep,
            CountModel = _ => typed,
        };
    }

    private Task StagedAsync(IReadOnlyList<string> ids)
    {
        _done.Clear();
        _failure = null;
        return ids.Count == 0 ? Task.CompletedTask : ChangeAsync(State with { Staged = ids, Map = "" });
    }

    private Task SetProjectAsync(string? name) => ChangeAsync(State with { Project = (name ?? "").Trim() }, replace: true);

    /// <summary>Takes a column for a quantity; without a name the column in this place is dropped, and a quantity without any is switched off.</summary>
    private Task ChooseAsync(SweepQuantity quantity, int place, string column)
    {
        if (_preview is null)
            return Task.CompletedTask;
        var columns = (_preview.Mapping.Columns(quantity) ?? []).ToList();
        if (place < columns.Count)
            columns.RemoveAt(place);
        if (column.Length > 0 && !columns.Contains(column))
            columns.Insert(Math.Min(place, columns.Count), column);
        // What was chosen so far stands in the address; the preview may still be reading.
        return ChangeAsync(State with { Map = Chosen().With(quantity, columns).ToString() });
    }

    /// <summary>Takes the compute three times, or as it is logged.</summary>
    private Task TakeThriceAsync(bool thrice) =>
        _preview?.Mapping.Columns(SweepQuantity.Flops) is [var column, ..]
            ? ChangeAsync(State with { Map = Chosen().With(SweepQuantity.Flops, [column], thrice ? ForwardOnlyFlops.Factor : 1).ToString() })
            : Task.CompletedTask;

    private bool IsThrice => _preview?.Mapping.Factor(SweepQuantity.Flops).Equals(ForwardOnlyFlops.Factor) == true;

    private async Task DiscardAsync()
    {
        if (_importing)
            return;
        try
        {
            Store.DiscardStaged(State.Staged[0]);
        }
        catch (StoreException exception)
        {
            _failure = new Failure("The file was not discarded", exception.Message);
            return;
        }

        await ChangeAsync(State with { Staged = [.. State.Staged.Skip(1)], Map = State.Staged.Count > 1 ? State.Map : "" }, replace: true);
    }

    /// <summary>Imports the first of the waiting files, one after the other; stops at one that cannot be imported.</summary>
    private async Task ImportAsync(int count)
    {
        // A second click may be on its way before the button is drawn disabled.
        if (_importing || _preview is null || Reading)
            return;
        _importing = true;
        _failure = null;
        var project = Project;
        var imported = 0;
        try
        {
            foreach (var id in State.Staged.Take(count))
            {
                var file = Store.FindStaged(id) ?? throw new StoreException("The upload is no longer here: it was imported, discarded, or waited longer than a day.");
                // Not to be cancelled: whoever leaves the page meanwhile finds all runs of the file, not some.
                var (import, receipt) = await StagedImport.ImportAsync(Store, project, file, (await OptionsAsync(file, CancellationToken.None)) with { Mapping = Chosen().ToString().Length > 0 ? Chosen() : await StagedImport.RememberedAsync(Store, project, file, CancellationToken.None) }, CancellationToken.None);
                _done.Add(new Done(receipt.Project, receipt.Added.Count, Note(file, import, receipt)));
                imported++;
            }
        }
        catch (Exception exception) when (exception is StoreException or IngestException)
        {
            _failure = new Failure(count > 1 ? "A file was not imported" : "The file was not imported", exception.Message);
        }
        finally
        {
            _importing = false;
        }

        if (imported == 0)
            return;
        var rest = State.Staged.Skip(imported).ToArray();
        // The next upload is another sweep more often than more of this one.
        await ChangeAsync(rest.Length > 0 ? State with { Staged = rest, Project = project } : new ImportState(), replace: true);
    }

    private static string Note(StagedFile file, LogImport import, ImportReceipt receipt)
    {
        var notes = new[]
        {
            $"from {file.FileName}",
            receipt is { Added.Count: > 0, AlreadyThere.Count: > 0 } ? $"{receipt.AlreadyThere.Count.ToString("N0", CultureInfo.InvariantCulture)} were there already" : "",
            import.LeftOut.Count > 0 ? $"{Words.Count(import.LeftOut.Count, "row")} left out" : "",
        };
        return $"({string.Join("; ", notes.Where(note => note.Length > 0))}).";
    }

    /// <summary>Where the numbers of a run come from.</summary>
    private static string Sources(RunFacts facts) => string.Join("; ", new[] { ("N", facts.ParametersFrom), ("D", facts.TokensFrom), ("C", facts.FlopsFrom), ("loss", facts.LossFrom) }
        .Where(source => source.Item2 is not null).Select(source => $"{source.Item1} from {source.Item2}"));

    /// <summary>What the source tells about how a run was trained.</summary>
    private static string Training(RunFacts facts) => string.Join("; ", new[] { facts.Hardware, facts.Optimizer, facts.Precision }.OfType<string>());

    private string? ReadAs(string metric)
    {
        foreach (var quantity in Enum.GetValues<SweepQuantity>())
        {
            if (SweepQuantities.Name(quantity) == metric && _preview?.Mapping.Columns(quantity) is [var column, ..] && column != metric)
                return column;
        }

        return null;
    }

    private static string Value(double? value) => value is not { } number ? "–"
        : Math.Abs(number) is >= 1e6 or (> 0 and < 1e-3) ? Quantity.Scientific(number) : Quantity.Significant(number, 4);

    private bool IsMissing(SweepQuantity quantity) => _preview is { } preview && quantity switch
    {
        SweepQuantity.Parameters => preview.Missing.Contains("parameters") && preview.Table?.FirstRuns.All(run => run.Parameters is not null) != true,
        SweepQuantity.Loss => preview.Missing.Contains("loss"),
        SweepQuantity.Tokens or SweepQuantity.Flops => preview.Missing.Contains("tokens or flops"),
        _ => false,
    };

    private string Samples(IReadOnlyList<string> columns) =>
        _preview is null ? "" : string.Join(" · ", columns.Select(name => string.Join(", ", _preview.Columns.FirstOrDefault(column => column.Name == name)?.Samples ?? [])));

    private static string Advice(ImportPreview preview)
    {
        if (preview.Missing.Count == 0)
            return preview.Problem + " Choose other columns below, or correct the file and upload it again. Nothing was stored.";
        var header = preview.Columns.All(column => Quantity.TryParse(column.Name, out _))
            ? "The first line seems to hold numbers instead of names: add a header line such as parameters,tokens,loss, or choose by position below."
            : preview.Missing.Count >= MostMissing
            ? "None of its columns has a known name. If this is the log of one run or the export of a chart, add columns of parameters and tokens; else choose columns below."
            : $"The file has no column of a known name for {(preview.Missing.Count == 1 ? "it; choose it" : "them; choose them")} below.";
        return header + " Nothing was stored.";
    }

    private List<PageWarning> Notices(ImportPreview preview)
    {
        var notices = new List<PageWarning>();
        if (_mapProblem is not null)
            notices.Add(new PageWarning(_mapProblem));
        if (preview.Table is { LeftOut: > 0 } table)
            notices.Add(new PageWarning($"{Words.Count(table.LeftOut, "row")}{(table.RowsRead is { } all ? $" of {all}" : "")} cannot be used and will not be imported.", "Which and why", PageUrls.For(PageUrls.Import, State) + "#left-out"));
        notices.AddRange((preview.Table?.Warnings ?? []).Select(warning => new PageWarning(Sentence(warning))));
        return notices;
    }

    private static List<KeyFigure> KeyFiguresOf(TableSummary table, bool chosenFormat)
    {
        var inferred = table switch
        {
            { RowsRead: null } => ($"{Number(table.Pages[0].Ready)} of {Number(table.Runs)}", "runs with N, D or C, and a loss"),
            { InferredTokens: > 0, InferredFlops: > 0 } => ("tokens and FLOP of some rows", "D = C/(6N), C = 6ND"),
            { InferredTokens: > 0 } => (Words.Count(table.InferredTokens, "tokens value"), "D = C/(6N)"),
            { InferredFlops: > 0 } => (Words.Count(table.InferredFlops, "FLOP value"), "C = 6ND"),
            _ => ("nothing", "tokens and FLOP are in the file"),
        };
        var rows = table is { RowsRead: { } all, RowsKept: { } kept }
            ? new KeyFigure("Rows", Number(kept), table.LeftOut == 0 ? "all can be used" : $"of {Number(all)}; {Number(table.LeftOut)} left out")
            : new KeyFigure("Left out", Number(table.LeftOut), table.LeftOut == 0 ? "everything was read" : "rows or files");
        return
        [
            new("Format", Title(table.Format), chosenFormat ? "chosen by you" : "told from the content"),
            rows,
            new("Runs", Number(table.Runs), table.FlaggedRuns == 0 ? "none flagged" : $"{Number(table.FlaggedRuns)} flagged"),
            new("Training compute", table is { SmallestFlops: { } smallest, LargestFlops: { } largest } ? ProjectSummary.ComputeRange(smallest, largest) : "–", "FLOP"),
            new(table.RowsRead is null ? "Ready for IsoFLOP" : "Inferred", inferred.Item1, inferred.Item2),
        ];
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Title(string formats) => string.Join(", ", formats.Split(',').Select(key => LogReader.Formats.FirstOrDefault(format => format.Key == key)?.Title ?? key.ToUpperInvariant()));

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
