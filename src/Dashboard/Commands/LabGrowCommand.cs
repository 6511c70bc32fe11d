using System.CommandLine;
using System.Globalization;
using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Numerics.Growth;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>lab grow</c>: grows trained models of a folder into larger ones, and trains those on.</summary>
internal static class LabGrowCommand
{
    private static readonly (string Text, LigoForm Form)[] s_forms = [("code", LigoForm.Code), ("paper", LigoForm.Paper)];
    private static readonly (string Text, DepthInitialization Depth)[] s_depths =
        [("stack", DepthInitialization.StackedNoise), ("interpolate", DepthInitialization.InterpolatedNoise), ("random", DepthInitialization.Random)];

    private static readonly (string Text, WidthInitialization Width)[] s_widths = [("mixture", WidthInitialization.Mixture), ("selection", WidthInitialization.Selection)];

    internal static Command Create(CommandContext context)
    {
        var from = new Option<string[]>("--from") { Description = "Run of the folder to grow from, trained to its end there; several separated by commas, such as one a seed.", HelpName = "RUN,…", DefaultValueFactory = _ => [] };
        var operators = new Option<string>("--operator") { Description = $"How: {string.Join(", ", GrowthMethod.All.Select(method => method.Name))}, or {GrowthPlan.Scratch} to train the same size without growing; several separated by commas.", HelpName = "NAME,…", DefaultValueFactory = _ => "ligo" };
        var layers = Whole("--layers", "Layers of the large model; the small one's unless said.");
        var width = Whole("--width", "Its width; the small one's unless said.");
        var heads = Whole("--heads", "Its attention heads; unless said as wide as the small one's.");
        var feedForward = Whole("--ffn", "Width of its feed-forward blocks; unless said larger by as much as the width.");
        var tokens = new Option<string?>("--tokens") { Description = "Tokens it is trained on; 20 a parameter unless said.", HelpName = "TOKENS" };
        var rate = new Option<string?>("--lr") { Description = "Its peak learning rate; the small one's unless said.", HelpName = "NUMBER" };
        var seed = Whole("--seed", "Seed of its data and of what is drawn in growing; the small one's unless said.");
        var vocabulary = Whole("--vocabulary", "Its vocabulary; growing refuses another one than the small model's.");
        var sequence = Whole("--context", "Its context; growing refuses another one than the small model's.");
        var rows = Whole("--rows", "Rows of its log; as many as the small one's unless said.");
        var stages = new Option<int>("--stages") { Description = "Growths on the way, such as 2 for progressive stacking: models of sizes in between are trained as well, and charged to the growth.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var stageShare = new Option<string?>("--stage-share") { Description = "Share of the tokens that each model in between is trained on; 0.2 unless said.", HelpName = "SHARE" };
        var steps = Whole("--steps", "Steps of learning the operator of ligo; 100 unless said.");
        var operatorRate = new Option<string?>("--operator-lr") { Description = "Peak learning rate of the operator of ligo; 0.01 unless said.", HelpName = "NUMBER" };
        var form = Choice("--form", "What ligo learns: code ([I; C] of each target layer, layers blended first) or paper (whole matrices of each source layer).", s_forms);
        var depth = Choice("--depth", "Where depth weights of ligo begin: around stacking, around interpolation, or random.", s_depths);
        var widthStart = Choice("--width-start", "How new units of ligo begin: as mixtures of all old ones, or each as a copy of one.", s_widths);
        var training = new LabTrainingOptions();
        var command = new Command("grow", "Grows trained models of a folder into larger ones and trains those on. Cost of operator and small model stand in the log beside, never in, the run's own.");
        foreach (var option in (Option[])[from, operators, layers, width, heads, feedForward, tokens, rate, seed, vocabulary, sequence, rows, stages, stageShare, steps, operatorRate, form, depth, widthStart])
            command.Options.Add(option);
        training.AddTo(command);
        command.SetAction((parsed, cancellationToken) => training.TrainAsync(
            parsed, context,
            (folder, _) =>
            {
                var plan = new GrowthPlan
                {
                    Parents = List(string.Join(',', parsed.GetValue(from)!)) is { Count: > 0 } parents ? parents : throw new UsageException("Name the run to grow from with --from RUN."),
                    Methods = List(parsed.GetValue(operators)!),
                    Layers = parsed.GetValue(layers),
                    Width = parsed.GetValue(width),
                    Heads = parsed.GetValue(heads),
                    FeedForwardWidth = parsed.GetValue(feedForward),
                    Tokens = Amount(parsed, tokens),
                    LearningRate = Amount(parsed, rate),
                    Seed = parsed.GetValue(seed),
                    Vocabulary = parsed.GetValue(vocabulary),
                    Context = parsed.GetValue(sequence),
                    LogRows = parsed.GetValue(rows),
                    Stages = parsed.GetValue(stages),
                    StageShare = Amount(parsed, stageShare) ?? GrowthPlan.UsualStageShare,
                    Options = new GrowthOptions
                    {
                        Method = GrowthMethod.Ligo,
                        OperatorSteps = parsed.GetValue(steps) ?? GrowthOptions.UsualSteps,
                        OperatorLearningRate = Amount(parsed, operatorRate) ?? GrowthOptions.UsualLearningRate,
                        Form = s_forms.First(one => one.Text == parsed.GetValue(form)).Form,
                        Depth = s_depths.First(one => one.Text == parsed.GetValue(depth)).Depth,
                        Width = s_widths.First(one => one.Text == parsed.GetValue(widthStart)).Width,
                    },
                };
                return Task.FromResult(plan.Runs(folder, TimeProvider.System));
            },
            cancellationToken));
        return command;
    }

    private static Option<int?> Whole(string name, string description) => new(name) { Description = description, HelpName = "NUMBER" };

    private static Option<string> Choice<T>(string name, string description, (string Text, T Value)[] known)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => known[0].Text };
        option.AcceptOnlyFromAmong([.. known.Select(one => one.Text)]);
        return option;
    }

    private static List<string> List(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static double? Amount(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is not { } text ? null
        : Quantity.TryParse(text, out var number) && number > 0 ? number
        : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: '{text}' is not a number above zero."));
}
