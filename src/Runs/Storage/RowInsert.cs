using System.Buffers;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Adds rows of one table by prepared statements inside the context's transaction, without EF Core following them: a million in a second or two.</summary>
internal sealed class RowInsert<T> : IDisposable
    where T : class
{
    /// <summary>Rows of one statement: what a statement costs by itself is more than what a row costs.</summary>
    public const int Batch = 200;

    private readonly sqlite3 _database;
    private readonly string _table;
    private readonly string _names;
    private readonly Column[] _columns;
    private Statement? _one;
    private Statement? _many;

    public RowInsert(StoreContext context)
    {
        var entity = context.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is no table.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        var properties = entity.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.Never).ToArray();
        _table = table.Name;
        _names = string.Join(", ", properties.Select(property => $"\"{property.GetColumnName(table)}\""));
        _columns = [.. properties.Select(property => new Column(property.PropertyInfo!))];
        _database = ((SqliteConnection)context.Database.GetDbConnection()).Handle!;
    }

    /// <summary>Adds rows; what they are related to is not added.</summary>
    /// <returns>Number of the first row, which is its key where the table makes keys itself; the others follow it one by one.</returns>
    public long Add(params ReadOnlySpan<T> rows)
    {
        if (rows.Length == Batch)
            return (_many ??= new Statement(this, Batch)).Add(rows) - Batch + 1;
        _one ??= new Statement(this, 1);
        var last = 0L;
        for (var i = 0; i < rows.Length; i++)
            last = _one.Add(rows.Slice(i, 1));
        return last - rows.Length + 1;
    }

    public void Dispose()
    {
        _one?.Dispose();
        _many?.Dispose();
    }

    /// <summary>Reads a property without boxing it.</summary>
    private sealed class Column
    {
        public Column(PropertyInfo property)
        {
            if (property.PropertyType == typeof(string))
                Text = Getter<string?>(property);
            else if (property.PropertyType == typeof(byte[]))
                Bytes = Getter<byte[]?>(property);
            else if (property.PropertyType == typeof(double) || property.PropertyType == typeof(double?))
                Real = Getter<double?>(property);
            else
                Integer = Getter<long?>(property);
        }

        public Func<T, string?>? Text { get; }
        public Func<T, byte[]?>? Bytes { get; }
        public Func<T, double?>? Real { get; }
        public Func<T, long?>? Integer { get; }

        private static Func<T, TValue> Getter<TValue>(PropertyInfo property)
        {
            var row = Expression.Parameter(typeof(T));
            return Expression.Lambda<Func<T, TValue>>(Expression.Convert(Expression.Property(row, property), typeof(TValue)), row).Compile();
        }
    }

    /// <summary>An INSERT of some rows. What a parameter was bound to stays bound, so that only what differs is bound again.</summary>
    private sealed class Statement : IDisposable
    {
        private readonly RowInsert<T> _insert;
        private readonly sqlite3_stmt _statement;
        private readonly string?[] _texts;
        private readonly long?[] _integers;
        private readonly double?[] _reals;

        public Statement(RowInsert<T> insert, int rows)
        {
            _insert = insert;
            var row = $"({string.Join(",", insert._columns.Select(_ => "?"))})";
            Check(raw.sqlite3_prepare_v2(insert._database, $"INSERT INTO \"{insert._table}\" ({insert._names}) VALUES {string.Join(",", Enumerable.Repeat(row, rows))}", out _statement));
            (_texts, _integers, _reals) = (new string?[rows * insert._columns.Length], new long?[rows * insert._columns.Length], new double?[rows * insert._columns.Length]);
        }

        /// <returns>Number of the last row.</returns>
        public long Add(ReadOnlySpan<T> rows)
        {
            var parameter = 0;
            foreach (var row in rows)
            {
                foreach (var column in _insert._columns)
                {
                    if (column.Real is { } real)
                        Bind(parameter, real(row));
                    else if (column.Integer is { } integer)
                        Bind(parameter, integer(row));
                    else if (column.Text is { } text)
                        Bind(parameter, text(row));
                    else
                        Check(raw.sqlite3_bind_blob(_statement, parameter + 1, column.Bytes!(row)));
                    parameter++;
                }
            }

            Check(raw.sqlite3_step(_statement));
            Check(raw.sqlite3_reset(_statement));
            return raw.sqlite3_last_insert_rowid(_insert._database);
        }

        public void Dispose() => _statement.Dispose();

        private void Bind(int parameter, double? value)
        {
            if (value.Equals(_reals[parameter]))
                return;
            _reals[parameter] = value;
            Check(value is { } number ? raw.sqlite3_bind_double(_statement, parameter + 1, number) : raw.sqlite3_bind_null(_statement, parameter + 1));
        }

        private void Bind(int parameter, long? value)
        {
            if (value == _integers[parameter])
                return;
            _integers[parameter] = value;
            Check(value is { } number ? raw.sqlite3_bind_int64(_statement, parameter + 1, number) : raw.sqlite3_bind_null(_statement, parameter + 1));
        }

        private void Bind(int parameter, string? value)
        {
            if (value == _texts[parameter])
                return;
            _texts[parameter] = value;
            if (value is null)
            {
                Check(raw.sqlite3_bind_null(_statement, parameter + 1));
                return;
            }

            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
            var length = Encoding.UTF8.GetBytes(value, bytes);
            Check(raw.sqlite3_bind_text(_statement, parameter + 1, bytes.AsSpan(0, length)));
            ArrayPool<byte>.Shared.Return(bytes);
        }

        private void Check(int result)
        {
            if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
                SqliteException.ThrowExceptionForRC(result, _insert._database);
        }
    }
}
