using System.Globalization;
using System.Text;
using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Runs;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Analysis;

/// <summary>A question of the checklist and its answer.</summary>
/// <param name="Question">What a reader needs to know.</param>
/// <param name="Answer">The answer, or what is missing.</param>
/// <param name="IsRecorded">The runs and the fit answer it.</param>
public sealed record ChecklistItem(string Question, string Answer, bool IsRecorded);

/// <summary>An area of the checklist.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Items">Its questions.</param>
public sealed record ChecklistArea(string Name, IReadOnlyList<ChecklistItem> Items);

/// <summary>A run left out of a fit by hand.</summary>
/// <param name="Run">Its name.</param>
/// <param name="Reason">Why; empty where none was given.</param>
public sealed record ExcludedRun(string Run, string Reason);

/// <summary>
/// What a paper about a scaling law has to say for others to repeat it (Li, Kudugunta and Zettlemoyer 2025, (Mis)Fitting, arXiv 2502.18969, appendix),
/// filled in from a fit. What the runs do not say stands as not recorded.
/// </summary>
/// <param name="Areas">Form and hypothesis, training set-up, data extraction, fitting.</param>
public sealed record ReportingChecklist(IReadOnlyList<ChecklistArea> Areas)
{
    // Columns of the source that answer a question, by the names that logs use.
    private static readonly string[] s_dataColumns = ["dataset", "data", "corpus", "mix", "data_mix"];
    private static readonly string[] s_tokenizerColumns = ["tokenizer", "vocab", "vocab_size", "vocabulary"];
    private static readonly string[] s_optimizerColumns = ["optimizer", "optimiser"];
    private static readonly string[] s_rateColumns = ["learning_rate", "lr", "max_lr", "peak_lr"];
    private static readonly string[] s_scheduleColumns = ["schedule", "lr_schedule", "scheduler", "decay", "warmup", "warmup_steps"];
    private static readonly string[] s_batchColumns = ["batch_size", "batch", "batch_tokens", "global_batch_size"];
    private static readonly string[] s_shapeColumns = ["layers", "n_layer", "num_layers", "d_model", "hidden_size", "width", "depth", "heads"];
    private static readonly string[] s_codeColumns = ["commit", "git_commit", "code", "repository", "framework"];

    /// <summary>Items that are answered.</summary>
    public int Recorded => Areas.Sum(area => area.Items.Count(item => item.IsRecorded));

    /// <summary>All items.</summary>
    public int Count => Areas.Sum(area => area.Items.Count);

    /// <summary>Fills in the checklist.</summary>
    /// <param name="result">The fit.</param>
    /// <param name="options">The options it was made with.</param>
    /// <param name="intervals">Its intervals.</param>
    /// <param name="input">Where its rows come from.</param>
    /// <param name="excluded">Runs left out by hand.</param>
    /// <param name="diagnostics">What was checked; null where nothing was.</param>
    public static ReportingChecklist Of(
        FitResult result, FitRecipeOptions options, FitIntervals intervals, RunSet input, IReadOnlyList<ExcludedRun> excluded, FitDiagnostics? diagnostics = null) => new(
        [
            new("Form and hypothesis", Form(result.Fit.Law, options, intervals)),
            new("Training set-up", Training(result)),
            new("Data extraction", Extraction(result, options, input, excluded)),
            new("Fitting", Fitting(result, options, intervals, input, diagnostics)),
        ]);

    /// <summary>As a list of Markdown, one heading an area.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("# Reporting checklist of a scaling law\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Recorded} of {Count} items are recorded. After (Mis)Fitting, arXiv 2502.18969.\n");
        foreach (var area in Areas)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {area.Name}\n\n");
            foreach (var item in area.Items)
                text.Append(CultureInfo.InvariantCulture, $"- [{(item.IsRecorded ? 'x' : ' ')}] **{Plain(item.Question)}** {Plain(item.Answer)}\n");
        }

        return text.ToString();
    }

    // Names and reasons are the user's own and may hold marks of Markdown.
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings(" "))
        {
            if (character is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '|')
                plain.Append('\\');
            plain.Append(character);
        }

        return plain.ToString();
    }

    private static IReadOnlyList<ChecklistItem> Form(Law law, FitRecipeOptions options, FitIntervals intervals)
    {
        var form = law.Form;
        return
        [
            Known("Form of the law?", $"{form.Name}: {form.Formula}."),
            Known("Where does the form come from?", $"{form.Source}."),
            Known("Variables?", $"{Capital(Words.List([.. form.Inputs.Select(Variable)], 6))}; {(form.PredictsLoss ? "loss in nats per token" : $"the metric '{options.MetricColumn}', 0 to 1")}."),
            Known("Coefficients that are fitted?", $"{Capital(Words.List([.. form.Parameters.Select(parameter => $"{parameter.Symbol} = {Quantity.Significant(law[parameter.Key], 4)} ({Eighty(intervals.Quantities[parameter.Key], 4)})")], 10))}."),
            form.AllocatesCompute
                ? Known("How is compute allocated by it?", $"It minimises the loss subject to 6·N·D = C: N_opt grows as C^{Quantity.Significant(law.ParameterExponent, 3)}, D_opt as C^{Quantity.Significant(law.TokenExponent, 3)}{(form.FixesExponents ? ", as the form of the law says" : $" ({Eighty(intervals.Quantities["a"], 3)} for the former)")}.")
                : Known("How is compute allocated by it?", "It does not say how to split compute."),
        ];
    }

    private static IReadOnlyList<ChecklistItem> Training(FitResult result)
    {
        var rows = result.Rows;
        var families = rows.Select(row => row.Family).OfType<string>().Distinct().ToArray();
        return
        [
            Known("How many models, of which sizes?", $"{Words.Count(Runs(rows), "run")} of {Words.Count(rows.Select(row => row.Parameters).Distinct().Count(), "size")}, N from {Quantity.Count(rows.Min(row => row.Parameters))} to {Quantity.Count(rows.Max(row => row.Parameters))}{(families.Length > 0 ? $"; {(families.Length == 1 ? "family" : "families")} {Words.List(families)}" : "")}."),
            Known("On how many tokens?", $"D from {Quantity.Count(rows.Min(row => row.Tokens))} to {Quantity.Count(rows.Max(row => row.Tokens))}; {Quantity.Significant(rows.Min(row => row.Tokens / row.Parameters), 3)} to {Quantity.Significant(rows.Max(row => row.Tokens / row.Parameters), 3)} tokens per parameter."),
            Known("With how much compute?", Budgets(rows)),
            Known("How are parameters counted?", rows.All(row => row.NonEmbeddingParameters is null)
                ? "As given in the source; whether embeddings are included is not recorded."
                : "As given in the source, which also has counts without embeddings.") with { IsRecorded = rows.Any(row => row.NonEmbeddingParameters is not null) },
            Known("How is compute counted?", Compute(rows)),
            FromColumns("Which training data?", rows, s_dataColumns, "name the corpus and its mix"),
            FromColumns("Are tokens repeated?", rows, ["unique_tokens", "epochs"], "say how many tokens are different"),
            FromColumns("Which tokenizer?", rows, s_tokenizerColumns, "name the tokenizer and its vocabulary"),
            FromColumns("Which optimizer?", rows, s_optimizerColumns, "name it with its settings"),
            FromColumns("Which learning rates?", rows, s_rateColumns, "say how they were chosen and whether they change with size"),
            FromColumns("Which schedule?", rows, s_scheduleColumns, "say warm-up, decay, and whether the horizon matches the tokens"),
            FromColumns("Which batch size?", rows, s_batchColumns, "say whether it changes with size"),
            FromColumns("Which shapes?", rows, s_shapeColumns, "say width, depth and heads of each size"),
            FromColumns("Which training code?", rows, s_codeColumns, "name the code and its version"),
        ];
    }

    private static IReadOnlyList<ChecklistItem> Extraction(FitResult result, FitRecipeOptions options, RunSet input, IReadOnlyList<ExcludedRun> excluded)
    {
        var rows = result.Rows;
        var runs = Runs(rows);
        return
        [
            Known("Which checkpoints?", runs == rows.Count
                ? $"One row of each of {Words.Count(runs, "run")}."
                : $"{Words.Count(rows.Count, "row")} of {Words.Count(runs, "run")}: intermediate checkpoints count as points."),
            result.Fit.Law.Form.PredictsLoss
                ? Missing("Which metric, on which data?", "the loss column is taken as cross-entropy in nats per token; say on which held-out data, or whether it is the training loss, and how it was smoothed")
                : Missing("Which metric, on which data?", $"the metric is the column '{options.MetricColumn}'; say on which task and with how many examples"),
            Known("Which rows were chosen?", input.Selection.Count == 0
                ? "All rows of the source that could be read."
                : $"{Capital(string.Join("; ", input.Selection.Select(pair => $"{pair.Key} {pair.Value}")))}."),
            Known("Which runs were excluded, and why?", excluded.Count == 0
                ? "None."
                : $"{Words.Count(excluded.Count, "run")}: {string.Join("; ", excluded.Select(run => $"{run.Run} ({(run.Reason.Length > 0 ? run.Reason : "no reason recorded")})"))}.")
                with { IsRecorded = excluded.All(run => run.Reason.Length > 0) },
            Known("Which rows could not be used?", input.LeftOut.Count == 0
                ? "None."
                : $"{Words.Count(input.LeftOut.Count, "row")}: {Words.List([.. input.LeftOut.Select(row => string.Create(CultureInfo.InvariantCulture, $"line {row.Line} ({row.Reason})"))], 10)}."),
            Known("From which file?", $"SHA-256 {input.InputSha256}."),
        ];
    }

    private static IReadOnlyList<ChecklistItem> Fitting(FitResult result, FitRecipeOptions options, FitIntervals intervals, RunSet input, FitDiagnostics? diagnostics)
    {
        var fit = result.Fit;
        var described = options.Describe();
        return
        [
            Known("Which objective?", Objective(options)),
            Known("Are points weighted?", options.WeightColumn.Length > 0 ? $"By the column '{options.WeightColumn}'." : "All points weigh the same."),
            Known("How many points?", $"{Words.Count(fit.Points, "point")} for {Words.Count(fit.Law.Form.Parameters.Count, "coefficient")}."),
            Known("Which algorithm?", "Damped Newton steps with exact second derivatives on centred logarithms."),
            Known("How is it initialised?", "From local minima of a grid over the exponents or from the starts that belong to the law; the best end counts. The answer does not depend on a start given by hand."),
            Known("Which bounds?", $"Exponents {described["exponent_bounds"].Replace("..", " to ", StringComparison.Ordinal)}; irreducible loss {(described.TryGetValue("irreducible_bounds", out var bounds) ? bounds.Replace("..", " to ", StringComparison.Ordinal) : "from 0")}."),
            Known("How did it end?", $"{Capital(StatusName.Of(fit.Status).Replace('_', ' '))}{(fit.Explanation.Length > 0 ? $": {fit.Explanation}" : "")}; objective {Quantity.Significant(fit.Objective, 5)}."),
            intervals.Quantities.Values.All(interval => interval is null)
                ? Missing("How uncertain is it?", "fit with bootstrap draws for intervals")
                : Known("How uncertain is it?", Uncertainty(result, options, intervals)),
            diagnostics is null
                ? Missing("How was it validated?", "hold out the largest budgets")
                : Validated(diagnostics),
            Known("With which code, options and seed?", string.Create(
                CultureInfo.InvariantCulture, $"Scaling Dashboard {input.Provenance(described).Version}; seed {options.Seed}; {string.Join(", ", described.Where(pair => pair.Key != "seed").Select(pair => $"{pair.Key} {pair.Value}"))}.")),
        ];
    }

    private static string Objective(FitRecipeOptions options)
    {
        var delta = Quantity.Significant(options.Fit.Delta, 3);
        return options.Fit.Method switch
        {
            FitMethod.Huber => $"Sum of Huber losses of log residuals, δ = {delta}.",
            FitMethod.VariableProjection => "Residual sum of squares of the loss, by variable projection.",
            FitMethod.Squared => "Residual sum of squares of the loss.",
            FitMethod.LogSquared => "Residual sum of squares of the log loss.",
            FitMethod.ScaledHuber => $"Likelihood of Huber-distributed log residuals with free scale, δ = {delta}.",
            FitMethod.AbsoluteDeviation => "Sum of absolute log residuals.",
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Fit.Method, "Unknown method."),
        };
    }

    private static string Uncertainty(FitResult result, FitRecipeOptions options, FitIntervals intervals)
    {
        var headline = FitDiagnostics.Headline(result.Fit.Law.Form);
        var interval = intervals.Quantities[headline.Key];
        var unit = options.Resampling switch
        {
            Resampling.Points => "points",
            Resampling.Budgets => "budgets",
            Resampling.Families => "families",
            Resampling.Models => "models with what was quantised from them",
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Resampling, "Unknown resampling."),
        };
        var range = interval is null
            ? ""
            : $"; {headline.Symbol} {Quantity.Significant(headline.Of(result.Fit.Law), 3)}, 95 % {End(interval.Low95, 3)} to {End(interval.High95, 3)}";
        var kind = intervals.Kind switch
        {
            IntervalKind.Percentile => $"Percentile intervals of {Draws()}",
            IntervalKind.BiasCorrected => $"BCa intervals of {Draws()}",
            IntervalKind.Profile => "Profile likelihood with χ² cut-offs, points independent",
            IntervalKind.AdjustedProfile => "Profile likelihood with χ² cut-offs, for robust losses adjusted by the sandwich covariance, points independent",
            IntervalKind.Delta => "Delta method with the sandwich covariance, points independent",
            _ => throw new ArgumentOutOfRangeException(nameof(intervals), intervals.Kind, "Unknown kind of interval."),
        };
        return $"{kind}{range}.";

        string Draws() => string.Create(CultureInfo.InvariantCulture, $"{result.Bootstrap.Draws:N0} bootstrap draws of {unit}, {result.Bootstrap.Failed:N0} of which failed");
    }

    private static string Eighty(Interval? interval, int digits) =>
        interval is null ? "no interval" : $"80 %: {End(interval.Low80, digits)} to {End(interval.High80, digits)}";

    private static string End(double value, int digits) => double.IsNaN(value) ? "open" : Quantity.Significant(value, digits);

    private static ChecklistItem Validated(FitDiagnostics diagnostics)
    {
        const string question = "How was it validated?";
        if (diagnostics.Holdout is not { } held)
            return Missing(question, "too few budgets to hold any out");
        var leftOut = diagnostics.LeaveOneOut.Where(left => double.IsFinite(left.Error.AbsoluteRelativeError)).ToArray();
        var largest = leftOut.Length == 0
            ? ""
            : $" Leaving out one budget at a time, {Percent(leftOut.Min(left => left.Error.AbsoluteRelativeError))} to {Percent(leftOut.Max(left => left.Error.AbsoluteRelativeError))}.";
        return Known(question, $"Fitted without the largest {Words.Count(held.Budgets.Count, "budget")}, it predicts their runs with a mean absolute relative error of {Percent(held.All.Error.AbsoluteRelativeError)}; {Percent(held.Fitted.AbsoluteRelativeError)} on the runs fitted.{largest}");

        static string Percent(double fraction) => $"{Quantity.Significant(100 * fraction, 2)} %";
    }

    private static string Budgets(IReadOnlyList<Observation> rows)
    {
        var groups = IsoFlopRecipe.Group(rows, new IsoFlopOptions());
        var range = $"C from {Quantity.Scientific(rows.Min(row => row.Flops))} to {Quantity.Scientific(rows.Max(row => row.Flops))} FLOP";
        return groups.ArePlanned ? $"{range}; {Words.Count(groups.Groups.Count, "budget")} as given." : $"{range}; {Words.Count(groups.Groups.Count, "budget")} by compute.";
    }

    private static string Compute(IReadOnlyList<Observation> rows)
    {
        var off = rows.Max(row => Math.Abs(row.Flops / (6 * row.Parameters * row.Tokens) - 1));
        return off < 1e-3 ? "C = 6·N·D." : $"As given in the source; it differs from 6·N·D by up to {Quantity.Significant(100 * off, 2)} %.";
    }

    private static int Runs(IReadOnlyList<Observation> rows) => rows.Select(row => (row.RunId, row.Run)).Distinct().Count();

    private static string Variable(LawInput input) => input switch
    {
        LawInput.Parameters => "parameters N",
        LawInput.Tokens => "training tokens D",
        LawInput.Flops => "training compute C",
        LawInput.UniqueTokens => "unique tokens U",
        LawInput.Loss => "loss L",
        LawInput.WeightBits => "bits of the weights P_w",
        LawInput.ActivationBits => "bits of the activations P_a",
        LawInput.KvBits => "bits of the KV cache P_kv",
        LawInput.PostBits => "bits of the weights after training P_post",
        LawInput.ExponentBits => "exponent bits E",
        LawInput.MantissaBits => "mantissa bits M",
        LawInput.GroupSize => "values that share a scale G",
        _ => throw new ArgumentOutOfRangeException(nameof(input), input, "Unknown input."),
    };

    private static ChecklistItem FromColumns(string question, IReadOnlyList<Observation> rows, string[] columns, string whatToSay)
    {
        var found = rows.SelectMany(row => row.Config).Select(pair => pair.Key).Distinct()
            .Where(name => columns.Contains(name, StringComparer.OrdinalIgnoreCase))
            .Select(name => (Name: name, Values: rows.SelectMany(row => row.Config).Where(pair => pair.Key == name && pair.Value.Length > 0).Select(pair => pair.Value).Distinct().ToArray()))
            .Where(column => column.Values.Length > 0)
            .ToArray();
        return found.Length == 0
            ? Missing(question, whatToSay)
            : Known(question, $"{Capital(string.Join("; ", found.Select(column => $"{column.Name} {Words.List(column.Values, 4)}")))}.");
    }

    private static ChecklistItem Known(string question, string answer) => new(question, answer, true);

    private static ChecklistItem Missing(string question, string whatToSay) => new(question, $"not recorded: {whatToSay}.", false);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
