using ScalingDashboard.Dashboard.Commands;

try
{
    return await CommandLine.RunAsync(args, Console.Out, Console.Error);
}
#pragma warning disable CA1031 // Nothing stands above: it is told in full, and the exit code is the promised 1 instead of an abort.
catch (Exception failure)
#pragma warning restore CA1031
{
    await Console.Error.WriteLineAsync(failure.ToString());
    return 1;
}
