using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.Laws;
using static ScalingDashboard.Numerics.Compute.TrainingQuantity;

namespace ScalingDashboard.Numerics.ComputeOptimal;

/// <summary>
/// Finds a training from what is given about it. Compute follows from itself, from size and tokens, from accelerators and days, or from what an
/// accelerator-hour costs; of C, N, D and L two are enough, and with one the law's best training is taken. The compute of a life, 6·N·D + 2·N·D_inf, gives
/// the training where the served tokens are known, and the served tokens where the training is.
/// </summary>
public static class TrainingPlanner
{
    /// <summary>Goals that differ by less agree: people write three digits.</summary>
    public const double Agreement = 0.005;

    /// <summary>The same for losses, nats per token.</summary>
    public const double LossAgreement = 0.005;

    private static readonly TrainingQuantity[] s_hourly = [Money, Energy, Carbon];

    /// <summary>Plans a training.</summary>
    /// <param name="goals">What is given; all above zero.</param>
    /// <param name="model">What a law makes of it.</param>
    /// <param name="rates">What an accelerator-hour does and costs.</param>
    public static TrainingPlan Plan(TrainingGoals goals, TrainingModel model, TrainingRates rates)
    {
        var (flops, obstacle) = Budget(goals, rates);
        var served = goals.ServedTokens;
        if (obstacle is null && goals.LifeFlops is { } life)
        {
            if (served is { } tokens)
                (flops, obstacle) = (flops is null && goals.Loss is null) ? BudgetOfLife(goals, life, tokens, model) : (flops, null);
            else if (flops is null && goals is { Parameters: null, Tokens: null, Loss: { } loss } && model is SurfaceModel surface)
                (served, model, obstacle) = ServedOfLife(life, loss, surface);
        }

        if (obstacle is not null)
            return Without(obstacle);
        var (training, larger, unsolved) = Solve(goals, flops, model);
        if (unsolved is null && goals.LifeFlops is { } all)
            (served, unsolved) = Life(goals, training, all, served);
        if (unsolved is not null)
            return Without(unsolved);

        var hours = training.Flops / rates.PerHour(Flops);
        return new TrainingPlan
        {
            Training = training,
            Larger = larger,
            AcceleratorHours = hours,
            Days = goals.Days ?? (goals.Accelerators is { } accelerators ? hours / (24 * accelerators) : double.NaN),
            Accelerators = goals.Accelerators ?? (goals.Days is { } days ? hours / (24 * days) : double.NaN),
            Money = goals.Money ?? hours * rates.PerHour(Money),
            Energy = goals.Energy ?? hours * rates.PerHour(Energy),
            Carbon = goals.Carbon ?? hours * rates.PerHour(Carbon),
            ServedTokens = served ?? double.NaN,
            LifeFlops = served is { } serving ? goals.LifeFlops ?? OffOptimum.LifeFlops(training, serving) : double.NaN,
        };
    }

    /// <summary>C of the training that, with what is served, takes the compute of a life.</summary>
    private static (double? Flops, PlanObstacle? Obstacle) BudgetOfLife(TrainingGoals goals, double life, double served, TrainingModel model)
    {
        if (goals.Parameters is { } parameters)
        {
            var training = life - 2 * parameters * served;
            return training > 0 ? (training, null) : (null, TooSmall(life, 2 * parameters * served, [Parameters, ServedTokens]));
        }

        if (goals.Tokens is { } tokens)
            return (6 * tokens * life / (6 * tokens + 2 * served), null);
        // More training, more model: both parts of the sum rise with the budget.
        return (Math.Exp(MonotoneRoot.Find(log => Math.Log(OffOptimum.LifeFlops(model.ByFlops(Math.Exp(log)), served) / life), Math.Log(life) - 60, Math.Log(life))), null);
    }

    /// <summary>D_inf at which the training that is cheapest over its life, of those that end at a loss, takes the compute of a life.</summary>
    private static (double? Served, TrainingModel Model, PlanObstacle? Obstacle) ServedOfLife(double life, double loss, SurfaceModel surface)
    {
        var least = surface.Serving(0).ByLoss(loss);
        // Without any training of that loss the planner says why.
        if (double.IsNaN(least.Flops))
            return (null, surface, null);
        if (!(least.Flops < life))
            return (null, surface, TooSmall(life, least.Flops, [Loss]));
        // No model of that loss serves more: the smallest that reaches it at all has some parameters.
        var most = 0.5 * life / surface.SmallestForLoss(loss);
        var served = Math.Exp(MonotoneRoot.Find(log => Math.Log(OffOptimum.LifeFlops(surface.Serving(Math.Exp(log)).ByLoss(loss), Math.Exp(log)) / life), Math.Log(most) - 60, Math.Log(most)));
        return (served, surface.Serving(served), null);
    }

    /// <summary>What is left for serving, or whether all that is given agrees.</summary>
    private static (double? Served, PlanObstacle? Obstacle) Life(TrainingGoals goals, Allocation training, double life, double? served)
    {
        if (served is not { } tokens)
        {
            var left = life - training.Flops;
            return left >= 0 ? (0.5 * left / training.Parameters, null) : (null, TooSmall(life, training.Flops, Sized(goals)));
        }

        var takes = OffOptimum.LifeFlops(training, tokens);
        return Math.Abs(life / takes - 1) <= Agreement
            ? (served, null)
            : (null, new(ObstacleKind.Contradiction, LifeFlops, [.. Sized(goals), ServedTokens], takes, [LifeFlops], life));
    }

    private static TrainingQuantity[] Sized(TrainingGoals goals) =>
        [.. new[] { Flops, Money, Energy, Carbon, Days, Accelerators, Parameters, Tokens, Loss }.Where(quantity => goals[quantity] is not null && (quantity is not (Days or Accelerators) || goals is { Days: not null, Accelerators: not null }))];

    private static PlanObstacle TooSmall(double life, double takes, IReadOnlyList<TrainingQuantity> by) => new(ObstacleKind.LifeTooSmall, LifeFlops, [LifeFlops], life, by, takes);

    /// <summary>C from every goal that says it; null where none does.</summary>
    /// <param name="goals">What is given.</param>
    /// <param name="rates">What an accelerator-hour does and costs.</param>
    public static (double? Flops, PlanObstacle? Obstacle) Budget(TrainingGoals goals, TrainingRates rates)
    {
        var said = new List<(TrainingQuantity[] By, double Flops)>();
        if (goals is { Parameters: { } parameters, Tokens: { } tokens })
            said.Add(([Parameters, Tokens], 6 * parameters * tokens));
        if (goals.Flops is { } flops)
            said.Add(([Flops], flops));
        if (goals is { Accelerators: { } accelerators, Days: { } days })
            said.Add(([Accelerators, Days], 24 * accelerators * days * rates.PerHour(Flops)));
        foreach (var quantity in s_hourly)
        {
            if (goals[quantity] is not { } value)
                continue;
            var rate = rates.PerHour(quantity);
            if (!(rate > 0))
                return (null, new(ObstacleKind.RateUnknown, quantity, [quantity], double.NaN, [], double.NaN));
            said.Add(([quantity], value / rate * rates.PerHour(Flops)));
        }

        if (said.Count == 0)
            return (null, null);
        var (by, first) = said[0];
        foreach (var (other, value) in said.Skip(1))
        {
            if (!(Math.Abs(value / first - 1) <= Agreement))
                return (null, new(ObstacleKind.Contradiction, Flops, by, first, other, value));
        }

        return (first, null);
    }

    private static (Allocation Training, Allocation? Larger, PlanObstacle? Obstacle) Solve(TrainingGoals goals, double? flops, TrainingModel model)
    {
        var (parameters, tokens, loss) = (goals.Parameters, goals.Tokens, goals.Loss);
        if (loss is not null && !model.PredictsLoss)
            return Fail(new(ObstacleKind.LawWithoutLoss, Loss, [Loss], double.NaN, [], double.NaN));

        // Size, tokens and budget: any two give the third.
        if (flops is { } budget && (parameters is not null || tokens is not null))
        {
            var size = parameters ?? budget / (6 * tokens!.Value);
            return Check(new Allocation(budget, size, tokens ?? budget / (6 * size), double.NaN));
        }

        if (loss is not { } target)
        {
            if (flops is null && parameters is null && tokens is null)
                return Fail(new(ObstacleKind.Missing, Flops, [], double.NaN, [], double.NaN));
            return Check(flops is { } all ? model.ByFlops(all) : parameters is { } given ? model.ByParameters(given) : model.ByTokens(tokens!.Value));
        }

        if (parameters is { } ofSize)
        {
            var needed = model.TokensForLoss(ofSize, target);
            return double.IsNaN(needed)
                ? Fail(Below(target, [Parameters], model.Loss(ofSize, goals.MostTokens)))
                : Check(new Allocation(6 * ofSize * needed, ofSize, needed, target));
        }

        if (tokens is { } seen)
        {
            var needed = model.ParametersForLoss(seen, target);
            return double.IsNaN(needed)
                ? Fail(Below(target, [Tokens], model.Loss(double.PositiveInfinity, seen)))
                : Check(new Allocation(6 * needed * seen, needed, seen, target));
        }

        var cheapest = model.ByLoss(target);
        if (double.IsNaN(cheapest.Flops))
            return Fail(Below(target, [], model.Loss(double.PositiveInfinity, goals.MostTokens)));
        if (flops is not { } limit)
            return Check(cheapest);

        var (smaller, larger) = model.SizesForLoss(limit, target);
        if (double.IsNaN(smaller) && double.IsNaN(larger))
        {
            var least = model is SurfaceModel surface ? surface.WithoutServing.ByLoss(target) : cheapest;
            return Fail(new(ObstacleKind.BudgetTooSmall, Flops, [Flops], limit, [Loss], least.Flops));
        }

        // The smaller of the two costs less to serve.
        return double.IsNaN(smaller)
            ? (Of(larger), null, null)
            : (Of(smaller), double.IsNaN(larger) || larger == smaller ? null : Of(larger), null);

        Allocation Of(double size) => new(limit, size, limit / (6 * size), target);

        (Allocation, Allocation?, PlanObstacle?) Check(Allocation found)
        {
            if (found.Tokens > goals.MostTokens * (1 + Agreement))
                return Fail(new(ObstacleKind.Contradiction, Tokens, [.. Fixed()], found.Tokens, [UniqueTokens, Epochs], goals.MostTokens));
            var predicted = model.Loss(found.Parameters, found.Tokens);
            if (loss is { } asked && !(Math.Abs(asked - predicted) <= LossAgreement))
                return Fail(new(ObstacleKind.Contradiction, Loss, [.. Fixed()], predicted, [Loss], asked));
            return (found with { Loss = loss ?? predicted }, null, null);
        }

        IEnumerable<TrainingQuantity> Fixed()
        {
            if (flops is not null && (parameters is null || tokens is null))
                yield return Flops;
            if (parameters is not null)
                yield return Parameters;
            if (tokens is not null)
                yield return Tokens;
        }

        PlanObstacle Below(double asked, IReadOnlyList<TrainingQuantity> by, double limit) =>
            new(ObstacleKind.LossBelowLimit, Loss, [Loss], asked, goals.UniqueTokens is null ? by : [.. by, UniqueTokens], limit);

        static (Allocation, Allocation?, PlanObstacle?) Fail(PlanObstacle obstacle) =>
            (new(double.NaN, double.NaN, double.NaN, double.NaN), null, obstacle);
    }

    /// <summary>No plan.</summary>
    /// <param name="obstacle">Why.</param>
    public static TrainingPlan Without(PlanObstacle obstacle) => new()
    {
        Training = new(double.NaN, double.NaN, double.NaN, double.NaN),
        AcceleratorHours = double.NaN,
        Days = double.NaN,
        Accelerators = double.NaN,
        Money = double.NaN,
        Energy = double.NaN,
        Carbon = double.NaN,
        Obstacle = obstacle,
    };
}
