using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ScalingDashboard.Dashboard.Commands;

namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>A folder with tables and a store for one test, gone when the test ends.</summary>
internal sealed class CommandFolder : IDisposable
{
    internal CommandFolder() => Directory.CreateDirectory(Path);

    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "command-tests-" + System.IO.Path.GetRandomFileName());

    internal string Store => At("data/dashboard.db");

    internal static string Repository { get; } = FindRepository();

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    internal string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    internal string Write(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    /// <summary>Runs a command. Whatever it refuses, it must print nothing that could pass for a result.</summary>
    internal static async Task<CommandOutcome> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandLine.RunAsync(args, output, error);
        if (exit != 0)
        {
            Assert.Equal("", output.ToString());
            Assert.NotEqual("", error.ToString().Trim());
            Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
        }

        return new CommandOutcome(exit, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        // A command that was refused by the store may leave a connection in the pool.
        using (var connection = new SqliteConnection($"Data Source={Store}"))
            SqliteConnection.ClearPool(connection);
        Directory.Delete(Path, recursive: true);
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder!.FullName, "Dashboard.sln")))
            folder = folder.Parent;
        return folder.FullName;
    }
}

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandOutcome(int Exit, string Output, string Error)
{
    internal JsonElement Json()
    {
        Assert.True(Exit == 0, $"exit {Exit}: {Error}");
        using var document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    internal void IsRefused(int exit, params string[] words)
    {
        Assert.Equal(exit, Exit);
        foreach (var word in words)
            Assert.Contains(word, Error, StringComparison.Ordinal);
    }
}
