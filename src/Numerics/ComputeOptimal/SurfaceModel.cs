using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>What repeated tokens and excess parameters are worth (Muennighoff et al. 2023, arXiv 2305.16264, §3).</summary>
/// <param name="Tokens">R_D*: repetitions after which more are worth little.</param>
/// <param name="Parameters">R_N*: excess, in multiples of what the unique tokens warrant, after which more is worth little.</param>
public readonly record struct Repetition(double Tokens, double Parameters);

/// <summary>
/// A loss surface of N and D, its unique tokens and what will be served. Every surface that splits a budget is at heart Chinchilla's,
/// S(N, D) = E + A·N^−α + B·D^−β, or a power of it, L = S^p. Where tokens are limited, N′ and D′ of Muennighoff et al. stand for N and D.
/// <para>
/// Among trainings that end at one loss, training and serving together, 6·N·D + 2·N·D_inf, are cheapest where
/// N·∂L/∂N = (1 + D_inf/(3·D))·D·∂L/∂D (Lagrange, from Sardana et al. 2023, arXiv 2401.00448, §2). This path gives one N for each D and both grow
/// together, so a budget, a loss, a size or a count of tokens is one point of it; without serving and limits it is the compute-optimal frontier.
/// </para>
/// </summary>
public sealed class SurfaceModel : TrainingModel
{
    // In ln D: more than anybody has.
    private const double MostLogTokens = 92;

    // Passes, in units of R_D*, after which another is worth less than rounding.
    private const double WorthlessPasses = 36;

    private static readonly Repetition s_published = new(PublishedSurfaces.Muennighoff.Law["R_D"], PublishedSurfaces.Muennighoff.Law["R_N"]);

    private readonly ChinchillaLaw _core;
    private readonly double _power;
    private readonly Repetition? _repetition;
    private readonly double _unique;
    private readonly double _mostTokens;
    private readonly double _served;
    private readonly bool _isPlain;

    private SurfaceModel(ChinchillaLaw core, double power, Repetition? repetition, double unique, double mostTokens, double served)
    {
        (_core, _power, _repetition, _unique, _mostTokens, _served) = (core, power, repetition, unique, mostTokens, served);
        _isPlain = repetition is null && served == 0;
        // Beyond it D′ no longer grows.
        LogTokensHigh = Math.Log(Math.Min(
            mostTokens, repetition is { } stars && double.IsFinite(unique) ? unique * (1 + WorthlessPasses * stars.Tokens) : Math.Exp(MostLogTokens)));
    }

    /// <summary>
    /// The model of a law. Laws without a rule for repeated tokens take R_D* and R_N* of Muennighoff et al. where unique tokens are limited;
    /// Kaplan's law, which has another shape, knows no limit.
    /// </summary>
    /// <param name="law">The law.</param>
    /// <param name="goals">Unique tokens, epochs and served tokens; the rest is not read.</param>
    /// <param name="share">f = N_eff/N of a training in few bits, for which N_eff stands in the law; 1 for all parameters.</param>
    /// <returns>Null where the law is no surface of N and D.</returns>
    public static SurfaceModel? Of(Law law, TrainingGoals goals, double share = 1)
    {
        if (law.Core is not var (core, power))
            return null;
        // A·(N·f)^−α; the size that unique tokens warrant is then one of N_eff too.
        if (share != 1)
            core = core with { A = core.A * Math.Pow(share, -core.Alpha) };
        var own = law.Form.Key == PublishedSurfaces.Muennighoff.Law.Form.Key ? new Repetition(law["R_D"], law["R_N"]) : (Repetition?)null;
        var limits = power == 1;
        var repetition = own ?? (limits && goals.UniqueTokens is not null ? s_published : null);
        return new SurfaceModel(
            core, power, repetition,
            limits ? goals.UniqueTokens ?? double.PositiveInfinity : double.PositiveInfinity,
            limits ? goals.MostTokens : double.PositiveInfinity,
            goals.ServedTokens ?? 0);
    }

    /// <inheritdoc/>
    public override bool PredictsLoss => true;

    /// <summary>What no training gets below: the irreducible loss, or more where tokens are limited; nats per token.</summary>
    public double LowestLoss => Power(_repetition is null ? _core.E : Core(double.PositiveInfinity, Math.Exp(LogTokensHigh)));

    private double LogTokensHigh { get; }

    /// <inheritdoc/>
    public override double Loss(double parameters, double tokens) => Power(Core(parameters, tokens));

    /// <inheritdoc/>
    public override Allocation ByFlops(double flops)
    {
        if (_isPlain)
        {
            var optimum = _core.Optimum(flops);
            return optimum with { Loss = Power(optimum.Loss) };
        }

        // Where the path would take more tokens than there may be, the rest of the budget goes into the size.
        var most = Math.Exp(LogTokensHigh);
        if (double.IsFinite(_mostTokens) && 6 * PathParameters(most) * most < flops)
            return At(flops / (6 * most), most) with { Flops = flops };
        var tokens = Math.Exp(MonotoneRoot.Find(log => Math.Log(6 * PathParameters(Math.Exp(log))) + log - Math.Log(flops), 0, LogTokensHigh));
        return At(flops / (6 * tokens), tokens) with { Flops = flops };
    }

    /// <inheritdoc/>
    public override Allocation ByParameters(double parameters)
    {
        if (_isPlain)
        {
            // αA·N^−α = βB·D^−β
            return At(parameters, Math.Pow(_core.Beta * _core.B / (_core.Alpha * _core.A) * Math.Pow(parameters, _core.Alpha), 1 / _core.Beta));
        }

        if (PathParameters(Math.Exp(LogTokensHigh)) < parameters)
            return double.IsFinite(_mostTokens) ? At(parameters, _mostTokens) : new(double.NaN, parameters, double.NaN, double.NaN);
        return At(parameters, Math.Exp(MonotoneRoot.Find(log => Math.Log(PathParameters(Math.Exp(log)) / parameters), 0, LogTokensHigh)));
    }

    /// <inheritdoc/>
    public override Allocation ByTokens(double tokens) => At(PathParameters(tokens), tokens);

    /// <inheritdoc/>
    public override Allocation ByLoss(double loss)
    {
        var excess = CoreLoss(loss) - _core.E;
        if (!(excess > 0))
            return base.ByLoss(loss);
        if (_isPlain)
            return ByFlops(_core.FlopsForLoss(CoreLoss(loss))) with { Loss = loss };
        var most = Math.Exp(LogTokensHigh);
        if (Core(PathParameters(most), most) - _core.E > excess)
        {
            // All the tokens there may be, and the size that then is needed, where one is enough.
            var needed = double.IsFinite(_mostTokens) ? ParametersForLoss(_mostTokens, loss) : double.NaN;
            return double.IsNaN(needed) ? base.ByLoss(loss) : At(needed, _mostTokens) with { Loss = loss };
        }

        var tokens = Math.Exp(MonotoneRoot.Find(
            log =>
            {
                var at = Math.Exp(log);
                return Math.Log((Core(PathParameters(at), at) - _core.E) / excess);
            },
            0, LogTokensHigh));
        return At(PathParameters(tokens), tokens) with { Loss = loss };
    }

    /// <inheritdoc/>
    public override double TokensForLoss(double parameters, double loss)
    {
        if (_repetition is null)
            return _core.TokensForLoss(parameters, CoreLoss(loss)) is var closed && closed <= _mostTokens ? closed : double.NaN;
        var excess = CoreLoss(loss) - _core.E;
        return excess > 0 && Core(parameters, Math.Exp(LogTokensHigh)) - _core.E <= excess
            ? Math.Exp(MonotoneRoot.Find(log => Math.Log((Core(parameters, Math.Exp(log)) - _core.E) / excess), 0, LogTokensHigh))
            : double.NaN;
    }

    /// <inheritdoc/>
    public override double ParametersForLoss(double tokens, double loss)
    {
        var left = CoreLoss(loss) - _core.E - _core.B * Math.Pow(EffectiveTokens(tokens), -_core.Beta);
        if (!(left > 0))
            return double.NaN;
        var effective = Math.Pow(_core.A / left, 1 / _core.Alpha);
        if (_repetition is not { } stars)
            return effective;
        var warranted = Warranted(tokens);
        if (effective <= warranted)
            return effective;
        // N′ = U_N·(1 + R_N*·(1 − e^−z)) solved for N = U_N·(1 + R_N*·z)
        var share = (effective / warranted - 1) / stars.Parameters;
        return share < 1 ? warranted * (1 - stars.Parameters * Math.Log(1 - share)) : double.NaN;
    }

    /// <inheritdoc/>
    public override (double Smaller, double Larger) SizesForLoss(double flops, double loss)
    {
        var excess = CoreLoss(loss) - _core.E;
        if (!(excess > 0))
            return (double.NaN, double.NaN);
        var best = WithoutServing.ByFlops(flops);
        var above = CoreLoss(best.Loss) - _core.E - excess;
        // Within rounding of the best there is one size only.
        if (above >= 0)
            return above <= 1e-9 * excess ? (best.Parameters, best.Parameters) : (double.NaN, double.NaN);
        double Excess(double log) => Math.Log((Core(Math.Exp(log), flops / (6 * Math.Exp(log))) - _core.E) / excess);
        var middle = Math.Log(best.Parameters);
        // The smaller a model, the more tokens its budget asks for.
        var low = double.IsFinite(_mostTokens) ? Math.Log(flops / 6) - LogTokensHigh : 0;
        var high = Math.Log(flops / 6);
        return (
            low < middle && Excess(low) >= 0 ? Math.Exp(MonotoneRoot.Find(Excess, low, middle)) : double.NaN,
            Excess(high) >= 0 ? Math.Exp(MonotoneRoot.Find(Excess, middle, high)) : double.NaN);
    }

    /// <summary>N below which no count of tokens reaches a loss; NaN where no N does.</summary>
    /// <param name="loss">L, nats per token.</param>
    internal double SmallestForLoss(double loss) => ParametersForLoss(Math.Exp(LogTokensHigh), loss);

    /// <summary>D_inf at which a training is the cheapest of its loss over training and serving; negative where its model is too large for any.</summary>
    public double ServedTokensFor(Allocation training)
    {
        var (n, d) = (training.Parameters, training.Tokens);
        return 3 * d * (ElasticityRatio(n, d) - 1);
    }

    /// <summary>The same surface where nothing is served.</summary>
    public SurfaceModel WithoutServing => Serving(0);

    /// <summary>The same surface where so many tokens are served.</summary>
    /// <param name="tokens">D_inf.</param>
    public SurfaceModel Serving(double tokens) => _served == tokens ? this : new(_core, _power, _repetition, _unique, _mostTokens, tokens);

    /// <summary>By how much a change of ln N moves the loss beside a change of ln D: N·∂L/∂N over D·∂L/∂D.</summary>
    internal double ElasticityRatio(double parameters, double tokens) => ParameterElasticity(parameters, tokens) / (TokenElasticity(tokens) + WarrantElasticity(parameters, tokens));

    private double Core(double parameters, double tokens) => _core.Loss(EffectiveParameters(parameters, tokens), EffectiveTokens(tokens));

    private double Power(double core) => _power == 1 ? core : Math.Pow(core, _power);

    private double CoreLoss(double loss) => _power == 1 ? loss : Math.Pow(loss, 1 / _power);

    // D′ = U + U·R_D*·(1 − e^(−R_D/R_D*)), R_D = D/U − 1
    private double EffectiveTokens(double tokens) =>
        _repetition is { } stars && tokens > _unique ? _unique * (1 + stars.Tokens * (1 - Math.Exp(-(tokens / _unique - 1) / stars.Tokens))) : tokens;

    // N′ = U_N + U_N·R_N*·(1 − e^(−R_N/R_N*)), R_N = N/U_N − 1
    private double EffectiveParameters(double parameters, double tokens)
    {
        if (_repetition is not { } stars)
            return parameters;
        var warranted = Warranted(tokens);
        return parameters > warranted ? warranted * (1 + stars.Parameters * (1 - Math.Exp(-(parameters / warranted - 1) / stars.Parameters))) : parameters;
    }

    // U_N = G·(U·G)^(β/α): what the unique tokens among those seen warrant.
    private double Warranted(double tokens)
    {
        var logG = Math.Log(_core.Alpha * _core.A / (_core.Beta * _core.B)) / (_core.Alpha + _core.Beta);
        return Math.Exp(logG + _core.Beta / _core.Alpha * (Math.Log(Math.Min(tokens, _unique)) + logG));
    }

    // −D·∂S/∂D
    private double TokenElasticity(double tokens)
    {
        if (_repetition is not { } stars || tokens <= _unique)
            return _core.Beta * _core.B * Math.Pow(tokens, -_core.Beta);
        var effective = EffectiveTokens(tokens);
        return _core.Beta * _core.B * Math.Pow(effective, -_core.Beta) * (tokens / effective) * Math.Exp(-(tokens / _unique - 1) / stars.Tokens);
    }

    // What more tokens do to parameters beyond what they warrant: of −D·∂S/∂D the part by N′, whose U_N grows like D^(β/α) up to the unique tokens. d ln N′/d ln U_N = 1 − (N/N′)·e^−z.
    private double WarrantElasticity(double parameters, double tokens)
    {
        if (_repetition is not { } stars || tokens >= _unique || Warranted(tokens) is var warranted && parameters <= warranted)
            return 0;
        var effective = EffectiveParameters(parameters, tokens);
        return _core.Beta * _core.A * Math.Pow(effective, -_core.Alpha) * (1 - parameters / effective * Math.Exp(-(parameters / warranted - 1) / stars.Parameters));
    }

    // −N·∂S/∂N
    private double ParameterElasticity(double parameters, double tokens)
    {
        var plain = _core.Alpha * _core.A * Math.Pow(parameters, -_core.Alpha);
        if (_repetition is not { } stars)
            return plain;
        var warranted = Warranted(tokens);
        if (parameters <= warranted)
            return plain;
        var effective = EffectiveParameters(parameters, tokens);
        return _core.Alpha * _core.A * Math.Pow(effective, -_core.Alpha) * (parameters / effective) * Math.Exp(-(parameters / warranted - 1) / stars.Parameters);
    }

    // N of the path at D.
    private double PathParameters(double tokens)
    {
        var target = (1 + _served / (3 * tokens)) * TokenElasticity(tokens);
        var parameters = Math.Pow(_core.Alpha * _core.A / target, 1 / _core.Alpha);
        if (_repetition is not { } stars)
            return parameters;
        var warranted = Warranted(tokens);
        if (parameters <= warranted)
            return parameters;
        // z = (N/U_N − 1)/R_N*: ln(αA) − α·ln N′ + ln(N/N′) − z = ln(target), whose left side falls with z.
        var (low, high) = (0.0, 1.0);
        while (Excess(high) > 0 && high < 700)
            (low, high) = (high, 2 * high);
        return warranted * (1 + stars.Parameters * MonotoneRoot.Find(Excess, low, high));

        double Excess(double z)
        {
            var effective = 1 + stars.Parameters * (1 - Math.Exp(-z));
            return Math.Log(_core.Alpha * _core.A / target) - _core.Alpha * Math.Log(warranted * effective) + Math.Log((1 + stars.Parameters * z) / effective) - z;
        }
    }
}
