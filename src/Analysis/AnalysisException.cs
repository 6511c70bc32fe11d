namespace ScalingDashboard.Analysis;

/// <summary>The input cannot be analysed; the message says why and what to do.</summary>
public sealed class AnalysisException : Exception
{
    /// <summary>With a message for the user.</summary>
    public AnalysisException(string message)
        : base(message)
    {
    }
}
