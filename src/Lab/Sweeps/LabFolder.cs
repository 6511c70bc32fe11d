using System.Security.Cryptography;
using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Lab.Sweeps;

/// <summary>
/// A folder of runs, of one sweep or of several:
/// <list type="table">
/// <item><term><c>runs.jsonl</c></term><description>the logs of all runs that have ended (<see cref="LabLog"/>), in natural order of their names: what <c>import</c> takes. Made anew
/// from the checkpoints whenever a run ends.</description></item>
/// <item><term><c>checkpoints/NAME.checkpoint</c></term><description>one run, in training or ended: what it is, its rows so far, its weights and the state of its optimizer
/// (<see cref="LabCheckpoint"/>). The final one stays, so that a larger model can be grown from it.</description></item>
/// <item><term><c>texts/SHA256.txt</c></term><description>texts that runs are trained on.</description></item>
/// </list>
/// Files are written under a temporary name and renamed, so that one is whole or not there.
/// </summary>
public sealed class LabFolder
{
    private const int MostLanguages = 8;
    private const string CheckpointExtension = ".checkpoint";

    private readonly string _checkpoints;
    private readonly string _texts;
    private readonly Lock _logging = new();
    private readonly Dictionary<LanguageOptions, ILanguage> _languages = [];

    /// <param name="path">Where; need not be there yet.</param>
    public LabFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        LogPath = System.IO.Path.Combine(Path, "runs.jsonl");
        _checkpoints = System.IO.Path.Combine(Path, "checkpoints");
        _texts = System.IO.Path.Combine(Path, "texts");
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Logs of the runs that have ended.</summary>
    public string LogPath { get; }

    /// <summary>Where a run's checkpoint is, or will be.</summary>
    public string CheckpointPath(string run) => System.IO.Path.Combine(_checkpoints, run + CheckpointExtension);

    /// <summary>Claims the folder for writing, until disposed.</summary>
    /// <exception cref="LabException">Another program trains into it.</exception>
    public IDisposable Claim()
    {
        try
        {
            Directory.CreateDirectory(_checkpoints);
            return new FileStream(System.IO.Path.Combine(_checkpoints, ".claimed"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception)
        {
            throw new LabException($"{Path} cannot be written to: {exception.Message} Wait for the other training that uses it to end, or name another folder.");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new LabException($"{Path} cannot be written to: {exception.Message} Name another folder.");
        }
    }

    /// <summary>All runs, in natural order of their names.</summary>
    public IReadOnlyList<LabCheckpoint> Runs() => [.. Names().Select(name => Find(name)!)];

    /// <summary>A run; null where the folder has none of this name.</summary>
    /// <exception cref="LabException">Its file is damaged.</exception>
    public LabCheckpoint? Find(string run)
    {
        if (!File.Exists(CheckpointPath(run)))
            return null;
        using var file = OpenShared(CheckpointPath(run));
        return Read(run, file);
    }

    /// <summary>A run, and its training where it stands: weights, optimizer and step.</summary>
    /// <inheritdoc cref="Find" path="/exception"/>
    public (LabCheckpoint Checkpoint, TrainingRun Training)? Load(string run, TimeProvider clock, int threads = 1)
    {
        if (!File.Exists(CheckpointPath(run)))
            return null;
        using var file = OpenShared(CheckpointPath(run));
        var checkpoint = Read(run, file);
        // A run that has ended needs no teacher, so that its parent may be gone.
        var teacher = checkpoint.Ended ? null : Teacher(checkpoint.Run, clock, threads);
        var training = new TrainingRun(checkpoint.Run.Training, Language(checkpoint.Run.Language), clock, threads, teacher: teacher);
        try
        {
            training.Load(file);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(run, exception);
        }

        return (checkpoint, training);
    }

    /// <summary>A run that a larger model can be grown from, with its weights.</summary>
    /// <exception cref="LabException">The folder has none of this name, or it has not ended well.</exception>
    public (LabCheckpoint Checkpoint, SmallModel Model) Parent(string run, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!File.Exists(CheckpointPath(run)))
            throw new LabException($"{Path} has no run {run} to grow from: there is no {CheckpointPath(run)}. {(Names().ToList() is { Count: > 0 } names ? $"It has {string.Join(", ", names)}." : "Train a small model into it first.")}");
        if (Load(run, clock) is not var (checkpoint, training) || !checkpoint.Ended)
            throw new LabException($"{run} has not ended. Train it to its end before a larger model grows from it.");
        if (checkpoint.Diverged)
            throw new LabException($"{run} diverged; nothing good grows from it. Name another run.");
        return (checkpoint, new SmallModel(checkpoint.Run.Training.Shape, training.Optimizer.Evaluated(training.Weights)));
    }

    /// <summary>The teacher of a run; null where it has none.</summary>
    /// <inheritdoc cref="Parent" path="/exception"/>
    internal Teacher? Teacher(LabRun run, TimeProvider clock, int threads) =>
        run.Growth is { Options: { } options } growth && options.Method == GrowthMethod.KnowledgeInheritance
            ? new Teacher(Parent(growth.Parent, clock).Model, options.Inheritance, run.Training.Sequences, threads)
            : null;

    /// <summary>Keeps where a training stands.</summary>
    public void Save(LabCheckpoint checkpoint, TrainingRun training)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Replace(CheckpointPath(checkpoint.Run.Name), stream => checkpoint.Write(stream, training));
    }

    /// <summary>Makes <see cref="LogPath"/> anew.</summary>
    public void WriteLog()
    {
        lock (_logging)
        {
            var lines = Runs().Where(run => run.Ended).Select(run => LabLog.Lines(run, Language(run.Run.Language), withName: true)).ToList();
            Replace(LogPath, stream => lines.ForEach(some => stream.Write(some)));
        }
    }

    /// <summary>Keeps a text, and says which language it is.</summary>
    /// <exception cref="LabException">It is no text to learn from.</exception>
    public LanguageOptions KeepText(string name, byte[] text)
    {
        if (TextLanguage.Problem(name, text) is { } problem)
            throw new LabException(problem);
        var options = new LanguageOptions { Text = name, TextSha256 = Convert.ToHexStringLower(SHA256.HashData(text)) };
        Replace(TextPath(options), stream => stream.Write(text));
        return options;
    }

    /// <summary>The language of these options; the same object for the same options.</summary>
    /// <exception cref="LabException">The text is not there any more.</exception>
    public ILanguage Language(LanguageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_languages)
        {
            if (_languages.TryGetValue(options, out var known))
                return known;
            ILanguage language = options.Text is null
                ? new MarkovLanguage(options.Vocabulary, options.Successors, options.Zipf, options.Seed)
                : new TextLanguage(Text(options));
            // Texts can be large.
            if (_languages.Count == MostLanguages)
                _languages.Clear();
            _languages.Add(options, language);
            return language;
        }
    }

    private IEnumerable<string> Names() => Directory.Exists(_checkpoints)
        ? Directory.EnumerateFiles(_checkpoints, "*" + CheckpointExtension).Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(NaturalOrder.Instance)
        : [];

    /// <summary>A text that is kept.</summary>
    /// <inheritdoc cref="Language" path="/exception"/>
    public byte[] Text(LanguageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return File.Exists(TextPath(options))
            ? File.ReadAllBytes(TextPath(options))
            : throw new LabException($"The text {options.Text} is no longer in {_texts}. Put the file back, or train on it in another folder.");
    }

    private string TextPath(LanguageOptions options) => System.IO.Path.Combine(_texts, options.TextSha256 + ".txt");

    private LabCheckpoint Read(string run, FileStream file)
    {
        try
        {
            return LabCheckpoint.Read(file);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(run, exception);
        }
    }

    private LabException Damaged(string run, InvalidDataException exception) =>
        new($"{CheckpointPath(run)}: {exception.Message} Delete the file, and the run is trained anew.");

    // It may be replaced while it is read.
    private static FileStream OpenShared(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    private static void Replace(string path, Action<Stream> write)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var temporary = path + ".part";
        using (var stream = File.Create(temporary))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
