using System.Globalization;
using System.Runtime.InteropServices;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Ingest.Sweeps;

/// <summary>One usable row, before it belongs to a run.</summary>
/// <remarks>Step, Seconds, NonEmbeddingParameters and Budget are NaN where there are none.</remarks>
internal readonly record struct SweepRow(int Line, double Parameters, double Tokens, double Flops, double Loss, double Step, double Seconds)
{
    public double NonEmbeddingParameters { get; init; }
    public double Budget { get; init; }
    public bool TokensInferred { get; init; }

    /// <summary>The flops cell of this row is empty though the table has such a column.</summary>
    public bool FlopsCellEmpty { get; init; }

    /// <summary>Flops come from the file, so they may contradict 6ND.</summary>
    public bool FlopsLogged { get; init; }
    public string? Family { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>>? Config { get; init; }
}

/// <summary>Sorts rows into runs by name and parameters, and makes the runs.</summary>
/// <remarks>Rows and runs are kept as columns and made into objects one by one when asked for: a table may have millions of either.</remarks>
internal sealed class RunCollector
{
    public const string TokensInferred = "tokens inferred from flops";
    public const string FlopsInferred = "flops inferred as 6·N·D";

    /// <summary>From here on two compute figures contradict each other.</summary>
    private const double Contradiction = 3;

    /// <summary>From here on a budget is worth a word.</summary>
    private const double BudgetTolerance = 1.05;

    // Of each row.
    private readonly Column<int> _line = new(0);
    private readonly Column<double> _parameters = new(double.NaN);
    private readonly Column<double> _tokens = new(double.NaN);
    private readonly Column<double> _flops = new(double.NaN);
    private readonly Column<double> _loss = new(double.NaN);
    private readonly Column<double> _step = new(double.NaN);
    private readonly Column<double> _seconds = new(double.NaN);
    private readonly Column<double> _nonEmbedding = new(double.NaN);
    private readonly Column<double> _budget = new(double.NaN);
    private readonly Column<string?> _family = new(null);
    private readonly Column<IReadOnlyList<KeyValuePair<string, string>>?> _rowConfig = new(null);
    private readonly Column<Marks> _marks = new(Marks.None);
    private readonly Column<int> _run = new(0);

    /// <summary>The next row of the same run; 0 for none.</summary>
    private readonly Column<int> _next = new(0);

    // Of each run. The final row is the one with the most tokens.
    private readonly Column<int> _first = new(0);
    private readonly Column<int> _last = new(0);
    private readonly Column<int> _final = new(0);
    private readonly Column<int> _repeats = new(0);
    private readonly Column<bool> _sharesName = new(false);
    private readonly Column<IReadOnlyList<KeyValuePair<string, string>>?> _config = new(null);

    /// <summary>Null for a run named after its line.</summary>
    private readonly Column<string?> _name = new(null);

    /// <summary>Runs by names of which there is one row so far; most tables have no more.</summary>
    private readonly Dictionary<string, int> _once = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SameName> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _numbered = new(StringComparer.Ordinal);
    private int _runs;
    private bool _withSeconds;

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        TokensInferred = 1,
        FlopsCellEmpty = 2,
        FlopsLogged = 4,
    }

    public int Rows { get; private set; }

    public IReadOnlyList<Observation> Observations => new MadeList<Observation>(Rows, Observation);

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its values.</param>
    /// <param name="name">Name of its run; null for a run of its own, named after the line.</param>
    /// <param name="nameIsKey">The name was composed to be the run's key: rows that repeat the same tokens still belong to it.</param>
    /// <returns>The run when the row is its last checkpoint so far, so that its configuration is taken from it; else null.</returns>
    public int? Add(in SweepRow row, string? name, bool nameIsKey)
    {
        var index = Rows++;
        _line[index] = row.Line;
        _parameters[index] = row.Parameters;
        _tokens[index] = row.Tokens;
        _flops[index] = row.Flops;
        _loss[index] = row.Loss;
        _step[index] = row.Step;
        _seconds[index] = row.Seconds;
        _nonEmbedding[index] = row.NonEmbeddingParameters;
        _budget[index] = row.Budget;
        _family[index] = row.Family;
        _rowConfig[index] = row.Config;
        _marks[index] = (row.TokensInferred ? Marks.TokensInferred : 0) | (row.FlopsCellEmpty ? Marks.FlopsCellEmpty : 0) | (row.FlopsLogged ? Marks.FlopsLogged : 0);
        var run = name is null ? StartUnnamed(index) : FindOrStart(row, name, nameIsKey, index);
        _run[index] = run;
        if (row.Tokens < _tokens[_final[run]])
            return null;
        _final[run] = index;
        return run;
    }

    /// <summary>What the run's last checkpoint says besides its numbers.</summary>
    public void Configure(int run, IReadOnlyList<KeyValuePair<string, string>> config) => _config[run] = config.Count == 0 ? null : config;

    /// <summary>All runs, in the order of their first rows, and a word on budgets that do not fit.</summary>
    public IReadOnlyList<ImportedRun> Finish(bool withSeconds, List<string> warnings)
    {
        _withSeconds = withSeconds;
        var (budgets, off, worst) = (0, 0, 1.0);
        for (var run = 0; run < _runs; run++)
        {
            if (BudgetRatio(run) is not { } ratio)
                continue;
            budgets++;
            if (ratio > BudgetTolerance)
                off++;
            worst = Math.Max(worst, ratio);
        }

        if (off > 0)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the budget of {off} of {Many(budgets, "run")} differs from 6·N·D by more than 5 % (at most {Times(worst)}); budgets only group the runs."));
        }

        return new MadeList<ImportedRun>(_runs, Run);
    }

    /// <summary>N, D and C at the end of the runs where all three come from the file.</summary>
    public IEnumerable<(double Parameters, double Tokens, double Flops)> LoggedComputes()
    {
        for (var run = 0; run < _runs; run++)
        {
            var final = _final[run];
            if ((_marks[final] & (Marks.FlopsLogged | Marks.TokensInferred)) == Marks.FlopsLogged)
                yield return (_parameters[final], _tokens[final], _flops[final]);
        }
    }

    private Observation Observation(int row) => new()
    {
        Run = Name(_run[row]),
        Line = _line[row],
        Parameters = _parameters[row],
        NonEmbeddingParameters = Known(_nonEmbedding[row]),
        Tokens = _tokens[row],
        Flops = _flops[row],
        Loss = _loss[row],
        Budget = Known(_budget[row]),
        Family = _family[row],
        Config = _rowConfig[row] ?? [],
    };

    private ImportedRun Run(int run)
    {
        var final = _final[run];
        var flags = IsPlain(run) ? [] : Flags(run);
        List<ImportedSeries> series = _next[_first[run]] == 0 ? [] : Series(run);
        if (series.Count > 0 && LossDivergence.Of(series[0]) is { } diverged)
            flags.Add(diverged);
        return new ImportedRun
        {
            Name = Name(run),
            Line = _line[final],
            Parameters = _parameters[final],
            NonEmbeddingParameters = Known(_nonEmbedding[final]),
            Tokens = _tokens[final],
            Flops = _flops[final],
            Loss = _loss[final],
            Budget = Known(_budget[final]),
            Family = _family[final],
            Config = _config[run] ?? [],
            Flags = flags,
            Series = series,
        };
    }

    /// <summary>Whether the run is one row that nothing can be odd about, as most are.</summary>
    private bool IsPlain(int run) => _next[_first[run]] == 0 && !_sharesName[run] && _marks[_first[run]] == Marks.None && double.IsNaN(_budget[_first[run]]);

    private List<string> Flags(int run)
    {
        var flags = new List<string>();
        if (_sharesName[run])
            flags.Add("another run has the same name");
        if (_repeats[run] is > 0 and var repeats)
            flags.Add($"{Many(repeats, "row")} repeat{(repeats == 1 ? "s" : "")} the tokens of another row of this run");
        var contradiction = 1.0;
        foreach (var row in RowsOf(run))
        {
            if (_marks[row].HasFlag(Marks.FlopsLogged))
                contradiction = Math.Max(contradiction, Ratio(_flops[row], 6 * _parameters[row] * _tokens[row]));
        }

        if (contradiction > Contradiction)
            flags.Add($"flops contradict 6·N·D by {Times(contradiction)}");
        if (BudgetRatio(run) is > Contradiction and var ratio)
            flags.Add($"budget contradicts 6·N·D by {Times(ratio)}");
        if (_marks[_final[run]].HasFlag(Marks.TokensInferred))
            flags.Add(TokensInferred);
        if (_marks[_final[run]].HasFlag(Marks.FlopsCellEmpty))
            flags.Add(FlopsInferred);
        return flags;
    }

    private double? BudgetRatio(int run) =>
        _final[run] is var final && Known(_budget[final]) is { } budget ? Ratio(budget, 6 * _parameters[final] * _tokens[final]) : null;

    /// <summary>In the order of the file.</summary>
    private IEnumerable<int> RowsOf(int run)
    {
        var row = _first[run];
        do
            yield return row;
        while ((row = _next[row]) > 0);
    }

    private string Name(int run) => _name[run] ?? LineName(_line[_first[run]]);

    private int FindOrStart(in SweepRow row, string name, bool nameIsKey, int index)
    {
        if (!_byName.TryGetValue(name, out var same))
        {
            if (_once.Remove(name, out var only))
            {
                same = new SameName();
                var known = same.Model(_parameters[_first[only]]);
                known.Runs.Add(only);
                known.Remember(Checkpoint(_first[only]));
            }
            else if (!_numbered.Contains(name) && !IsLineName(name))
            {
                var run = Start(name, index);
                _once.Add(name, run);
                return run;
            }
            else
            {
                same = new SameName();
            }

            _byName.Add(name, same);
        }

        var model = same.Model(row.Parameters);
        var timesSeen = model.TimesSeen((row.Tokens, row.Step), this);
        model.Remember((row.Tokens, row.Step));
        // The second row at the same tokens belongs to the second run, and so on.
        var nth = nameIsKey ? 0 : timesSeen;
        if (nth < model.Runs.Count)
        {
            var run = model.Runs[nth];
            _next[_last[run]] = index;
            _last[run] = index;
            if (nameIsKey && timesSeen > 0)
                _repeats[run]++;
            return run;
        }

        var started = Start(NumberedName(name, ref same.LastNumber), index);
        _sharesName[started] = true;
        model.Runs.Add(started);
        return started;
    }

    private int StartUnnamed(int index)
    {
        // Names are compared only where there are any.
        if (_once.Count + _byName.Count + _numbered.Count == 0)
            return Start(null, index);
        var name = LineName(_line[index]);
        var number = 1;
        return Start(IsTaken(name) ? NumberedName(name, ref number) : null, index);
    }

    private int Start(string? name, int row)
    {
        var run = _runs++;
        _name[run] = name;
        _first[run] = _last[run] = _final[run] = row;
        return run;
    }

    /// <summary>The first free one of "name (2)", "name (3)", …</summary>
    private string NumberedName(string name, ref int lastNumber)
    {
        string candidate;
        do
            candidate = string.Create(CultureInfo.InvariantCulture, $"{name} ({++lastNumber})");
        while (IsTaken(candidate) || IsLineName(candidate));
        _numbered.Add(candidate);
        return candidate;
    }

    private bool IsTaken(string name) => _once.ContainsKey(name) || _byName.ContainsKey(name) || _numbered.Contains(name);

    private static string LineName(int line) => string.Create(CultureInfo.InvariantCulture, $"line {line}");

    /// <summary>Whether a run without a name goes by this one.</summary>
    private bool IsLineName(string name)
    {
        if (!name.StartsWith("line ", StringComparison.Ordinal) || !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var line) || LineName(line) != name)
            return false;
        // The rows before the one that is being added; their lines rise.
        var (low, high) = (0, Rows - 2);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_line[middle] == line)
                return _run[middle] is var run && _name[run] is null && _first[run] == middle;
            (low, high) = _line[middle] < line ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private List<ImportedSeries> Series(int run)
    {
        int[] order = [.. RowsOf(run)];
        var stepped = Array.TrueForAll(order, row => !double.IsNaN(_step[row]));
        Array.Sort(order, (left, right) =>
        {
            var by = stepped ? _step[left].CompareTo(_step[right]) : 0;
            if (by == 0)
                by = _tokens[left].CompareTo(_tokens[right]);
            return by == 0 ? left.CompareTo(right) : by;
        });
        var steps = new double[order.Length];
        for (var i = 0; i < order.Length; i++)
            steps[i] = stepped ? _step[order[i]] : i;

        List<ImportedSeries> series =
        [
            new("loss", steps, Array.ConvertAll(order, row => _loss[row])),
            new("tokens", steps, Array.ConvertAll(order, row => _tokens[row])),
            new("flops", steps, Array.ConvertAll(order, row => _flops[row])),
        ];
        if (_withSeconds)
            series.Add(new("seconds", steps, Array.ConvertAll(order, row => _seconds[row])));
        return series;
    }

    private (double Tokens, double Step) Checkpoint(int row) => (_tokens[row], _step[row]);

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static double Ratio(double left, double right) => Math.Max(left / right, right / left);

    private static string Times(double ratio) =>
        (ratio < 1000 ? Quantity.Significant(ratio, 2) : Quantity.Scientific(ratio)) + "×";

    private static string Many(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>All runs that bear one name in the file.</summary>
    private sealed class SameName
    {
        /// <summary>The last number given out; the plain name counts as the first.</summary>
        public int LastNumber = 1;

        private readonly Model _first = new();
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
    }

    /// <summary>The runs of one name and one count of parameters: as many as a checkpoint occurs.</summary>
    private sealed class Model
    {
        private Dictionary<(double Tokens, double Step), int>? _seen;
        private double _mostTokens;

        public List<int> Runs { get; } = [];

        /// <summary>How many earlier rows are at the same tokens and step.</summary>
        public int TimesSeen((double Tokens, double Step) checkpoint, RunCollector collector)
        {
            // Checkpoints usually come with rising tokens: nothing to look up then.
            if (checkpoint.Tokens > _mostTokens)
                return 0;
            if (_seen is null)
            {
                _seen = [];
                foreach (var row in Runs.SelectMany(collector.RowsOf))
                    Count(_seen, collector.Checkpoint(row));
            }

            return _seen.GetValueOrDefault(checkpoint);
        }

        public void Remember((double Tokens, double Step) checkpoint)
        {
            _mostTokens = Math.Max(_mostTokens, checkpoint.Tokens);
            if (_seen is not null)
                Count(_seen, checkpoint);
        }

        private static void Count(Dictionary<(double, double), int> seen, (double, double) checkpoint)
        {
            ref var times = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, checkpoint, out _);
            times++;
        }
    }
}
