using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs;

/// <summary>
/// The runs of a project as columns, in the order they were added: what lists of 100,000 runs are filtered, sorted and grouped by, where an object
/// for each run would take ten times the memory. Immutable, so that all visitors can share one; deleted runs are not in it, archived ones are.
/// </summary>
public sealed class RunTable
{
    private readonly long[] _keys;
    private readonly int[] _uploads;
    private readonly SourceFile[] _files;
    private readonly long[] _archived;
    private readonly string[][] _tagSets;
    private readonly string[][] _flagSets;

    /// <param name="keys">Of each run the number behind its id; ascending.</param>
    /// <param name="archived">Of each run the UTC ticks of its archiving; 0 where it is not archived.</param>
    /// <param name="uploads">Of each run the index of its file.</param>
    /// <param name="files">The files.</param>
    /// <param name="tagSets">What the texts of <see cref="Tags"/> are made of.</param>
    /// <param name="flagSets">What the texts of <see cref="Flags"/> are made of.</param>
    public RunTable(long[] keys, long[] archived, int[] uploads, SourceFile[] files, string[][] tagSets, string[][] flagSets) =>
        (_keys, _archived, _uploads, _files, _tagSets, _flagSets) = (keys, archived, uploads, files, tagSets, flagSets);

    /// <summary>Name of the project.</summary>
    public required string Project { get; init; }

    /// <summary>The state of the store that this is.</summary>
    public required string Stamp { get; init; }

    /// <summary>Number of runs.</summary>
    public int Count => _keys.Length;

    public required TextColumn Names { get; init; }

    /// <summary>Counts, FLOP and loss as in <see cref="RunRow"/>; NaN where the run has none. The same for those that follow.</summary>
    public required double[] Parameters { get; init; }
    public required double[] NonEmbeddingParameters { get; init; }
    public required double[] Tokens { get; init; }
    public required double[] Flops { get; init; }
    public required double[] Loss { get; init; }
    public required double[] Budget { get; init; }
    public required TextColumn Family { get; init; }

    /// <summary>Line of the run's last row in its file, counted from 1.</summary>
    public required int[] Lines { get; init; }

    /// <summary>Logged rows.</summary>
    public required int[] Points { get; init; }

    /// <summary>Tags of each run, or its flags, as one text; what they are apart stands in <see cref="TagsOf"/>.</summary>
    public required TextColumn Tags { get; init; }
    public required TextColumn Flags { get; init; }
    public required TextColumn ExclusionReason { get; init; }
    public required TextColumn Note { get; init; }

    /// <summary>Every other column of the sources, in the order in which runs brought them.</summary>
    public required IReadOnlyDictionary<string, TextColumn> Config { get; init; }

    /// <summary>Stable short id of a run.</summary>
    public string Id(int row) => RunId.FromKey(_keys[row]);

    /// <summary>The number behind the id of a run: shorter to keep than the id.</summary>
    public long Key(int row) => _keys[row];

    /// <summary>Where the run of an id stands; −1 where there is none. Any text may be asked for.</summary>
    public int Row(string? id) => RunId.TryGetKey(id, out var key) ? Math.Max(RowOf(key), -1) : -1;

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> TagsOf(int row) => Tags.Codes[row] is >= 0 and var code ? _tagSets[code] : [];

    public IReadOnlyList<string> FlagsOf(int row) => Flags.Codes[row] is >= 0 and var code ? _flagSets[code] : [];

    public bool IsArchived(int row) => _archived[row] > 0;

    /// <summary>When the run was archived; null while it is not.</summary>
    public DateTimeOffset? Archived(int row) => IsArchived(row) ? new DateTimeOffset(_archived[row], TimeSpan.Zero) : null;

    /// <summary>The file a run was read from.</summary>
    public SourceFile File(int row) => _files[_uploads[row]];

    /// <summary>Where the run of a key stands; negative where there is none.</summary>
    public int RowOf(long key) => Array.BinarySearch(_keys, key);
}

/// <summary>What is known of one metric of the runs of a table, without reading a curve: for each run, NaN and 0 where it has none.</summary>
public sealed record MetricValues(double[] Last, double[] Min, double[] Max, int[] Counts);
