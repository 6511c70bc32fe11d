namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Mutated bytes of every format: a file is read or refused with words; nothing crashes, hangs, or takes memory without bound.</summary>
/// <remarks>A short run; <c>dotnet run -c Release --project tests/Benchmarks -- fuzz</c> is the long one.</remarks>
public sealed class FuzzTests
{
    private const int Cases = 100;

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
                var before = GC.GetTotalAllocatedBytes();
                await FuzzCorpus.ReadAsync(seed.Path, mutated, new LogImportOptions { AcceptSuggestions = number % 2 == 0, Stitch = number % 3 == 0 });
                // Other tests allocate meanwhile: generous, but far below what a believed length would take.
                Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 2_000_000_000);
                if (forced is not null)
                    await FuzzCorpus.ReadAsync(seed.Path, mutated, new LogImportOptions { Format = forced });
            }
        }
    }
}
