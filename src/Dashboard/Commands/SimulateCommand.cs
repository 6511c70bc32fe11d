using System.CommandLine;
using System.Globalization;
using System.Text;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Laws;
using ScalingDashboard.Numerics.Precision;
using ScalingDashboard.Runs.Quantities;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary><c>simulate</c>: a sweep, or families of models, from known laws, to try the fits against the truth.</summary>
internal static class SimulateCommand
{
    private const int MostRows = 5_000_000;

    private static readonly string[] s_coefficients = ["E", "A", "B", "alpha", "beta"];

    internal static Command Create(CommandContext context)
    {
        var law = new Option<string>("--law")
        {
            Description = $"The truth: {string.Join(", ", Surfaces().Select(published => published.Key))}, or E=…,A=…,B=…,alpha=…,beta=…; {string.Join(" or ", PrecisionLaws().Select(published => published.Key))} for a sweep over number formats.",
            HelpName = "LAW",
            DefaultValueFactory = _ => PublishedLaws.Epoch.Key,
        };
        var budgets = new Option<string[]>("--budgets") { Description = "Budgets, FLOP, separated by commas.", HelpName = "FLOP,…", DefaultValueFactory = _ => [] };
        var families = new Option<string[]>("--family") { Description = "Instead of a sweep a family of models that all see the same tokens; LAW as for --law. Repeatable.", HelpName = "NAME:ARCH:LAW", DefaultValueFactory = _ => [] };
        var smallest = new Option<string>("--smallest") { Description = "Families and number formats: smallest model, parameters; 30M for number formats.", HelpName = "PARAMETERS", DefaultValueFactory = _ => "20M" };
        var largest = new Option<string>("--largest") { Description = "Families and number formats: largest model, parameters; 220M for number formats.", HelpName = "PARAMETERS", DefaultValueFactory = _ => "7B" };
        var tokens = new Option<string>("--tokens") { Description = "Families: tokens of every model. Number formats: tokens of the runs of each size, separated by commas; 1.5B,6B,26B unless said.", HelpName = "TOKENS", DefaultValueFactory = _ => "300B" };
        var warmup = new Option<double>("--warmup") { Description = "Families: excess of ln loss at the first token, gone after some 10B tokens.", DefaultValueFactory = _ => 0.2 };
        var sizes = new Option<int>("--sizes") { Description = "Sizes per budget, at equal ratios around the optimum; of a family from the smallest to the largest.", DefaultValueFactory = _ => 8 };
        var range = new Option<double>("--range") { Description = "Sizes reach from the optimum divided by this factor to the optimum times it.", HelpName = "FACTOR", DefaultValueFactory = _ => 8 };
        var checkpoints = new Option<int>("--checkpoints") { Description = "Rows per run, the last being its end; 1 for one row a run.", DefaultValueFactory = _ => 12 };
        var noise = new Option<double>("--noise") { Description = "Standard deviation of a run's ln loss around the law.", DefaultValueFactory = _ => 0.005 };
        var seed = new Option<int>("--seed") { Description = "Seed of the noise.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var output = new Option<FileInfo?>("--output") { Description = "File to write; standard output without it.", HelpName = "FILE" };
        var command = new Command("simulate", "Writes a sweep, or families of models, drawn from known laws with noise, as CSV, to try the fits against the truth.")
            { law, budgets, sizes, range, checkpoints, noise, seed, output, families, smallest, largest, tokens, warmup };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var csv = parsed.GetValue(families)! is { Length: > 0 } texts ? Csv(FamilySimulation.Run(Families(texts)))
                : PrecisionLaws().FirstOrDefault(published => published.Key == parsed.GetValue(law)) is { } formats ? Csv(PrecisionSimulation.Run(Formats(formats.Law)))
                : Csv(SweepSimulation.Run(Sweep()));
            if (parsed.GetValue(output) is { } file)
                await WriteAsync(file, csv, cancellationToken);
            else
                await context.Output.WriteAsync(csv.AsMemory(), cancellationToken);
            return 0;

            SweepSimulationOptions Sweep()
            {
                var options = new SweepSimulationOptions
                {
                    Law = Law(parsed.GetValue(law)!),
                    Budgets = Budgets(parsed.GetValue(budgets)!),
                    Sizes = Within(parsed.GetValue(sizes), "--sizes", 1, 1000),
                    Range = Within(parsed.GetValue(range), "--range", 1, 1e6),
                    Checkpoints = Within(parsed.GetValue(checkpoints), "--checkpoints", 1, 10_000),
                    Noise = Within(parsed.GetValue(noise), "--noise", 0, 1),
                    Seed = parsed.GetValue(seed),
                };
                if ((long)options.Budgets.Count * options.Sizes * options.Checkpoints > MostRows)
                    throw new UsageException($"--budgets, --sizes and --checkpoints multiply to more than {MostRows} rows; lower one of them.");
                return options;
            }

            PrecisionSimulationOptions Formats(PrecisionLaw truth)
            {
                if (parsed.GetValue(budgets)!.Length > 0)
                    throw new UsageException("--budgets: a sweep over number formats has none; say its sizes with --smallest, --largest and --sizes, and its --tokens.");
                var defaults = new PrecisionSimulationOptions { Law = truth, Tokens = [1.5e9, 6e9, 26e9] };
                var options = defaults with
                {
                    Smallest = IsGiven(smallest) ? Count("--smallest", parsed.GetValue(smallest)!) : defaults.Smallest,
                    Largest = IsGiven(largest) ? Count("--largest", parsed.GetValue(largest)!) : defaults.Largest,
                    Sizes = IsGiven(sizes) ? Within(parsed.GetValue(sizes), "--sizes", 1, 1000) : defaults.Sizes,
                    Tokens = IsGiven(tokens) ? [.. parsed.GetValue(tokens)!.Split(',', StringSplitOptions.TrimEntries).Select(part => Count("--tokens", part, 1000))] : defaults.Tokens,
                    Noise = Within(parsed.GetValue(noise), "--noise", 0, 1),
                    Seed = parsed.GetValue(seed),
                };
                return options.Smallest <= options.Largest ? options : throw new UsageException("--smallest must not be above --largest.");

                bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
            }

            FamilySimulationOptions Families(string[] texts)
            {
                if (parsed.GetValue(budgets)!.Length > 0)
                    throw new UsageException("--family and --budgets exclude each other: a family of models, or a sweep at equal compute.");
                var options = new FamilySimulationOptions
                {
                    Families = [.. texts.Select(Family)],
                    Sizes = Within(parsed.GetValue(sizes), "--sizes", 2, 1000),
                    Smallest = Count("--smallest", parsed.GetValue(smallest)!),
                    Largest = Count("--largest", parsed.GetValue(largest)!),
                    Tokens = Count("--tokens", parsed.GetValue(tokens)!, 1000),
                    Checkpoints = Within(parsed.GetValue(checkpoints), "--checkpoints", 2, 10_000),
                    Noise = Within(parsed.GetValue(noise), "--noise", 0, 1),
                    Warmup = Within(parsed.GetValue(warmup), "--warmup", 0, 10),
                    Seed = parsed.GetValue(seed),
                };
                if (options.Families.GroupBy(family => family.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                    throw new UsageException($"--family: '{twice.Key}' is there twice; give each family its own name.");
                if (options.Smallest >= options.Largest)
                    throw new UsageException("--smallest must be below --largest.");
                return (long)options.Families.Count * options.Sizes * options.Checkpoints <= MostRows
                    ? options
                    : throw new UsageException($"--family, --sizes and --checkpoints multiply to more than {MostRows} rows; lower one of them.");
            }
        });
        return command;
    }

    private static IEnumerable<PublishedLaw> Surfaces() => PublishedLaws.All.Where(published => published.Law is ChinchillaLaw);

    private static IEnumerable<PublishedPrecision<PrecisionLaw>> PrecisionLaws() => PublishedPrecisions.All.OfType<PublishedPrecision<PrecisionLaw>>();

    private static double Count(string option, string text, int least = 1) => RunSelectionOptions.Parsed(option, () => AnalysisText.Count(text)) is var count && count >= least
        ? count
        : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option}: '{text}' is not at least {least}."));

    private static SimulatedFamily Family(string text) => text.Split(':', 3, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } architecture, var law]
        && text.AsSpan().IndexOfAny("\"\r\n") < 0 && !$"{name}{architecture}".Contains(',', StringComparison.Ordinal)
        ? new SimulatedFamily(name, architecture, Law(law))
        : throw new UsageException($"--family: '{text}' is not of the form NAME:ARCH:LAW, such as small:dec:epoch.");

    private static ChinchillaLaw Law(string text)
    {
        if (PublishedLaws.All.FirstOrDefault(published => published.Key == text) is { } known)
        {
            return known.Law as ChinchillaLaw
                ?? throw new UsageException($"--law: '{text}' says how to split compute but gives no loss; use one of {string.Join(", ", Surfaces().Select(published => published.Key))}.");
        }

        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right] ? (left, right) : (part, "");
            if (!s_coefficients.Contains(name) || !Quantity.TryParse(value, out var number) || !(number > 0) || !values.TryAdd(name, number))
                throw Unknown(text);
        }

        return values.Count == s_coefficients.Length
            ? new ChinchillaLaw(values["E"], values["A"], values["B"], values["alpha"], values["beta"])
            : throw Unknown(text);
    }

    private static UsageException Unknown(string text) => new(
        $"--law: '{text}' is neither one of {string.Join(", ", Surfaces().Select(published => published.Key))} nor five coefficients above zero such as E=1.82,A=482,B=2085,alpha=0.348,beta=0.366.");

    private static double[] Budgets(string[] texts)
    {
        var budgets = RunSelectionOptions.Parsed("--budgets", () => texts.SelectMany(AnalysisText.Budgets).ToArray());
        if (budgets.Length == 0)
            throw new UsageException("--budgets: there is none; write FLOP as 6e18, several separated by commas.");
        if (budgets.GroupBy(flops => flops).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--budgets: {twice.Key:0.######e0} is there twice; name every budget once."));
        return budgets;
    }

    private static T Within<T>(T value, string option, T low, T high)
        where T : IComparable<T>, IFormattable =>
        value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0
            ? value
            : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option}: {value} is not between {low} and {high}."));

    private static string Csv(IReadOnlyList<SimulatedRow> rows)
    {
        // The same bytes on every system: line feeds, whole counts, loss to a millionth of a nat.
        var csv = new StringBuilder("run,budget,parameters,tokens,flops,step,loss\n");
        foreach (var (step, row) in rows)
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{row.Budget:0.######e0},{row.Parameters:F0},{row.Tokens:F0},{row.Flops:0.########e0},{step:F0},{row.Loss:F6}\n");
        return csv.ToString();
    }

    private static string Csv(IReadOnlyList<SimulatedFamilyRow> rows)
    {
        var csv = new StringBuilder("run,family,arch,loss_kind,parameters,tokens,flops,loss\n");
        foreach (var (family, row) in rows)
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{family.Name},{family.Architecture},nats,{row.Parameters:F0},{row.Tokens:F0},{row.Flops:0.########e0},{row.Loss:F6}\n");
        return csv.ToString();
    }

    private static string Csv(IReadOnlyList<SimulatedPrecisionRow> rows)
    {
        var csv = new StringBuilder("run,parent,parameters,tokens,weight_bits,activation_bits,kv_bits,post_bits,loss\n");
        foreach (var (row, bits, post, parent) in rows)
            csv.Append(CultureInfo.InvariantCulture, $"{row.Run},{parent},{row.Parameters:F0},{row.Tokens:F0},{bits.Weights ?? 16:0.##},{bits.Activations ?? 16:0.##},{bits.KvCache ?? 16:0.##},{post:0.##},{row.Loss:F6}\n");
        return csv.ToString();
    }

    private static async Task WriteAsync(FileInfo file, string csv, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(file.FullName, csv, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Cannot write {file.FullName}: {exception.Message}");
        }
    }
}
