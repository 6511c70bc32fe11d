using System.Globalization;
using System.Text.RegularExpressions;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Ingest;

/// <summary>A count of parameters that nobody logged, and where it comes from.</summary>
/// <param name="Run">Name of the run.</param>
/// <param name="Parameters">N.</param>
/// <param name="Source">In words: the name, or C/(6·D).</param>
public sealed record ParameterSuggestion(string Run, double Parameters, string Source);

/// <summary>What a run lacks and which analyses need it.</summary>
public sealed record MissingQuantity(string Run, string What);

/// <summary>Gives the metrics of logs their names in the field: loss, tokens, flops …, and finds what a run is worth at its end.</summary>
internal static partial class RunInterpreter
{
    public const string SequenceLengthAdvice = "tokens are samples times the sequence length, which the log does not tell: say it with --sequence-length.";

    private static readonly string[] s_loss =
    [
        "loss", "train/loss", "train_loss", "train/CrossEntropyLoss", "train/CE loss", "lm loss", "lm_loss", "train/lm_loss", "train/cross_entropy_loss", "train/nll_loss", "train/ce_loss", "training/loss", "loss/train", "losses/train",
        "train loss", "train_loss_step", "train_loss_epoch", "train_step_loss", "training_loss", "training loss", "metrics/train/LanguageCrossEntropy", "loss_metrics/global_avg_loss", "lm-loss-training/lm loss", "cross_entropy_loss", "nll_loss", "final_loss",
    ];

    private static readonly string[] s_evalLoss =
    [
        "eval_loss", "eval/loss", "val_loss", "val/loss", "validation/loss", "validation_loss", "valid_loss", "valid/loss", "test_loss", "loss/val", "loss/eval", "loss/validation", "losses/val", "val loss", "eval loss", "validation loss",
        "lm loss validation", "metrics/eval/LanguageCrossEntropy", "eval/paloma/macro_loss",
    ];

    private static readonly string[] s_tokens =
    [
        .. SweepQuantities.Aliases(SweepQuantity.Tokens), "total_tokens", "consumed tokens", "consumed_tokens", "num_input_tokens_seen", "train/num_input_tokens_seen", "num_tokens_seen", "total_tokens_seen", "train/tokens", "train/tokens_seen", "train/total_tokens",
        "tokens_trained", "tokens_processed", "throughput/tokens", "global_tokens", "time/token",
    ];

    private static readonly string[] s_samples = ["consumed samples", "consumed_samples", "consumed_train_samples", "train/consumed_samples", "samples_seen", "num_samples_seen"];
    private static readonly string[] s_sequenceLength = ["seq_length", "seq_len", "sequence_length", "max_seq_len", "max_seq_length", "max_sequence_length", "block_size", "context_length", "n_ctx"];
    private static readonly string[] s_flops = [.. SweepQuantities.Aliases(SweepQuantity.Flops), "total_flos", "train/total_flos", "total_flops", "train/total_flops", "throughput/total_training_flops"];
    private static readonly string[] s_rate = ["lr", "learning_rate", "learning rate", "learning-rate", "train/learning_rate", "train/lr", "optim/learning_rate_group0", "optim/lr", "learning_rate_group0", "lr-AdamW", "lr-Adam", "lr/group_0"];
    private static readonly string[] s_seconds = ["seconds", "_runtime", "train_time", "elapsed_seconds", "elapsed_time", "train_runtime", "time/total", "time/train", "Relative Time (Process)", "Relative Time (Wall)"];
    private static readonly string[] s_parameters = [.. SweepQuantities.Aliases(SweepQuantity.Parameters), "num_parameters", "number of parameters", "total_params", "total_parameters", "model/num_params", "model/num_parameters", "trainable_params", "trainable_parameters", "model.num_params"];
    private static readonly string[] s_tokensPerStep = ["batch_size_in_tokens", "tokens_per_iteration", "tokens_per_step", "global_batch_size_in_tokens", "tokens_per_batch", "global_train_batch_size_in_tokens"];

    /// <summary>The series that have a name in the field, with the names they have in logs; the first wins.</summary>
    internal static IReadOnlyList<(string Series, IReadOnlyList<string> Names)> Recognised { get; } =
        [("loss", s_loss), ("eval_loss", s_evalLoss), ("lr", s_rate), ("seconds", s_seconds), ("tokens", s_tokens), ("flops", s_flops)];

    /// <summary>One run, its metrics renamed; which of them became what.</summary>
    /// <param name="run">As its log tells it.</param>
    /// <param name="options">Mapping, sequence length, whether to take suggestions.</param>
    /// <param name="notes">Where to say what was decided.</param>
    public static (ImportedRun Run, RunFacts Facts, ParameterSuggestion? Suggestion, IReadOnlyDictionary<SweepQuantity, string> Recognised) Interpret(LoggedRun run, LogImportOptions options, List<string> notes)
    {
        var series = run.Metrics.ToDictionary(metric => metric.Metric);
        var flags = run.Flags.ToList();
        var chosen = new Dictionary<string, ImportedSeries>();
        var recognised = new Dictionary<SweepQuantity, string>();
        var (tokensFrom, flopsFrom) = ((string?)null, (string?)null);
        var loss = Choose(SweepQuantity.Loss, "loss", s_loss);
        var evaluation = Choose(SweepQuantity.EvalLoss, "eval_loss", s_evalLoss) ?? ChooseEvaluation();
        if (loss is null && evaluation is not null && options.Mapping.Columns(SweepQuantity.Loss) is null)
        {
            recognised.Remove(SweepQuantity.EvalLoss);
            recognised[SweepQuantity.Loss] = evaluation.Metric;
            loss = evaluation;
            chosen.Remove("eval_loss");
            chosen["loss"] = loss;
            notes.Add($"no training loss: {evaluation.Metric} is used as the loss; map another column to loss to use that.");
        }

        if (loss is null && options.Mapping.Columns(SweepQuantity.Loss) is null && run.Metrics.Where(metric => AnyLoss().IsMatch(metric.Metric)).ToArray() is [var only])
        {
            recognised[SweepQuantity.Loss] = only.Metric;
            chosen["loss"] = loss = only;
            notes.Add($"{only.Metric} is taken for the loss, the only metric whose name ends so; map another if it is not.");
        }

        Choose(SweepQuantity.LearningRate, "lr", s_rate);
        Choose(SweepQuantity.Seconds, "seconds", s_seconds);
        var tokens = Choose(SweepQuantity.Tokens, "tokens", s_tokens) ?? TokensFromSamples() ?? TokensFromSteps();
        var flops = Choose(SweepQuantity.Flops, "flops", s_flops);
        tokensFrom ??= tokens?.Metric;
        flopsFrom = flops?.Metric;
        if (flops is not null && flops.Metric.EndsWith(SweepQuantities.GigaFlopsSuffix, StringComparison.OrdinalIgnoreCase))
        {
            flopsFrom += " × 1e9";
            notes.Add($"the metric {flops.Metric} is in 1e9 FLOP and was multiplied by 1e9.");
            flops = flops with { Values = Array.ConvertAll(flops.Values, value => value * 1e9) };
            chosen["flops"] = flops;
        }

        if (options.Mapping.Factor(SweepQuantity.Flops) is var times && !times.Equals(1.0))
            flopsFrom += FormattableString.Invariant($" × {times:R}");

        if (loss is not null)
        {
            (tokens, flops) = (At(loss, tokens), At(loss, flops));
            Set("tokens", tokens);
            Set("flops", flops);
        }

        // An evaluation may rise while the run learns by heart.
        if (loss is not null && !ReferenceEquals(loss, evaluation) && !flags.Exists(flag => flag.StartsWith("diverged", StringComparison.Ordinal)) && LossDivergence.Of(loss) is { } diverged)
            flags.Add(diverged);

        // What has one value is a point, not a curve.
        var isPoint = run.Metrics.All(metric => metric.Steps.Length <= 1);
        var (parameters, parametersFrom) = NamedSetting(SweepQuantity.Parameters, s_parameters);
        var nonEmbedding = Setting(SweepQuantity.NonEmbeddingParameters, SweepQuantities.Aliases(SweepQuantity.NonEmbeddingParameters));
        KeyValuePair<string, string>[] settings =
            [.. run.Config, .. run.Metrics.Where(IsConstant).Select(metric => KeyValuePair.Create(metric.Metric, metric.Values[0].ToString("R", CultureInfo.InvariantCulture)))];
        var counted = parameters is null ? options.CountModel(settings) : null;
        if (counted is not null)
            nonEmbedding ??= counted.NonEmbeddingParameters;
        if (counted?.Parameters is not null)
        {
            (parameters, parametersFrom) = (counted.Parameters, counted.From);
            flags.Add($"parameters from {parametersFrom}");
        }

        var (d, c) = (Last(tokens), Last(flops));
        ParameterSuggestion? suggestion = null;
        if (parameters is null
            && (suggestion = counted is null ? Suggest(run.Name, d, c) : new ParameterSuggestion(run.Name, counted.NonEmbeddingParameters, counted.From)) is not null
            && options.AcceptSuggestions)
        {
            (parameters, parametersFrom) = (suggestion.Parameters, suggestion.Source);
            flags.Add($"parameters from {suggestion.Source}");
        }

        if (parameters is { } n)
        {
            if (d is null && c is not null)
            {
                flags.Add("tokens inferred from flops");
                tokensFrom = "C/(6·N)";
            }
            else if (c is null && d is not null)
            {
                flopsFrom = "6·N·D";
            }

            (d, c) = (d ?? c / (6 * n), c ?? 6 * n * d);
        }

        return (
            new ImportedRun
            {
                Name = run.Name,
                Line = run.Line,
                Parameters = parameters,
                NonEmbeddingParameters = nonEmbedding,
                Tokens = d,
                Flops = c,
                Loss = Last(loss),
                Budget = Setting(SweepQuantity.Budget, SweepQuantities.Aliases(SweepQuantity.Budget)),
                Family = Text(SweepQuantity.Family, SweepQuantities.Aliases(SweepQuantity.Family)),
                Config = run.Config,
                Flags = flags,
                Series = isPoint ? [] : AllSeries(),
            },
            RunSettings.AddTo(
                new RunFacts
                {
                    ParametersFrom = parametersFrom,
                    TokensFrom = d is null ? null : tokensFrom,
                    FlopsFrom = c is null ? null : flopsFrom,
                    LossFrom = recognised.GetValueOrDefault(SweepQuantity.Loss),
                },
                settings),
            suggestion,
            recognised);

        ImportedSeries? Choose(SweepQuantity quantity, string canonical, IReadOnlyList<string> names)
        {
            var metric = Names(quantity, names).Select(Metric).FirstOrDefault(found => found is not null);
            if (metric is null)
                return null;
            recognised[quantity] = metric.Metric;
            if (options.Mapping.Factor(quantity) is var factor && !factor.Equals(1.0))
                metric = metric with { Values = Array.ConvertAll(metric.Values, value => value * factor) };
            return chosen[canonical] = metric;
        }

        ImportedSeries? ChooseEvaluation()
        {
            if (options.Mapping.Columns(SweepQuantity.EvalLoss) is not null)
                return null;
            var found = run.Metrics.Where(metric => EvaluationLoss().IsMatch(metric.Metric)).ToArray();
            if (found.Length == 0)
                return null;
            if (found.Length > 1)
                notes.Add($"{found.Length} metrics look like an evaluation loss; {found[0].Metric} is used; map another column to eval_loss to use that.");
            recognised[SweepQuantity.EvalLoss] = found[0].Metric;
            return chosen["eval_loss"] = found[0];
        }

        ImportedSeries? TokensFromSamples()
        {
            if (options.Mapping.Columns(SweepQuantity.Tokens) is not null || s_samples.Select(Metric).FirstOrDefault(found => found is not null) is not { } samples)
                return null;
            var length = options.SequenceLength ?? s_sequenceLength.Select(name => Number(Value(name))).FirstOrDefault(value => value is not null);
            if (length is not { } perSample)
            {
                if (options.TokensPerStep is null)
                    notes.Add(SequenceLengthAdvice);
                return null;
            }

            tokensFrom = string.Create(CultureInfo.InvariantCulture, $"consumed samples × sequence length {perSample:R}");
            flags.Add($"tokens are {tokensFrom}");
            return chosen["tokens"] = samples with { Metric = "tokens", Values = Array.ConvertAll(samples.Values, value => value * perSample) };
        }

        ImportedSeries? TokensFromSteps()
        {
            if (loss is null || options.Mapping.Columns(SweepQuantity.Tokens) is not null)
                return null;
            var name = s_tokensPerStep.FirstOrDefault(name => Number(Value(name)) is > 0);
            var perStep = name is null ? options.TokensPerStep : Number(Value(name));
            if (perStep is not { } count)
                return null;
            tokensFrom = name is null ? string.Create(CultureInfo.InvariantCulture, $"step × {count:R} tokens per step") : $"step × {name}";
            flags.Add($"tokens are {tokensFrom}");
            return chosen["tokens"] = new ImportedSeries("tokens", loss.Steps, Array.ConvertAll(loss.Steps, step => step * count));
        }

        void Set(string canonical, ImportedSeries? values)
        {
            if (values is not null)
                chosen[canonical] = values;
        }

        ImportedSeries? Metric(string name) =>
            series.TryGetValue(name, out var exact) ? exact : run.Metrics.FirstOrDefault(metric => metric.Metric.Equals(name, StringComparison.OrdinalIgnoreCase) && name.Length > 1);

        IReadOnlyList<string> Names(SweepQuantity quantity, IReadOnlyList<string> names) => options.Mapping.Columns(quantity) ?? names;

        string? Value(string name)
        {
            foreach (var (key, value) in run.Config)
            {
                if (key.Equals(name, name.Length > 1 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
                    return value;
            }

            return Metric(name) is { } metric && metric.Values.Length > 0 ? metric.Values[^1].ToString("R", CultureInfo.InvariantCulture) : null;
        }

        string? Text(SweepQuantity quantity, IReadOnlyList<string> names) => Names(quantity, names).Select(Value).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

        double? Setting(SweepQuantity quantity, IReadOnlyList<string> names) => NamedSetting(quantity, names).Value;

        (double? Value, string? Name) NamedSetting(SweepQuantity quantity, IReadOnlyList<string> names) => Names(quantity, names)
            .Select(name => (Value: Number(Value(name)) * options.Mapping.Factor(quantity), Name: (string?)name))
            .FirstOrDefault(setting => setting.Value is not null);

        List<ImportedSeries> AllSeries()
        {
            var sources = chosen.Values.Select(metric => metric.Metric).ToHashSet();
            return
            [
                .. chosen.Select(pair => pair.Value with { Metric = pair.Key }),
                .. run.Metrics.Where(metric => !sources.Contains(metric.Metric)).Select(metric => chosen.ContainsKey(metric.Metric) ? metric with { Metric = $"{metric.Metric} (as logged)" } : metric),
            ];
        }
    }

    /// <summary>What a configuration alone says of a run.</summary>
    internal static (double? Parameters, double? NonEmbeddingParameters, double? Budget, string? Family, KeyValuePair<string, double>? TokensPerStep) Settings(IReadOnlyList<KeyValuePair<string, string>> config)
    {
        return (
            Count(s_parameters)?.Value,
            Count(SweepQuantities.Aliases(SweepQuantity.NonEmbeddingParameters))?.Value,
            Count(SweepQuantities.Aliases(SweepQuantity.Budget))?.Value,
            Text(SweepQuantities.Aliases(SweepQuantity.Family)).Select(pair => pair.Value).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value)),
            Count(s_tokensPerStep));

        IEnumerable<KeyValuePair<string, string>> Text(IReadOnlyList<string> names) =>
            names.SelectMany(name => config.Where(pair => pair.Key.Equals(name, name.Length > 1 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)));

        KeyValuePair<string, double>? Count(IReadOnlyList<string> names)
        {
            foreach (var (name, value) in Text(names))
            {
                if (Number(value) is { } number)
                    return new(name, number);
            }

            return null;
        }
    }

    /// <summary>A setting that was logged with every row.</summary>
    private static bool IsConstant(ImportedSeries metric) => Array.TrueForAll(metric.Values, value => value.Equals(metric.Values[0]));

    /// <summary>Whether the log counts samples, which become tokens with the length of one.</summary>
    public static bool CountsSamples(LoggedRun run) => run.Metrics.Any(metric => s_samples.Contains(metric.Metric, StringComparer.OrdinalIgnoreCase));

    /// <summary>The size in a run's name, else C/(6·D).</summary>
    internal static ParameterSuggestion? Suggest(string name, double? tokens, double? flops)
    {
        var size = SizeInName().Matches(name);
        var fromFlops = tokens > 0 && flops > 0 ? flops / (6 * tokens) : null;
        if (size.Count > 0 && Quantity.TryParse(size[0].Value, out var named))
            return new ParameterSuggestion(name, named, $"“{size[0].Value}” in the name{(fromFlops is { } other ? $"; C/(6·D) gives {Quantity.Count(other)}" : "")}");
        return fromFlops is { } inferred ? new ParameterSuggestion(name, inferred, "C/(6·D) at its end") : null;
    }

    /// <summary>Another series at the steps of the loss, linearly in between; nothing outside its steps.</summary>
    private static ImportedSeries? At(ImportedSeries loss, ImportedSeries? other)
    {
        if (other is null || other.Steps.Length < 2 || loss.Steps.AsSpan().SequenceEqual(other.Steps))
            return other;
        var values = new double[loss.Steps.Length];
        var j = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var step = loss.Steps[i];
            while (j + 1 < other.Steps.Length && other.Steps[j + 1] <= step)
                j++;
            values[i] = step < other.Steps[0] || step > other.Steps[^1] ? double.NaN
                : other.Steps[j].Equals(step) || j + 1 == other.Steps.Length ? other.Values[j]
                : other.Values[j] + (other.Values[j + 1] - other.Values[j]) * (step - other.Steps[j]) / (other.Steps[j + 1] - other.Steps[j]);
        }

        return new ImportedSeries(other.Metric, loss.Steps, values);
    }

    private static double? Last(ImportedSeries? series)
    {
        var last = series is null ? -1 : Array.FindLastIndex(series.Values, value => double.IsFinite(value) && value > 0);
        return last < 0 ? null : series!.Values[last];
    }

    private static double? Number(string? text) => Quantity.TryParse(text, out var value) && value > 0 ? value : null;

    [GeneratedRegex(@"(?<![A-Za-z0-9.])[0-9]+(?:\.[0-9]+)?[MB](?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SizeInName();

    [GeneratedRegex(@"^(?:eval|val|valid|validation|test)[/_ ].*loss$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EvaluationLoss();

    [GeneratedRegex(@"(?:^|[_/. -])loss(?:_step|_epoch)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnyLoss();
}
