using System.Text;
using ScalingDashboard.Ingest.Sources;

namespace ScalingDashboard.Ingest.Sweeps;

/// <summary>Decides which column of a table holds which quantity: first the caller's mapping, then the known names.</summary>
/// <remarks>Columns may be added while the rows are read (JSONL); a quantity that has its column keeps it.</remarks>
internal sealed class ColumnBinding(string fileName, ColumnMapping given)
{
    private const int Unbound = -1;

    private static readonly SweepQuantity[] s_quantities = Enum.GetValues<SweepQuantity>();

    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> _anyCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly int[] _column = [.. s_quantities.Select(_ => Unbound)];
    private readonly HashSet<int> _carried = [];
    private readonly double[] _unit = [.. s_quantities.Select(given.Factor)];

    /// <summary>Names of all columns so far.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Columns that form the run's name; empty when nothing does.</summary>
    public int[] RunColumns { get; private set; } = [];

    /// <summary>Whether no field of a run carries the column's values.</summary>
    public bool IsConfig(int column) => !_carried.Contains(column);

    /// <summary>What a value of a quantity's column is multiplied with: its unit, and what the caller's mapping says.</summary>
    public double Unit(SweepQuantity quantity) => _unit[(int)quantity];

    /// <summary>Column of a quantity, -1 when it has none.</summary>
    public int this[SweepQuantity quantity] => _column[(int)quantity];

    /// <summary>Adds a column; <see cref="Bind"/> then looks for what is still missing.</summary>
    public int Add(string name)
    {
        var index = _names.Count;
        _names.Add(name);
        _exact.Add(name, index);
        if (!_anyCase.TryGetValue(name, out var same))
            _anyCase.Add(name, same = []);
        same.Add(index);
        return index;
    }

    public bool TryFind(string name, out int index) => _exact.TryGetValue(name, out index);

    /// <summary>Finds a column the caller names: exactly, or in another case when only one fits.</summary>
    public int Find(string name)
    {
        if (_exact.TryGetValue(name, out var index))
            return index;
        return _anyCase.TryGetValue(name, out var same) && same.Count == 1 ? same[0] : Unbound;
    }

    /// <summary>Gives every quantity without a column the best one there is by now.</summary>
    public void Bind()
    {
        foreach (var quantity in s_quantities)
        {
            if (_column[(int)quantity] == Unbound && given.Columns(quantity) is { Count: > 0 } columns)
                BindGiven(quantity, columns);
        }

        foreach (var quantity in s_quantities)
        {
            if (_column[(int)quantity] == Unbound && given.Columns(quantity) is null && Detect(quantity) is var column and not Unbound)
                Set(quantity, [column]);
        }

        _carried.Clear();
        _carried.UnionWith(CarriedByFields());
    }

    /// <summary>Refuses a table without the columns a sweep needs, or without the ones the caller named.</summary>
    /// <param name="except">Quantity that may be all that is missing.</param>
    /// <exception cref="IngestException">Lists the columns that are there.</exception>
    public void Require(SweepQuantity? except = null)
    {
        foreach (var quantity in s_quantities)
        {
            if (_column[(int)quantity] != Unbound || given.Columns(quantity) is not { Count: > 0 } columns)
                continue;
            var missing = columns.FirstOrDefault(name => Find(name) == Unbound) ?? columns[0];
            throw new IngestException(fileName, $"has no column '{missing}', which {SweepQuantities.Name(quantity)} is mapped to. Columns found: {ListColumns()}.", column: missing);
        }

        var lacking = new List<(string Name, string Map, SweepQuantity[] Of)>();
        if (this[SweepQuantity.Parameters] == Unbound)
            lacking.Add(("parameters", "parameters=COLUMN", [SweepQuantity.Parameters]));
        if (this[SweepQuantity.Tokens] == Unbound && this[SweepQuantity.Flops] == Unbound)
            lacking.Add(("tokens or flops", "tokens=COLUMN", [SweepQuantity.Tokens, SweepQuantity.Flops]));
        if (this[SweepQuantity.Loss] == Unbound)
            lacking.Add(("loss", "loss=COLUMN", [SweepQuantity.Loss]));
        if (lacking.Count == 0 || (lacking.Count == 1 && except is { } allowed && lacking[0].Of.Contains(allowed)))
            return;
        var losses = _names.Where(SweepQuantities.EndsWithLoss).ToArray();
        var headerless = _names.All(name => CellNumber.TryRead(Encoding.UTF8.GetBytes(name), out _))
            ? " The first line holds numbers, not names: add a header line such as parameters,tokens,loss."
            : "";
        throw new IngestException(
            fileName,
            $"no column for {string.Join(", nor for ", lacking.Select(one => one.Name))}. Columns found: {ListColumns()}.{headerless}{(this[SweepQuantity.Loss] == Unbound && losses.Length > 1 ? $" {losses.Length} of them look like a loss." : "")} "
            + $"Say which column it is with --map {string.Join(',', lacking.Select(one => one.Map))}; recognised without a mapping: "
            + string.Join("; ", lacking.SelectMany(one => one.Of).Select(quantity => $"{SweepQuantities.Name(quantity)} as {string.Join(", ", SweepQuantities.Aliases(quantity))}"))
            + ".");
    }

    /// <summary>The columns that are there, for a message.</summary>
    public string ListColumns()
    {
        const int most = 40;
        var names = string.Join(", ", _names.Take(most).Select(CellNumber.Shorten));
        return _names.Count <= most ? names : $"{names} and {_names.Count - most} more";
    }

    /// <summary>The caller's mapping and what was recognised, as one mapping.</summary>
    public ColumnMapping InForce()
    {
        var mapping = ColumnMapping.Empty;
        foreach (var quantity in s_quantities)
        {
            if (quantity == SweepQuantity.Run && RunColumns.Length > 0)
                mapping = mapping.With(quantity, [.. RunColumns.Select(index => _names[index])]);
            else if (_column[(int)quantity] != Unbound)
                mapping = mapping.With(quantity, [_names[_column[(int)quantity]]], given.Factor(quantity));
            else if (given.Columns(quantity) is { Count: 0 } off)
                mapping = mapping.With(quantity, off);
        }

        return mapping;
    }

    /// <summary>What the reader decided and the user may want otherwise.</summary>
    public IEnumerable<string> Notes()
    {
        foreach (var quantity in s_quantities)
        {
            var used = _column[(int)quantity];
            if (used == Unbound || given.Columns(quantity) is not null)
                continue;
            if (quantity == SweepQuantity.Loss && !SweepQuantities.Aliases(quantity).Contains(_names[used], StringComparer.OrdinalIgnoreCase))
                yield return $"column {_names[used]} is taken for the loss, the only one whose name ends so; map another if it is not.";
            // One letter in another case (c beside C) is another thing more often than a second candidate.
            var others = SweepQuantities.Aliases(quantity)
                .SelectMany(alias => _exact.TryGetValue(alias, out var exact) ? [exact] : alias.Length > 1 && _anyCase.TryGetValue(alias, out var same) ? same : [])
                .Where(column => column != used && !IsTaken(column))
                .Distinct()
                .Select(column => _names[column])
                .ToList();
            if (others.Count > 0)
            {
                var name = SweepQuantities.Name(quantity);
                yield return $"columns {_names[used]} and {string.Join(", ", others)} {(others.Count == 1 ? "both" : "all")} look like {name}; {_names[used]} is used unless you map another.";
            }
        }

        if (this[SweepQuantity.Flops] is >= 0 and var flops && IsInGiga(_names[flops]))
            yield return $"column {_names[flops]} is in 1e9 FLOP and was multiplied by 1e9.";
    }

    private void BindGiven(SweepQuantity quantity, IReadOnlyList<string> columns)
    {
        var found = columns.Select(Find).ToArray();
        if (!found.Contains(Unbound))
            Set(quantity, found);
        else if (columns.Count > 1 && Find(string.Join('+', columns)) is var whole and not Unbound)
            Set(quantity, [whole]); // The plus is part of the column's name.
    }

    private void Set(SweepQuantity quantity, int[] columns)
    {
        _column[(int)quantity] = columns[0];
        if (quantity == SweepQuantity.Run)
            RunColumns = columns;
        if (quantity == SweepQuantity.Flops && IsInGiga(_names[columns[0]]))
            _unit[(int)quantity] = 1e9 * given.Factor(quantity);
    }

    internal static bool IsInGiga(string name) => name.EndsWith(SweepQuantities.GigaFlopsSuffix, StringComparison.OrdinalIgnoreCase);

    private int Detect(SweepQuantity quantity)
    {
        var aliases = SweepQuantities.Aliases(quantity);
        foreach (var alias in aliases)
        {
            if (_exact.TryGetValue(alias, out var column) && !IsTaken(column))
                return column;
        }

        foreach (var alias in aliases)
        {
            if (!_anyCase.TryGetValue(alias, out var same))
                continue;
            foreach (var column in same)
            {
                if (!IsTaken(column))
                    return column;
            }
        }

        return quantity == SweepQuantity.Loss ? SweepQuantities.OnlyLoss(_names) : Unbound;
    }

    /// <summary>Whether a quantity has the column already; a run's key may be made of columns that are also quantities.</summary>
    private bool IsTaken(int column)
    {
        var quantity = Array.LastIndexOf(_column, column);
        return quantity > (int)SweepQuantity.Run;
    }

    // A joined key's parts, steps and seconds stay in the configuration: no field of a run has them.
    private IEnumerable<int> CarriedByFields() =>
        s_quantities
            .Where(quantity => quantity is not (SweepQuantity.Step or SweepQuantity.Seconds or SweepQuantity.EvalLoss or SweepQuantity.LearningRate))
            .Where(quantity => quantity != SweepQuantity.Run || RunColumns.Length == 1)
            .Select(quantity => this[quantity]);
}
