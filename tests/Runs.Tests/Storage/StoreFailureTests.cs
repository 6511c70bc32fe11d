using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs.Tests.Storage;

/// <summary>Failures that no test can bring about on every machine.</summary>
public class StoreFailureTests
{
    [Theory]
    [InlineData(5, "locked")]
    [InlineData(6, "locked")]
    [InlineData(8, "read-only")]
    [InlineData(10, "disk reports an error")]
    [InlineData(11, "damaged")]
    [InlineData(13, "disk is full; nothing was stored")]
    [InlineData(14, "cannot be opened or made")]
    [InlineData(26, "not a database")]
    public void SQLite_codes_become_words(int code, string words)
    {
        var failure = new DbUpdateException("saving", new SqliteException("raw", code));
        var explained = StoreFailure.Explain(failure, "runs.db");
        Assert.Contains(words, explained!.Message, StringComparison.Ordinal);
        Assert.StartsWith("The database runs.db ", explained.Message, StringComparison.Ordinal);
        Assert.Same(failure.InnerException, explained.InnerException);
    }

    [Fact]
    public void A_full_disk_and_a_closed_folder_become_words()
    {
        Assert.Contains("The disk with runs.db is full", StoreFailure.Explain(new IOException("No space left", 28), "runs.db")!.Message, StringComparison.Ordinal);
        Assert.Contains("Make the folder writable", StoreFailure.Explain(new UnauthorizedAccessException("Denied."), "runs.db")!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_failure_of_the_disk_passes_through()
    {
        Assert.Null(StoreFailure.Explain(new OperationCanceledException(), "runs.db"));
        Assert.Null(StoreFailure.Explain(new StoreException("said already"), "runs.db"));
        Assert.Null(StoreFailure.Explain(new SqliteException("constraint", 19), "runs.db"));
    }
}
