namespace ScalingDashboard.Dashboard.Commands;

/// <summary>Where a command writes: results to the output, diagnostics to the error stream.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record CommandContext(TextWriter Output, TextWriter Error);
