using System.Globalization;
using System.Text;

namespace ScalingDashboard.Ingest;

/// <summary>A file that cannot be read as a whole. The message names file, line, column and value where there are any, and says what to do.</summary>
public sealed class IngestException : Exception
{
    public IngestException(string fileName, string problem, long? line = null, string? column = null, string? value = null, Exception? inner = null)
        : base(Describe(fileName, problem, line, column), inner)
    {
        FileName = fileName;
        Line = line;
        Column = column;
        Value = value;
    }

    /// <summary>Name of the file as the caller gave it.</summary>
    public string FileName { get; }

    /// <summary>Physical line, counted from 1.</summary>
    public long? Line { get; }

    /// <summary>Name of the column as the file spells it.</summary>
    public string? Column { get; }

    /// <summary>The offending cell.</summary>
    public string? Value { get; }

    private static string Describe(string fileName, string problem, long? line, string? column)
    {
        var text = new StringBuilder(fileName);
        if (line is not null)
            text.Append(CultureInfo.InvariantCulture, $", line {line}");
        if (column is not null)
            text.Append(CultureInfo.InvariantCulture, $", column {column}");
        return text.Append(": ").Append(problem).ToString();
    }
}
