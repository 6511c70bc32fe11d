using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Tests.Sweeps;

/// <summary>A folder of runs for one test, gone when the test ends.</summary>
internal sealed class LabTestFolder : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), "lab-tests-" + Path.GetRandomFileName());

    internal LabTestFolder() => Lab = new LabFolder(_path);

    internal LabFolder Lab { get; }

    /// <summary>The same folder, opened by another program.</summary>
    internal LabFolder Again => new(_path);

    /// <summary>Two optimizers, two seeds, each a few dozen steps of a tiny model.</summary>
    internal static SweepOptions Sweep { get; } = new()
    {
        Language = new LanguageOptions { Vocabulary = 5, Successors = 3, Zipf = 1, Seed = 2 },
        Sizes = [ModelSize.Of(1, 16)],
        LengthUnit = LengthUnit.Tokens,
        Lengths = [2_400],
        Optimizers = ["adamw", "c-lion"],
        LearningRates = [4e-3],
        Seeds = [1, 2],
        Training = new() { Shape = new TransformerShape { Context = 16 }, Sequences = 4, LogRows = 4, HeldOutSequences = 8 },
    };

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }
}
