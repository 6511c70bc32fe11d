using System.Text.Json;
using ScalingDashboard.Dashboard.Commands;

namespace ScalingDashboard.Dashboard.Tests.Golden;

/// <summary>Every golden case, also ones added later: run the command in-process and compare what it prints.</summary>
public class GoldenTests
{
    private const string NoCase = "";

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        if (SharedFolder.Path is { } shared)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(shared, "golden"), "*.json").Order(StringComparer.Ordinal))
                cases.Add(Path.GetFileName(file));
        }

        if (cases.Count == 0)
            cases.Add(NoCase);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Command_prints_what_the_case_expects(string file)
    {
        Skip.If(SharedFolder.Path is null, SharedFolder.Absent);
        Assert.NotEqual(NoCase, file);
        using var golden = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(SharedFolder.Path!, "golden", file)));
        var args = golden.RootElement.GetProperty("command").EnumerateArray()
            .Select(argument => argument.GetString()!.Replace("{data}", Path.Combine(SharedFolder.Path!, "data"), StringComparison.Ordinal))
            .ToArray();
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exit = await CommandLine.RunAsync(args, output, error);

        Assert.True(exit == 0, $"exit {exit}: {error}");
        using var printed = JsonDocument.Parse(output.ToString());
        var misses = golden.RootElement.GetProperty("expect").EnumerateArray()
            .Select(expectation => GoldenExpectation.Miss(printed.RootElement, expectation))
            .OfType<string>()
            .ToArray();
        Assert.True(misses.Length == 0, string.Join(Environment.NewLine, misses));
    }
}
