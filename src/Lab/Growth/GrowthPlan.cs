using System.Globalization;
using ScalingDashboard.Lab.Sweeps;
using ScalingDashboard.Lab.Training;
using ScalingDashboard.Lab.Transformers;
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

    /// <summary>Growths on the way: with several, models of sizes in between are grown and trained as well.</summary>
    public int Stages { get; init; } = 1;

    /// <summary>Each of those is trained on this share of the target's tokens.</summary>
    public double StageShare { get; init; } = UsualStageShare;

    /// <summary>17.5 % of the steps at half the layers before 70 % at all of them. Gong et al. 2019, progressive stacking.</summary>
    public const double UsualStageShare = 0.2;

    private const double TokensPerParameter = 20;

    // A schedule of more would grow by less than a layer.
    private const int MostStages = 8;

    /// <summary>The runs, every one behind the run that it grows from. Targets take all else from their parents.</summary>
    /// <exception cref="LabException">A parent is missing or has not ended, a method is unknown, or there cannot be so many stages.</exception>
    public IReadOnlyList<LabRun> Runs(LabFolder folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Methods.FirstOrDefault(name => name != Scratch && GrowthMethod.Find(name) is null) is { } unknown)
            throw new LabException($"'{unknown}' is no growth operator: {string.Join(", ", GrowthMethod.All.Select(method => method.Name))}, or {Scratch} to train the same size without growing.");
        if (Stages is < 1 or > MostStages)
            throw new LabException(FormattableString.Invariant($"stages is {Stages}; it must be 1 to {MostStages}."));
        if (!(StageShare is > 0 and <= 1))
            throw new LabException(FormattableString.Invariant($"stage share is {StageShare}; it must be above 0, up to 1."));
        if (Stages > 1 && Methods.Contains(GrowthMethod.KnowledgeInheritance.Name))
            throw new LabException($"{GrowthMethod.KnowledgeInheritance.Name} grows no weights, so that it has no stages. Leave it out, or --stages.");
        return
        [
            .. Parents.SelectMany(parent =>
            {
                var small = folder.Parent(parent, clock).Checkpoint.Run;
                return Methods.SelectMany(method => method == Scratch ? [ScratchRun(small)] : Schedule(small, GrowthMethod.Find(method)!));
            }).OrderBy(run => run.Growth?.Stage ?? 1),
        ];
    }

    // From scratch the parent does not matter, only its seed.
    private LabRun ScratchRun(LabRun small) => RunOf(small, Target(small.Training, Stages), Scratch, null);

    private IEnumerable<LabRun> Schedule(LabRun small, GrowthMethod method)
    {
        var (parent, before) = (small.Name, small.Training.Shape);
        for (var stage = 1; stage <= Stages; stage++)
        {
            var training = Target(small.Training, stage);
            training = training with { Partial = method.Training(before.Layers, training.Shape.Layers, isLast: stage == Stages) };
            var name = method.Name + Steps(method) + (Stages == 1 ? "" : stage == Stages ? FormattableString.Invariant($"-stages{Stages}") : FormattableString.Invariant($"-stage{stage}of{Stages}"));
            var run = RunOf(small, training, name + "-from-" + small.Name, new GrownFrom(parent, Of(method), stage, stage == 1 ? null : small.Name));
            if (stage > 1 && training.Shape == before)
                throw new LabException($"{Stages} stages are too many between {Text(small.Training.Shape)} and {Text(Target(small.Training, Stages).Shape)}: two of them would have the same size. Ask for fewer.");
            yield return run;
            (parent, before) = (run.Name, training.Shape);
        }

        static string Text(TransformerShape shape) => FormattableString.Invariant($"{shape.Layers}x{shape.Width}");
    }

    private LabRun RunOf(LabRun small, TrainingOptions training, string how, GrownFrom? growth) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{training.Shape.Layers}x{training.Shape.Width}-{Quantity.Count(training.Tokens)}tok-lr{training.LearningRate:0.##########}-s{training.Seed}-{how}"),
        Language = small.Language with { Vocabulary = Vocabulary ?? small.Language.Vocabulary },
        Family = small.Family,
        Training = training,
        Growth = growth,
    };

    // What a method does not heed must not tell its runs apart.
    private GrowthOptions Of(GrowthMethod method) =>
        method == GrowthMethod.Ligo ? Options with { Method = method, Inheritance = new() }
        : method == GrowthMethod.KnowledgeInheritance ? new GrowthOptions { Method = method, Inheritance = Options.Inheritance }
        : new GrowthOptions { Method = method };

    private string Steps(GrowthMethod method) =>
        method == GrowthMethod.Ligo && Options.OperatorSteps != GrowthOptions.UsualSteps ? Options.OperatorSteps.ToString(CultureInfo.InvariantCulture) : "";

    /// <summary>The training behind a stage; sizes in between rise by the same factor.</summary>
    private TrainingOptions Target(TrainingOptions small, int stage)
    {
        var width = Width ?? small.Shape.Width;
        var headWidth = Math.Max(1, small.Shape.HeadWidth);
        var sameHeads = small.Shape.Heads > 0 && width % headWidth == 0 ? width / headWidth : small.Shape.Heads;
        var shape = small.Shape with
        {
            Layers = Layers ?? small.Shape.Layers,
            Width = width,
            Heads = Heads ?? sameHeads,
            FeedForwardWidth = FeedForwardWidth ?? (int)Math.Round((double)small.Shape.FeedForwardWidth * width / small.Shape.Width),
            Vocabulary = Vocabulary ?? small.Shape.Vocabulary,
            Context = Context ?? small.Shape.Context,
        };
        // The target decides, whatever comes before it.
        var tokens = Tokens ?? TokensPerParameter * shape.Architecture.Parameters;
        if (stage < Stages)
        {
            var between = headWidth * (int)Math.Round(Between(small.Shape.Width, shape.Width) / headWidth);
            shape = shape with
            {
                Layers = (int)Math.Round(Between(small.Shape.Layers, shape.Layers)),
                Width = between,
                Heads = between / headWidth,
                FeedForwardWidth = (int)Math.Round(Between(small.Shape.FeedForwardWidth, shape.FeedForwardWidth)),
            };
            tokens *= StageShare;
        }

        return small with
        {
            Shape = shape,
            Tokens = tokens,
            LearningRate = LearningRate ?? small.LearningRate,
            Seed = Seed ?? small.Seed,
            LogRows = LogRows ?? small.LogRows,
            Partial = null,
        };

        double Between(int from, int to) => from * Math.Pow((double)to / from, (double)stage / Stages);
    }
}
