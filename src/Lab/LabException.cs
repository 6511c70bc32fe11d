namespace ScalingDashboard.Lab;

/// <summary>The Lab cannot do what it was asked to; the message says why and what to do.</summary>
public sealed class LabException(string message) : Exception(message);
