using System.Text.Json;

namespace ScalingDashboard.Numerics.Tests.Precision;

/// <summary>Every file of reference values of the laws of precision, also ones added later.</summary>
public class PrecisionVectorTests
{
    private const string NoFile = "";

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        if (SharedVectors.Folder("precision") is { } folder)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                files.Add(Path.GetRelativePath(folder, file));
        }

        if (files.Count == 0)
            files.Add(NoFile);
        return files;
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public async Task The_laws_give_the_reference_values(string file)
    {
        Skip.If(SharedVectors.Folder("precision") is null, SharedVectors.Absent);
        Assert.NotEqual(NoFile, file);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(SharedVectors.Folder("precision")!, file)));
        var check = PrecisionVectors.Check(document.RootElement);
        Assert.True(check.Misses.Count == 0, string.Join(Environment.NewLine, check.Misses));
        Assert.NotEqual(0, check.Compared);
    }

    [Theory]
    [InlineData("""{"schema": "precision-something/1", "points": []}""", "the schema 'precision-something/1' is not known")]
    [InlineData("""{"points": []}""", "the schema '' is not known")]
    [InlineData("""{"schema": "precision-optima/1", "offset": {"N_star": 1}}""", "offset.N_star: this key is not known")]
    [InlineData("""{"schema": "precision-optima/1", "offset": {"P_star_joint": 7.1}}""", "offset.P_star_joint: 7.00")]
    [InlineData("""{"schema": "precision-optima/1", "offset": {"fixed_P": [{"P": 3, "C": 1e21, "N": 1}]}}""", "offset.fixed_P[0]: no optimum, activations at 3 bits")]
    public void What_is_not_known_or_not_so_is_a_miss(string file, string miss)
    {
        using var document = JsonDocument.Parse(file);
        Assert.Contains(PrecisionVectors.Check(document.RootElement).Misses, found => found.StartsWith(miss, StringComparison.Ordinal));
    }
}
