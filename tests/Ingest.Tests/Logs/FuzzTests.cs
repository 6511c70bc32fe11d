namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Mutated bytes of every format: a file is read or refused with words; nothing crashes, hangs, or takes memory without bound.</summary>
/// <remarks>A short run; <c>dotnet run -c Release --project tests/Benchmarks -- fuzz</c> is the long one.</remarks>
public sealed class FuzzTests
{
    private const int Cases = 100;

    // What a reader takes for a file of any size: heads and buffers of 64 KB, a few for each entry of an archive.
    private const long Spare = 4 * 1024 * 1024;
    private const int Times = 10;

    public static TheoryData<string> Formats() => [.. FuzzCorpus.Formats];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Mutated_files_are_read_or_refused(string format)
    {
        var forced = LogReader.Formats.Any(known => known.Key == format) ? format : null;
        foreach (var seed in FuzzCorpus.Seeds.Where(seed => seed.Format == format))
        {
            Assert.True(await FuzzCorpus.ReadAsync(seed.Path, seed.Bytes, new LogImportOptions()));
            for (var number = 0; number < Cases; number++)
            {
                var mutated = FuzzCorpus.Mutate(seed, number);
                await ReadAsync(mutated, new LogImportOptions { AcceptSuggestions = number % 2 == 0, Stitch = number % 3 == 0 });
                if (forced is not null)
                    await ReadAsync(mutated, new LogImportOptions { Format = forced });
            }

            async Task ReadAsync(byte[] bytes, LogImportOptions options)
            {
                var (thread, before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
                await FuzzCorpus.ReadAsync(seed.Path, bytes, options);
                // The streams are in memory, so that nothing leaves the thread, and other tests do not count.
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times * bytes.Length + Spare);
            }
        }
    }
}
