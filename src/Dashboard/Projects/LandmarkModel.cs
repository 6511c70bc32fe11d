using System.Globalization;
using CsvHelper;

namespace ScalingDashboard.Dashboard.Projects;

/// <summary>A well-known model as its paper states it.</summary>
/// <param name="Model">Name.</param>
/// <param name="Year">Year of publication.</param>
/// <param name="Parameters">N.</param>
/// <param name="Tokens">D.</param>
/// <param name="Source">Paper.</param>
public sealed record LandmarkModel(string Model, int Year, double Parameters, double Tokens, string Source)
{
    /// <summary>6ND, FLOP.</summary>
    public double Flops => 6 * Parameters * Tokens;

    /// <summary>Reads the table of landmark models that comes with the dashboard: model, year, parameters, tokens, source.</summary>
    public static IReadOnlyList<LandmarkModel> Read(Stream table)
    {
        using var reader = CsvReader.Create(table, new CsvReaderOptions { HasHeader = true });
        var models = new List<LandmarkModel>();
        while (reader.Read())
        {
            models.Add(new LandmarkModel(
                reader.GetString("model"),
                int.Parse(reader.GetSpan("year"), CultureInfo.InvariantCulture),
                double.Parse(reader.GetSpan("parameters"), CultureInfo.InvariantCulture),
                double.Parse(reader.GetSpan("tokens"), CultureInfo.InvariantCulture),
                reader.GetString("source")));
        }

        return models;
    }
}
