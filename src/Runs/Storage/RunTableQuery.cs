using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Reads the runs of a project as columns. Past EF Core, which would make an object and a dozen texts for each of 100,000 runs.</summary>
internal static class RunTableQuery
{
    public static async Task<RunTable> TableAsync(StoreContext context, string project, CancellationToken cancellationToken)
    {
        var found = await context.Projects.Where(p => p.Name == project).Select(p => new { p.Id, p.Stamp }).SingleOrDefaultAsync(cancellationToken);
        var id = found?.Id ?? 0;
        var uploads = await context.Uploads.AsNoTracking().Where(upload => upload.ProjectId == id).OrderBy(upload => upload.Id).ToListAsync(cancellationToken);
        var uploadIndex = uploads.Select((upload, index) => (upload.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index);
        var (tagsOf, tagSets) = await TagsAsync(context, id, cancellationToken);

        var (keys, archived, lines) = (new List<long>(), new List<long>(), new List<int>());
        var numbers = Enumerable.Range(0, 6).Select(_ => new List<double>()).ToArray();
        var (points, tags) = (new List<int>(), new List<int>());
        var (names, families, reasons, notes, flags) = (new TextBuilder(), new TextBuilder(), new TextBuilder(), new TextBuilder(), new TextBuilder());
        var config = new ConfigBuilder();
        var sources = new List<int>();

        // The inner query is answered by an index alone, and hands the runs on in the order of their ids.
        await using var command = Command(
            context,
            """
            SELECT Id, UploadId, Line, Parameters, NonEmbeddingParameters, Tokens, Flops, Loss, Budget, Points, ArchivedTicks, Name, Family, ExclusionReason, Note, Flags, Config
            FROM Runs WHERE Id IN (SELECT Id FROM Runs WHERE ProjectId = $project) AND DeletedTicks IS NULL ORDER BY Id
            """,
            id);
        await using (var reader = (SqliteDataReader)await command.ExecuteReaderAsync(cancellationToken))
        {
            var buffer = new char[1024];
            for (var row = 0; await reader.ReadAsync(cancellationToken); row++)
            {
                var statement = reader.Handle!;
                var key = raw.sqlite3_column_int64(statement, 0);
                keys.Add(key);
                sources.Add(uploadIndex[raw.sqlite3_column_int64(statement, 1)]);
                lines.Add(raw.sqlite3_column_int(statement, 2));
                for (var i = 0; i < numbers.Length; i++)
                    numbers[i].Add(Number(statement, 3 + i));
                points.Add(raw.sqlite3_column_int(statement, 9));
                archived.Add(raw.sqlite3_column_int64(statement, 10));
                tags.Add(tagsOf.GetValueOrDefault(key, -1));
                names.Add(row, Text(statement, 11, ref buffer));
                families.Add(row, Text(statement, 12, ref buffer));
                reasons.Add(row, Text(statement, 13, ref buffer));
                notes.Add(row, Text(statement, 14, ref buffer));
                if (Text(statement, 15, ref buffer) is { Length: > 2 } listed)
                    flags.Add(row, listed);
                config.Add(row, raw.sqlite3_column_blob(statement, 16));
            }
        }

        var (n, withoutEmbeddings, d, c, loss, budget) = (numbers[0].ToArray(), numbers[1].ToArray(), numbers[2].ToArray(), numbers[3].ToArray(), numbers[4].ToArray(), numbers[5].ToArray());
        for (var row = 0; row < n.Length; row++)
        {
            // C = 6ND, once the parameters are known.
            var (tokens, flops) = (d[row], c[row]);
            d[row] = double.IsNaN(tokens) ? flops / (6 * n[row]) : tokens;
            c[row] = double.IsNaN(flops) ? 6 * n[row] * tokens : flops;
        }

        string[][] flagSets = [.. flags.Values.Select(list => JsonSerializer.Deserialize<string[]>(list)!)];
        return new RunTable([.. keys], [.. archived], [.. sources], [.. uploads.Select(RunQueries.Source)], tagSets, flagSets)
        {
            Project = project,
            Stamp = found?.Stamp ?? "",
            Lines = [.. lines],
            Names = names.Finish(keys.Count),
            Parameters = n,
            NonEmbeddingParameters = withoutEmbeddings,
            Tokens = d,
            Flops = c,
            Loss = loss,
            Budget = budget,
            Family = families.Finish(keys.Count),
            Points = [.. points],
            Tags = new TextColumn([.. tags], [.. tagSets.Select(set => string.Join(' ', set))]),
            Flags = new TextColumn(flags.Finish(keys.Count).Codes.ToArray(), [.. flagSets.Select(set => string.Join("; ", set))]),
            ExclusionReason = reasons.Finish(keys.Count),
            Note = notes.Finish(keys.Count),
            Config = config.Finish(keys.Count),
        };
    }

    public static async Task<IReadOnlyList<string>> MetricNamesAsync(StoreContext context, RunTable table, CancellationToken cancellationToken)
    {
        await using var command = Command(
            context,
            "SELECT DISTINCT Metric FROM Series WHERE RunId IN (SELECT Runs.Id FROM Runs JOIN Projects ON Projects.Id = Runs.ProjectId WHERE Projects.Name = $project)",
            table.Project);
        var names = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        names.Sort(NaturalOrder.Instance);
        return names;
    }

    public static async Task<MetricValues> MetricAsync(StoreContext context, RunTable table, string metric, CancellationToken cancellationToken)
    {
        var (last, min, max, counts) = (new double[table.Count], new double[table.Count], new double[table.Count], new int[table.Count]);
        foreach (var values in new[] { last, min, max })
            Array.Fill(values, double.NaN);
        await using var command = Command(
            context,
            """
            SELECT RunId, Last, Min, Max, Count FROM Series
            WHERE Metric = $metric AND RunId IN (SELECT Runs.Id FROM Runs JOIN Projects ON Projects.Id = Runs.ProjectId WHERE Projects.Name = $project)
            """,
            table.Project);
        command.Parameters.AddWithValue("$metric", metric);
        await using var reader = (SqliteDataReader)await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = table.RowOf(reader.GetInt64(0));
            if (row < 0)
                continue;
            var statement = reader.Handle!;
            (last[row], min[row], max[row]) = (Number(statement, 1), Number(statement, 2), Number(statement, 3));
            counts[row] = reader.GetInt32(4);
        }

        return new MetricValues(last, min, max, counts);
    }

    /// <summary>For each run with tags the index of its set of tags.</summary>
    private static async Task<(Dictionary<long, int> SetOf, string[][] Sets)> TagsAsync(StoreContext context, long project, CancellationToken cancellationToken)
    {
        await using var command = Command(context, "SELECT RunId, Tag FROM RunTags WHERE RunId IN (SELECT Id FROM Runs WHERE ProjectId = $project) ORDER BY RunId", project);
        var (setOf, indexOf, sets) = (new Dictionary<long, int>(), new Dictionary<string, int>(StringComparer.Ordinal), new List<string[]>());
        var (run, tags) = (0L, new List<string>());
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetInt64(0) is var next && next != run)
                {
                    Keep();
                    run = next;
                }

                tags.Add(reader.GetString(1));
            }
        }

        Keep();
        return (setOf, [.. sets]);

        void Keep()
        {
            if (tags.Count == 0)
                return;
            tags.Sort(StringComparer.Ordinal);
            // No tag has a line break.
            var text = string.Join('\n', tags);
            if (!indexOf.TryGetValue(text, out var index))
            {
                indexOf.Add(text, index = sets.Count);
                sets.Add([.. tags]);
            }

            setOf.Add(run, index);
            tags.Clear();
        }
    }

    private static SqliteCommand Command(StoreContext context, string sql, object project)
    {
        var connection = (SqliteConnection)context.Database.GetDbConnection();
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = (SqliteTransaction?)context.Database.CurrentTransaction?.GetDbTransaction();
        command.Parameters.AddWithValue("$project", project);
        return command;
    }

    private static double Number(sqlite3_stmt statement, int column) =>
        raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL ? double.NaN : raw.sqlite3_column_double(statement, column);

    /// <summary>The text of a cell, in the buffer until the next one; empty for none.</summary>
    private static ReadOnlySpan<char> Text(sqlite3_stmt statement, int column, ref char[] buffer)
    {
        var bytes = raw.sqlite3_column_blob(statement, column);
        if (buffer.Length < bytes.Length)
            buffer = new char[2 * bytes.Length];
        return buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes, buffer));
    }

    /// <summary>Collects the texts of one column.</summary>
    private sealed class TextBuilder
    {
        private readonly List<int> _codes = [];
        private readonly Dictionary<string, int> _index;
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        private readonly List<string> _values = [];

        public TextBuilder()
        {
            _index = new Dictionary<string, int>(StringComparer.Ordinal);
            _lookup = _index.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public IReadOnlyList<string> Values => _values;

        /// <summary>A run's text; the first one counts, and an empty one is none.</summary>
        public void Add(int row, ReadOnlySpan<char> text)
        {
            if (text.IsEmpty || _codes.Count > row)
                return;
            Pad(row);
            if (!_lookup.TryGetValue(text, out var code))
            {
                code = _values.Count;
                var value = text.ToString();
                _values.Add(value);
                _index.Add(value, code);
            }

            _codes.Add(code);
        }

        public TextColumn Finish(int rows)
        {
            Pad(rows);
            return new TextColumn([.. _codes], [.. _values]);
        }

        private void Pad(int rows)
        {
            while (_codes.Count < rows)
                _codes.Add(-1);
        }
    }

    /// <summary>Collects configurations, one column for each name.</summary>
    private sealed class ConfigBuilder
    {
        private readonly Dictionary<string, TextBuilder> _columns;
        private readonly Dictionary<string, TextBuilder>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        private readonly List<string> _names = [];
        private char[] _name = new char[256];
        private char[] _value = new char[1024];

        public ConfigBuilder()
        {
            _columns = new Dictionary<string, TextBuilder>(StringComparer.Ordinal);
            _lookup = _columns.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        /// <param name="row">Index of the run.</param>
        /// <param name="json">As <see cref="ConfigText"/> writes it.</param>
        public void Add(int row, ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = Text(ref reader, ref _name);
                if (!_lookup.TryGetValue(name, out var column))
                {
                    var text = name.ToString();
                    _columns.Add(text, column = new TextBuilder());
                    _names.Add(text);
                }

                reader.Read();
                column.Add(row, Text(ref reader, ref _value));
            }
        }

        public OrderedDictionary<string, TextColumn> Finish(int rows)
        {
            var columns = new OrderedDictionary<string, TextColumn>(StringComparer.Ordinal);
            foreach (var name in _names)
                columns.Add(name, _columns[name].Finish(rows));
            return columns;
        }

        private static ReadOnlySpan<char> Text(ref Utf8JsonReader reader, ref char[] buffer)
        {
            if (buffer.Length < reader.ValueSpan.Length)
                buffer = new char[2 * reader.ValueSpan.Length];
            return buffer.AsSpan(0, reader.CopyString(buffer));
        }
    }
}
