using System.Globalization;
using CsvHelper;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Plan;

/// <summary>The accelerators that trainings are planned on: <c>accelerators.csv</c>, which is part of the program.</summary>
public static class AcceleratorTable
{
    /// <summary>What is chosen where nobody chose.</summary>
    public const string DefaultKey = "h100-sxm";

    private static readonly Lazy<IReadOnlyList<Accelerator>> s_all = new(() =>
    {
        using var table = typeof(AcceleratorTable).Assembly.GetManifestResourceStream("accelerators.csv")!;
        return Read(table);
    });

    /// <summary>All of them, in the order of the file.</summary>
    public static IReadOnlyList<Accelerator> All => s_all.Value;

    /// <summary>The accelerator of a key; null where there is none.</summary>
    public static Accelerator? Find(string key) => All.FirstOrDefault(accelerator => accelerator.Key == key);

    /// <summary>Reads the table: peaks in 10¹² FLOP/s without sparsity, memory in 10⁹ bytes, power in W, price in US dollars an hour; an empty cell is not known.</summary>
    public static IReadOnlyList<Accelerator> Read(Stream table)
    {
        using var reader = CsvReader.Create(table, new CsvReaderOptions { HasHeader = true });
        var accelerators = new List<Accelerator>();
        while (reader.Read())
        {
            var peaks = new Dictionary<string, double>();
            foreach (var format in NumberFormat.All)
            {
                if (Number(format.Key) is var peak && !double.IsNaN(peak))
                    peaks[format.Key] = peak * 1e12;
            }

            accelerators.Add(new Accelerator
            {
                Key = reader.GetString("key"),
                Name = reader.GetString("name"),
                MemoryBytes = Number("memory_gb") * 1e9,
                PowerWatts = Number("power_w"),
                Peaks = peaks,
                Price = Number("price") is var price && double.IsNaN(price)
                    ? null
                    : new AcceleratorPrice(price, DateOnly.ParseExact(reader.GetString("price_date"), "yyyy-MM-dd", CultureInfo.InvariantCulture), reader.GetString("price_source")),
                Source = reader.GetString("source"),
                SourceYear = int.Parse(reader.GetSpan("source_year"), CultureInfo.InvariantCulture),
                Note = reader.GetString("note"),
            });
        }

        return accelerators;

        double Number(string column) => reader.GetSpan(column) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;
    }
}
