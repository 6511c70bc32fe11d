using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Numerics.Compute;
using ScalingDashboard.Numerics.ComputeOptimal;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>One scenario of the page. Keys that name nothing any more fall back to the defaults when the scenario is read from an address.</summary>
public sealed record ScenarioState
{
    private static readonly TrainingGoals s_defaultGoals = new() { Flops = 5.76e23, Accelerators = 1024 };

    /// <summary>What is given.</summary>
    public TrainingGoals Goals { get; init; } = s_defaultGoals;

    /// <summary>Key of the accelerator.</summary>
    public string Accelerator { get; init; } = AcceleratorTable.DefaultKey;

    /// <summary>The user's own accelerator, which stands for that of the key; null for none.</summary>
    public OwnAccelerator? Own { get; init; }

    /// <summary>Key of the number format; empty for the usual one of the accelerator.</summary>
    public string Format { get; init; } = "";

    /// <summary>Share of the law's compute that the training needs; null for all of it.</summary>
    public ComputeFactor? Factor { get; init; }

    /// <summary>MFU; null for the default, as of the other assumptions.</summary>
    public double? Utilization { get; init; }

    /// <summary>Hours paid for each hour of training.</summary>
    public double? Overhead { get; init; }

    /// <summary>Power for each accelerator, W.</summary>
    public double? Power { get; init; }

    /// <summary>Power usage effectiveness.</summary>
    public double? Pue { get; init; }

    /// <summary>US dollars an accelerator-hour.</summary>
    public double? Price { get; init; }

    /// <summary>kg CO2e/kWh.</summary>
    public double? Grid { get; init; }

    /// <summary>Bytes of weight, gradient and optimizer states a parameter.</summary>
    public double? BytesPerParameter { get; init; }

    /// <summary>An assumption as the user set it; null for the default.</summary>
    public double? this[AssumptionKind kind] => kind switch
    {
        AssumptionKind.Utilization => Utilization,
        AssumptionKind.Overhead => Overhead,
        AssumptionKind.Power => Power,
        AssumptionKind.Pue => Pue,
        AssumptionKind.Price => Price,
        AssumptionKind.Grid => Grid,
        AssumptionKind.BytesPerParameter => BytesPerParameter,
        _ => null,
    };

    /// <summary>With an assumption set, or back at its default.</summary>
    public ScenarioState With(AssumptionKind kind, double? value) => kind switch
    {
        AssumptionKind.Utilization => this with { Utilization = value },
        AssumptionKind.Overhead => this with { Overhead = value },
        AssumptionKind.Power => this with { Power = value },
        AssumptionKind.Pue => this with { Pue = value },
        AssumptionKind.Price => this with { Price = value },
        AssumptionKind.Grid => this with { Grid = value },
        AssumptionKind.BytesPerParameter => this with { BytesPerParameter = value },
        _ => this,
    };

    /// <summary>With a goal given, or open.</summary>
    public ScenarioState With(TrainingQuantity quantity, double? value) => this with { Goals = Goals.With(quantity, value) };

    /// <summary>With another accelerator; what the former one's vendor said of power and price goes with it, and a format that the new one has no peak in.</summary>
    public ScenarioState On(string accelerator) => accelerator == OwnAccelerator.Key ? OnOwn() : this with
    {
        Accelerator = accelerator,
        Own = null,
        Format = NumberFormat.Find(Format) is { } format && AcceleratorTable.Find(accelerator)?.Peak(format) is not null ? Format : "",
        Power = null,
        Price = null,
    };

    /// <summary>With an accelerator of the user's own, which starts as the one at hand.</summary>
    private ScenarioState OnOwn()
    {
        var scenario = ToScenario();
        return this with { Own = Own ?? OwnAccelerator.Like(scenario.Accelerator), Power = Finite(AssumptionKind.Power), Price = Finite(AssumptionKind.Price) };

        double? Finite(AssumptionKind kind) => scenario.Assume(kind).Value is var value && double.IsFinite(value) ? value : null;
    }

    /// <summary>With the own accelerator changed; a format that it no longer has a peak in goes.</summary>
    public ScenarioState With(OwnAccelerator own) => this with { Own = own, Format = Format.Length > 0 && own[Format] is null ? "" : Format };

    /// <summary>As it is solved.</summary>
    public TrainingScenario ToScenario()
    {
        var accelerator = Own?.ToAccelerator() ?? AcceleratorTable.Find(Accelerator)!;
        return new()
        {
            Goals = Goals,
            Accelerator = accelerator,
            Format = NumberFormat.Find(Format) ?? accelerator.UsualFormat,
            Factor = Factor,
            Overrides = Assumption.Settable.Where(kind => this[kind] is not null).ToDictionary(kind => kind, kind => this[kind]!.Value),
        };
    }

    /// <summary>Writes what differs from the defaults; goals are written all or none, since an open one is a choice too.</summary>
    internal ViewQuery AddTo(ViewQuery query, string prefix)
    {
        if (Goals != s_defaultGoals)
        {
            if (Goals == new TrainingGoals())
                query = query.With(prefix + "goals", "none");
            foreach (var quantity in TrainingQuantities.All)
                query = query.With(prefix + TrainingQuantities.Key(quantity), Goals[quantity]);
            if (Goals.SolvesBits)
                query = query.With(prefix + TrainingQuantities.Key(TrainingQuantity.Bits), ScenarioText.Solve);
        }

        query = query.With(prefix + "on", Own is null ? Accelerator : "", Own is null ? AcceleratorTable.DefaultKey : "").With(prefix + OwnAccelerator.Key, Own?.Text ?? "").With(prefix + "format", Format).With(prefix + "factor", Factor?.ToString('~') ?? "");
        foreach (var kind in Assumption.Settable)
            query = query.With(prefix + Assumption.Key(kind), this[kind]);
        return query;
    }

    internal static ScenarioState From(ViewQuery query, string prefix)
    {
        var goals = new TrainingGoals();
        foreach (var quantity in TrainingQuantities.All)
        {
            var (low, high) = TrainingQuantities.Bounds(quantity);
            goals = goals.With(quantity, query.NumberOrNull(prefix + TrainingQuantities.Key(quantity), low, high));
        }

        if (query.Text(prefix + TrainingQuantities.Key(TrainingQuantity.Bits)) == ScenarioText.Solve)
            goals = goals with { SolvesBits = true };
        var own = OwnAccelerator.Parse(query.Text(prefix + OwnAccelerator.Key), out _);
        var accelerator = own?.ToAccelerator() ?? AcceleratorTable.Find(query.Text(prefix + "on", AcceleratorTable.DefaultKey)) ?? AcceleratorTable.Find(AcceleratorTable.DefaultKey)!;
        var format = NumberFormat.Find(query.Text(prefix + "format"));
        var state = new ScenarioState
        {
            Goals = goals == new TrainingGoals() && query.Text(prefix + "goals") != "none" ? s_defaultGoals : goals,
            Accelerator = own is null ? accelerator.Key : AcceleratorTable.DefaultKey,
            Own = own,
            Format = format is not null && accelerator.Peak(format) is not null ? format.Key : "",
            Factor = ComputeFactor.Parse(query.Text(prefix + "factor"), out _),
        };
        foreach (var kind in Assumption.Settable)
        {
            var (low, high) = Assumption.Bounds(kind);
            state = state.With(kind, query.NumberOrNull(prefix + Assumption.Key(kind), low, high));
        }

        return state;
    }
}

/// <summary>What the Plan page shows; its URL.</summary>
public sealed record PlanState : IViewState<PlanState>
{
    /// <summary>Most scenarios side by side.</summary>
    public const int MostScenarios = 4;

    /// <summary>Most saved fits planned by at once: more lines could not be told apart.</summary>
    public const int MostFits = 6;

    private static readonly IReadOnlyList<string> s_defaultLaws = ["epoch", "hoffmann3", "kaplan"];

    /// <summary>Project whose saved fits are offered; empty for none.</summary>
    public string Project { get; init; } = "";

    /// <summary>One to four, A to D.</summary>
    public IReadOnlyList<ScenarioState> Scenarios { get; init; } = [new()];

    /// <summary>The scenario whose controls are open, counted from 0.</summary>
    public int Edited { get; init; }

    /// <summary>Keys of published laws.</summary>
    public IReadOnlyList<string> Laws { get; init; } = s_defaultLaws;

    /// <summary>Ids of saved fits.</summary>
    public IReadOnlyList<string> Fits { get; init; } = [];

    /// <summary>Key or id of the law that answers; empty for the first saved fit, else the first published law.</summary>
    public string By { get; init; } = "";

    /// <summary>Open tab.</summary>
    public PageTab Tab { get; init; }

    /// <summary>The default scenario with a share of the law's compute taken over from another page.</summary>
    public static PlanState WithFactor(string project, ComputeFactor factor) => new() { Project = project, Scenarios = [new() { Factor = factor }] };

    /// <summary>"A" to "D".</summary>
    public static string Letter(int index) => ((char)('A' + index)).ToString();

    /// <summary>With the open scenario changed.</summary>
    public PlanState With(ScenarioState scenario) => this with { Scenarios = [.. Scenarios.Select((other, i) => i == Edited ? scenario : other)] };

    /// <summary>With a copy of the open scenario behind the last one, which is opened.</summary>
    public PlanState WithCopy() => Scenarios.Count == MostScenarios ? this : this with { Scenarios = [.. Scenarios, Scenarios[Edited]], Edited = Scenarios.Count };

    /// <summary>Without the open scenario, unless it is the only one.</summary>
    public PlanState WithoutEdited() => Scenarios.Count == 1 ? this : this with
    {
        Scenarios = [.. Scenarios.Where((_, i) => i != Edited)],
        Edited = Math.Max(0, Edited - 1),
    };

    /// <summary>Plans by a published law, or no longer; one law stays.</summary>
    public PlanState WithLaw(string key, bool shown)
    {
        IReadOnlyList<string> laws = shown ? [.. Laws.Append(key).Distinct()] : [.. Laws.Where(other => other != key)];
        return laws.Count + Fits.Count == 0 ? this : this with { Laws = laws, By = !shown && By == key ? "" : By };
    }

    /// <summary>Plans by a saved fit, or no longer; one law stays.</summary>
    public PlanState WithFit(string id, bool shown)
    {
        IReadOnlyList<string> fits = shown ? [.. Fits.Append(id).Distinct().Take(MostFits)] : [.. Fits.Where(other => other != id)];
        return Laws.Count + fits.Count == 0 ? this : this with { Fits = fits, By = !shown && By == id ? "" : By };
    }

    /// <inheritdoc/>
    public ViewQuery ToQuery()
    {
        var query = ViewQuery.Empty.With("project", Project).With("scenarios", Scenarios.Count, 1).With("open", Edited > 0 ? Letter(Edited) : "");
        for (var i = 0; i < Scenarios.Count; i++)
            query = Scenarios[i].AddTo(query, Prefix(i));
        return query.With("law", Laws, s_defaultLaws).With("fit", Fits, []).With("by", By).With("tab", Tab, PageTab.Table);
    }

    /// <inheritdoc/>
    public static PlanState FromQuery(ViewQuery query)
    {
        var count = query.WholeNumber("scenarios", 1, 1, MostScenarios);
        IReadOnlyList<string> laws = [.. query.List("law", s_defaultLaws).Where(key => TrainingLaw.Published.Any(law => law.Key == key))];
        var fits = query.List("fit", [], MostFits);
        var open = query.Text("open") is [>= 'A' and <= 'D' and var letter] ? letter - 'A' : 0;
        return new()
        {
            Project = query.Text("project"),
            Scenarios = [.. Enumerable.Range(0, count).Select(i => ScenarioState.From(query, Prefix(i)))],
            Edited = open < count ? open : 0,
            Laws = laws.Count + fits.Count == 0 ? s_defaultLaws : laws,
            Fits = fits,
            By = query.Text("by"),
            Tab = query.Choice("tab", PageTab.Table),
        };
    }

    private static string Prefix(int index) => $"{(char)('a' + index)}.";
}
