using System.Globalization;
using System.Text.Json;
using ScalingDashboard.Ingest.Logs;
using ScalingDashboard.Ingest.Sources;
using ScalingDashboard.Ingest.Tables;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest;

/// <summary>Reads the lines that are appended to a run while it trains.</summary>
/// <remarks>
/// A line is a JSON object with a <c>step</c> and numbers by metric, <c>{"step": 10, "loss": 3.2, "lr": 3e-4}</c>, or with a <c>config</c>, an object of settings, or both.
/// Names of metrics are recognised as in a log (<see cref="RunInterpreter"/>), but line by line: the first name that can be the loss is the loss from then
/// on, and another that could have been keeps its own name. Nothing is left out in silence: one bad line and none of them is taken.
/// </remarks>
public static class LiveLineReader
{
    /// <summary>Bytes of one append.</summary>
    public const int LongestAppend = 16 * 1024 * 1024;

    private const int MostSettings = 1_000;
    private const int LongestName = 200;

    /// <summary>Reads the lines of one append.</summary>
    /// <param name="run">Name of the run, for messages.</param>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="state">What the lines before said.</param>
    /// <param name="countModel">As in <see cref="LogImportOptions.CountModel"/>.</param>
    /// <exception cref="IngestException">A line cannot be used; the message names it and says why.</exception>
    public static LiveLines Read(string run, ReadOnlySpan<byte> bytes, LiveState state, Func<IReadOnlyList<KeyValuePair<string, string>>, ModelCount?>? countModel = null)
    {
        var reading = new Reading(run, state, countModel ?? (_ => null));
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            reading.Take(end < 0 ? bytes : bytes[..end]);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return reading.Finish();
    }

    private sealed class Reading(string run, LiveState state, Func<IReadOnlyList<KeyValuePair<string, string>>, ModelCount?> countModel)
    {
        private readonly Dictionary<string, string> _names = new(state.Names);
        private readonly List<KeyValuePair<string, string>> _config = [.. state.Config];

        // The series of each metric met so far.
        private readonly Dictionary<string, string> _series = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (List<double> Steps, List<double> Values)> _points = new(StringComparer.Ordinal);
        private readonly List<KeyValuePair<string, double>> _metrics = [];
        private byte[] _quoted = [];
        private int _lines;
        private bool _hasContent;
        private bool _countsTokens;
        private KeyValuePair<string, double>? _tokensPerStep = RunInterpreter.Settings(state.Config).TokensPerStep;

        public void Take(ReadOnlySpan<byte> line)
        {
            _lines++;
            if (line.Length > TableLimits.Line)
                throw Bad($"is longer than {TableLimits.Line / 1024} KB; write one object a line");
            var trimmed = line.Trim(" \t\r"u8);
            if (trimmed.IsEmpty)
                return;
            _hasContent = true;
            try
            {
                var reader = new Utf8JsonReader(PythonJson.QuoteNonFinite(trimmed, ref _quoted));
                using var document = JsonDocument.ParseValue(ref reader);
                // Raises an error when something follows the object.
                reader.Read();
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    throw Bad("is not a JSON object; write one object a line");
                Take(document.RootElement);
            }
            catch (JsonException exception)
            {
                throw Bad(string.Create(CultureInfo.InvariantCulture, $"is not valid JSON near character {(exception.BytePositionInLine ?? 0) + 1}; write one object a line"));
            }
            catch (InvalidOperationException)
            {
                throw Bad("holds text that is not valid Unicode");
            }
        }

        public LiveLines Finish()
        {
            if (!_hasContent)
                throw new IngestException(run, "has no lines to append. Write one JSON object a line, such as {\"step\": 10, \"loss\": 3.2}.");
            var settings = RunInterpreter.Settings(_config);
            var counted = settings.Parameters is null ? countModel(_config) : null;
            return new LiveLines
            {
                Lines = _lines,
                Series = [.. _points.Select(pair => new ImportedSeries(pair.Key, [.. pair.Value.Steps], [.. pair.Value.Values]))],
                Config = _config,
                Names = _names,
                Parameters = settings.Parameters ?? counted?.Parameters,
                NonEmbeddingParameters = settings.NonEmbeddingParameters ?? counted?.NonEmbeddingParameters,
                Budget = settings.Budget,
                Family = settings.Family,
                Flags =
                [
                    .. counted?.Parameters is null ? (string[])[] : [$"parameters from {counted.From}"],
                    .. _tokensPerStep is { } perStep && !_names.ContainsKey("tokens") ? (string[])[$"tokens are step × {perStep.Key}"] : [],
                ],
            };
        }

        private void Take(JsonElement line)
        {
            _metrics.Clear();
            var hasConfig = false;
            foreach (var property in line.EnumerateObject())
            {
                if (property.Name == "config")
                {
                    hasConfig = true;
                    Configure(property.Value);
                }
                else if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    if (_metrics.Exists(metric => metric.Key == property.Name))
                        throw Bad("stands in it twice; keep one", property.Name);
                    if (_metrics.Count > RunStore.MostLiveSeries)
                        throw Bad(string.Create(CultureInfo.InvariantCulture, $"has more than {RunStore.MostLiveSeries:N0} metrics; log fewer"));
                    _metrics.Add(new(property.Name, Number(property)));
                }
            }

            var at = Array.ConvertAll(HistorySink.StepNames, name => _metrics.FindIndex(metric => metric.Key == name)).FirstOrDefault(index => index >= 0, -1);
            if (at < 0)
            {
                if (hasConfig && _metrics.Count == 0)
                    return;
                throw Bad("has no step; write {\"step\": 10, \"loss\": 3.2}, and settings as {\"config\": {…}}");
            }

            var step = _metrics[at].Value;
            if (!double.IsFinite(step))
                throw Bad("is not a finite number", _metrics[at].Key);
            _metrics.RemoveAt(at);
            Recognise();
            foreach (var (metric, value) in _metrics)
                Add(_series[metric], step, _names.GetValueOrDefault("flops") == metric && metric.EndsWith(SweepQuantities.GigaFlopsSuffix, StringComparison.OrdinalIgnoreCase) ? value * 1e9 : value);
            if (_tokensPerStep is { } perStep && !_countsTokens && _metrics.Exists(metric => _series[metric.Key] == "loss"))
                Add("tokens", step, step * perStep.Value);
        }

        /// <summary>Gives metrics that are new their series.</summary>
        private void Recognise()
        {
            var unknown = _metrics.Where(metric => !_series.ContainsKey(metric.Key)).Select(metric => metric.Key).ToList();
            if (unknown.Count == 0)
                return;
            foreach (var (series, names) in RunInterpreter.Recognised)
            {
                var claimed = _names.TryGetValue(series, out var source)
                    ? unknown.Find(metric => metric == source)
                    : names.Select(name => unknown.Find(metric => metric.Equals(name, name.Length > 1 ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))).FirstOrDefault(metric => metric is not null);
                if (claimed is null)
                    continue;
                _names[series] = claimed;
                _series[claimed] = series;
                unknown.Remove(claimed);
            }

            foreach (var metric in unknown)
            {
                if (metric.Length is 0 or > LongestName || metric.Any(char.IsControl))
                    throw Bad($"is no name of a metric: write 1 to {LongestName} characters, none of them a control character", CellNumber.Shorten(metric));
                _series[metric] = RunInterpreter.Recognised.Any(known => known.Series == metric) ? $"{metric} (as logged)" : metric;
            }

            _countsTokens = _names.ContainsKey("tokens");
        }

        private void Add(string series, double step, double value)
        {
            if (!_points.TryGetValue(series, out var points))
                _points.Add(series, points = ([], []));
            points.Steps.Add(step);
            points.Values.Add(value);
        }

        private double Number(JsonProperty property) => property.Value.ValueKind switch
        {
            JsonValueKind.Number => property.Value.GetDouble(),
            JsonValueKind.String when property.Value.GetString() is "NaN" => double.NaN,
            JsonValueKind.String when property.Value.GetString() is "Infinity" => double.PositiveInfinity,
            JsonValueKind.String when property.Value.GetString() is "-Infinity" => double.NegativeInfinity,
            _ => throw Bad($"'{CellNumber.Shorten(property.Value.GetRawText())}' is not a number; settings go into {{\"config\": {{…}}}}", CellNumber.Shorten(property.Name)),
        };

        private void Configure(JsonElement config)
        {
            if (config.ValueKind != JsonValueKind.Object)
                throw Bad("is not a JSON object of settings", "config");
            foreach (var (key, value) in JsonConfig.Flatten(config))
            {
                if (value.Length > TableLimits.Cell)
                    throw Bad($"a setting is longer than {TableLimits.Cell / 1024} KB; leave it out", CellNumber.Shorten(key));
                var index = _config.FindIndex(pair => pair.Key == key);
                if (index >= 0)
                    _config[index] = new(key, value);
                else if (_config.Count == MostSettings)
                    throw Bad(string.Create(CultureInfo.InvariantCulture, $"has more than {MostSettings:N0} settings; leave some out"), "config");
                else
                    _config.Add(new(key, value));
            }

            _tokensPerStep = RunInterpreter.Settings(_config).TokensPerStep;
        }

        private IngestException Bad(string problem, string? column = null) => new(run, problem, _lines, column);
    }
}
