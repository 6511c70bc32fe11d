namespace ScalingDashboard.Dashboard.Commands;

/// <summary>The command was called in a way that cannot work; the message says what to do. Exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
