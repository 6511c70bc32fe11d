using System.Globalization;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Lab.Growth;

/// <summary>A comparison of growth methods: every parent grown by every method, to one size, besides that size trained from scratch.</summary>
public sealed record GrowthPlan
{
    /// <summary>Name of training from scratch among the methods.</summary>
    public const string Scratch = "scratch";

    /// <summary>Runs of the folder to grow from.</summary>
    public required IReadOnlyList<string> Parents { get; init; }

    /// <summary>Names of <see cref="GrowthMethod"/>, and <see cref="Scratch"/>.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>Layers of the target; null for the parent's.</summary>
    public int? Layers { get; init; }

    /// <summary>Width of the target; null for the parent's.</summary>
    public int? Width { get; init; }

    /// <summary>Heads of the target; unless said as wide as the parent's, or where that does not divide, as many.</summary>
    public int? Heads { get; init; }

    /// <summary>Width inside the feed-forward block of the target; unless said wider by as much as the width.</summary>
    public int? FeedForwardWidth { get; init; }

    /// <summary>Tokens of the target's training; null for 20 a parameter.</summary>
    public double? Tokens { get; init; }

    /// <summary>Peak learning rate of the target; null for the parent's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Seed of each target; null for its parent's.</summary>
    public int? Seed { get; init; }

    /// <summary>Vocabulary the target must have; null for the parent's. Another one is refused.</summary>
    public int? Vocabulary { get; init; }

    /// <summary>Context the target must have; null for the parent's. Another one is refused.</summary>
    public int? Context { get; init; }

    /// <summary>Rows of each log; null for the parent's.</summary>
    public int? LogRows { get; init; }

    /// <summary>Settings of the growth; the method comes from <see cref="Methods"/>.</summary>
    public required GrowthOptions Options { get; init; }

    private const double TokensPerParameter = 20;

    /// <summary>The runs. Targets take all else from their parents.</summary>
    /// <exception cref="LabException">A parent is missing or has not ended, or a method is unknown.</exception>
    public IReadOnlyList<LabRun> Runs(LabFolder folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Methods.FirstOrDefault(name => name != Scratch && GrowthMethod.Find(name) is null) is { } unknown)
            throw new LabException($"'{unknown}' is no growth operator: {string.Join(", ", GrowthMethod.All.Select(method => method.Name))}, or {Scratch} to train the same size without growing.");
        return
        [
            .. from parent in Parents
               let small = folder.Parent(parent, clock).Checkpoint.Run
               let training = Target(small.Training)
               from method in Methods
               select new LabRun
               {
                   // From scratch the parent does not matter, only its seed.
                   Name = string.Create(CultureInfo.InvariantCulture,
                       $"{training.Shape.Layers}x{training.Shape.Width}-{Quantity.Count(training.Tokens)}tok-lr{training.LearningRate:0.##########}-s{training.Seed}-{method}{Steps(method)}{(method == Scratch ? "" : $"-from-{parent}")}"),
                   Language = small.Language with { Vocabulary = Vocabulary ?? small.Language.Vocabulary },
                   Family = small.Family,
                   Training = training,
                   Growth = method == Scratch ? null : new GrownFrom(parent, Of(GrowthMethod.Find(method)!)),
               },
        ];
    }

    // What a method does not heed must not tell its runs apart.
    private GrowthOptions Of(GrowthMethod method) =>
        method == GrowthMethod.Ligo ? Options with { Method = method, Inheritance = new() }
        : method == GrowthMethod.KnowledgeInheritance ? new GrowthOptions { Method = method, Inheritance = Options.Inheritance }
        : new GrowthOptions { Method = method };

    private string Steps(string method) =>
        method == GrowthMethod.Ligo.Name && Options.OperatorSteps != GrowthOptions.UsualSteps ? Options.OperatorSteps.ToString(CultureInfo.InvariantCulture) : "";

    private TrainingOptions Target(TrainingOptions small)
    {
        var width = Width ?? small.Shape.Width;
        var sameHeads = small.Shape.Heads > 0 && width % Math.Max(1, small.Shape.HeadWidth) == 0 ? width / Math.Max(1, small.Shape.HeadWidth) : small.Shape.Heads;
        var shape = small.Shape with
        {
            Layers = Layers ?? small.Shape.Layers,
            Width = width,
            Heads = Heads ?? sameHeads,
            FeedForwardWidth = FeedForwardWidth ?? (int)Math.Round((double)small.Shape.FeedForwardWidth * width / small.Shape.Width),
            Vocabulary = Vocabulary ?? small.Shape.Vocabulary,
            Context = Context ?? small.Shape.Context,
        };
        return small with
        {
            Shape = shape,
            Tokens = Tokens ?? TokensPerParameter * shape.Architecture.Parameters,
            LearningRate = LearningRate ?? small.LearningRate,
            Seed = Seed ?? small.Seed,
            LogRows = LogRows ?? small.LogRows,
        };
    }
}
