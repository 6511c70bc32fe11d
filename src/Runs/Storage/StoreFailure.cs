using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ScalingDashboard.Runs.Storage;

/// <summary>Turns what SQLite and the file system report into words a user can act on.</summary>
internal static class StoreFailure
{
    /// <summary>The failure in words; null for anything that is no failure of the disk or the database, such as a bug or a cancellation.</summary>
    public static StoreException? Explain(Exception failure, string path) => failure switch
    {
        DbUpdateException { InnerException: { } inner } => Explain(inner, path),
        SqliteException sqlite when InWords(sqlite.SqliteErrorCode) is { } words => new StoreException($"The database {path} {words}", sqlite),
        // ENOSPC, and ERROR_DISK_FULL on Windows.
        IOException { HResult: 28 or unchecked((int)0x80070070) } => new StoreException(
            $"The disk with {path} is full; nothing was stored. Free some space, then try again.", failure),
        IOException => new StoreException(
            $"{path} cannot be used: {failure.Message} Check the path, or choose another with --store.", failure),
        UnauthorizedAccessException => new StoreException(
            $"{path} cannot be used: {failure.Message} Make the folder writable for this user, or choose another with --store.", failure),
        _ => null,
    };

    private static string? InWords(int code) => code switch
    {
        5 or 6 => "is locked by another process. Wait until it has finished or stop it, then try again.",
        8 => "is read-only. Make the file and its folder writable for this user, or choose another with --store.",
        10 => "cannot be read or written: the disk reports an error. Check the disk and its free space, then try again.",
        11 => "is damaged. Restore the latest backup.",
        13 => "cannot grow: the disk is full; nothing was stored. Free some space, then try again.",
        14 => "cannot be opened or made. Check that the path is a file and its folder is writable for this user, or choose another with --store.",
        26 => "is not a database. Choose another file with --store, or restore a backup.",
        _ => null,
    };
}
