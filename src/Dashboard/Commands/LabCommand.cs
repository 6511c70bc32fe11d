using System.CommandLine;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>lab</c>: trains tiny language models here.</summary>
internal static class LabCommand
{
    internal static Command Create(CommandContext context) => new("lab", "Trains tiny language models on this machine, and logs them as any other run.")
    {
        Train("train", "Trains one model.", onlyOne: true, context),
        Train("sweep", "Trains a grid of models: every size with every length, optimizer, learning rate, number format and seed. What has ended in the folder is not trained again, what was left off goes on.", onlyOne: false, context),
        LabGrowCommand.Create(context),
    };

    private static Command Train(string name, string description, bool onlyOne, CommandContext context)
    {
        var texts = SweepText.Keys.ToDictionary(key => key.Key, key => new Option<string[]>(OptionName(key.Key)) { Description = key.Description, HelpName = key.Example, DefaultValueFactory = _ => [] });
        var text = new Option<FileInfo?>("--text") { Description = "UTF-8 text to learn instead of the Markov language; its bytes are the tokens, its last tenth is held out.", HelpName = "FILE" };
        var training = new LabTrainingOptions();
        var command = new Command(name, description);
        foreach (var option in (Option[])[.. texts.Values, text])
            command.Options.Add(option);
        training.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            // Both an option given twice and one with commas are lists.
            var options = SweepText.Read(key => string.Join(',', parsed.GetValue(texts[key])!), OptionName);
            return training.TrainAsync(parsed, context, RunsIn, cancellationToken);

            async Task<IReadOnlyList<LabRun>> RunsIn(LabFolder folder, CancellationToken cancelled)
            {
                if (parsed.GetValue(text) is { } file)
                    options = options with { Language = await TextAsync(file, folder, cancelled) };
                var runs = options.Runs();
                return onlyOne && runs.Count > 1
                    ? throw new UsageException($"'lab train' trains one model, and these options describe {Words.Count(runs.Count, "run")}. Give one value each, or use 'lab sweep'.")
                    : runs;
            }
        });
        return command;

        static string OptionName(string key) => "--" + key.Replace('_', '-');
    }

    private static async Task<LanguageOptions> TextAsync(FileInfo file, LabFolder folder, CancellationToken cancellationToken)
    {
        await using var stream = SweepFile.Open(file);
        if (stream.Length > TextLanguage.LargestText)
            throw new UsageException(TextLanguage.TooLarge(file.Name));
        var text = new byte[stream.Length];
        await stream.ReadExactlyAsync(text, cancellationToken);
        return folder.KeepText(file.Name, text);
    }
}
