using System.Text;
using ScalingDashboard.Ingest.Tables;

namespace ScalingDashboard.Ingest.Logs;

/// <summary>A <c>hparams.yaml</c> beside logs: the settings of the run in the same folder.</summary>
internal sealed class HparamsFormat : LogFormat
{
    private const string FileName = "hparams.yaml";

    public override string Key => "hparams";

    public override string Title => "Lightning hparams.yaml";

    public override double Confidence(LogHead head) =>
        PathText.Name(head.Path) == FileName && head.Siblings.Any(path => path != head.Path && PathText.Folder(path) == PathText.Folder(head.Path)) ? 0.5 : 0;

    public override async Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken)
    {
        var buffer = new byte[TableLimits.Line];
        var count = await input.Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        foreach (var (key, value) in FlatYaml.Read(Encoding.UTF8.GetString(buffer, 0, count)))
            runs.ConfigureFolder(PathText.Folder(input.Path), key, value);
    }
}

/// <summary>Keys and plain values of a YAML file; nested ones as parent/child, lists and tags as they stand.</summary>
internal static class FlatYaml
{
    public static IEnumerable<KeyValuePair<string, string>> Read(string text)
    {
        var parents = new List<(int Indent, string Key)>();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd();
            var content = line.TrimStart();
            if (content.Length == 0 || content[0] is '#' or '-' or '%')
                continue;
            var indent = line.Length - content.Length;
            parents.RemoveAll(parent => parent.Indent >= indent);
            var colon = content.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 && content[^1] == ':')
            {
                parents.Add((indent, content[..^1].Trim('"', '\'')));
                continue;
            }

            if (colon <= 0)
                continue;
            var value = content[(colon + 2)..].Trim();
            if (value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'')
                value = value[1..^1];
            yield return new(string.Join('/', parents.Select(parent => parent.Key).Append(content[..colon].Trim('"', '\''))), value);
        }
    }
}
