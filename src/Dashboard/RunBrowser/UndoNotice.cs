namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>What was done, and how it is taken back.</summary>
public sealed record UndoNotice(string Message, Func<Task> Undo);
