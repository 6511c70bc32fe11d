using ScalingDashboard.Dashboard.Commands;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
