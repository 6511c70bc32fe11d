using ScalingDashboard.Numerics.ComputeOptimal;
using ScalingDashboard.Numerics.Fitting.Diagnostics;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Laws.Forms;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Analysis;

/// <summary>How well a form of the law predicts runs that it was not fitted to.</summary>
/// <param name="Name">What few bits do in it.</param>
/// <param name="Key">Key of the form; that of Chinchilla's law where bits do nothing.</param>
/// <param name="Coefficients">How many it has.</param>
/// <param name="HeldOut">Runs predicted, each by a fit without its fold.</param>
/// <param name="LossSquared">R² of their loss.</param>
/// <param name="AddedSquared">R² of what quantisation added to it, where there are twins; NaN without any.</param>
public sealed record PrecisionAlternative(string Name, string Key, int Coefficients, int HeldOut, double LossSquared, double AddedSquared);

/// <summary>A law of precision fitted to runs: the fit itself, what it explains, and what it could not be asked.</summary>
public sealed record PrecisionAnalysis
{
    private const int Folds = 5;

    /// <summary>The fit.</summary>
    public required FitAnalysis Fit { get; init; }

    /// <summary>What the runs can tell.</summary>
    public required PrecisionDesign Design { get; init; }

    /// <summary>The law; robustness as the caller sets it, since no fit here tells it.</summary>
    public PrecisionLaw Law => LawOf(Fit.Law);

    /// <summary>R² of the loss over the runs fitted.</summary>
    public required double LossSquared { get; init; }

    /// <summary>R² of what quantisation added, over the runs that have a twin; NaN without any.</summary>
    public required double AddedSquared { get; init; }

    /// <summary>The laws of the bootstrap draws.</summary>
    public IReadOnlyList<PrecisionLaw> Draws { get; private init; } = [];

    /// <summary>A law of this fit, or of one of its draws.</summary>
    public static PrecisionLaw LawOf(Law law) => ((PrecisionForm)law.Form).LawOf(law.Coefficients)!;

    /// <summary>Fits the law that the runs can tell.</summary>
    /// <param name="input">The runs.</param>
    /// <param name="options">Options of the fit; the law and, where models were quantised after training, what is resampled follow from the runs.</param>
    /// <param name="plain">Without the shifts n.</param>
    /// <param name="progress">Draws that are done.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="AnalysisException">No precision varies, a cell is no format, or there are too few runs.</exception>
    public static PrecisionAnalysis Run(RunSet input, FitRecipeOptions options, bool plain = false, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var design = PrecisionDesign.Of(PrecisionRows.Of(input.Observations), plain);
        if (design.Form is not { } form)
            throw new AnalysisException($"These runs tell nothing about precision. {string.Join(" ", design.Notes)} Runs name their bits in columns such as weight_bits, activation_bits, kv_bits and post_bits, or their format in precision.");
        var resampling = form.HasPostTraining && options.Resampling == Resampling.Points ? Resampling.Models : options.Resampling;
        var rows = input with { Observations = [.. design.Rows.Select(row => row.Row)] };
        var fit = FitAnalysis.Run(rows, options with { Law = form.Key, Resampling = resampling }, progress, cancellationToken);
        return new PrecisionAnalysis
        {
            Fit = fit,
            Design = design,
            Draws = [.. fit.Result.Bootstrap.Laws.Select(LawOf)],
            LossSquared = RSquared(design.Rows, row => row.Row.Loss, row => Predicted(fit.Law, row.Row, fit.Options)),
            AddedSquared = RSquared(Twinned(design.Rows), row => row.AddedLoss!.Value, row => Added(fit.Law, row, fit.Options)),
        };
    }

    /// <summary>
    /// The law and its alternatives of appendix C on runs that each fit did without: five folds, chosen by a seed. Runs quantised after training do not take
    /// part, because the alternatives say nothing of them.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<PrecisionAlternative> Alternatives(CancellationToken cancellationToken = default)
    {
        PrecisionRow[] rows = [.. Design.Rows.Where(row => row.Precision.Post is null)];
        if (Design.Form is not { Groups.Count: > 0 } own || rows.Length < Folds)
            return [];
        var order = Enumerable.Range(0, rows.Length).ToArray();
        new Random(Fit.Options.Seed).Shuffle(order);
        BudgetGroup[] folds = [.. Enumerable.Range(0, Folds).Select(fold => new BudgetGroup(double.NaN, [.. order.Where((_, i) => i % Folds == fold)]))];
        LawForm[] forms = [PrecisionForm.Of(own.Groups, false), .. PrecisionForm.Alternatives.Select(effect => Design.Alternative(effect)!), LawForms.Chinchilla];
        return [.. forms.Where(form => rows.Length - folds.Max(fold => fold.Members.Count) > form.Parameters.Count).Select(Compare)];

        PrecisionAlternative Compare(LawForm form)
        {
            var options = Fit.Options with { Law = form.Key };
            var points = FitRows.Points([.. rows.Select(row => row.Row)], form, options, cancellationToken);
            var left = Holdout.LeaveOneOut(form, points, folds, options.Fit, cancellationToken);
            var laws = new Dictionary<PrecisionRow, Law>(ReferenceEqualityComparer.Instance);
            foreach (var fold in left.Where(fold => fold.Fit.IsUsable))
            {
                foreach (var member in fold.Group.Members)
                    laws[rows[member]] = fold.Fit.Law;
            }

            PrecisionRow[] held = [.. rows.Where(laws.ContainsKey)];
            return new PrecisionAlternative(
                form is PrecisionForm { Effect: var effect } ? PrecisionForm.EffectName(effect) : "no effect of the bits", form.Key, form.Parameters.Count, held.Length,
                RSquared(held, row => row.Row.Loss, row => Predicted(laws[row], row.Row, options)),
                RSquared(Twinned(held), row => row.AddedLoss!.Value, row => Added(laws[row], row, options)));
        }
    }

    private static PrecisionRow[] Twinned(IEnumerable<PrecisionRow> rows) => [.. rows.Where(row => row.AddedLoss is not null)];

    private static double Predicted(Law law, Observation row, FitRecipeOptions options) => law.Predict(FitRows.Point(row, law.Form, options));

    // Against the same law's twin: of a run quantised after training the one before, of others the one without quantisation.
    private static double Added(Law law, PrecisionRow row, FitRecipeOptions options)
    {
        var point = FitRows.Point(row.Row, law.Form, options);
        var twin = row.Precision with { Post = null, Training = row.Precision.Post is null ? TrainingBits.Unquantised : row.Precision.Training };
        return law.Predict(point) - law.Predict(law.Form is PrecisionForm ? point.With(twin) : point);
    }

    // 1 − Σ(y − ŷ)²/Σ(y − ȳ)²
    private static double RSquared(IReadOnlyList<PrecisionRow> rows, Func<PrecisionRow, double> measured, Func<PrecisionRow, double> predicted)
    {
        if (rows.Count < 2)
            return double.NaN;
        var mean = rows.Average(measured);
        var spread = rows.Sum(row => Math.Pow(measured(row) - mean, 2));
        return spread > 0 ? 1 - rows.Sum(row => Math.Pow(measured(row) - predicted(row), 2)) / spread : double.NaN;
    }
}
