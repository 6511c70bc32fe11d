using System.Globalization;
using System.Runtime.InteropServices;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Ingest.Sweeps;

/// <summary>One usable row, before it belongs to a run.</summary>
/// <remarks>Step and Seconds are NaN where there are none.</remarks>
internal readonly record struct SweepRow(int Line, double Parameters, double Tokens, double Flops, double Loss, double Step, double Seconds)
{
    public double? NonEmbeddingParameters { get; init; }
    public double? Budget { get; init; }
    public bool TokensInferred { get; init; }

    /// <summary>The flops cell of this row is empty though the table has such a column.</summary>
    public bool FlopsCellEmpty { get; init; }

    /// <summary>Flops come from the file, so they may contradict 6ND.</summary>
    public bool FlopsLogged { get; init; }
    public string? Family { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Config { get; init; } = [];
}

/// <summary>Sorts rows into runs by name and parameters, and makes the runs.</summary>
internal sealed class RunCollector
{
    /// <summary>From here on two compute figures contradict each other.</summary>
    private const double Contradiction = 3;

    /// <summary>From here on a budget is worth a word.</summary>
    private const double BudgetTolerance = 1.05;

    private readonly List<Observation> _observations = [];
    private readonly List<double> _steps = [];
    private readonly List<double> _seconds = [];
    private readonly List<RunRows> _runs = [];
    private readonly Dictionary<string, SameName> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _takenNames = new(StringComparer.Ordinal);

    public IReadOnlyList<Observation> Observations => _observations;

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its values.</param>
    /// <param name="name">Name of its run; null for a run of its own, named after the line.</param>
    /// <param name="nameIsKey">The name was composed to be the run's key: rows that repeat the same tokens still belong to it.</param>
    /// <returns>The run when the row is its last checkpoint so far, so that configuration and family are taken from it; else null.</returns>
    public RunRows? Add(in SweepRow row, string? name, bool nameIsKey)
    {
        var index = _observations.Count;
        _steps.Add(row.Step);
        _seconds.Add(row.Seconds);
        var run = name is null ? StartUnnamed(row.Line, index) : FindOrStart(row, name, nameIsKey, index);
        _observations.Add(new Observation
        {
            Run = run.Name,
            Line = row.Line,
            Parameters = row.Parameters,
            NonEmbeddingParameters = row.NonEmbeddingParameters,
            Tokens = row.Tokens,
            Flops = row.Flops,
            Loss = row.Loss,
            Budget = row.Budget,
            Family = row.Family,
            Config = row.Config,
        });
        if (row.FlopsLogged)
            run.Contradiction = Math.Max(run.Contradiction, Ratio(row.Flops, 6 * row.Parameters * row.Tokens));
        if (row.Tokens < _observations[run.Final].Tokens)
            return null;
        run.Final = index;
        run.TokensInferred = row.TokensInferred;
        run.FlopsCellEmpty = row.FlopsCellEmpty;
        return run;
    }

    /// <summary>All runs, in the order of their first rows, and a word on budgets that do not fit.</summary>
    public IReadOnlyList<ImportedRun> Finish(bool withSeconds, List<string> warnings)
    {
        var runs = new ImportedRun[_runs.Count];
        var (budgets, off, worst) = (0, 0, 1.0);
        for (var i = 0; i < runs.Length; i++)
        {
            var rows = _runs[i];
            var final = _observations[rows.Final];
            var flags = new List<string>();
            if (rows.SharesName)
                flags.Add("another run has the same name");
            if (rows.Repeats > 0)
                flags.Add($"{Many(rows.Repeats, "row")} repeat{(rows.Repeats == 1 ? "s" : "")} the tokens of another row of this run");
            if (rows.Contradiction > Contradiction)
                flags.Add($"flops contradict 6·N·D by {Times(rows.Contradiction)}");
            if (final.Budget is { } budget)
            {
                var ratio = Ratio(budget, 6 * final.Parameters * final.Tokens);
                budgets++;
                if (ratio > BudgetTolerance)
                    off++;
                worst = Math.Max(worst, ratio);
                if (ratio > Contradiction)
                    flags.Add($"budget contradicts 6·N·D by {Times(ratio)}");
            }

            if (rows.TokensInferred)
                flags.Add("tokens inferred from flops");
            if (rows.FlopsCellEmpty)
                flags.Add("flops inferred as 6·N·D");
            runs[i] = new ImportedRun
            {
                Name = rows.Name,
                Line = final.Line,
                Parameters = final.Parameters,
                NonEmbeddingParameters = final.NonEmbeddingParameters,
                Tokens = final.Tokens,
                Flops = final.Flops,
                Loss = final.Loss,
                Budget = final.Budget,
                Family = rows.Family,
                Config = rows.Config,
                Flags = flags.Count == 0 ? [] : flags,
                Series = rows.Rest is null ? [] : Series(rows, withSeconds),
            };
        }

        if (off > 0)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the budget of {off} of {Many(budgets, "run")} differs from 6·N·D by more than 5 % (at most {Times(worst)}); budgets only group the runs."));
        }

        return runs;
    }

    private RunRows FindOrStart(in SweepRow row, string name, bool nameIsKey, int index)
    {
        if (!_byName.TryGetValue(name, out var same))
            _byName.Add(name, same = new SameName(!_takenNames.Contains(name)));
        var model = same.Model(row.Parameters);
        var timesSeen = model.TimesSeen(row, this);
        model.Remember(row);
        // The second row at the same tokens belongs to the second run, and so on.
        var nth = nameIsKey ? 0 : timesSeen;
        if (nth < model.Runs.Count)
        {
            var run = model.Runs[nth];
            run.Add(index);
            if (nameIsKey && timesSeen > 0)
                run.Repeats++;
            return run;
        }

        var plain = same.TakePlainName();
        var started = new RunRows(plain ? name : NumberedName(name, ref same.LastNumber), index) { SharesName = !plain };
        model.Runs.Add(started);
        _runs.Add(started);
        return started;
    }

    private RunRows StartUnnamed(int line, int index)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"line {line}");
        var number = 1;
        if (IsTaken(name))
            name = NumberedName(name, ref number);
        else
            _takenNames.Add(name);
        var started = new RunRows(name, index);
        _runs.Add(started);
        return started;
    }

    /// <summary>The first free one of "name (2)", "name (3)", …</summary>
    private string NumberedName(string name, ref int lastNumber)
    {
        string candidate;
        do
            candidate = string.Create(CultureInfo.InvariantCulture, $"{name} ({++lastNumber})");
        while (IsTaken(candidate));
        _takenNames.Add(candidate);
        return candidate;
    }

    private bool IsTaken(string name) => _byName.ContainsKey(name) || _takenNames.Contains(name);

    private List<ImportedSeries> Series(RunRows rows, bool withSeconds)
    {
        var order = new int[rows.Rest!.Count + 1];
        order[0] = rows.First;
        rows.Rest.CopyTo(order, 1);
        var stepped = Array.TrueForAll(order, row => !double.IsNaN(_steps[row]));
        Array.Sort(order, (left, right) =>
        {
            var by = stepped ? _steps[left].CompareTo(_steps[right]) : 0;
            if (by == 0)
                by = _observations[left].Tokens.CompareTo(_observations[right].Tokens);
            return by == 0 ? left.CompareTo(right) : by;
        });
        var steps = new double[order.Length];
        for (var i = 0; i < order.Length; i++)
            steps[i] = stepped ? _steps[order[i]] : i;

        List<ImportedSeries> series =
        [
            new("loss", steps, Array.ConvertAll(order, row => _observations[row].Loss)),
            new("tokens", steps, Array.ConvertAll(order, row => _observations[row].Tokens)),
            new("flops", steps, Array.ConvertAll(order, row => _observations[row].Flops)),
        ];
        if (withSeconds)
            series.Add(new("seconds", steps, Array.ConvertAll(order, row => _seconds[row])));
        return series;
    }

    private static double Ratio(double left, double right) => Math.Max(left / right, right / left);

    private static string Times(double ratio) =>
        (ratio < 1000 ? Quantity.Significant(ratio, 2) : Quantity.Scientific(ratio)) + "×";

    private static string Many(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>The rows of one run.</summary>
    internal sealed class RunRows(string name, int first)
    {
        public string Name { get; } = name;
        public int First { get; } = first;
        public List<int>? Rest { get; private set; }

        /// <summary>The row with the most tokens.</summary>
        public int Final { get; set; } = first;

        public IReadOnlyList<KeyValuePair<string, string>> Config { get; set; } = [];
        public string? Family { get; set; }
        public double Contradiction { get; set; } = 1;
        public bool TokensInferred { get; set; }
        public bool FlopsCellEmpty { get; set; }
        public bool SharesName { get; init; }
        public int Repeats { get; set; }

        public void Add(int row) => (Rest ??= []).Add(row);
    }

    /// <summary>All runs that bear one name in the file.</summary>
    private sealed class SameName(bool plainNameIsFree)
    {
        /// <summary>The last number given out; the plain name counts as the first.</summary>
        public int LastNumber = 1;

        private readonly Model _first = new();
        private bool _plainNameIsFree = plainNameIsFree;
        private double _firstParameters = double.NaN;
        private Dictionary<double, Model>? _others;

        public Model Model(double parameters)
        {
            if (double.IsNaN(_firstParameters))
                _firstParameters = parameters;
            if (parameters.Equals(_firstParameters))
                return _first;
            _others ??= [];
            if (!_others.TryGetValue(parameters, out var model))
                _others.Add(parameters, model = new Model());
            return model;
        }

        public bool TakePlainName()
        {
            var free = _plainNameIsFree;
            _plainNameIsFree = false;
            return free;
        }
    }

    /// <summary>The runs of one name and one count of parameters: as many as a checkpoint occurs.</summary>
    private sealed class Model
    {
        private Dictionary<(double Tokens, double Step), int>? _seen;
        private double _mostTokens;

        public List<RunRows> Runs { get; } = [];

        /// <summary>How many earlier rows are at the same tokens and step.</summary>
        public int TimesSeen(in SweepRow row, RunCollector collector)
        {
            // Checkpoints usually come with rising tokens: nothing to look up then.
            if (row.Tokens > _mostTokens)
                return 0;
            if (_seen is null)
            {
                _seen = [];
                foreach (var run in Runs)
                {
                    Count(_seen, collector.Checkpoint(run.First));
                    foreach (var other in run.Rest ?? [])
                        Count(_seen, collector.Checkpoint(other));
                }
            }

            return _seen.GetValueOrDefault((row.Tokens, row.Step));
        }

        public void Remember(in SweepRow row)
        {
            _mostTokens = Math.Max(_mostTokens, row.Tokens);
            if (_seen is not null)
                Count(_seen, (row.Tokens, row.Step));
        }

        private static void Count(Dictionary<(double, double), int> seen, (double, double) checkpoint)
        {
            ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, checkpoint, out _);
            times++;
        }
    }

    private (double Tokens, double Step) Checkpoint(int row) => (_observations[row].Tokens, _steps[row]);
}
