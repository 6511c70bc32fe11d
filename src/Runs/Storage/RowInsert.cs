using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SQLitePCL;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Adds rows of one table by one prepared statement inside the context's transaction, without EF Core following them: a million in a second or two.</summary>
internal sealed class RowInsert<T> : IDisposable
    where T : class
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly IProperty[] _columns;

    public RowInsert(StoreContext context)
    {
        var entity = context.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is no table.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        _columns = [.. entity.GetProperties().Where(property => property.ValueGenerated == ValueGenerated.Never)];
        _database = ((SqliteConnection)context.Database.GetDbConnection()).Handle!;
        var names = string.Join(", ", _columns.Select(column => $"\"{column.GetColumnName(table)}\""));
        Check(raw.sqlite3_prepare_v2(_database, $"INSERT INTO \"{table.Name}\" ({names}) VALUES ({string.Join(", ", _columns.Select(_ => "?"))})", out _statement));
    }

    /// <summary>Adds a row; what it is related to is not added.</summary>
    /// <returns>Its row number, which is its key where the table makes keys itself.</returns>
    public long Add(T row)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            Check(_columns[i].GetGetter().GetClrValue(row) switch
            {
                null => raw.sqlite3_bind_null(_statement, i + 1),
                string text => raw.sqlite3_bind_text(_statement, i + 1, text),
                double number => raw.sqlite3_bind_double(_statement, i + 1, number),
                long number => raw.sqlite3_bind_int64(_statement, i + 1, number),
                int number => raw.sqlite3_bind_int(_statement, i + 1, number),
                byte[] bytes => raw.sqlite3_bind_blob(_statement, i + 1, bytes),
                var other => throw new NotSupportedException($"{typeof(T).Name}.{_columns[i].Name} is a {other.GetType().Name}."),
            });
        }

        Check(raw.sqlite3_step(_statement));
        Check(raw.sqlite3_reset(_statement));
        return raw.sqlite3_last_insert_rowid(_database);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
            SqliteException.ThrowExceptionForRC(result, _database);
    }
}
